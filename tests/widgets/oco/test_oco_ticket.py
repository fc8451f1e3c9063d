"""The ticket of a pair: fields and ladder show the same pair, questions are read before they are confirmed, and nothing
leaves by itself."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton

from app.gallery.market import FX, Exhibit
from app.gallery.oco_scenes import PAIR, answer, broken, make_oco_ticket, quoted, sent_pair, working
from protocols.market.commands import OcoLeg, PlaceOco
from protocols.market.events import Feed, Freshness
from protocols.market.orders import Order
from protocols.market.pairs import PairState
from protocols.market.values import Side
from tests.widgets.desk import DARK, LIGHT, press, quantity, show
from tests.widgets.oco.pairs import price
from widgets.oco.question import TO_READ
from widgets.ticket import Finding, Level

K, SHIFT = Qt.Key, Qt.KeyboardModifier.ShiftModifier
FAR = Finding("price_1", Level.WARN, "Price is far from the market")
ODD = Finding("", Level.WARN, "Pair: both legs are above the market")


class Hands:
    """EURUSD at 1.08412 to 1.08416 in a ticket that has the keyboard; what it asks for is written down."""

    def __init__(self, qtbot: object) -> None:
        self.exhibit = Exhibit()
        self.ticket = make_oco_ticket(self.exhibit, DARK)
        self.asked: list[PlaceOco] = []
        self.cancelled: list[list[Order]] = []
        self.refused: list[str] = []
        self.ticket.submit_requested.connect(self.asked.append)
        self.ticket.cancel_requested.connect(self.cancelled.append)
        self.ticket.refused.connect(self.refused.append)
        show(qtbot, self.ticket, 480, 860)
        quoted(self.exhibit)
        self.ticket.setFocus()
        self.frame()

    def frame(self, seconds: float = 0.0) -> None:
        self.exhibit.beat(seconds)
        self.ticket.ladder.repaint()

    def stage(self, side: Side = Side.BUY) -> None:
        self.ticket.stage(side)
        self.frame()

    def enter(self) -> None:
        press(self.ticket, K.Key_Return)

    def text(self, name: str) -> str:
        return self.ticket.fields.rows[name].editor.text()

    def type(self, name: str, text: str) -> None:
        """With real keys, over what stands there."""
        editor = self.ticket.fields.rows[name].editor
        assert isinstance(editor, QLineEdit)
        editor.setFocus()
        editor.selectAll()
        press(self.ticket, text)
        self.frame()

    def at(self, row: int, x: int = 200) -> QPoint:
        """A place in a row of the ladder."""
        height = DARK.sizes.row_height
        return QPoint(x, row * height + height // 2)

    def row_of(self, at: str) -> int:
        return next(n for n, row in enumerate(self.ticket.ladder.frame.rows) if row.text == at)

    def read(self) -> None:
        """A frame, and time to look at it."""
        self.frame()
        self.frame(1.0)

    def click(self, row: int) -> None:
        QTest.mouseClick(self.ticket.ladder, Qt.MouseButton.LeftButton, pos=self.at(row))
        self.frame()


@pytest.fixture
def hands(qtbot: object) -> Hands:
    return Hands(qtbot)


def pair(low: str = "1.08212", high: str = "1.08616") -> PlaceOco:
    """What the exhibit's ticket asks for when it is told to buy."""
    exhibit = Exhibit()
    quoted(exhibit)
    assert exhibit.group.contract is not None
    legs = (OcoLeg("LIMIT", price(low)), OcoLeg("STOP", None, price(high)))
    return PlaceOco(exhibit.group.contract, Side.BUY, quantity("50000"), legs, "AON")


def tags(hands: Hands) -> list[str]:
    return [tag.words for tag in hands.ticket.ladder.frame.tags]


# Putting it together


def test_both_legs_are_placed_beside_the_quote_and_sent_by_enter(hands: Hands) -> None:
    hands.stage()
    assert tags(hands) == ["1 LIMIT 1.08212", "2 STOP 1.08616"]
    assert (hands.text("side"), hands.text("price_1"), hands.text("stop_price_2")) == ("Buy", "1.08212", "1.08616")
    assert hands.ticket.foot.send.text() == "Buy 50\N{NO-BREAK SPACE}000 EUR, one cancels the other"
    hands.enter()
    assert hands.asked == [pair()]


