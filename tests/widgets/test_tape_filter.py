"""The tape's filter, merged rows, sizes and export, by real keys and clicks."""

from decimal import Decimal

from PySide6.QtCore import Qt

from protocols.market.events import Feed, Freshness, TradeState
from protocols.market.times import utc_from_text
from tests.widgets.desk import Desk, click, press, show
from tests.widgets.test_tape import PRICE, QUANTITY, STATE, A, B, cell, own_trade, texts
from widgets.tape import TradeTape


def prices(tape: TradeTape) -> list[str]:
    return texts(tape.grid, PRICE)


def test_typing_filters_and_counts_escape_brings_all_back(qtbot) -> None:
    desk = Desk(A, B)
    one, other = desk.contract(A, "15Q4"), desk.contract(B, "16Q1")
    tape = TradeTape(*desk.parts)
    show(qtbot, tape, width=900)
    desk.trade(one, "10.00", "4")
    desk.trade(other, "20.00", "12")
    desk.trade(one, "30.00", "40")
    desk.beat()
    tape.begin_filter()
    press(tape, "amp")
    assert prices(tape) == ["30.00", "10.00"]
    press(tape, " >4")
    assert prices(tape) == ["30.00"]
    assert tape.footer.whole_text == "1 trade · 10.0 MWh · VWAP 30.00 EUR/MWh"
    desk.trade(other, "21.00", "99")
    desk.trade(one, "31.00", "4")
    desk.trade(one, "32.00", "4.1")
    desk.beat()
    assert prices(tape) == ["32.00", "30.00"]
    press(tape, Qt.Key.Key_Return)
    assert tape.grid.hasFocus()
    assert tape.grid.current == 0
    press(tape, Qt.Key.Key_Escape)
    assert len(prices(tape)) == 6
    assert tape.footer.whole_text.startswith("6 trades")


def test_a_filter_that_is_not_understood_shows_nothing_and_says_why(qtbot) -> None:
    desk = Desk(A)
    desk.trade(desk.contract(A, "15Q4"), "10.00")
    tape = TradeTape(*desk.parts)
    show(qtbot, tape)
    tape.begin_filter()
    press(tape, ">")
    assert prices(tape) == ["10.00"]
    press(tape, "x")
    assert prices(tape) == []
    assert "“x” is not a number" in tape.grid._empty_text
    press(tape, Qt.Key.Key_Escape)
    tape.begin_filter()
    press(tape, "nowhere")
    assert tape.grid._empty_text == "No trade passes the filter"


def test_own_and_recalled_come_into_the_filter_as_they_are_told_and_nothing_in_view_moves(qtbot) -> None:
    desk = Desk(A)
    key = desk.contract(A, "15Q4")
    names = [desk.trade(key, f"{number}.00", "10" if number % 2 else "1") for number in range(100)]
    tape = TradeTape(*desk.parts)
    show(qtbot, tape)
    tape.filter.setText(">5")
    assert len(prices(tape)) == 50
    tape.grid.verticalScrollBar().setValue(20 * tape.grid.row_height + 5)
    tape.grid.set_current(25, show=False)
    seen = tape.grid.row_text(25), tape.grid.row_rect(25)
    desk.trade(key, "0.00", "7", name=names[80], revision=2)  # far above: it passes now
    desk.trade(key, "0.00", "7", name=names[2], revision=2)  # far below
    desk.trade(key, "1.00", "2", name=names[99], revision=2)  # above: it passes no more
    desk.trade(key, "1.00", "2", name=names[97], revision=2)
    desk.beat()
    assert len(prices(tape)) == 50
    assert tape.grid.current == 24
    assert (tape.grid.row_text(24), tape.grid.row_rect(24)) == seen
    assert not tape.pill.isVisible()
    tape.filter.setText("own")
    assert prices(tape) == []
    own_trade(desk, key, names[5])
    desk.trade(key, "5.00", "10", name=names[5], revision=2, state=TradeState.RECALLED)
    desk.beat()
    assert prices(tape) == ["5.00"]
    tape.filter.setText("own bought recalled")
    assert prices(tape) == ["5.00"]
    tape.filter.setText("sold")
    assert prices(tape) == []


