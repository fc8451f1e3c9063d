"""The price chart: trades that stand, market time on the odd days, freshness in words, and nothing left behind."""

import subprocess
import sys
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.market.events import Feed, Freshness, InformationChanged, MarketInformation, PastTrade, TradeState
from protocols.market.times import SECOND, UtcNs, utc_from_text
from tests.widgets.desk import LIGHT, NOON, Desk, price, quantity, show
from widgets.delivery import BRITAIN, CONTINENT
from widgets.figures import typewritten
from widgets.time_axis import step_for, ticks_between
from widgets.value_axis import value_ticks

A = "DE-AMPRION"
QUARTERS_OF_A_DAY = ["00:00", "06:00", "12:00", "18:00", "00:00"]


def ticks(begin: str, end: str, step: int, zone: ZoneInfo = CONTINENT) -> list[str]:
    start, stop = utc_from_text(begin) / SECOND, utc_from_text(end) / SECOND
    return [text for _, text in ticks_between(start, stop, step, zone)]


@pytest.mark.parametrize(
    ("begin", "end", "step", "zone", "texts"),
    [
        ("2026-11-21T10:59:00Z", "2026-11-21T12:01:00Z", 1800, CONTINENT, ["12:00", "12:30", "13:00"]),
        ("2026-11-21T11:00:00Z", "2026-11-21T11:00:20Z", 10, CONTINENT, ["12:00:00", "12:00:10", "12:00:20"]),
        ("2026-10-24T23:00:00Z", "2026-10-25T02:00:00Z", 3600, CONTINENT, ["01:00", "02A:00", "02B:00", "03:00"]),
        ("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 21600, CONTINENT, QUARTERS_OF_A_DAY),
        ("2027-03-27T23:00:00Z", "2027-03-28T22:00:00Z", 21600, CONTINENT, QUARTERS_OF_A_DAY),
        ("2026-10-24T22:00:00Z", "2026-10-25T06:00:00Z", 7200, CONTINENT, ["00:00", "02A:00", "04:00", "06:00"]),
        ("2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z", 1800, BRITAIN, ["01A:00", "01A:30", "01B:00"]),
    ],
)  # fmt: skip
def test_ticks_are_right_on_every_day(begin: str, end: str, step: int, zone: ZoneInfo, texts: list[str]) -> None:
    assert ticks(begin, end, step, zone) == texts


def test_steps_leave_room_for_their_texts() -> None:
    assert step_for(3600, 6) == 600
    assert step_for(86_400, 5) == 21_600
    assert step_for(5, 100) == 1
    assert step_for(10**9, 3) == 86_400


@pytest.mark.parametrize(
    ("low", "high", "most", "texts"),
    [
        (107.8, 109.3, 3, ["108.0", "108.5", "109.0"]),
        (107.8, 110.4, 3, ["108", "109", "110"]),
        (-0.02, 0.013, 4, ["−0.02", "−0.01", "0.00", "0.01"]),
        (72.04, 72.19, 3, ["72.05", "72.10", "72.15"]),
        (-25000, 61000, 5, ["−20000", "0", "20000", "40000", "60000"]),
        (5, 5.0000000001, 3, ["5.000000000"]),
    ],
)
def test_an_axis_has_one_number_of_decimals_that_of_its_step(
    low: float, high: float, most: int, texts: list[str]
) -> None:
    assert [text for _, text in value_ticks(low, high, most)] == texts


@given(low=st.floats(-1e7, 1e7), span=st.floats(1e-6, 1e7), most=st.integers(1, 40))
def test_ticks_are_where_they_say_and_as_many_as_there_is_room_for(low: float, span: float, most: int) -> None:
    ticks = value_ticks(low, low + span, most)
    assert len(ticks) <= most + 1
    assert len({len(text.partition(".")[2]) for _, text in ticks}) <= 1
    for position, text in ticks:
        assert position == pytest.approx(float(typewritten(text)), abs=1e-9)
        assert low - 1e-8 <= position <= low + span + 1e-8


def test_the_chart_itself_has_such_an_axis(qtbot) -> None:
    from widgets.price_chart import PriceChart

    desk = Desk(A)
    key = desk.contract(A, "15Q4")
    chart = PriceChart(*desk.parts)
    show(qtbot, chart)
    desk.group.choose(key)
    for at in ("107.90", "-109.20"):
        desk.trade(key, at)
    desk.beat(1)
    axis = chart.plot.getAxis("left")
    levels = axis.tickValues(107.8, 109.3, 130)
    texts = [text for spacing, values in levels for text in axis.tickStrings(values, 1.0, spacing)]
    assert texts == ["108.0", "108.5", "109.0"]
    chart.release()


def test_it_shows_the_trades_that_stand_in_order_of_time(qtbot) -> None:
    from widgets.price_chart import PriceChart

    desk = Desk(A)
    key = desk.contract(A, "15Q4")
    chart = PriceChart(*desk.parts)
    show(qtbot, chart)
    assert "link group 3" in chart.title.whole_text
    desk.trade(key, "40.00")
    desk.group.choose(key)
    desk.beat(1)
    wrong = desk.trade(key, "99.00")
    desk.beat(1)
    assert list(chart.prices) == [40, 99]
    desk.trade(key, "99.00", name=wrong, revision=2, state=TradeState.CANCELLED)
    desk.figures(key, "40.00")
    desk.beat(1)
    assert list(chart.prices) == [40]
    assert chart.title.whole_text == "15Q4 DE-AMPRION · 1 trade · time CET"
    assert chart.standing.text == "● live"
    desk.channel(Feed.TRADES, A, Freshness.STALE, "the link is down")
    desk.beat()
    assert chart.standing.text.startswith("▲ stale: the link is down")
    chart.set_theme(LIGHT)
    chart.release()


def test_trades_of_before_the_tape_come_from_the_venues_figures(qtbot) -> None:
    """They have no identifiers: of the tape's own time it can't be told which of its trades they are."""
    from widgets.price_chart import PriceChart

    desk = Desk(A)
    key = desk.contract(A, "15Q4")
    desk.group.choose(key)
    chart = PriceChart(*desk.parts)
    show(qtbot, chart)
    past = [
        PastTrade(price(at), quantity("1"), None if when is None else UtcNs(NOON + when * SECOND), state)
        for at, when, state in (
            ("41", -60, TradeState.ACTIVE),
            ("42", -120, TradeState.ACTIVE),
            ("43", -90, TradeState.CANCELLED),
            ("44", None, TradeState.ACTIVE),
            ("45", 3600, TradeState.ACTIVE),
        )
    ]
    desk.market.apply(InformationChanged("figures", MarketInformation(key, past=tuple(past))))
    desk.beat(1)
    assert list(chart.prices) == [42, 41, 45]
    desk.trade(key, "40.00")
    desk.beat(1)
    assert list(chart.prices) == [42, 41, 40]
    chart.release()


def test_released_it_hears_nothing_more(qtbot) -> None:
    from widgets.price_chart import PriceChart

    desk = Desk(A)
    key = desk.contract(A, "15Q4")
    chart = PriceChart(*desk.parts)
    show(qtbot, chart)
    chart.close()
    desk.group.choose(key)
    desk.trade(key, "1.00")
    desk.beat(1)
    assert len(chart.prices) == 0


def test_no_other_widget_brings_pyqtgraph_before_the_first_paint() -> None:
    code = (
        "import sys; import widgets.docking, widgets.tape, widgets.area_states, widgets.connections, widgets.notices;"
        "sys.exit('pyqtgraph' in sys.modules or 'numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