def test_what_is_typed_is_what_the_ladder_shows_and_a_staged_price_follows_no_market(hands: Hands) -> None:
    hands.stage()
    hands.type("price_1", "-15p")
    hands.type("quantity", "1.5m")
    assert tags(hands)[0] == "1 LIMIT 1.08262"
    hands.exhibit.quote("EURUSD", "1.08422", "1.08426")
    hands.frame()
    assert tags(hands) == ["1 LIMIT 1.08262", "2 STOP 1.08616"]
    hands.enter()
    (asked,) = hands.asked
    assert (asked.quantity, asked.legs[0].price) == (quantity("1500000"), price("1.08262"))


def test_keys_move_the_active_leg_and_tab_goes_through_both(hands: Hands) -> None:
    ticket = hands.ticket
    hands.stage()
    ticket.nudge_price(-10)
    press(ticket, K.Key_Tab)
    assert ticket.ladder.hasFocus()
    ticket.nudge_price(1)
    assert (hands.text("price_1"), hands.text("stop_price_2")) == ("1.08202", "1.08617")
    press(ticket, K.Key_Tab)
    assert QApplication.focusWidget() is ticket.notice.keep
    press(ticket, K.Key_Backtab, SHIFT)
    assert ticket.ladder.hasFocus() and ticket.ladder.frame.tags[1].active
    ticket.other_leg()
    assert ticket.ladder.frame.tags[0].active


def test_a_click_is_a_price_for_the_active_leg_and_a_leg_can_be_dragged(hands: Hands) -> None:
    hands.stage()
    hands.click(hands.row_of("1.08250"))
    assert hands.text("price_1") == "1.08250"
    ladder, left = hands.ticket.ladder, Qt.MouseButton.LeftButton
    start, end = hands.at(ladder.frame.tags[1].row, 40), hands.at(hands.row_of("1.08500"), 40)
    QTest.mousePress(ladder, left, pos=start)
    for step in range(1, 5):
        QTest.mouseMove(ladder, start + (end - start) * step / 4)
    assert hands.text("stop_price_2") == "1.08616"
    QTest.mouseRelease(ladder, left, pos=end)
    assert (hands.text("price_1"), hands.text("stop_price_2")) == ("1.08250", "1.08500")


def test_rows_stay_when_the_market_moves_and_while_the_mouse_is_over_them(hands: Hands) -> None:
    hands.stage()
    ladder = hands.ticket.ladder
    before = [row.text for row in ladder.frame.rows]
    hands.exhibit.quote("EURUSD", "1.07412", "1.07416")
    hands.frame()
    assert [row.text for row in ladder.frame.rows] == before
    assert "▼ bid" in ladder.frame.rows[-1].market
    at = QPointF(20, 20)
    QApplication.sendEvent(ladder, QEnterEvent(at, at, at))
    hands.ticket.nudge_price(-2_000)
    assert [row.text for row in ladder.frame.rows] == before
    assert tags(hands)[0].startswith("1 ▼ LIMIT")
    QTest.mouseMove(hands.ticket.foot)
    QApplication.sendEvent(ladder, QEvent(QEvent.Type.Leave))
    assert tags(hands)[0] == "1 LIMIT 1.06212"
    hands.ticket.fit()
    assert "▼" not in "".join(row.market for row in ladder.frame.rows)


def test_a_stop_limit_gets_its_limit_beyond_its_stop_once(hands: Hands) -> None:
    hands.stage()
    hands.ticket.change_stop_kind()
    assert (hands.text("type_2"), hands.text("price_2")) == ("STOP_LIMIT", "1.08636")
    hands.type("price_2", "1.0870")
    assert hands.text("price_2") == "1.0870"
    editor = hands.ticket.fields.rows["price_2"].editor
    assert isinstance(editor, QLineEdit)
    editor.clear()
    hands.frame()
    assert hands.text("price_2") == ""
    hands.ticket.change_stop_kind()
    assert hands.text("type_2") == "STOP"


