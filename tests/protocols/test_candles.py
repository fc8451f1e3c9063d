"""The fold of candles: whatever the venue answers and quotes do, each begins once, in order, and never too many."""

from hypothesis import given
from hypothesis import strategies as st

from protocols.market.candles import MOST_KEPT, Candles, Series
from protocols.market.events import Candle, CandlesArrived
from protocols.market.instruments import ContractKey
from protocols.market.intervals import INTERVALS, CandleQuery
from protocols.market.times import MINUTE, Instant, UtcNs
from protocols.market.values import Price

KEY = ContractKey("FX", "FX", "EURUSD")
NOW = Instant(1.0, UtcNs(0))


def told(starts: list[int], *, till: int | None = None, price: int = 100, **more: bool) -> CandlesArrived:
    """Candles of minutes, by number."""
    one = Price(price)
    candles = tuple(Candle(UtcNs(start * MINUTE), one, one, one, one) for start in sorted(set(starts)))
    return CandlesArrived(
        CandleQuery(KEY, "1m", 10, None if till is None else UtcNs(till * MINUTE)), candles, NOW, **more
    )


def starts(series: Series) -> list[int]:
    return [candle.at // MINUTE for candle in series.candles]


QUOTE = st.tuples(st.integers(0, 60), st.integers(50, 150))
ANSWER = st.tuples(st.lists(st.integers(0, 60), max_size=8), st.integers(0, 60) | st.none())


@given(st.lists(QUOTE | ANSWER, max_size=25))
def test_each_candle_begins_once_in_order_and_holds_what_was_quoted(steps: list[tuple]) -> None:
    fold = Candles()
    for first, second in steps:
        if isinstance(first, list):
            fold.take(told(first, till=second))
        else:
            fold.build(KEY, Price(second), UtcNs(first * MINUTE + 1))
        series = fold.of(KEY, "1m")
        if series is None:
            continue
        assert starts(series) == sorted(set(starts(series)))
        assert all(
            each.low <= min(each.open, each.close) <= max(each.open, each.close) <= each.high for each in series.candles
        )
        if series.built_from is not None:
            assert any(each.at == series.built_from for each in series.candles)
            assert all(each.volume is None for each in series.candles if each.at >= series.built_from)


def test_a_quote_without_the_venues_candles_makes_none() -> None:
    fold = Candles()
    fold.build(KEY, Price(100), UtcNs(0))
    assert fold.of(KEY, "1m") is None
    fold.take(told([]))
    fold.build(KEY, Price(100), UtcNs(0))
    series = fold.of(KEY, "1m")
    assert series is not None and series.candles == []


def test_older_answers_to_an_empty_series_and_empty_ones_end_it() -> None:
    series = Series(INTERVALS["1m"])
    series.take(told([1, 2], till=5))
    assert series.candles == []
    series.take(told([5, 6]))
    series.take(told([], till=5))
    assert series.complete
    series.take(told([50]))
    assert starts(series) == [50] and not series.complete, "a gap nobody knows: what is older may be asked for again"


def test_it_never_keeps_more_than_it_may() -> None:
    series = Series(INTERVALS["1m"])
    series.take(told(list(range(MOST_KEPT))))
    assert series.full
    series.complete = True
    series.build(Price(7), UtcNs(MOST_KEPT * MINUTE))
    assert len(series.candles) == MOST_KEPT - MOST_KEPT // 10 + 1
    assert not series.complete and series.candles[-1].close == 7