def test_equal_trades_merge_in_one_row_and_a_recall_splits_it_out(qtbot) -> None:
    desk = Desk(A, B)
    one, other = desk.contract(A, "15Q4"), desk.contract(B, "15Q4")
    tape = TradeTape(*desk.parts)
    show(qtbot, tape, width=900)
    names = [desk.trade(one, "10.00", much) for much in ("1", "2.5", "3")]
    desk.trade(one, "10.01", "1")
    desk.trade(one, "10.00", "1", sell=other)
    desk.beat()
    assert len(prices(tape)) == 5
    click(tape.merged, tape.merged.rect().center())
    assert texts(tape.grid, QUANTITY) == ["1.0", "1.0", "6.5"]
    assert cell(tape, 2, STATE).text == "×3 merged"
    assert names[1] in tape._source.tip(2, PRICE)
    assert "3 trades merged" in tape._source.spoken(2)
    assert tape.footer.whole_text.startswith("5 trades · 2.1 MWh")
    desk.trade(one, "10.00", "2.5", name=names[1], revision=2, state=TradeState.RECALLED)
    desk.beat()
    assert texts(tape.grid, QUANTITY) == ["1.0", "1.0", "2.5", "4.0"]
    assert cell(tape, 2, QUANTITY).strike
    assert cell(tape, 3, STATE).text == "×2 merged"
    own_trade(desk, one, names[0])
    desk.beat()
    assert [cell(tape, row, STATE).text for row in (2, 3, 4)] == ["active", "recalled", "own"]
    desk.trade(one, "10.00", "0.5")
    desk.beat()
    assert texts(tape.grid, QUANTITY)[2] == "3.5"
    desk.beat(1)
    desk.trade(one, "10.00", "0.5")
    desk.beat()
    assert texts(tape.grid, QUANTITY)[0] == "0.5", "executed a second later"


def test_a_trade_that_is_merged_moves_nothing_flashes_its_row_and_is_sized_as_a_whole(qtbot) -> None:
    desk = Desk(A)
    key = desk.contract(A, "15Q4")
    tape = TradeTape(*desk.parts)
    show(qtbot, tape)
    tape.merged.click()
    tape.filter.setText(">=10")
    desk.trade(key, "5.00", "6")
    desk.beat(0.5)
    assert prices(tape) == []
    desk.utc -= 5 * 10**8
    desk.trade(key, "5.00", "6")
    desk.beat()
    assert texts(tape.grid, QUANTITY) == ["12.0"]
    for number in range(60):
        desk.beat(1)
        desk.trade(key, f"{number}.00", "10")
    desk.beat()
    tape.grid.verticalScrollBar().setValue(30 * tape.grid.row_height)
    row = tape.grid.visible_rows().start
    text = tape.grid.row_text(row)
    desk.beat(1)
    assert not tape._source.look(0).fill
    desk.utc -= 10**9
    desk.trade(key, "59.00", "10")  # into the newest row
    desk.beat()
    assert tape.grid.row_text(row) == text
    assert texts(tape.grid, QUANTITY)[0] == "20.0"
    assert tape._source.look(0).fill == "flash"
    assert not tape.pill.isVisible()


