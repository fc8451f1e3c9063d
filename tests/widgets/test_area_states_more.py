"""The contract-area panel: market and day-ahead, what folds, the venue's clock, Nord Pool's states, the long days."""

import msgspec
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from protocols.market.events import (
    AreaState,
    AreaStateChanged,
    ClockCompared,
    ContractListed,
    Feed,
    Freshness,
    InformationChanged,
    MarketInformation,
)
from protocols.market.instruments import ContractKey
from protocols.market.orders import VenueState
from protocols.market.times import HOUR, MINUTE, SECOND, UtcNs, utc_from_text
from protocols.market.values import Side
from tests.widgets.desk import M7, NOON, Desk, click, press, price, show
from tests.widgets.orders.market import OrderDesk
from tests.widgets.test_area_states import A, B, cell, filled, names, row_of
from widgets.area_states import AreaStates
from widgets.area_states.columns import COLUMNS, DATA, DAY_AHEAD, DELIVERY, GATE, MARKET, NAME, PHASE, STATE, WORKING
from widgets.area_states.rows import Kind
from widgets.delivery import countdown_text
from widgets.ribbon.slots import Mode


def panel_of(qtbot, desk: Desk, width: int = 1400, height: int = 400) -> AreaStates:
    panel = AreaStates(*desk.parts)
    show(qtbot, panel, width, height)
    desk.beat()
    return panel


def say(desk: Desk, key: ContractKey, state: str, end: int | None, phase: str = "", has_phases: bool = True) -> None:
    row = AreaState(key, state, phase, None, None if end is None else UtcNs(end), None, has_phases)
    desk.market.apply(AreaStateChanged(f"{Feed.AREA_STATES.name}:{key.area}", row))


def test_the_market_is_what_the_contract_is_now_and_the_day_ahead_price_has_a_column(qtbot) -> None:
    desk, keys = filled()
    panel = panel_of(qtbot, desk)
    key = keys[4]
    assert (cell(panel, key, MARKET).text, cell(panel, key, DAY_AHEAD).text) == ("Local", "–")
    desk.market.apply(ContractListed(msgspec.structs.replace(desk.market.contracts[key], market_type="Xbid")))
    figures = MarketInformation(key, day_ahead=price("-41.5"))
    desk.market.apply(InformationChanged(f"{Feed.MARKET_INFORMATION.name}:{A}", figures))
    desk.beat()
    assert (cell(panel, key, MARKET).text, cell(panel, key, DAY_AHEAD).text) == ("Xbid", "−41.50")
    assert cell(panel, key, DAY_AHEAD).ink == "text"


def test_what_does_not_trade_yet_is_not_among_the_closed(qtbot) -> None:
    desk, _ = filled()
    later = desk.contract(A, "16Q1", UtcNs(NOON + 4 * HOUR))
    say(desk, later, "Hibernated", NOON + 2 * HOUR, "Closed")
    panel = panel_of(qtbot, desk)
    assert names(panel)[:6] == [A, "1 closed", "13Q1", "13Q2", "13Q3", "1 not trading yet"]
    assert panel.grid.row_text(0).split("\t")[2] == "3 open, 1 closed, 1 later"
    click(panel.grid.viewport(), panel.grid.row_rect(5).center())
    assert names(panel)[6] == "16Q1"
    assert panel.state()["later_unfolded"] == [[M7, A]]
    assert cell(panel, later, GATE).text == "–", "a countdown to the opening is none to the gate"
    assert "until Sat 14:00:00 CET" in panel._source.tip(row_of(panel, later), GATE)
    say(desk, later, "Active", NOON + 3 * HOUR, "Continuous")
    desk.beat()
    assert names(panel)[5] == "16Q1"
    # After the gate the phase is called the same; it lasts until delivery begins.
    say(desk, later, "Active", NOON + 4 * HOUR, "Closed")
    desk.beat()
    assert names(panel)[1] == "2 closed"


