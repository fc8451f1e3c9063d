"""Pairs of which one order cancels the other: both legs under one header, which says how the pair stands."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from protocols.market.orders import OrderStatus
from tests.support.fx import FxDesk, order, pair, record
from tests.widgets.desk import DARK, press
from tests.widgets.orders.hands import K, click_at, click_title, shown_table, texts
from widgets.frame_clock import FrameClock
from widgets.link_group import LinkGroup
from widgets.orders import OrdersTable
from widgets.orders.catalogue import Col, GroupBy
from widgets.orders.conditions import Choice


class PairDesk:
    """An FX desk with its blotter on the screen."""

    def __init__(self, qtbot, folder: Path) -> None:
        self.fx = FxDesk(folder)
        self.fx.ready()
        self.clock = FrameClock(lambda: self.fx.now)
        self.group = LinkGroup(1)
        self.table = shown_table(qtbot, OrdersTable(self.fx.desk.market, self.clock, self.group, DARK))
        self.acts: list[str] = []
        self.table.act_requested.connect(self.acts.append)

    def say(self, name: str, leg: int, **fields: object) -> None:
        kind = {"type": "LIMIT", "price": 1.05} if leg == 1 else {"type": "STOP", "price": None, "stopPrice": 1.15}
        self.fx.say({"event": "execution", "payload": record(f"{name}.{leg}", leg, **{**kind, **fields})})

    def working_pair(self) -> str:
        name = self.fx.submit(pair())
        for leg in (1, 2):
            self.say(name, leg)
        self.clock.beat()
        return name

    @property
    def header(self) -> str:
        return " ".join(cell.text for cell in self.table.model.band(0).left)


@pytest.fixture
def pairs(qtbot, tmp_path: Path) -> PairDesk:
    return PairDesk(qtbot, tmp_path)


def test_both_legs_of_a_pair_stand_under_one_header_whatever_is_chosen(pairs: PairDesk) -> None:
    name = pairs.working_pair()
    table = pairs.table
    single = pairs.fx.submit(order(at="1.01"))
    pairs.clock.beat()
    legs = ["[Pair]", f"{name}.1", f"{name}.2"]
    assert texts(table, Col.CLIENT_ID) == [single, *legs]
    assert "both legs working" in (header := " ".join(cell.text for cell in table.model.band(1).left)), header
    click_title(table, Col.TYPE)
    click_title(table, Col.TYPE)
    assert texts(table, Col.CLIENT_ID) == [*legs, single], "where its first leg would stand"
    table.choosing.set_condition(Col.TYPE, Choice(("stop",)))
    assert texts(table, Col.CLIENT_ID) == legs, "one leg is never shown without the other"
    table.choosing.clear_filters()
    table.choosing.set_group(GroupBy.PAIR)
    assert texts(table, Col.CLIENT_ID) == ["[Pairs: one cancels the other]", *legs, "[Single orders]", single]


def test_a_pair_whose_limit_fills_says_who_cancelled_the_stop_and_why(pairs: PairDesk) -> None:
    name = pairs.working_pair()
    pairs.say(name, 1, status="FILLED", executedQty=10000)
    pairs.clock.beat()
    assert pairs.table.model.band(0).right == (), "the stop lives, and the venue is to cancel it: nothing is offered"
    pairs.say(name, 2, status="CANCELED", reason="OCO_CONDITION")
    pairs.clock.beat()
    assert "filled" in pairs.header and "the other leg was executed" in pairs.header
    assert texts(pairs.table, Col.REASON)[2] == "cancelled by the venue: the other leg was executed"
    assert pairs.table.model.band(0).right == ()


def test_a_broken_pair_is_red_and_offers_the_surviving_legs_cancel(pairs: PairDesk) -> None:
    name = pairs.working_pair()
    pairs.say(name, 2, status="REJECTED", reason="TOO_FAR")
    pairs.clock.beat()
    table = pairs.table
    band = table.model.band(0)
    assert band.left[-1].ink == "danger" and band.left[-1].mark and band.left[-1].text.startswith("broken: leg 2")
    assert [cell.text for cell in band.right] == ["Cancel leg 1 (LIMIT)"]
    click_at(table, table.view.band_end(0).center())
    assert pairs.acts == ["orders.cancel"]
    assert [order.client_id for order in table.selected()] == [f"{name}.1"], "the surviving leg, and nothing else"
    press(table.view, K.Key_Home)
    assert [o.client_id for o in table.selected() if not o.status.over] == [f"{name}.1"], "by key: on the header"
    table.choosing.toggle_fold()
    pairs.acts.clear()
    click_at(table, table.view.band_end(0).center())
    assert pairs.acts == ["orders.cancel"] and [o.client_id for o in table.selected()] == [f"{name}.1"]
    pairs.say(name, 1, status="CANCELED", reason="USER")
    pairs.clock.beat()
    assert table.model.band(0).right == ()


def test_the_foot_counts_a_pair_once_and_never_less_than_both_legs_executed(pairs: PairDesk) -> None:
    name = pairs.working_pair()
    pairs.fx.submit(order(at="1.01", units="5000"))
    pairs.clock.beat()

    def sums() -> str:
        return pairs.table.summary.whole_text.rpartition(" · ")[2].replace("\N{NO-BREAK SPACE}", " ")

    assert pairs.table.summary.whole_text.startswith("3 orders")
    assert sums() == "0 of 15 000 EUR filled"
    pairs.say(name, 1, status="FILLED", executedQty=10000)
    pairs.clock.beat()
    assert sums() == "10 000 of 15 000 EUR filled"
    pairs.say(name, 2, status="FILLED", executedQty=10000)
    pairs.clock.beat()
    assert sums() == "20 000 of 25 000 EUR filled", "what nobody meant, and what was executed"


def test_a_pair_goes_when_neither_leg_passes_any_more(pairs: PairDesk) -> None:
    name = pairs.working_pair()
    pairs.table.toggle_working()
    pairs.say(name, 2, status="REJECTED", reason="TOO_FAR")
    pairs.clock.beat()
    assert texts(pairs.table, Col.CLIENT_ID) == ["[Pair]", f"{name}.1", f"{name}.2"], "what is over explains the other"
    pairs.say(name, 1, status="CANCELED", reason="USER")
    pairs.clock.beat()
    assert texts(pairs.table, Col.CLIENT_ID) == []


def test_a_press_that_ends_elsewhere_cancels_nothing(pairs: PairDesk) -> None:
    name = pairs.working_pair()
    pairs.say(name, 2, status="REJECTED", reason="TOO_FAR")
    pairs.clock.beat()
    view = pairs.table.view
    window = pairs.table.window().windowHandle()
    start, end = (
        view.viewport().mapTo(pairs.table.window(), at) for at in (view.band_end(0).center(), QPoint(300, 200))
    )
    QTest.mousePress(window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseRelease(window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end)
    assert pairs.acts == []


def test_the_header_of_a_pair_stands_for_both_legs(pairs: PairDesk) -> None:
    name = pairs.working_pair()
    press(pairs.table.view, K.Key_Home)
    assert [order.client_id for order in pairs.table.selected()] == [f"{name}.1", f"{name}.2"]
    assert pairs.table.cancel.isEnabled() and pairs.table.cancel.text() == "Cancel 2"
    assert not pairs.table.amend.isEnabled()


def test_prices_with_five_decimals_have_room(pairs: PairDesk) -> None:
    name = pairs.working_pair()
    view = pairs.table.view
    assert [view.columns[column].decimals for column in (Col.PRICE, Col.STOP)] == [5, 5]
    assert texts(pairs.table, Col.PRICE)[1:] == ["1.05000", "market"]
    narrow = view.columnWidth(Col.PRICE)
    view.set_figures(2, 0)
    assert view.columnWidth(Col.PRICE) < narrow
    assert pairs.fx.get(f"{name}.1").status is OrderStatus.WORKING


def test_pairs_find_each_other_again_after_a_restart(qtbot, pairs: PairDesk) -> None:
    name = pairs.working_pair()
    sent = texts(pairs.table, Col.TIME)[1:]
    pairs.fx.restart()
    legs = [
        record(f"{name}.1", 1), record(f"{name}.2", 2, type="STOP", price=None, stopPrice=1.15),
    ]  # fmt: skip
    pairs.fx.open()
    pairs.fx.answer(pairs.fx.last("orders"), legs)
    table = shown_table(qtbot, OrdersTable(pairs.fx.desk.market, pairs.clock, pairs.group, DARK))
    pairs.clock.beat()
    assert texts(table, Col.CLIENT_ID) == ["[Pair]", f"{name}.1", f"{name}.2"]
    band = table.model.band(0)
    assert band is not None and band.left[-1].text.startswith("both legs working")
    assert texts(table, Col.TIME)[1:] == sent != ["–", "–"], "this venue tells no times: the journal knows"


# What acts are for is what is highlighted


def test_a_header_that_nobody_chose_is_not_acted_on(pairs: PairDesk) -> None:
    """Its row comes under the keys by itself, as the one that was there goes away."""
    pairs.working_pair()
    single = pairs.fx.submit(order(at="1.01"))
    pairs.clock.beat()
    table = pairs.table
    press(table.view, K.Key_Home)
    assert [order.client_id for order in table.selected()] == [single]
    table.begin_filter()
    press(table, "stop")
    assert texts(table, Col.CLIENT_ID)[0] == "[Pair]"
    assert table.selected() == [] and not table.cancel.isEnabled() and "selected" not in table.summary.whole_text
    press(table, K.Key_Return)
    assert table.view.hasFocus() and table.view.currentIndex().row() == 0, "the keys are there"
    assert table.selected() == [], "and nothing is selected yet"
    press(table.view, K.Key_Down)
    assert len(table.selected()) == 2 and table.view.currentIndex().row() == 0, "the first arrow selects it"
    table.begin_filter()
    press(table, K.Key_Escape)
    assert table.selected() == [] and not table.cancel.isEnabled()


def test_both_legs_of_a_selected_header_are_highlighted_wherever_the_keyboard_is(pairs: PairDesk) -> None:
    pairs.working_pair()
    table = pairs.table
    press(table.view, K.Key_Home)
    assert [table.view.is_acted_on(row) for row in range(3)] == [True, True, True]
    table.filter.setFocus()
    table.set_flashing(False)
    for row in range(3):
        colours = _colours(table, row)
        assert DARK.accent.name() in colours, "a bar at the left"
        assert DARK.accent_surface.name() in colours
    table.view.setFocus()
    press(table.view, K.Key_Down)
    assert [table.view.is_acted_on(row) for row in range(3)] == [False, True, False]


def _colours(table: OrdersTable, row: int) -> set[str]:
    image = table.view.viewport().grab(table.view.row_rect(row)).toImage()
    return {QColor(image.pixel(x, image.height() // 4)).name() for x in range(image.width())}


def test_a_pair_of_which_nothing_is_heard_now_does_not_look_alive(pairs: PairDesk) -> None:
    pairs.working_pair()
    assert pairs.table.model.band(0).left[-1].ink == "live"
    pairs.fx.lose()
    pairs.clock.beat()
    left = pairs.table.model.band(0).left
    assert {cell.ink for cell in left} == {"text_muted"}
    assert left[-1].mark == "▲" and left[-1].text == "both legs working · orders stale"


def test_a_broken_pair_stays_red_while_its_feed_is_down(pairs: PairDesk) -> None:
    name = pairs.working_pair()
    pairs.say(name, 2, status="REJECTED", reason="TOO_FAR")
    pairs.fx.lose()
    pairs.clock.beat()
    last = pairs.table.model.band(0).left[-1]
    assert last.ink == "danger" and last.text.startswith("broken: leg 2") and last.text.endswith("orders stale")