def test_pairs_begin_as_the_legs_lie_once_that_is_wanted(hands: Hands) -> None:
    hands.stage()
    hands.type("price_1", "-31p")
    hands.ticket.keep_distances()
    assert "limit 31 p and stop 20 p" in hands.ticket.notice.words.text()
    hands.stage(Side.SELL)
    assert (hands.text("price_1"), hands.text("stop_price_2")) == ("1.08726", "1.08212")


def test_a_workspace_keeps_how_pairs_begin_and_never_a_pair(hands: Hands) -> None:
    hands.stage()
    hands.type("price_1", "-31p")
    hands.type("quantity", "20k")
    hands.ticket.keep_distances()
    kept = hands.ticket.state()
    hands.ticket.restore({"distances": {"limit": "1e999", "stop": "NaN", "beyond": "-1"}, "texts": {"side": "Buy"}})
    assert hands.ticket.state() == kept
    assert hands.text("side") == "" and tags(hands) == []
    hands.ticket.restore({"distances": {"limit": "5"}, "texts": {"quantity": "7k", "type_2": "STOP_LIMIT"}})
    hands.stage()
    assert (hands.text("price_1"), hands.text("quantity"), hands.text("type_2")) == ("1.08362", "7k", "STOP_LIMIT")


def test_what_a_workspace_kept_waits_for_a_currency_pair_and_keys_go_to_the_search_till_then(qtbot: object) -> None:
    exhibit = Exhibit()
    ticket = make_oco_ticket(exhibit, DARK)
    show(qtbot, ticket, 480, 860)
    ticket.restore({"texts": {"quantity": "7k"}})
    ticket.setFocus()
    assert ticket.search.line.hasFocus()
    quoted(exhibit)
    exhibit.beat()
    assert ticket.fields.texts()["quantity"] == "7k"
    ticket.setFocus()
    assert ticket.ladder.hasFocus()


def test_quantity_and_terms_by_keys(hands: Hands) -> None:
    hands.ticket.nudge_quantity(10)
    assert hands.text("quantity") == "60000"
    hands.ticket.nudge_quantity(-1_000)
    assert hands.text("quantity") == "1000"
    hands.ticket.cycle_terms()
    assert hands.text("time_in_force") == "FOK"


# Stale, or no quotes


@pytest.mark.parametrize("freshness", [Freshness.STALE, Freshness.UNSYNCHRONISED, Freshness.RESYNCHRONISING])
def test_nothing_is_placed_by_a_quote_that_is_not_live(hands: Hands, freshness: Freshness) -> None:
    hands.exhibit.channel(Feed.QUOTES, freshness, "no quote for 30 s", FX)
    hands.frame()
    row = hands.row_of("1.08250")
    for act in (lambda: hands.stage(), lambda: hands.click(row), lambda: hands.ticket.nudge_price(1)):
        act()
        assert hands.refused.pop().startswith("Nothing is placed: ")
    assert tags(hands) == [] and hands.text("price_1") == ""
    assert not hands.ticket.ladder.frame.live
    hands.enter()
    assert hands.asked == []


def test_without_quotes_prices_are_typed_in_full(hands: Hands) -> None:
    hands.exhibit.channel(Feed.QUOTES, Freshness.STALE, "no quote for 30 s", FX)
    hands.ticket.fields.rows["side"].editor.set_text("Buy")
    hands.type("price_1", "1.08212")
    hands.type("stop_price_2", "+20p")
    hands.enter()
    assert hands.asked == []
    assert "no quote for 30 s" in hands.ticket.fields.rows["stop_price_2"].problem
    hands.type("stop_price_2", "1.08616")
    hands.enter()
    assert hands.asked == [pair()]


# Sending


def test_a_question_is_read_before_the_same_key_confirms_it(hands: Hands) -> None:
    hands.stage()
    hands.enter()
    hands.ticket.show_findings([FAR, ODD])
    assert hands.ticket.foot.general.text().count("▲") == 2
    assert hands.ticket.foot.send.text().startswith("Confirm all 2 points: Buy")
    assert hands.ticket.fields.rows["price_1"].problem == FAR.words
    hands.frame()
    hands.frame(TO_READ - 0.1)
    hands.enter()
    assert len(hands.asked) == 1
    assert "came up just now" in hands.refused.pop()
    hands.frame(0.2)
    hands.enter()
    assert hands.asked == [pair(), pair()]