def test_so_many_closed_contracts_stay_in_view_as_the_trader_sets(qtbot) -> None:
    desk, keys = filled()
    for key in keys[4:6]:
        desk.state(key, "Inactive", "Closed")
    panel = panel_of(qtbot, desk)
    assert names(panel)[:3] == [A, "3 closed", "13Q3"]
    panel.closed_kept.setFocus()
    press(panel, Qt.Key.Key_Up)
    press(panel, Qt.Key.Key_Up)
    assert names(panel)[:5] == [A, "1 closed", "13Q1", "13Q2", "13Q3"], "those that closed last"
    press(panel, Qt.Key.Key_Up)
    assert names(panel)[:5] == [A, "12Q1", "13Q1", "13Q2", "13Q3"], "nothing is left to fold"
    assert panel.state()["closed_kept"] == 3
    panel.restore({"closed_kept": 1})
    desk.beat()
    assert names(panel)[:4] == [A, "2 closed", "13Q2", "13Q3"]
    assert panel.closed_kept.value() == 1


def test_a_wheel_that_passes_over_the_number_of_closed_contracts_changes_nothing(qtbot) -> None:
    desk, _ = filled()
    panel = panel_of(qtbot, desk)
    field = panel.closed_kept

    def turn() -> None:
        at = QPointF(field.rect().center())
        none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
        event = QWheelEvent(at, field.mapToGlobal(at), QPoint(), QPoint(0, 120), *none, False)
        QApplication.sendEvent(field, event)

    panel.grid.setFocus()
    turn()
    assert field.value() == 0
    field.setFocus()
    turn()
    assert field.value() == 1


