"""Candles agree with each other, with the quotes and with the day's figures."""

import itertools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from protocols.market.times import MINUTE, SECOND, UtcNs, utc_from_text
from protocols.practice.acttrader.bars import INTERVALS as INTERVALS_OF_BARS
from protocols.practice.acttrader.candles import Candles
from protocols.practice.acttrader.quotes import QuotedMarket
from tests.protocols.practice.acttrader.fx_rig import START, FxRig

INTERVALS = ["1m", "3m", "5m", "10m", "15m", "30m", "1h", "2h", "4h", "8h", "1day", "1week", "1month", "1year"]
LENGTHS = {"1m": 1, "3m": 3, "5m": 5, "10m": 10, "15m": 15, "30m": 30, "1h": 60, "2h": 120, "4h": 240, "8h": 480}


@pytest.fixture(scope="module")
def market() -> FxRig:
    """A market that has run for three minutes."""
    rig = FxRig(hold=False)
    rig.get("/acttrader/chart/symbols")
    rig.pass_time(180, step=0.5)
    return rig


def candles(rig: FxRig, interval: str, symbol: str = "EURUSD", **query: str) -> list[dict[str, Any]]:
    answer = rig.get("/acttrader/chart/candles", symbol=symbol, interval=interval, **{"count": "1000", **query})
    assert answer["success"] is True
    return list(answer["result"])


@pytest.mark.parametrize("interval", INTERVALS)
def test_every_interval_has_candles_in_order(market: FxRig, interval: str) -> None:
    rows = candles(market, interval)
    times = [utc_from_text(row["time"]) for row in rows]
    assert len(rows) >= 8
    assert times == sorted(set(times))
    assert times[-1] <= market.now.utc
    for row in rows:
        assert row["low"] <= min(row["open"], row["close"]) <= max(row["open"], row["close"]) <= row["high"]
        assert row["count"] >= 1 and row["volume"] > 0
    if interval in LENGTHS:
        assert all(later - earlier == LENGTHS[interval] * MINUTE for earlier, later in itertools.pairwise(times))


@pytest.mark.parametrize("interval", [name for name in LENGTHS if name != "1m"])
def test_longer_candles_are_sums_of_shorter_ones(market: FxRig, interval: str) -> None:
    minutes = candles(market, "1m")
    first = utc_from_text(minutes[0]["time"])
    for row in candles(market, interval):
        begin = utc_from_text(row["time"])
        if begin < first:
            continue
        parts = [one for one in minutes if begin <= utc_from_text(one["time"]) < begin + LENGTHS[interval] * MINUTE]
        assert (row["open"], row["close"]) == (parts[0]["open"], parts[-1]["close"])
        assert (row["high"], row["low"]) == (max(one["high"] for one in parts), min(one["low"] for one in parts))
        assert row["count"] == sum(one["count"] for one in parts)


