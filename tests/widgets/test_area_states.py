"""The contract-area state panel: sections, folding, countdowns, freshness, filter, keys and clicks."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication

from protocols.market.commands import Intent, PlaceOrder
from protocols.market.events import Feed, Freshness, InformationChanged, MarketInformation, TradeState
from protocols.market.instruments import ContractKey
from protocols.market.order_events import OrderIntended, OwnTrade, OwnTradePrinted, RequestDoubted
from protocols.market.times import HOUR, MINUTE, SECOND, UtcNs
from protocols.market.values import Side
from tests.widgets.desk import LIGHT, M7, NOON, Desk, click, press, price, quantity, show
from widgets.area_states import AreaStates
from widgets.area_states.columns import (
    ASK,
    BID,
    COLUMNS,
    DATA,
    DAY_AHEAD,
    DELIVERY,
    GATE,
    LAST,
    MARKET,
    NAME,
    NET,
    PHASE,
    STATE,
    VOLUME,
    WORKING,
)
from widgets.grid import Cell
from widgets.key_texts import KeyTexts

A, B = "DE-AMPRION", "FR-RTE"


def names(panel: AreaStates) -> list[str]:
    return [panel.grid.row_text(row).split("\t")[0] for row in range(panel._source.count())]


def row_of(panel: AreaStates, key) -> int:
    row = panel._rows.index_of_contract(key)
    assert row is not None
    return row


def cell(panel: AreaStates, key, column: int):
    return panel._source.cell(row_of(panel, key), column)


def filled() -> tuple[Desk, list]:
    """Two areas of three open quarter-hours each, one closed in the first."""
    desk = Desk(A, B)
    keys = []
    for area in (B, A):
        for quarter in (2, 0, 1):
            key = desk.contract(area, f"13Q{quarter + 1}", UtcNs(NOON + HOUR + quarter * 15 * MINUTE))
            desk.state(key, end=NOON + 30 * MINUTE)
            desk.book(key, "10.00", "11.00")
            desk.figures(key, "10.50")
            keys.append(key)
    closed = desk.contract(A, "12Q1", NOON)
    desk.state(closed, "Inactive", "Closed")
    return desk, [*keys, closed]


def test_a_section_per_area_sorted_by_delivery_and_closed_ones_folded(qtbot) -> None:
    desk, _ = filled()
    panel = AreaStates(*desk.parts)
    show(qtbot, panel, 1100)
    assert names(panel) == [A, "1 closed", "13Q1", "13Q2", "13Q3", B, "13Q1", "13Q2", "13Q3"]
    assert panel.summary.whole_text == "6 open of 7 contracts"
    assert panel.grid.row_text(0).split("\t") == [A, "CET · EUR/MWh", "3 open, 1 closed", "live"]
    panel.grid.setFocus()
    panel.grid.set_current(1)
    press(panel, Qt.Key.Key_Return)
    assert names(panel)[:4] == [A, "1 closed", "12Q1", "13Q1"]
    click(panel.grid.viewport(), panel.grid.row_rect(1).center())
    assert names(panel)[2] == "13Q1"
    assert desk.group.contract is None


@pytest.mark.parametrize(
    ("left", "text", "ink", "mark"),
    [
        (16 * MINUTE, "16:00", "text_secondary", ""),
        (15 * MINUTE + SECOND // 2, "15:01", "text_secondary", ""),
        (15 * MINUTE - SECOND // 2, "15:00", "warning", ""),
        (15 * MINUTE - SECOND, "14:59", "warning", ""),
        (5 * MINUTE + SECOND // 2, "5:01", "warning", ""),
        (5 * MINUTE - SECOND // 2, "5:00", "danger", "!"),
        (5 * MINUTE - SECOND, "4:59", "danger", "!"),
        (1, "0:01", "danger", "!"),
        (-SECOND, "0:00", "danger", "!"),
    ],
)
def test_the_countdown_turns_amber_and_red(qtbot, left: int, text: str, ink: str, mark: str) -> None:
    desk, keys = filled()
    desk.state(keys[0], end=NOON + left)
    panel = AreaStates(*desk.parts)
    show(qtbot, panel)
    shown = cell(panel, keys[0], GATE)
    assert (shown.text, shown.ink, shown.mark) == (text, ink, mark)


def test_the_countdown_runs(qtbot) -> None:
    desk, keys = filled()
    panel = AreaStates(*desk.parts)
    show(qtbot, panel)
    desk.beat(61)
    assert cell(panel, keys[0], GATE).text == "28:59"


def test_states_and_prices_in_words(qtbot) -> None:
    desk, keys = filled()
    desk.state(keys[0], "Hibernated", "Continuous", NOON + HOUR)
    desk.figures(keys[0], "-3.5", "Down")
    panel = AreaStates(*desk.parts)
    show(qtbot, panel)
    assert (cell(panel, keys[0], STATE).text, cell(panel, keys[0], STATE).ink) == ("hibernated", "warning")
    assert cell(panel, keys[0], PHASE).text == "continuous"
    assert (cell(panel, keys[0], LAST).text, cell(panel, keys[0], LAST).mark) == ("−3.50", "▼")
    assert (cell(panel, keys[0], BID).text, cell(panel, keys[0], ASK).text) == ("10.00", "11.00")
    assert cell(panel, keys[0], DATA).text == "live"


def test_what_is_not_live_is_named_and_grey(qtbot) -> None:
    desk, keys = filled()
    panel = AreaStates(*desk.parts)
    show(qtbot, panel, 1100)
    key = keys[0]
    desk.channel(Feed.ORDER_BOOKS, B, Freshness.STALE, "nothing heard for 12 s")
    assert cell(panel, key, BID).ink == "text_muted"  # before the next frame even
    desk.beat()
    assert cell(panel, key, DATA).text == "stale: book"
    assert cell(panel, key, LAST).ink == "up"
    assert "order books stale: nothing heard for 12 s" in panel.grid.row_text(5)
    for feed in Feed:
        desk.channel(feed, B, Freshness.RESYNCHRONISING, "gap")
    desk.beat()
    assert cell(panel, key, DATA).text == "resynchronising"
    for column in range(STATE, LAST + 1):
        if column != DATA:
            assert cell(panel, key, column).ink == "text_muted", column
    assert cell(panel, keys[3], DATA).text == "live"


def test_a_contract_without_any_report_says_so(qtbot) -> None:
    desk = Desk(A)
    key = desk.contract(A, "13Q1", UtcNs(NOON + HOUR))
    panel = AreaStates(*desk.parts)
    show(qtbot, panel)
    assert cell(panel, key, DATA).text == "nothing yet"
    assert cell(panel, key, BID).text == "–"


def test_the_filter_takes_what_is_typed_and_escape_clears(qtbot) -> None:
    desk, keys = filled()
    panel = AreaStates(*desk.parts)
    show(qtbot, panel)
    panel.grid.setFocus()
    panel.set_keys(KeyTexts({"panel.filter": ("F3",)}))
    assert panel.filter.placeholderText() == "Filter   F3"
    assert panel.filter.toolTip().endswith("(F3; Esc clears)")
    panel.filter.begin()
    press(panel, "q2 fr")
    assert names(panel) == [B, "13Q2"]
    press(panel, Qt.Key.Key_Return)
    press(panel, Qt.Key.Key_Return)
    assert desk.group.contract == keys[2]
    panel.filter.begin()
    press(panel, Qt.Key.Key_Escape)
    assert panel.filter.text() == ""
    assert len(names(panel)) == 9
    assert panel.grid.hasFocus()


def test_a_filter_that_finds_nothing_says_so(qtbot) -> None:
    desk, _ = filled()
    panel = AreaStates(*desk.parts)
    show(qtbot, panel)
    panel.filter.setText("zzz")
    assert names(panel) == []
    assert panel.grid._empty_text == "No contract matches 'zzz' — Esc clears"


def test_arrows_move_and_enter_or_a_click_choose(qtbot) -> None:
    desk, keys = filled()
    panel = AreaStates(*desk.parts)
    show(qtbot, panel)
    panel.grid.setFocus()
    panel.grid.set_current(2)
    press(panel, Qt.Key.Key_Down)
    assert desk.group.contract is None
    press(panel, Qt.Key.Key_Return)
    assert desk.group.contract == keys[5]
    assert panel._source.look(3).chosen
    click(panel.grid.viewport(), panel.grid.row_rect(2).center())
    assert desk.group.contract == keys[4]
    assert not panel._source.look(3).chosen
    assert panel._source.cell(2, NAME).bold


def test_choosing_elsewhere_shows_the_row(qtbot) -> None:
    desk, keys = filled()
    panel = AreaStates(*desk.parts)
    show(qtbot, panel, 700, 150)
    desk.group.choose(keys[0])
    assert panel.grid.current == row_of(panel, keys[0])
    assert panel.grid.current in panel.grid.visible_rows()


def test_a_frame_repaints_the_cells_that_changed_and_no_others(qtbot, monkeypatch) -> None:
    desk, keys = filled()
    panel = AreaStates(*desk.parts)
    show(qtbot, panel, 1100)
    desk.beat()
    cells: list[tuple[int, int]] = []
    monkeypatch.setattr(panel.grid, "update_cell", lambda row, column: cells.append((row, column)))
    monkeypatch.setattr(panel.grid, "update_all", lambda: pytest.fail("all was repainted"))
    desk.book(keys[4], "10.00", "11.00")
    desk.beat()
    assert cells == []
    desk.book(keys[4], "10.10", "11.00")
    desk.beat()
    assert cells == [(2, BID), (2, ASK), (2, DATA)]
    cells.clear()
    desk.beat(1)
    assert {column for _, column in cells} == {GATE}


def test_hidden_it_does_nothing(qtbot, monkeypatch) -> None:
    desk, keys = filled()
    panel = AreaStates(*desk.parts)
    show(qtbot, panel)
    panel.hide()
    monkeypatch.setattr(panel, "_refresh", lambda: pytest.fail("refreshed while hidden"))
    desk.book(keys[0], "1.00", "2.00")
    desk.beat(1)


def test_a_delivered_contract_folds_away_and_the_view_stays(qtbot) -> None:
    desk, keys = filled()
    panel = AreaStates(*desk.parts)
    show(qtbot, panel, 700, 160)
    panel.grid.setFocus()
    panel.grid.set_current(row_of(panel, keys[0]))
    panel.grid.verticalScrollBar().setValue(3 * panel.grid.row_height + 5)
    before = panel.grid.row_rect(row_of(panel, keys[3])).top()
    desk.state(keys[4], "Inactive", "Closed")
    desk.beat()
    assert names(panel)[:4] == [A, "2 closed", "13Q2", "13Q3"]
    assert panel.grid.row_rect(row_of(panel, keys[3])).top() == before
    assert panel.grid.current == row_of(panel, keys[0])
    desk.beat(2 * 3600)
    assert panel.summary.whole_text == "0 open of 7 contracts"


def test_state_and_theme(qtbot) -> None:
    desk, _ = filled()
    panel = AreaStates(*desk.parts)
    show(qtbot, panel)
    assert panel.state()["ribbon"] == {"shown": True, "mode": ""}
    kept = {
        "filter": "fr",
        "unfolded": [[M7, A]],
        "later_unfolded": [[M7, B]],
        "folded": [],
        "closed_kept": 4,
        "columns": {"bid": 99},
        "column_choice": {"order": [column.key for column in reversed(COLUMNS)], "hidden": ["phase"]},
        "ribbon": {"shown": False, "mode": "price"},
    }
    panel.restore(kept)
    panel.set_theme(LIGHT)
    panel.set_compact(True)
    desk.beat()
    assert panel.state() == kept
    assert not panel.ribbon.isVisible()
    panel.restore({})
    assert panel.ribbon.isVisible()


def test_an_area_folds_to_its_header_and_unfolds_by_keys(qtbot) -> None:
    desk, _ = filled()
    panel = AreaStates(*desk.parts)
    show(qtbot, panel)
    desk.beat()
    panel.grid.setFocus()
    everything = panel.grid._count
    panel.grid.set_current(0)
    press(panel, Qt.Key.Key_Left)
    assert panel.grid._count < everything
    assert panel.grid.current == 0
    press(panel, Qt.Key.Key_Right)
    assert panel.grid._count == everything
    press(panel, Qt.Key.Key_Return)
    assert panel.grid._count < everything


def test_with_little_room_words_give_way_and_the_prices_stay(qtbot) -> None:
    desk, _ = filled()
    panel = AreaStates(*desk.parts)
    show(qtbot, panel, 640)
    desk.beat()
    widths = panel.grid._widths
    assert widths.widths[PHASE] == 0
    assert {PHASE, DATA, STATE} < widths.given_way
    assert {BID, ASK, LAST, NET, WORKING}.isdisjoint(widths.given_way)
    assert widths.lefts[LAST] + widths.widths[LAST] <= panel.grid.viewport().width()
    panel.resize(1400, 300)
    assert not widths.given_way


def test_the_default_window_shows_what_moves_and_a_small_one_keeps_what_is_ours(qtbot) -> None:
    desk, _ = filled()
    panel = AreaStates(*desk.parts)
    show(qtbot, panel, 1104, 400)
    desk.beat()
    widths, bar = panel.grid._widths, panel.grid.horizontalScrollBar()
    assert widths.given_way == {MARKET, DAY_AHEAD}, "what changes least"
    assert bar.maximum() == 0
    panel.resize(786, 300)
    assert bar.maximum() == 0
    assert {NET, WORKING, VOLUME}.isdisjoint(widths.given_way)
    panel.resize(1400, 400)
    assert widths.total == panel.grid.viewport().width(), "what is over goes to the words on the data"


def test_compact_columns_hold_their_longest_text(qtbot) -> None:
    desk, _ = filled()
    panel = AreaStates(*desk.parts)
    show(qtbot, panel)
    panel.set_compact(True)
    cells, widths = panel.grid._cells, panel.grid._widths
    text = "Sat 13:30–13:45"
    assert cells._fitting(Cell(text), COLUMNS[DELIVERY], widths.widths[DELIVERY] - 12) == text
    assert QFontMetrics(cells._number).horizontalAdvance(text) <= widths.widths[DELIVERY] - 12
    assert cells._fitting(Cell("15-16_XB", bold=True), COLUMNS[0], widths.widths[0] - 12) == "15-16_XB"


def test_own_position_and_own_orders_stand_in_the_row(qtbot, monkeypatch) -> None:
    desk, keys = filled()
    panel = AreaStates(*desk.parts)
    show(qtbot, panel, 1400)
    key = keys[4]
    assert [cell(panel, key, column).text for column in (NET, WORKING)] == ["–", "–"]
    place(desk, key, Side.BUY, "10")
    place(desk, key, Side.BUY, "2.5")
    place(desk, key, Side.SELL, "4")
    place(desk, keys[0], Side.SELL, "1")
    trade(desk, key, Side.SELL, "3.5")
    cells = []
    source = panel._source
    original = source.cell
    desk.beat()
    QApplication.processEvents()
    monkeypatch.setattr(source, "cell", lambda row, column: cells.append((row, column)) or original(row, column))
    net, orders = cell(panel, key, NET), cell(panel, key, WORKING)
    assert (net.text, net.ink) == ("−3.5", "sell")
    assert orders.text == "B12.5 S4.0"
    assert cell(panel, keys[0], WORKING).text == "S1.0"
    tip = source.tip(panel._rows.index_of_contract(key) or 0, WORKING)
    assert "Net −3.5" in tip and "Own orders 3: B12.5 S4.0" in tip
    trade(desk, key, Side.BUY, "5")
    assert cell(panel, key, NET).text == "+1.5"
    cells.clear()
    desk.beat()
    QApplication.processEvents()
    assert NET in {column for _, column in cells} <= {DAY_AHEAD, NET}
    doubt(desk, place(desk, key, Side.BUY, "1"))
    assert (cell(panel, key, WORKING).mark, cell(panel, key, WORKING).ink) == ("?", "warning")


def place(desk: Desk, key: ContractKey, side: Side, much: str) -> Intent:
    """An order of ours that left."""
    name = f"o{len(desk.market.blotter)}"
    intent = Intent(name, name, PlaceOrder(key, side, quantity(much), price("10")), desk.clock.now)
    desk.market.apply(OrderIntended(intent))
    return intent


def doubt(desk: Desk, intent: Intent) -> None:
    desk.market.apply(RequestDoubted(M7, intent.client_id, intent.intent_id, "no answer", desk.clock.now))


def trade(desk: Desk, key: ContractKey, side: Side, much: str) -> None:
    name = f"t{desk.market.positions.revision}"
    own = OwnTrade(M7, name, 1, side, key, price("10"), quantity(much), TradeState.ACTIVE, "Active", None, "v1")
    desk.market.apply(OwnTradePrinted("OWN", own))


def test_the_tip_tells_the_day_ahead_price_where_the_venue_does(qtbot) -> None:
    desk, keys = filled()
    panel = AreaStates(*desk.parts)
    show(qtbot, panel, 1400)
    row = panel._rows.index_of_contract(keys[4]) or 0
    assert "Day-ahead" not in panel._source.tip(row, NET)
    told = MarketInformation(keys[4], day_ahead=price("41.07"), total_quantity=quantity("277.8"))
    desk.market.apply(InformationChanged("figures", told))
    assert "Day-ahead 41.07 (EUR/MWh)<br>Volume 277.8 (MW)<br>" in panel._source.tip(row, NET)
    assert cell(panel, keys[4], DAY_AHEAD).text == "41.07"


def test_contracts_of_areas_that_are_not_followed_are_no_section(qtbot) -> None:
    """A trade across areas names a contract of the other one; nothing else will ever be heard of it."""
    desk, _ = filled()
    desk.contract("NL-TENNET", "15Q4")
    panel = AreaStates(*desk.parts)
    show(qtbot, panel, 1400)
    assert {area for _, area in panel._rows.sections} == {A, B}
