"""The trade tape as a trader meets it: order, recalls, filter, totals, and a view that never runs away."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from protocols.market.events import Feed, Freshness, TradeState
from protocols.market.instruments import ContractKey
from protocols.market.order_events import OwnTrade, OwnTradePrinted
from protocols.market.times import SECOND, UtcNs
from protocols.market.values import Side
from tests.widgets.desk import DARK, LIGHT, M7, NOON, Desk, click, press, price, quantity, show
from widgets.figures import rounded_text, typewritten
from widgets.grid import GridView
from widgets.key_texts import KeyTexts
from widgets.tape import TradeTape

A, B = "DE-AMPRION", "DE-TENNET"
TIME, CONTRACT, AREA, PRICE, QUANTITY, STATE = range(6)


def texts(grid: GridView, column: int) -> list[str]:
    return [grid.row_text(row).split("\t")[column] for row in range(grid._source.count())]


def cell(tape: TradeTape, row: int, column: int):
    return tape.grid._source.cell(row, column)


def test_newest_first_with_direction_area_and_market_time(qtbot) -> None:
    desk = Desk(A, B)
    one, other = desk.contract(A, "15Q4"), desk.contract(B, "15Q4")
    tape = TradeTape(*desk.parts)
    show(qtbot, tape)
    desk.trade(one, "38.40", "2")
    desk.trade(one, "38.5", "0.5", sell=other)
    desk.trade(one, "38.45")
    desk.trade(one, "38.45")
    desk.beat()
    assert texts(tape.grid, PRICE) == ["38.45", "38.45", "38.50", "38.40"]
    assert [cell(tape, row, PRICE).mark for row in range(4)] == ["", "▼", "▲", ""]
    assert texts(tape.grid, AREA)[2] == "DE-TENNET→DE-AMPRION"
    assert texts(tape.grid, TIME)[0] == "12:00:00"
    assert tape.grid.header.title("time") == "Time CET"
    assert texts(tape.grid, QUANTITY) == ["1.0", "1.0", "0.5", "2.0"]


def test_the_odd_day_names_both_zones(qtbot) -> None:
    desk = Desk(A)
    desk.utc = int(NOON) - 27 * 86_400 * 10**9  # 25 October 2026, after the change
    tape = TradeTape(*desk.parts)
    show(qtbot, tape)
    desk.contract(A, "15Q4")
    desk.beat()
    assert tape.grid.header.title("time") == "Time CEST/CET"


def test_a_recalled_trade_is_struck_out_named_and_leaves_the_totals(qtbot) -> None:
    desk = Desk(A)
    key = desk.contract(A, "15Q4")
    tape = TradeTape(*desk.parts)
    show(qtbot, tape)
    desk.trade(key, "40.00", "4")
    wrong = desk.trade(key, "99.00", "4")
    desk.beat()
    assert tape.footer.whole_text == "2 trades · 2.0 MWh · VWAP 69.50 EUR/MWh"
    desk.trade(key, "99.00", "4", name=wrong, revision=2, state=TradeState.DISPUTED, venue_state="RecallRequested")
    desk.beat()
    assert cell(tape, 0, STATE).text == "recall requested"
    assert tape.footer.whole_text.startswith("2 trades")
    desk.trade(key, "99.00", "4", name=wrong, revision=3, state=TradeState.RECALLED)
    desk.beat()
    assert cell(tape, 0, STATE).text == "recalled"
    assert cell(tape, 0, PRICE).strike
    assert tape.grid._source.count() == 2
    assert tape.footer.whole_text == "1 trade · 1.0 MWh · VWAP 40.00 EUR/MWh"


def test_the_row_under_inspection_stays_put_and_the_pill_brings_back(qtbot) -> None:
    desk = Desk(A)
    key = desk.contract(A, "15Q4")
    for number in range(100):
        desk.trade(key, f"{number}.00")
    tape = TradeTape(*desk.parts)
    show(qtbot, tape)
    tape.grid.verticalScrollBar().setValue(40 * tape.grid.row_height + 7)
    tape.grid.set_current(45)
    seen = tape.grid.row_text(45), tape.grid.row_rect(45)
    for _ in range(12):
        desk.trade(key, "1.00")
    desk.beat()
    assert tape.grid.current == 57
    assert (tape.grid.row_text(57), tape.grid.row_rect(57)) == seen
    assert tape.pill.isVisible()
    assert tape.pill.text() == "▲ 12 new"
    click(tape.pill, tape.pill.rect().center())
    assert tape.grid.at_top
    assert not tape.pill.isVisible()


def test_at_the_top_news_come_in_on_top(qtbot) -> None:
    desk = Desk(A)
    key = desk.contract(A, "15Q4")
    tape = TradeTape(*desk.parts)
    show(qtbot, tape)
    for number in range(50):
        desk.trade(key, f"{number}.00")
        desk.beat()
    assert tape.grid.at_top
    assert texts(tape.grid, PRICE)[0] == "49.00"
    assert not tape.pill.isVisible()


def test_the_filter_follows_the_link_group(qtbot) -> None:
    desk = Desk(A)
    one, other = desk.contract(A, "15Q4"), desk.contract(A, "16Q1")
    tape = TradeTape(*desk.parts)
    show(qtbot, tape)
    tape.grid.setFocus()
    desk.trade(one, "1.00", "10")
    desk.trade(other, "2.00", "20")
    desk.beat()
    tape.only_linked.click()
    assert tape.only_linked.isChecked()
    assert tape.grid._source.count() == 0
    assert "link group 3" in tape.grid._empty_text
    desk.group.choose(other)
    assert texts(tape.grid, PRICE) == ["2.00"]
    assert tape.footer.whole_text == "1 trade · 5.0 MWh · VWAP 2.00 EUR/MWh"
    assert tape.only_linked.text() == "Only 16Q1 DE-AMPRION"
    desk.trade(one, "3.00")
    desk.trade(other, "4.00", "20")
    desk.beat()
    assert texts(tape.grid, PRICE) == ["4.00", "2.00"]
    assert tape.footer.whole_text == "2 trades · 10.0 MWh · VWAP 3.00 EUR/MWh"
    tape.set_keys(KeyTexts({"tape.linked": ("F4",)}))
    assert "Show all contracts (F4)" in tape.only_linked.toolTip()
    tape.only_linked.click()
    assert tape.grid._source.count() == 4


def test_enter_and_a_double_click_choose_the_contract(qtbot) -> None:
    desk = Desk(A)
    one, other = desk.contract(A, "15Q4"), desk.contract(A, "16Q1")
    tape = TradeTape(*desk.parts)
    desk.trade(one, "1.00")
    desk.trade(other, "2.00")
    show(qtbot, tape)
    click(tape.grid.viewport(), tape.grid.row_rect(1).center(), double=True)
    assert desk.group.contract == one
    press(tape, Qt.Key.Key_Up)
    press(tape, Qt.Key.Key_Return)
    assert desk.group.contract == other


def test_what_is_not_live_is_named_and_dimmed_in_the_next_frame(qtbot) -> None:
    desk = Desk(A, B)
    one, other = desk.contract(A, "15Q4"), desk.contract(B, "15Q4")
    desk.trade(one, "1.00")
    desk.trade(other, "2.00")
    tape = TradeTape(*desk.parts)
    show(qtbot, tape)
    assert tape.standing.text == "● live"
    desk.channel(Feed.TRADES, A, Freshness.STALE, "the link <b>is</b> down")
    assert tape.grid._source.look(1).dim  # whatever paints now paints it grey, even before the frame
    desk.beat()
    assert "stale: DE-AMPRION, the link <b>is</b> down" in tape.standing.text
    assert not tape.grid._source.look(0).dim
    desk.channel(Feed.TRADES, A)
    desk.beat()
    assert tape.standing.text == "● live"
    assert not tape.grid._source.look(1).dim


def test_new_rows_flash_for_300_ms_unless_turned_off(qtbot) -> None:
    desk = Desk(A)
    key = desk.contract(A, "15Q4")
    desk.trade(key, "1.00")
    tape = TradeTape(*desk.parts)
    show(qtbot, tape)
    assert not tape.grid._source.look(0).fill
    desk.trade(key, "2.00")
    desk.beat()
    assert tape.grid._source.look(0).fill == "flash"
    desk.beat(0.31)
    assert not tape.grid._source.look(0).fill
    tape.set_flashing(False)
    desk.trade(key, "3.00")
    desk.beat()
    assert not tape.grid._source.look(0).fill


def test_hidden_it_takes_nothing_in_and_catches_up_when_shown(qtbot) -> None:
    desk = Desk(A)
    key = desk.contract(A, "15Q4")
    tape = TradeTape(*desk.parts)
    qtbot.addWidget(tape)
    desk.trade(key, "1.00")
    desk.beat()
    assert tape.grid._source.count() == 0
    show(qtbot, tape)
    assert texts(tape.grid, PRICE) == ["1.00"]


def test_only_rows_in_view_are_read(qtbot, monkeypatch) -> None:
    desk = Desk(A)
    key = desk.contract(A, "15Q4")
    for _ in range(30_000):
        desk.trade(key, "1.00")
    tape = TradeTape(*desk.parts)
    read: set[int] = set()
    own = tape._source.cell
    monkeypatch.setattr(tape._source, "cell", lambda row, column: (read.add(row), own(row, column))[1])
    show(qtbot, tape)
    qtbot.waitUntil(lambda: bool(read))
    assert len(read) < 30
    assert tape.footer.whole_text.startswith("counting")
    for _ in range(10):
        desk.beat()
    assert tape.footer.whole_text.startswith("30\N{NO-BREAK SPACE}000 trades")


def test_state_is_restored_and_themes_switch(qtbot) -> None:
    desk = Desk(A)
    tape = TradeTape(*desk.parts)
    show(qtbot, tape)
    kept = {
        "filter": "15q >5", "only_linked": True, "merged": True, "sizes": {"least": "1", "stands_out": "50"},
        "columns": {"price": 123},
    }  # fmt: skip
    tape.restore(kept)
    tape.set_theme(LIGHT)
    tape.set_compact(True)
    assert tape.grid.row_height == LIGHT.sizes.row_height_compact
    assert tape.state() == kept
    tape.set_theme(DARK)


@given(st.integers(-(10**24), 10**24), st.integers(1, 10**15), st.integers(0, 9))
def test_rounding_is_exact(numerator: int, denominator: int, decimals: int) -> None:
    shown = Fraction(typewritten(rounded_text(numerator, denominator, decimals)))
    assert abs(shown - Fraction(numerator, denominator * 10**9)) * 2 <= Fraction(1, 10**decimals)


def own_trade(desk: Desk, key: ContractKey, name: str) -> None:
    """The venue tells of our side of a trade."""
    trade = OwnTrade(
        M7, name, 1, Side.BUY, key, price("10"), quantity("1"), TradeState.ACTIVE, "Active", UtcNs(desk.utc), "v1"
    )
    desk.market.apply(OwnTradePrinted("OWN", trade))


def test_own_trades_are_marked_whenever_the_venue_tells_of_our_side(qtbot) -> None:
    desk = Desk(A)
    key = desk.contract(A, "13Q1")
    tape = TradeTape(*desk.parts)
    show(qtbot, tape)
    ours, _ = desk.trade(key, "10.00"), desk.trade(key, "11.00")
    desk.beat()
    assert [cell(tape, row, STATE).text for row in (0, 1)] == ["active", "active"]
    own_trade(desk, key, ours)
    desk.beat()
    assert [cell(tape, row, STATE).text for row in (0, 1)] == ["active", "own"]
    assert (cell(tape, 1, CONTRACT).mark, cell(tape, 1, STATE).ink) == ("◆", "accent")
    assert "own trade" in tape._source.spoken(1)
    assert "own trade" not in tape._source.spoken(0)
    desk.trade(key, "10.00", state=TradeState.RECALLED, name=ours, revision=2)
    desk.beat()
    assert (cell(tape, 1, STATE).text, cell(tape, 1, CONTRACT).strike) == ("own recalled", True)


def test_a_trade_of_another_day_is_named_with_it_and_copied_without(qtbot) -> None:
    desk = Desk(A)
    today = desk.contract(A, "22-23_XB", UtcNs(NOON + 10 * 3600 * SECOND), minutes=60)
    tomorrow = desk.contract(A, "23-24_XB", UtcNs(NOON + 35 * 3600 * SECOND), minutes=60)
    tape = TradeTape(*desk.parts)
    show(qtbot, tape)
    desk.trade(today, "1.00")
    desk.trade(tomorrow, "2.00")
    desk.beat()
    assert [(cell(tape, row, CONTRACT).text, cell(tape, row, CONTRACT).note) for row in (0, 1)] == [
        ("23-24_XB", "Sun 22"), ("22-23_XB", "")
    ]  # fmt: skip
    assert "23-24_XB Sun 22 DE-AMPRION" in tape.grid._source.spoken(0)
    assert texts(tape.grid, CONTRACT) == ["23-24_XB", "22-23_XB"], "what is copied"
    sheet = tape.sheet()
    assert [row[sheet.headings.index("contract")] for row in sheet.rows] == ["23-24_XB", "22-23_XB"]
    undated = tape.grid.grab().toImage()
    desk.utc += 24 * 3600 * SECOND
    desk.beat()
    assert [cell(tape, row, CONTRACT).note for row in (0, 1)] == ["", "Sat 21"]
    assert tape.grid.grab().toImage() != undated


def test_a_price_that_is_not_in_euros_says_so(qtbot) -> None:
    desk = Desk(A, "UK-ELEXON")
    tape = TradeTape(*desk.parts)
    show(qtbot, tape)
    desk.trade(desk.contract(A, "15Q4"), "82.42")
    british = desk.contract("UK-ELEXON", "2H-12", unit="GBP/MWh")
    desk.trade(british, "82.42")
    desk.trade(british, "82.50")
    desk.beat()
    assert [cell(tape, row, PRICE).mark for row in range(3)] == ["£▲", "£", ""]
    assert texts(tape.grid, PRICE) == ["82.50", "82.42", "82.42"]
    tip = tape._source.tip(0, PRICE)
    assert "82.50 GBP/MWh" in tip
    assert "GMT" in tip


def test_a_trade_with_an_area_that_nobody_follows_is_as_fresh_as_the_other_side(qtbot) -> None:
    desk = Desk(A)
    tape = TradeTape(*desk.parts)
    show(qtbot, tape)
    here, there = desk.contract(A, "15Q4"), desk.contract(B, "15Q4")
    desk.trade(there, "38.40", sell=here)
    desk.trade(here, "38.40", sell=there)
    desk.beat()
    assert not any(tape._source.look(row).dim for row in range(2))
    desk.channel(Feed.TRADES, A, Freshness.STALE, "gone")
    desk.beat()
    assert all(tape._source.look(row).dim for row in range(2))
    assert "Grey: trades of DE-AMPRION are stale" in tape._source.tip(0, AREA)


def test_a_grey_row_says_why(qtbot) -> None:
    desk = Desk(A, B)
    tape = TradeTape(*desk.parts)
    show(qtbot, tape)
    here, there = desk.contract(A, "15Q4"), desk.contract(B, "15Q4")
    desk.trade(there, "38.40", sell=here, state=TradeState.RECALLED)
    desk.trade(there, "38.40", sell=here)
    desk.beat()
    assert "Grey and struck out: recalled" in tape._source.tip(1, PRICE)
    assert "Grey" not in tape._source.tip(0, PRICE)
    desk.channel(Feed.TRADES, A, Freshness.RESYNCHRONISING, "asked anew")
    desk.beat()
    assert tape._source.look(0).dim
    assert "Grey: trades of DE-AMPRION are resynchronising" in tape._source.tip(0, PRICE)