def test_candles_are_what_was_quoted() -> None:
    rig = FxRig(hold=False)
    chart = rig.connect("/acttrader/chart")
    rig.venue.sockets["/acttrader/chart"].receive(chart, b'{"m": "subscribe", "p": ["USDJPY"]}', rig.now)
    exchange = rig.venue.floor(rig.now).exchange
    bids: dict[UtcNs, list[int]] = {}
    for _ in range(240):
        rig.elapsed += 0.5
        exchange.advance(rig.now)
        for quote in exchange.quotes():
            if quote.symbol == "USDJPY":
                bids.setdefault(UtcNs(quote.at // MINUTE * MINUTE), []).append(quote.bid)
    rows = {utc_from_text(row["time"]): row for row in candles(rig, "1m", "USDJPY")}
    whole = UtcNs(START + MINUTE)  # the first minute has the opening quote too
    assert [row * 10**9 for row in (rows[whole]["open"], rows[whole]["close"])] == [bids[whole][0], bids[whole][-1]]
    assert rows[whole]["high"] * 10**9 == max(bids[whole])
    assert rows[whole]["low"] * 10**9 == min(bids[whole])
    assert rows[whole]["count"] == len(bids[whole])


def test_the_day_of_a_ticker_is_the_day_s_candle(market: FxRig) -> None:
    (today,) = candles(market, "1day", count="1")
    quote = market.venue.floor(market.now).exchange.market.quote("EURUSD")
    day = market.venue.floor(market.now).exchange.candles.day("EURUSD")
    assert today["time"] == "2026-11-20T00:00:00Z"
    assert [today[name] * 10**9 for name in ("open", "high", "low", "close")] == [
        day.open,
        day.high,
        day.low,
        quote.bid,
    ]
    (row,) = [row for row in market.get("/acttrader/chart/symbols")["result"] if row["name"] == "EURUSD"]
    assert (row["high"], row["low"], row["bid"]) == (today["high"], today["low"], today["close"])


def test_a_period_and_a_count_choose(market: FxRig) -> None:
    rows = candles(market, "5m", **{"from": "202611200900", "till": "202611201000"})
    assert [row["time"] for row in (rows[0], rows[-1])] == ["2026-11-20T09:00:00Z", "2026-11-20T09:55:00Z"]
    assert len(rows) == 12
    assert candles(market, "5m", count="3", till="202611201000") == rows[-3:]
    assert len(candles(market, "1h", count="100000")) == 1_000


def test_the_past_is_the_same_for_the_same_seed_and_joins_the_present(fx_rig: Callable[..., FxRig]) -> None:
    one, other, stranger = fx_rig(), fx_rig(), fx_rig(seed=2)
    assert candles(one, "1h") == candles(other, "1h") != candles(stranger, "1h")
    for interval in INTERVALS:
        rows = candles(one, interval)
        for earlier, later in itertools.pairwise(rows):
            assert abs(later["open"] - earlier["close"]) < Decimal("0.0050")


def test_days_go_on_after_midnight() -> None:
    rig = FxRig(hold=False, start=utc_from_text("2026-11-20T23:59:00Z"))
    rig.get("/acttrader/chart/symbols")
    rig.pass_time(120, step=1)
    one, two = candles(rig, "1day", count="2")
    assert (one["time"], two["time"]) == ("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z")
    day = rig.venue.floor(rig.now).exchange.candles.day("EURUSD")
    assert day.open == two["open"] * 10**9
    assert day.start == START // (24 * 60 * MINUTE) * 24 * 60 * MINUTE + 24 * 60 * 60 * SECOND


def test_after_days_the_oldest_minutes_go_and_leave_no_hole() -> None:
    market = QuotedMarket(1, START)
    candles = Candles(1, market)
    quote = market.quote("EURUSD")
    for minute in range(1, 3 * 24 * 60 + 100):
        candles.record(msgspec.structs.replace(quote, at=UtcNs(START + minute * MINUTE)))
    times = [bar.start for bar in candles.bars("EURUSD", *INTERVALS_OF_BARS["1m"])]
    assert {later - earlier for earlier, later in itertools.pairwise(times)} == {MINUTE}
    assert len(times) == 3 * 24 * 60
    hours = [bar.start for bar in candles.bars("EURUSD", *INTERVALS_OF_BARS["1h"])]
    assert {later - earlier for earlier, later in itertools.pairwise(hours)} == {60 * MINUTE}
    assert len(hours) > 90 * 24


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"symbol": "XXXYYY", "interval": "1m"}, "UNKNOWN_SYMBOL"),
        ({"interval": "1m"}, "UNKNOWN_SYMBOL"),
        ({"symbol": "EURUSD", "interval": "7m"}, "INVALID_INTERVAL"),
        ({"symbol": "EURUSD", "interval": "1m", "count": "-1"}, "INVALID_COUNT"),
        ({"symbol": "EURUSD", "interval": "1m", "count": "0"}, "INVALID_COUNT"),
        ({"symbol": "EURUSD", "interval": "1m", "from": "2026-11-20"}, "INVALID_TIME"),
        ({"symbol": "EURUSD", "interval": "1m", "till": "202613202561"}, "INVALID_TIME"),
    ],
)
def test_what_cannot_be_asked_is_refused(rig: FxRig, query: dict[str, str], code: str) -> None:
    status, body = rig.venue.answer("GET", "/acttrader/chart/candles", query, b"", rig.now)
    assert status == 400
    assert f'"errorCode":"{code}"' in body.decode()


def test_a_period_without_candles_and_the_switches_are_told_by_their_code(rig: FxRig) -> None:
    asked = {"symbol": "EURUSD", "interval": "1m"}

    def code(**query: str) -> Any:
        answer = rig.get("/acttrader/chart/candles", **asked, **query)
        assert answer["success"] is False and answer["message"]
        return answer["errorCode"]

    assert code(till="200001010000") == "INSUFFICIENT_CHART_DATA"
    rig.turn(instrument_initializing=True)
    assert code() == "INSTRUMENT_INITIALIZING"
    rig.turn(instrument_initializing=False, insufficient_chart_data=True)
    assert code() == "INSUFFICIENT_CHART_DATA"
    rig.turn(insufficient_chart_data=False)
    assert rig.get("/acttrader/chart/candles", **asked)["success"] is True