def test_a_question_that_an_edit_or_esc_took_away_is_asked_again_for_the_same_pair(hands: Hands) -> None:
    hands.stage()
    hands.enter()
    for take_away in (lambda: hands.type("price_1", "1.08212"), lambda: hands.ticket.drop()):
        hands.ticket.show_findings([ODD])
        hands.read()
        take_away()
        assert hands.ticket.question == ()
        hands.read()
        hands.enter()
        assert hands.ticket.question == (ODD,)
    assert len(hands.asked) == 1
    hands.read()
    hands.enter()
    assert hands.asked == [pair(), pair()]


def test_what_blocks_meanwhile_does_not_answer_a_question(hands: Hands) -> None:
    """Asked about, denied while disarmed, armed: the question has to be read again."""
    hands.stage()
    hands.enter()
    hands.ticket.show_findings([ODD])
    hands.read()
    hands.enter()
    hands.ticket.show_findings([Finding("", Level.BLOCK, "the desk is disarmed")])
    hands.read()
    hands.enter()
    assert hands.ticket.question == (ODD,)
    hands.enter()
    assert len(hands.asked) == 2
    hands.read()
    hands.enter()
    assert len(hands.asked) == 3


def test_what_blocks_is_at_its_field_and_an_edit_takes_it_away(hands: Hands) -> None:
    hands.stage()
    hands.enter()
    hands.ticket.show_findings([Finding("quantity", Level.BLOCK, "Quantity is above the limit"), ODD])
    assert hands.ticket.fields.rows["quantity"].problem == "Quantity is above the limit"
    assert hands.ticket.fields.rows["quantity"].entry.hasFocus()
    assert not hands.ticket.foot.send.text().startswith("Confirm")
    hands.type("quantity", "10k")
    assert hands.ticket.fields.rows["quantity"].problem == ""


def test_unusual_pairs_are_named_while_they_are_typed(hands: Hands) -> None:
    hands.stage()
    hands.type("price_1", "+30p")
    assert hands.ticket.foot.general.text().splitlines() == [
        "▲ Leg 1, LIMIT 1.08716, would trade at once",
        "▲ Pair: both legs are above the market",
        "It will have to be confirmed",
    ]
    hands.type("price_1", "-30p")
    assert hands.ticket.foot.general.isHidden()


def test_legs_that_nobody_can_have_seen_are_not_sent(hands: Hands) -> None:
    hands.ticket.stage(Side.BUY)
    hands.enter()
    assert hands.asked == []
    assert "not on the screen yet" in hands.refused.pop()
    hands.frame()
    hands.enter()
    assert hands.asked == [pair()]


def test_a_pair_that_was_out_of_sight_is_seen_again_before_it_is_sent(hands: Hands) -> None:
    """Chosen by name in the palette, which brings the ticket to the front."""
    hands.stage()
    hands.ticket.hide()
    hands.ticket.show()
    hands.ticket.submit()
    assert hands.asked == []
    hands.ticket.ladder.grab()
    hands.ticket.submit()
    assert hands.asked == [pair()]


def test_a_pair_is_not_sent_while_one_of_its_legs_is_in_hand(hands: Hands) -> None:
    """The eye is on the price under the mouse, and what would go is the one that was left."""
    hands.stage()
    ladder, left = hands.ticket.ladder, Qt.MouseButton.LeftButton
    start, end = hands.at(ladder.frame.tags[1].row, 40), hands.at(hands.row_of("1.08500"), 40)
    QTest.mousePress(ladder, left, pos=start)
    QTest.mouseMove(ladder, end)
    QTest.mouseMove(ladder, end)
    hands.frame()
    hands.enter()
    assert hands.asked == [] and "in hand" in hands.refused.pop()
    QTest.mouseRelease(ladder, left, pos=end)
    hands.frame()
    hands.enter()
    assert hands.asked == [pair(high="1.08500")]


