"""What is staged on a ladder: its public acts, its bar, and that it never sends by itself."""

import pytest
from PySide6.QtCore import QPoint, Qt

from protocols.market.commands import AmendOrder, PlaceOrder
from protocols.market.events import Freshness
from protocols.market.times import MINUTE, UtcNs
from protocols.market.values import Side
from tests.widgets.desk import click, price, quantity
from tests.widgets.ladder import own
from tests.widgets.ladder.market import AREA, START, LadderDesk, frame
from widgets.key_texts import KeyTexts
from widgets.ladder import Ladder
from widgets.ladder.geometry import Rect
from widgets.ladder.words import Tone, Word


class Heard:
    """What a ladder asked for."""

    def __init__(self, ladder: Ladder) -> None:
        self.refused: list[str] = []
        self.sends = 0
        self.cancels: list[list[str]] = []
        ladder.refused.connect(self.refused.append)
        ladder.send_requested.connect(self._send)
        ladder.cancel_requested.connect(lambda orders: self.cancels.append([order.client_id for order in orders]))

    def _send(self) -> None:
        self.sends += 1


@pytest.fixture
def heard(ladder: Ladder) -> Heard:
    return Heard(ladder)


def test_keys_put_an_order_together_and_it_is_handed_over_once(desk: LadderDesk, ladder: Ladder, heard: Heard) -> None:
    desk.levels()
    frame(desk, ladder)
    ladder.stage(Side.BUY)
    ladder.nudge_price(-10)
    ladder.preset_quantity(4)
    ladder.nudge_quantity(1)
    ladder.cycle_terms()
    assert ladder.preview == "BUY 25.1 MW 15Q4 DE-AMPRION @ 72.00 GFS IOC"
    desk.levels({"80": "1"}, {"81": "1"})
    frame(desk, ladder)
    command = ladder.take_staged()
    assert isinstance(command, PlaceOrder)
    assert (command.price, command.quantity) == (price("72.00"), quantity("25.1"))
    assert command.terms.restriction == "ImmediateOrCancel"
    assert ladder.staged is None
    assert ladder.take_staged() is None
    assert heard.refused == ["Nothing is staged"]
    assert heard.sends == 0


