"""The flexibility tape: trades and expired orders are two kinds, and only trades are counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from app.gallery.market import NOON, price, quantity
from protocols.market.events import Freshness
from protocols.market.flex_events import FlexExpiry, FlexExpiryPrinted, FlexTrade, FlexTradePrinted
from protocols.market.flex_tape import FlexTape
from protocols.market.times import Instant
from tests.widgets.desk import press, show
from tests.widgets.flex.flex_desk import FLEX, PLACES, WINDOWS, FlexDesk
from widgets.flex.ticker import FlexTicker
from widgets.flex.ticker_rows import Kind, TickerFilter, TickerRows

K = Qt.Key


@pytest.fixture
def tape(qtbot, desk: FlexDesk) -> FlexTicker:
    tape = FlexTicker(*desk.parts)
    show(qtbot, tape, 820, 200)
    tape.grid.setFocus()
    return tape


def lines(tape: FlexTicker) -> list[str]:
    return [tape.grid.row_text(row) for row in range(tape._rows.count)]


def test_an_expiry_is_told_apart_in_glyph_and_word_and_counts_for_nothing(desk: FlexDesk, tape: FlexTicker) -> None:
    desk.trade("0.21", "4500")
    desk.expiry("0.99", "100000")
    desk.beat()
    assert [line.split("\t")[1] for line in lines(tape)] == ["expired", "trade"]
    source = tape.grid._source
    assert (source.cell(0, 1).mark, source.cell(1, 1).mark) == ("○", "●")
    assert tape.footer.whole_text == "1 trade · 4\N{NO-BREAK SPACE}500 W · VWAP 0.210 EUR/kWh · 1 expired, not counted"
    assert source.spoken(0).startswith("expired, no trade")
    assert "nothing was traded" in source.tip(0, 0)


def test_power_of_different_windows_is_not_added_up(desk: FlexDesk, tape: FlexTicker) -> None:
    desk.trade("0.21", "4500", window=0)
    desk.trade("0.22", "500", window=1)
    desk.beat()
    assert tape.footer.whole_text == "2 trades · 2 windows, different goods: no sum"
    desk.look_at(1)
    tape.toggle_linked()
    assert tape.footer.whole_text == "1 trade · 500 W · VWAP 0.220 EUR/kWh"
    assert tape.only_linked.text() == "Only Flex Sat 14:00–15:00 CET"


def test_kinds_and_words_filter(desk: FlexDesk, tape: FlexTicker) -> None:
    desk.ticker()
    trades, expiries = len(desk.market.flex.tape.trades()), len(desk.market.flex.tape.expiries())
    tape.next_kind()
    assert (tape.kind.text(), len(lines(tape))) == ("Trades only", trades)
    tape.next_kind()
    assert (tape.kind.text(), len(lines(tape))) == ("Expiries only", expiries)
    assert tape.footer.whole_text == f"0 trades · {expiries} expired, not counted"
    tape.next_kind()
    tape.begin_filter()
    press(tape, "expired de")
    assert lines(tape)
    assert all("expired" in line and "\tDE\t" in line for line in lines(tape))
    press(tape, K.Key_Escape)
    assert len(lines(tape)) == trades + expiries


def test_the_row_under_inspection_stays_and_enter_shows_its_window(desk: FlexDesk, tape: FlexTicker) -> None:
    for number in range(30):
        desk.trade("0.21", str(number + 1), window=number % 6)
    desk.beat()
    press(tape, K.Key_End)
    before = tape.grid.row_text(tape.grid.current)
    desk.trade("0.5", "999")
    desk.beat()
    assert tape.grid.row_text(tape.grid.current) == before
    assert tape.pill.text() == "▲ 1 new"
    press(tape, K.Key_Return)
    assert desk.group.contract == desk.window(0)


def test_a_ticker_that_is_not_live_says_so(desk: FlexDesk, tape: FlexTicker) -> None:
    desk.trade("0.21", "1")
    desk.channels(Freshness.STALE, "the link was lost")
    desk.beat()
    assert "newer trades and expiries may be missing" in tape.standing.text
    assert tape.grid._source.look(0).dim


def test_what_a_workspace_keeps(desk: FlexDesk, tape: FlexTicker) -> None:
    tape.filter.setText("de")
    tape.next_kind()
    kept = tape.state()
    other = FlexTicker(*desk.parts)
    other.restore(kept)
    assert other.state() == kept
    other.restore({"kind": "nonsense"})
    assert other.kind.text() == "Trades and expiries"
    other.deleteLater()


_told = st.lists(st.tuples(st.booleans(), st.integers(0, 2), st.integers(1, 9)), max_size=40)


@given(_told, st.sampled_from(Kind), st.integers(1, 12), st.integers(0, 40))
def test_totals_are_those_of_the_rows_that_are_shown_whatever_is_forgotten(
    told: list[tuple[bool, int, int]], kind: Kind, capacity: int, looked: int
) -> None:
    tape = FlexTape(capacity)
    rows = TickerRows(tape)
    rows.choose(TickerFilter(kind, delivery=WINDOWS[1]))
    for number, (traded, window, much) in enumerate(told):
        what = (FLEX, NOON, price("0.2"), quantity(str(much)), None, WINDOWS[window], PLACES[0], Instant(0.0, NOON))
        tape.apply(FlexTradePrinted("t", FlexTrade(*what)) if traded else FlexExpiryPrinted("t", FlexExpiry(*what)))
        if number == looked:
            rows.advance()
    rows.advance()
    kept = [row for row in (tape.row(n) for n in range(tape.first, tape.end)) if row.delivery == WINDOWS[1]]
    passing = [row for row in kept if kind.takes(row)]
    assert [rows.row(index) for index in range(rows.count)] == passing[::-1]
    trades = [row for row in passing if isinstance(row, FlexTrade)]
    assert rows.totals.trades == len(trades)
    assert rows.totals.power == sum(row.power for row in trades)
    assert rows.totals.value == sum(row.power * row.price for row in trades)
    assert rows.totals.expiries == len(passing) - len(trades)