def test_problems_are_shown_at_once_when_it_is_to_be_sent(hands: Hands) -> None:
    hands.enter()
    problems = {name for name, row in hands.ticket.fields.rows.items() if row.problem}
    assert problems == {"side", "price_1", "stop_price_2"}
    assert hands.asked == []


def test_another_currency_pair_drops_both_legs(hands: Hands) -> None:
    hands.stage()
    hands.type("quantity", "20k")
    hands.ticket.begin_search()
    press(hands.ticket, "eurj")
    press(hands.ticket, K.Key_Return)
    hands.frame()
    assert hands.exhibit.group.contract is not None
    assert hands.exhibit.group.contract.contract_id == "EURJPY"
    assert tags(hands) == [] and hands.text("side") == "" and hands.text("quantity") == "20k"
    assert hands.ticket.notice.why == "Another pair: both legs were dropped"
    assert hands.ticket.ladder.hasFocus() and hands.asked == []
    hands.stage()
    assert tags(hands) == ["1 LIMIT 161.904", "2 STOP 162.315"]


def test_a_power_contract_takes_no_pairs(hands: Hands) -> None:
    hands.exhibit.fill()
    hands.frame()
    hands.ticket.stage(Side.BUY)
    assert "is no currency pair" in hands.refused[-1]
    hands.enter()
    assert hands.asked == []


def test_esc_empties_all_but_the_quantity(hands: Hands) -> None:
    hands.stage()
    hands.type("quantity", "20k")
    assert hands.ticket.can_drop
    press(hands.ticket, K.Key_Escape)
    assert not hands.ticket.can_drop
    assert (hands.text("side"), hands.text("price_1"), hands.text("quantity")) == ("", "", "20k")
    assert hands.ticket.ladder.hasFocus()


# What became of it


def test_a_pair_that_is_sent_empties_the_ticket_and_has_one_result(hands: Hands) -> None:
    hands.stage()
    hands.enter()
    sent_pair(hands.exhibit)
    hands.ticket.taken(("EPEX M7", PAIR))
    hands.enter()
    assert hands.asked == [pair()] and hands.text("side") == ""
    hands.frame()
    assert "sent; the venue has not answered yet" in hands.ticket.outcome.headline.text()
    for leg in (1, 2):
        answer(hands.exhibit, leg)
    hands.frame()
    assert hands.ticket.outcome.headline.text().endswith("both legs working")
    assert hands.ticket.outcome.cancel.isHidden()


def test_a_broken_pair_says_which_leg_lives_and_offers_its_cancel(hands: Hands) -> None:
    broken(hands.exhibit)
    hands.frame()
    outcome = hands.ticket.outcome
    assert outcome.pair is not None and outcome.pair.result.state is PairState.BROKEN
    assert outcome.headline.text().startswith("▲ Buy 50\N{NO-BREAK SPACE}000 EUR EURUSD: broken: leg 2 (STOP) rejected")
    assert outcome.cancel.text() == "Cancel leg 1"
    QTest.mouseClick(outcome.cancel, Qt.MouseButton.LeftButton)
    hands.ticket.cancel_survivor()
    assert [[order.client_id for order in orders] for orders in hands.cancelled] == [[f"{PAIR}.1"]] * 2


def test_nothing_is_cancelled_where_no_leg_lives_alone(hands: Hands) -> None:
    working(hands.exhibit)
    hands.frame()
    hands.ticket.cancel_survivor()
    assert hands.cancelled == [] and hands.refused[-1].startswith("Nothing to cancel")


def test_every_control_has_a_name_and_a_tip_in_both_themes(hands: Hands) -> None:
    ticket = hands.ticket
    broken(hands.exhibit)
    ticket.set_theme(LIGHT)
    ticket.set_compact(True)
    hands.frame()
    controls = [ticket.ladder, *ticket.findChildren(QPushButton), *ticket.findChildren(QLineEdit)]
    assert not [each for each in controls if not each.accessibleName()]
    assert not [
        each
        for each in (ticket.ladder, ticket.notice.keep, ticket.foot.send, ticket.foot.clear, ticket.outcome.cancel)
        if not each.toolTip()
    ]
    assert ticket.ladder.accessibleDescription()