def test_take_and_join(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels({"72.10": "1"}, {"72.15": "1"})
    frame(desk, ladder)
    staged = []
    for side in Side:
        for take in (False, True):
            ladder.stage(side, take)
            assert ladder.staged is not None
            staged.append(ladder.staged.price)
    assert staged == [price("72.10"), price("72.15"), price("72.15"), price("72.10")]


def test_a_price_that_the_market_came_to_is_told_before_it_is_sent(desk: LadderDesk, ladder: Ladder) -> None:
    def note() -> Word:
        bar = frame(desk, ladder).bar
        assert bar is not None
        return bar.note

    desk.levels({"72.10": "1"}, {"72.15": "1"})
    frame(desk, ladder)
    ladder.stage(Side.BUY)
    assert (note().text.split(" · ")[0], note().tone) == ("Behind 1.0 / 1", Tone.SECONDARY)
    desk.levels({"71.90": "1"}, {"72.05": "1"})
    assert (note().text.split(" · ")[0], note().tone) == ("Trades at once: the best ask is 72.05", Tone.WARNING)
    ladder.drop_stage()
    ladder.stage(Side.BUY, take=True)
    assert (note().text.split(" · ")[0], note().tone) == ("Trades at once: the best ask is 72.05", Tone.SECONDARY)


def test_a_preview_promises_no_sending_while_disarmed(desk: LadderDesk, ladder: Ladder) -> None:
    def note() -> Word:
        bar = frame(desk, ladder).bar
        assert bar is not None
        return bar.note

    ladder.set_keys(KeyTexts({"ladder.send": ("Enter",), "ladder.drop": ("Esc",), "window.arm": ("Ctrl+Shift+A",)}))
    desk.levels()
    frame(desk, ladder)
    ladder.stage(Side.BUY)
    ladder.set_armed(False)
    assert note().text.endswith("Disarmed: Ctrl+Shift+A arms, Esc drops")
    ladder.set_armed(True)
    assert note().text.endswith("Enter sends, Esc drops")
    ladder.tell("Not sent yet: Quantity 60.0 MW is above 50.0. Send the same again to confirm", 30.0)
    assert (note().text[:12], note().tone) == ("Not sent yet", Tone.WARNING)
    assert ladder.staged is not None


def test_what_was_said_of_an_order_hides_nothing_and_ends(desk: LadderDesk, ladder: Ladder) -> None:
    def note() -> str:
        bar = frame(desk, ladder).bar
        assert bar is not None
        return bar.note.text

    desk.levels({"80": "1"}, {"81": "1"})
    frame(desk, ladder)
    ladder.stage(Side.BUY)
    ladder.set_armed(False)
    ladder.tell("Not sent: disarmed", 30.0)
    assert note() == "Not sent: disarmed"
    ladder.set_armed(True)
    assert note() == "Behind 1.0 / 1 · A click sends"
    ladder.stage(Side.SELL, take=True)
    desk.levels({}, {"81": "1"})
    ladder.stage(Side.SELL, take=True)
    ladder.set_armed(False)
    assert note() == "No bids: nothing to take", "that is no word about sending"
    ladder.set_armed(True)
    desk.levels({"80": "1"}, {"81": "1"})
    frame(desk, ladder)
    ladder.stage(Side.BUY)
    ladder.tell("Not sent yet: send the same again to confirm", 30.0)
    desk.levels({"78": "1"}, {"79": "1"})
    assert note() == "Trades at once: the best ask is 79.00 · Not sent yet: send the same again to confirm"
    desk.freshness(Freshness.STALE, "silence")
    assert note().startswith("Can't go: the book is stale")
    desk.freshness(Freshness.LIVE)
    desk.beat(31.0)
    assert note() == "Trades at once: the best ask is 79.00 · A click sends"


def test_an_empty_side_is_told(desk: LadderDesk, ladder: Ladder, heard: Heard) -> None:
    desk.levels({"72.10": "1"}, {})
    frame(desk, ladder)
    ladder.stage(Side.BUY, take=True)
    assert ladder.staged is None
    assert heard.refused == ["No asks: nothing to take"]
    shown = frame(desk, ladder)
    assert shown.bar is not None
    assert shown.bar.note.text == "No asks: nothing to take"


@pytest.mark.parametrize("freshness", [Freshness.STALE, Freshness.RESYNCHRONISING, Freshness.UNSYNCHRONISED])
def test_what_is_not_live_is_neither_staged_nor_handed_over(
    desk: LadderDesk, ladder: Ladder, heard: Heard, freshness: Freshness
) -> None:
    desk.levels()
    frame(desk, ladder)
    ladder.stage(Side.BUY)
    desk.freshness(freshness, "gone")
    assert ladder.take_staged() is None
    assert ladder.staged is not None  # it waits
    ladder.drop_stage()
    ladder.stage(Side.BUY)
    assert ladder.staged is None
    assert all(f"the book is {freshness.value} (gone); cancelling is possible" in why for why in heard.refused)
    assert len(heard.refused) == 2


def test_a_closed_contract_takes_nothing(desk: LadderDesk, ladder: Ladder, heard: Heard) -> None:
    desk.levels()
    desk.state(desk.key, "Active", "Closed")
    ladder.stage(Side.BUY)
    assert heard.refused == ["Nothing is staged: the contract is closed"]


def test_typing_a_quantity(desk: LadderDesk, ladder: Ladder, heard: Heard) -> None:
    desk.levels()
    frame(desk, ladder)
    ladder.stage(Side.BUY)
    ladder.begin_quantity()
    for figure in "12.55":
        ladder.type_quantity(figure)
    assert ladder.take_staged() is None  # the first Enter ends typing
    ladder.end_quantity()
    assert ladder.typing_quantity
    assert heard.refused[-1] == "12.55 is not a multiple of 0.1 MW"
    ladder.type_quantity("\b")
    ladder.end_quantity()
    assert not ladder.typing_quantity
    assert ladder.preview.startswith("BUY 12.5 MW")
    ladder.begin_quantity()
    ladder.type_quantity("7")
    ladder.drop_stage()  # Esc leaves the quantity as it was, and the stage
    assert ladder.preview.startswith("BUY 12.5 MW")
    ladder.drop_stage()
    assert ladder.staged is None


def test_a_quantity_without_a_stage_is_the_next_ones(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    frame(desk, ladder)
    ladder.preset_quantity(1)
    ladder.nudge_quantity(-100)
    ladder.nudge_quantity(4)
    ladder.stage(Side.SELL)
    assert ladder.preview.startswith("SELL 0.5 MW")


def test_iceberg(desk: LadderDesk, ladder: Ladder, heard: Heard) -> None:
    desk.levels()
    frame(desk, ladder)
    ladder.edit_iceberg()
    assert heard.refused == ["Nothing is staged"]
    ladder.stage(Side.BUY)
    ladder.edit_iceberg()
    ladder.type_quantity("2,5")
    ladder.end_quantity()
    assert ladder.preview.endswith("GFS shows 2.5")
    ladder.edit_iceberg()
    ladder.end_quantity()
    assert ladder.preview.endswith("GFS")


def test_modifying_the_selected_order(desk: LadderDesk, ladder: Ladder, heard: Heard) -> None:
    desk.levels()
    frame(desk, ladder)
    ladder.amend_selected()
    assert heard.refused == ["No own order is selected"]
    order = own.working(desk, Side.BUY, "72.00", "10")
    ladder.next_own(1)
    ladder.amend_selected()
    assert ladder.preview == "MODIFY BUY 10.0 @ 72.00: nothing changed yet"
    bar = frame(desk, ladder).bar
    assert bar is not None and bar.blocked and bar.note.text == "Change its price or quantity"
    ladder.nudge_quantity(-10)
    assert ladder.preview.endswith("9.0 @ 72.00: keeps its place")
    bar = frame(desk, ladder).bar
    assert bar is not None and not bar.blocked
    assert ladder.take_staged() == AmendOrder("EPEX M7", order.client_id, quantity("9"), None)
    ladder.stage(Side.BUY)
    assert ladder.preview.startswith("BUY 10.0 MW")  # an amendment's quantity is its own
    own.cancelling(desk, order)
    ladder.amend_selected()
    assert heard.refused[-1] == "The order's cancel request is not answered yet"


def test_an_order_filled_while_its_amendment_was_staged(desk: LadderDesk, ladder: Ladder, heard: Heard) -> None:
    desk.levels()
    frame(desk, ladder)
    order = own.working(desk, Side.BUY, "72.00", "10")
    ladder.next_own(1)
    ladder.amend_selected()
    ladder.nudge_quantity(-10)
    own.filled(desk, order)
    assert ladder.take_staged() is None
    assert heard.refused == ["Not sent: The order is filled"]
    shown = frame(desk, ladder)
    assert shown.bar is not None
    assert shown.bar.blocked


def test_another_contract_drops_the_stage_a_hop_keeps_it(desk: LadderDesk, ladder: Ladder, heard: Heard) -> None:
    desk.levels({"72.10": "1"}, {"72.20": "1"})
    other = desk.contract(AREA, "16Q1", UtcNs(START + 15 * MINUTE))
    desk.levels({"50.00": "1"}, {"51.00": "1"}, other)
    frame(desk, ladder)
    here = desk.key
    frame(desk, ladder)
    ladder.stage(Side.BUY)
    ladder.nudge_price(3)
    ladder.preset_quantity(2)
    ladder.hop_to(other)
    assert desk.group.contract == other
    assert ladder.preview == "BUY 5.0 MW 16Q1 DE-AMPRION @ 50.03 GFS"
    desk.group.choose(here)
    assert ladder.staged is None
    frame(desk, ladder)
    ladder.stage(Side.BUY)
    empty = desk.contract(AREA, "16Q2", UtcNs(START + 30 * MINUTE))
    desk.levels({}, {"51.00": "1"}, empty)
    frame(desk, ladder)
    ladder.hop_to(empty)
    assert ladder.staged is None
    assert desk.group.contract == empty
    assert heard.refused == ["The stage was dropped: 16Q2 has no bids"]


def test_the_bar_sends_and_drops(desk: LadderDesk, ladder: Ladder, heard: Heard) -> None:
    desk.levels()
    frame(desk, ladder)
    ladder.stage(Side.BUY)
    shown = frame(desk, ladder)
    line = shown.geometry.bar_line(0)
    click(ladder, QPoint(line.x + 20, line.y + 5))
    assert heard.sends == 1
    assert ladder.staged is not None  # who listens takes it
    send, drop = shown.geometry.send, shown.geometry.drop
    click(ladder, QPoint(send.x + 5, send.y + 5))
    assert heard.sends == 2
    click(ladder, QPoint(drop.x + 5, drop.y + 5))
    assert ladder.staged is None
    frame(desk, ladder)
    click(ladder, QPoint(line.x + 20, line.y + 5))
    click(ladder, QPoint(send.x + 5, send.y + 5))
    assert heard.sends == 2


def test_a_click_sends_only_what_the_bar_showed(desk: LadderDesk, ladder: Ladder, heard: Heard) -> None:
    desk.levels()
    frame(desk, ladder)
    ladder.stage(Side.BUY)
    shown = frame(desk, ladder)
    ladder._hand.nudge_price(10)  # a key came in, and no frame since
    line = shown.geometry.bar_line(0)
    ladder.send_clicked()
    assert heard.sends == 0
    assert heard.refused == ["The preview has changed: click again to send"]
    frame(desk, ladder)
    click(ladder, QPoint(line.x + 20, line.y + 5))
    assert heard.sends == 1


def test_presets_are_chosen_and_edited(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    shown = frame(desk, ladder)
    chip = shown.geometry.presets[1]
    place = QPoint(chip.x + 5, chip.y + 5)
    click(ladder, place)
    ladder.stage(Side.BUY)
    assert ladder.preview.startswith("BUY 5.0 MW")
    ladder.drop_stage()
    button = ladder.childAt(place)
    assert button.toolTip() == "Preset quantity 5 (right-click edits)"
    ladder.edit_preset(1)
    ladder.type_quantity("7.5")
    ladder.end_quantity()
    assert ladder.options.presets[1] == quantity("7.5")
    click(ladder, place)
    ladder.stage(Side.BUY)
    assert ladder.preview.startswith("BUY 7.5 MW")


def test_what_a_click_will_do_is_said(ladder: Ladder) -> None:
    modifier = Qt.KeyboardModifier
    assert "iceberg" in ladder.click_words(modifier.ShiftModifier)
    assert "nothing" in ladder.click_words(modifier.ControlModifier)
    assert "stages" in ladder.click_words()


def test_send_that_goes_gives_the_keys_back_to_the_ladder(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    frame(desk, ladder)
    ladder.stage(Side.BUY)
    shown = frame(desk, ladder)
    drop = ladder.childAt(QPoint(shown.geometry.drop.x + 5, shown.geometry.drop.y + 5))
    drop.setFocus()
    ladder.drop_stage()
    assert ladder.hasFocus()


def test_the_bar_names_the_keys_of_the_key_map(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    frame(desk, ladder)
    ladder.stage(Side.BUY)
    buttons = [ladder.childAt(QPoint(rect.x + 5, rect.y + 5)) for rect in _ends(desk, ladder)]
    assert [button.toolTip() for button in buttons] == ["Send what is staged", "Drop what is staged"]
    bar = frame(desk, ladder).bar
    assert bar is not None and bar.note.text == "Behind 12.5 / 1 · A click sends"
    ladder.set_keys(KeyTexts({"ladder.send": ("Enter", "F12"), "ladder.drop": ("Esc",), "ladder.preset_2": ("7",)}))
    bar = frame(desk, ladder).bar
    assert bar is not None and bar.note.text == "Behind 12.5 / 1 · Enter sends, Esc drops"
    assert [button.toolTip() for button in buttons] == [
        "Send what is staged (Enter or F12)",
        "Drop what is staged (Esc)",
    ]
    ladder.drop_stage()
    chip = frame(desk, ladder).geometry.presets[1]
    assert ladder.childAt(QPoint(chip.x + 5, chip.y + 5)).toolTip() == "Preset quantity 5 (7; right-click edits)"
    ladder.begin_quantity()
    ladder.type_quantity("3")
    bar = frame(desk, ladder).bar
    assert bar is not None and bar.note.text.endswith("MW  Enter sets it")


def _ends(desk: LadderDesk, ladder: Ladder) -> tuple[Rect, Rect]:
    geometry = frame(desk, ladder).geometry
    return geometry.send, geometry.drop


def test_the_preview_names_the_day_of_a_delivery_that_is_not_todays(desk: LadderDesk, ladder: Ladder) -> None:
    tomorrow = desk.contract(AREA, "23-24_XB", UtcNs(START + 32 * 60 * MINUTE), minutes=60)
    desk.state(tomorrow)
    desk.levels(key=tomorrow)
    desk.group.choose(tomorrow)
    frame(desk, ladder)
    ladder.stage(Side.BUY)
    bar = frame(desk, ladder).bar
    assert bar is not None
    assert bar.title.text == ladder.preview == "BUY 10.0 MW 23-24_XB Sun 22 DE-AMPRION @ 72.10 GFS"


def test_what_has_passed_is_told_until_the_next_act_and_a_minute_at_most(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()

    def told() -> str:
        bar = frame(desk, ladder).bar
        assert bar is not None
        return bar.note.text

    for end in ("act", "time"):
        ladder._hand.say("BUY 9.0 @ 72.00 kept its place", informed=True)
        desk.beat(1)
        assert told() == "BUY 9.0 @ 72.00 kept its place"
        desk.beat(58)
        assert told() == "BUY 9.0 @ 72.00 kept its place"
        if end == "act":
            ladder.next_act()
        else:
            desk.beat(2)
        assert told() == "No own orders"
    ladder._hand.say("Nothing is staged")
    desk.beat(1)
    desk.beat(120)
    ladder.next_act()
    assert told() == "Nothing is staged", "why an act did nothing stays until something is done"