class Rings:
    """Counts what would be heard."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


def test_sizes_by_keys_large_trades_stand_out_and_are_heard_once_a_second(qtbot) -> None:
    desk = Desk(A)
    key = desk.contract(A, "15Q4")
    rings = Rings()
    tape = TradeTape(*desk.parts, ring=rings)
    show(qtbot, tape, width=900)
    desk.trade(key, "1.00", "100")
    desk.beat(2)
    assert rings.count == 0, "off at first"
    click(tape.bar.sizes_button, tape.bar.sizes_button.rect().center())
    popover = tape.bar.sizes
    assert popover.isVisible()
    assert popover.fields["least"].hasFocus()
    press(popover, "2")
    press(popover, Qt.Key.Key_Tab)
    press(popover, "50")
    press(popover, Qt.Key.Key_Tab)
    press(popover, "20,5")
    press(popover, Qt.Key.Key_Return)
    assert not popover.isVisible()
    assert (cell(tape, 0, QUANTITY).mark, cell(tape, 0, QUANTITY).bold) == ("■", True)
    assert "large" in tape._source.spoken(0)
    desk.trade(key, "2.00", "1.9")
    desk.trade(key, "3.00", "20.4")
    desk.beat(1)
    assert prices(tape) == ["3.00", "1.00"]
    assert not cell(tape, 0, QUANTITY).bold
    assert rings.count == 0
    for _ in range(50):
        desk.trade(key, "4.00", "20.5")
    desk.beat()
    assert rings.count == 1
    desk.trade(key, "4.00", "20.5")
    desk.beat(0.9)
    assert rings.count == 1
    desk.trade(key, "4.00", "20.5")
    desk.beat(0.1)
    assert rings.count == 2


def test_a_backlog_and_what_is_not_live_are_not_heard(qtbot) -> None:
    desk = Desk(A)
    key = desk.contract(A, "15Q4")
    rings = Rings()
    tape = TradeTape(*desk.parts, ring=rings)
    tape.restore({"sizes": {"heard": "1"}})
    desk.trade(key, "1.00", "100")
    show(qtbot, tape)
    for _ in range(101):
        desk.trade(key, "4.00", "20.5")
    desk.beat(2)
    desk.channel(Feed.TRADES, A, Freshness.STALE, "down")
    desk.trade(key, "4.00", "20.5")
    desk.beat(2)
    assert rings.count == 0
    desk.channel(Feed.TRADES, A)
    desk.trade(key, "4.00", "20.5")
    desk.beat(2)
    assert rings.count == 1


def test_a_size_that_is_none_is_said_and_changes_nothing(qtbot) -> None:
    desk = Desk(A)
    desk.trade(desk.contract(A, "15Q4"), "10.00", "5")
    tape = TradeTape(*desk.parts)
    show(qtbot, tape)
    tape.open_sizes()
    popover = tape.bar.sizes
    press(popover, "4")
    press(popover, "x")
    assert popover.problem.isVisible()
    assert "Smallest shown: “4x”" in popover.problem.whole_text
    assert prices(tape) == ["10.00"]
    press(popover, Qt.Key.Key_Backspace)
    assert not popover.problem.isVisible()
    press(popover, Qt.Key.Key_Escape)
    assert not popover.isVisible()
    assert tape.state()["sizes"] == {"least": "4"}


def test_what_is_exported_is_what_is_shown_exactly_and_each_trade_by_itself(qtbot) -> None:
    desk = Desk(A, B)
    one, other = desk.contract(A, "15Q4"), desk.contract(B, "15Q4")
    tape = TradeTape(*desk.parts)
    show(qtbot, tape)
    desk.trade(one, "-0.015", "10.3")
    desk.trade(one, "-0.015", "1", sell=other)
    desk.trade(one, "-0.015", "10.3")
    desk.beat()
    tape.merged.click()
    tape.filter.setText(">10")
    desk.trade(one, "9.00", "99")  # not shown yet
    sheet = tape.sheet()
    rows = [dict(zip(sheet.headings, row, strict=True)) for row in sheet.rows]
    assert [row["trade"] for row in rows] == ["T3", "T1"]
    assert (rows[1]["price"], rows[1]["quantity"], rows[1]["executed_utc"]) == (
        Decimal("-0.015"), Decimal("10.3"), utc_from_text("2026-11-21T11:00:00Z"),
    )  # fmt: skip
    tape.filter.setText("tennet")
    assert (tape.sheet().rows[0][6:8], len(tape.sheet().rows)) == ((B, A), 1)