def test_countdown_and_folding_follow_the_venues_clock(qtbot) -> None:
    desk, keys = filled()
    panel = panel_of(qtbot, desk)
    key = keys[4]
    assert cell(panel, key, GATE).text == "30:00"
    desk.market.apply(ClockCompared(M7, 3 * SECOND + SECOND // 2, desk.clock.now))
    assert cell(panel, key, GATE).text == "29:57", "the venue is 3.5 s ahead of us"
    painted: list[tuple[int, int]] = []
    panel.grid.update_cell = lambda row, column: painted.append((row, column))  # type: ignore[method-assign]
    desk.beat(0.1)
    painted.clear()
    desk.beat(0.5)  # a second of the venue's, though none of ours
    assert {column for _, column in painted} == {GATE}
    assert cell(panel, key, GATE).text == "29:56"
    end = desk.market.contracts[key].delivery_end
    desk.beat((end - desk.utc) / SECOND - 3)
    assert Kind.CLOSED in {row.kind for row in panel._rows.rows}
    assert panel._rows.index_of_contract(key) is None, "delivered, by the venue's clock"


@pytest.mark.parametrize(
    ("state", "mark", "ink", "left"),
    [
        ("Active", "●", "live", "10:00"),
        ("Hibernated", "◆", "warning", "–"),
        ("Frozen", "◆", "warning", "–"),
        ("Unheard Of", "?", "warning", "–"),
    ],
)
def test_where_there_are_no_phases_the_state_says_it_all(qtbot, state, mark, ink, left) -> None:
    desk, keys = filled()
    say(desk, keys[4], state, NOON + 10 * MINUTE, has_phases=False)
    panel = panel_of(qtbot, desk)
    shown = cell(panel, keys[4], STATE)
    assert (shown.text, shown.mark, shown.mark_ink or shown.ink) == (state.lower(), mark, ink)
    assert (cell(panel, keys[4], PHASE).text, cell(panel, keys[4], GATE).text) == ("–", left)


def test_without_phases_inactive_is_over_after_the_gate_and_later_before_it(qtbot) -> None:
    desk, keys = filled()
    start = desk.market.contracts[keys[4]].delivery_start
    say(desk, keys[4], "Inactive", start, has_phases=False)
    say(desk, keys[5], "Inactive", start - 10 * MINUTE, has_phases=False)
    panel = panel_of(qtbot, desk)
    assert names(panel)[:4] == [A, "2 closed", "13Q3", "1 not trading yet"]


LONG_DAY = "2026-10-24T22:00:00Z"
SHORT_DAY = "2026-03-28T23:00:00Z"


@pytest.mark.parametrize(
    ("area", "name", "start", "minutes", "now", "delivery", "zone"),
    [
        (A, "02AQ1", "2026-10-25T00:00:00Z", 15, LONG_DAY, "Sun 02A:00–02A:15", "CEST"),
        (A, "02BQ1", "2026-10-25T01:00:00Z", 15, LONG_DAY, "Sun 02B:00–02B:15", "CET"),
        (A, "02A-02B_XB", "2026-10-25T00:00:00Z", 60, LONG_DAY, "Sun 02A:00–02B:00", "CEST"),
        (A, "02B-03_XB", "2026-10-25T01:00:00Z", 60, LONG_DAY, "Sun 02B:00–03:00", "CET"),
        (A, "01Q4", "2026-03-29T00:45:00Z", 15, SHORT_DAY, "Sun 01:45–03:00", "CET"),
        (A, "23Q4", "2026-10-25T22:45:00Z", 15, LONG_DAY, "Sun 23:45–24:00", "CET"),
        ("UK-ELEXON", "01A", "2026-10-25T00:00:00Z", 30, LONG_DAY, "Sun 01A:00–01A:30", "BST"),
        ("UK-ELEXON", "01B", "2026-10-25T01:00:00Z", 30, LONG_DAY, "Sun 01B:00–01B:30", "GMT"),
        ("UK-ELEXON", "00-30", "2026-03-29T00:30:00Z", 30, SHORT_DAY, "Sun 00:30–02:00", "GMT"),
    ],
)
def test_delivery_and_gate_on_the_days_of_23_and_25_hours(
    qtbot, area, name, start, minutes, now, delivery, zone
) -> None:
    desk = Desk(area)
    desk.utc = utc_from_text(now)
    begins = utc_from_text(start)
    key = desk.contract(area, name, begins, minutes)
    desk.state(key, end=begins - 5 * MINUTE)
    panel = panel_of(qtbot, desk)
    assert (cell(panel, key, NAME).text, cell(panel, key, DELIVERY).text) == (name, delivery)
    assert cell(panel, key, GATE).text == countdown_text((begins - 5 * MINUTE - desk.utc) / SECOND)
    assert f"Delivery {delivery} {zone}" in panel._source.tip(row_of(panel, key), NAME)
    desk.group.choose(key)
    desk.beat()
    slot = next(slot for slot in panel.ribbon._slots if slot.start == begins)
    assert slot.contract is not None and slot.contract.key == key
    assert len(panel.ribbon._slots) == (100 if now == LONG_DAY else 92)


def test_rows_of_the_hour_that_comes_twice_stand_in_the_order_of_delivery(qtbot) -> None:
    desk = Desk(A)
    desk.utc = utc_from_text(LONG_DAY)
    wanted = []
    for quarter in range(4, 12):  # 01:00 CEST to 03:00 CET, two hours of two
        start = UtcNs(utc_from_text("2026-10-24T23:00:00Z") + (quarter - 4) * 15 * MINUTE)
        hour = ("01", "02A", "02B")[(quarter - 4) // 4]
        wanted.append(f"{hour}Q{quarter % 4 + 1}")
        desk.contract(A, wanted[-1], start)
    panel = panel_of(qtbot, desk)
    assert names(panel)[1:] == wanted
    assert panel.grid.header.title("delivery") == "Delivery CEST/CET"


def test_the_ribbon_above_the_rows_goes_round_hides_and_chooses(qtbot) -> None:
    desk, keys = filled()
    panel = panel_of(qtbot, desk, 900)
    desk.group.choose(keys[4])
    desk.beat()
    ribbon = panel.ribbon
    assert ribbon.isVisible() and ribbon.geometry().bottom() < panel.grid.geometry().top()
    panel.next_ribbon_mode()
    assert ribbon.mode is Mode.POSITION
    panel.toggle_ribbon()
    assert not panel.ribbon_shown
    panel.next_ribbon_mode()
    assert panel.ribbon_shown, "another mode is for being seen"
    index = next(i for i, slot in enumerate(ribbon._slots) if slot.contract and slot.contract.key == keys[5])
    strip = ribbon._strip()
    x = strip.left() + round((index + 0.5) * strip.width() / len(ribbon._slots))
    place = strip.center()
    place.setX(x)
    click(ribbon, place)
    assert desk.group.contract == keys[5]
    assert panel.grid.current == row_of(panel, keys[5])


def test_tab_goes_through_the_panel_in_the_order_of_reading(qtbot) -> None:
    desk, _ = filled()
    panel = panel_of(qtbot, desk)
    panel.filter.setFocus()
    for following in (panel.closed_kept, panel.ribbon, panel.grid):
        QTest.keyClick(panel.window().windowHandle(), Qt.Key.Key_Tab)
        assert following.hasFocus()
        assert following.accessibleName()


def test_columns_and_indices_belong_together() -> None:
    assert [COLUMNS[index].key for index in (NAME, MARKET, GATE, DAY_AHEAD)] == [
        "contract",
        "market",
        "gate",
        "day_ahead",
    ]


def test_what_is_folded_in_one_area_says_nothing_of_another(qtbot) -> None:
    desk, keys = filled()
    desk.state(keys[0], "Inactive", "Closed")
    panel = panel_of(qtbot, desk)
    folds = [index for index, row in enumerate(panel._rows.rows) if row.kind is Kind.CLOSED]
    assert len(folds) == 2
    click(panel.grid.viewport(), panel.grid.row_rect(folds[1]).center())
    assert panel.state()["unfolded"] == [[M7, B]]


def test_a_hibernated_order_is_told_apart_from_one_in_the_book(qtbot) -> None:
    desk = OrderDesk()
    panel = panel_of(qtbot, desk)

    def shown() -> tuple[str, str, str]:
        told = cell(panel, desk.one, WORKING)
        return told.text, told.mark, told.ink

    desk.report(desk.place(side=Side.SELL).client_id, side=Side.SELL, state=VenueState.HIBERNATED)
    assert shown() == ("S10.0", "◇", "text_secondary"), "nothing may be executed"
    desk.working(much="3")
    assert shown() == ("B3.0", "◇", "text"), "of two, this may be"
    tip = panel._source.tip(panel._rows.index_of_contract(desk.one) or 0, WORKING)
    assert "Own orders 2: B3.0, hibernated S10.0" in tip


def test_the_word_of_the_least_fresh_feed_comes_first_in_row_and_section(qtbot) -> None:
    desk = OrderDesk()
    panel = panel_of(qtbot, desk)
    key = desk.one
    desk.state(key)
    desk.book(key, "38.40", "38.55")
    desk.market.apply(InformationChanged(f"{Feed.MARKET_INFORMATION.name}:{A}", MarketInformation(key)))
    desk.channel(Feed.AREA_STATES, A, Freshness.RESYNCHRONISING)
    desk.channel(Feed.ORDER_BOOKS, A, Freshness.STALE, "no heartbeat")
    told = cell(panel, key, DATA)
    assert (told.text, told.mark, told.ink) == ("stale: book", "▲", "danger"), "glyph, ink and words say one thing"
    band = panel._source.band(0)
    assert band is not None
    assert [each.text for each in band.left[-2:]] == [
        "order books stale: no heartbeat", "contract states resynchronising",
    ]  # fmt: skip
    desk.channel(Feed.ORDER_BOOKS, A)
    told = cell(panel, key, DATA)
    assert (told.text, told.mark, told.ink) == ("resync: states", "↻", "warning")


def test_a_section_says_its_zone_and_what_its_prices_are_in(qtbot) -> None:
    desk = Desk("UK-ELEXON", A)
    desk.contract("UK-ELEXON", "2H-12", UtcNs(NOON + HOUR), 120, "GBP/MWh")
    desk.contract(A, "13Q1", UtcNs(NOON + HOUR))
    panel = panel_of(qtbot, desk)
    bands = [panel.grid.row_text(row).split("\t")[:2] for row in range(len(panel._rows.rows))]
    assert [A, "CET · EUR/MWh"] in bands
    assert ["UK-ELEXON", "GMT · GBP/MWh"] in bands
