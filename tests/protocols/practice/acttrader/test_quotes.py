"""The FX market as it is quoted: believable, repeatable, and one market in all its triangles."""

import itertools
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.market.times import HOUR, SECOND, UtcNs, utc_from_text
from protocols.market.values import SCALE, Price, Side
from protocols.practice.acttrader.activity import quotes_per_second, spread_in_ticks
from protocols.practice.acttrader.pairs import PAIRS
from protocols.practice.acttrader.quotes import Quote, QuotedMarket

NOON = utc_from_text("2026-11-20T13:30:00Z")
SUNDAY_NIGHT = utc_from_text("2026-11-22T03:00:00Z")


def quoted(seed: int, seconds: int, start: UtcNs = NOON, step: int = SECOND) -> list[Quote]:
    market = QuotedMarket(seed, start)
    return list(
        itertools.chain.from_iterable(market.advance(UtcNs(start + at)) for at in range(0, seconds * SECOND, step))
    )


def test_twelve_pairs_are_quoted_and_every_quote_is_one() -> None:
    quotes = quoted(seed=1, seconds=120)
    assert {quote.symbol for quote in quotes} == set(PAIRS)
    assert len(PAIRS) == 12
    for quote in quotes:
        tick = PAIRS[quote.symbol].tick
        assert 0 < quote.bid < quote.ask
        assert quote.bid % tick == quote.ask % tick == 0
        assert quote.bid_size > 0 and quote.ask_size > 0


def test_the_same_seed_and_start_make_the_same_market_however_one_looks_at_it() -> None:
    assert quoted(1, 30, step=SECOND) == quoted(1, 30, step=SECOND // 40)[: len(quoted(1, 30))]
    assert quoted(1, 10) != quoted(2, 10)


def test_majors_are_quoted_two_to_eight_times_a_second() -> None:
    for start in (NOON, SUNDAY_NIGHT):
        counts: dict[str, int] = defaultdict(int)
        for quote in quoted(3, 300, start):
            counts[quote.symbol] += 1
        for name, pair in PAIRS.items():
            assert 2 <= quotes_per_second(pair, start) <= 8 or not pair.major
            assert counts[name] == pytest.approx(300 * quotes_per_second(pair, start), rel=0.2)


def test_spreads_are_a_few_tenths_of_a_pip_by_day_and_wide_at_the_rollover() -> None:
    euro, cross = PAIRS["EURUSD"], PAIRS["GBPJPY"]
    rollover = utc_from_text("2026-11-20T21:30:00Z")
    assert 3 <= spread_in_ticks(euro, NOON) <= 6
    assert spread_in_ticks(euro, NOON) < spread_in_ticks(cross, NOON)
    assert spread_in_ticks(euro, rollover) > 2 * spread_in_ticks(euro, NOON)
    seen = [(quote.ask - quote.bid) // euro.tick for quote in quoted(1, 120) if quote.symbol == "EURUSD"]
    assert min(seen) >= 1 and max(seen) < 15


@pytest.mark.parametrize(
    ("cross", "one", "other"),
    [("EURJPY", "EURUSD", "USDJPY"), ("GBPJPY", "GBPUSD", "USDJPY"), ("AUDJPY", "AUDUSD", "USDJPY")],
)
def test_a_cross_is_the_product_of_its_legs(cross: str, one: str, other: str) -> None:
    market = QuotedMarket(5, NOON)
    for second in range(1, 301):
        market.advance(UtcNs(NOON + second * SECOND))
        direct, made = market.quote(cross), (market.quote(one), market.quote(other))
        # Neither way round is there money to be had beyond what a second's staleness leaves.
        cheapest_round = made[0].ask * made[1].ask // SCALE
        dearest_round = made[0].bid * made[1].bid // SCALE
        slack = 10 * PAIRS[cross].tick
        assert direct.bid <= cheapest_round + slack
        assert direct.ask >= dearest_round - slack


def test_a_day_moves_rates_by_what_a_year_s_volatility_allows() -> None:
    market = QuotedMarket(7, NOON)
    opening = market.quote("EURUSD").bid
    for hour in range(1, 25, 2):
        market.advance(UtcNs(NOON + hour * HOUR))  # gaps: the quotes in between are left out
    moved = abs(market.quote("EURUSD").bid / opening - 1)
    assert 0 < moved < 0.03


def test_after_a_gap_only_the_last_half_minute_is_quoted() -> None:
    market = QuotedMarket(1, NOON)
    later = UtcNs(NOON + 8 * HOUR)
    quotes = market.advance(later)
    assert quotes and all(later - 30 * SECOND < quote.at <= later for quote in quotes)
    assert market.quote("EURUSD").at > later - 30 * SECOND


def test_while_held_nothing_is_quoted_and_rates_stay() -> None:
    market = QuotedMarket(1, NOON)
    before = market.quotes()
    assert market.advance(UtcNs(NOON + 24 * HOUR), hold=True) == []
    assert market.quotes() == before
    assert market.advance(UtcNs(NOON + 24 * HOUR + 5 * SECOND))
    for quote in before:
        assert abs(market.quote(quote.symbol).bid - quote.bid) < 50 * PAIRS[quote.symbol].tick


@given(symbol=st.sampled_from(sorted(PAIRS)), percent=st.integers(-20, 20), side=st.sampled_from(Side))
def test_a_move_quotes_exactly_what_was_asked_and_the_triangle_follows(symbol: str, percent: int, side: Side) -> None:
    market, pair = QuotedMarket(1, NOON), PAIRS[symbol]
    wanted = Price(market.quote(symbol).touch(side) * (100 + percent) // 100 // pair.tick * pair.tick)
    moved = market.move(symbol, side, wanted)
    assert moved[0].touch(side) == wanted == market.quote(symbol).touch(side)
    euro, yen, cross = (market.quote(name) for name in ("EURUSD", "USDJPY", "EURJPY"))
    assert cross.bid == pytest.approx(euro.bid * yen.bid // SCALE, rel=0.001)


def test_no_price_moves_to_zero_or_below() -> None:
    market = QuotedMarket(1, NOON)
    for price in (0, -SCALE, PAIRS["EURUSD"].tick):
        with pytest.raises(ValueError, match="positive"):
            market.move("EURUSD", Side.BUY, Price(price))
