"""Realised and unrealised, exact and whatever the order of reports; positions of pairs kept up to date by the log."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.market import blotter
from protocols.market.commands import FxTerms
from protocols.market.events import ChannelChanged, Feed, Freshness, PairListed, Quote, QuoteChanged
from protocols.market.fx_positions import FxPosition, FxTally, fx_net, fx_positions, position_of
from protocols.market.instruments import ContractKey, CurrencyPair, InstrumentSpec
from protocols.market.order_events import OrderReported, OwnExecuted
from protocols.market.orders import OrderReport, VenueState, Verdict
from protocols.market.profit import Turnover
from protocols.market.state import MarketState
from protocols.market.times import Instant, UtcNs
from protocols.market.values import SCALE, Price, Quantity, Side, scaled_from_text
from tests.support.fx import FxDesk, key, order, record

NOW = Instant(1_000.0, UtcNs(1_700_000_000 * SCALE))
executions = st.lists(
    st.tuples(st.sampled_from(Side), st.integers(1, 10**15), st.integers(1, 2 * 10**11)), min_size=1, max_size=12
)


def turnover_of(done: list[tuple[Side, int, int]]) -> Turnover:
    turnover = Turnover()
    for side, quantity, price in done:
        turnover.add(side, quantity, price)
    return turnover


@given(done=executions, mark=st.integers(1, 2 * 10**11), seed=st.randoms())
def test_realised_and_unrealised_are_what_came_in_and_what_the_rest_is_worth(done, mark, seed) -> None:
    turnover = turnover_of(done)
    realised, unrealised = turnover.realised, turnover.unrealised(mark)
    assert realised is not None and unrealised is not None
    received = sum(quantity * price * (-1 if side is Side.BUY else 1) for side, quantity, price in done)
    exact = Fraction(received + turnover.net * mark, SCALE)
    assert abs(realised + unrealised - exact) <= 1, "each is rounded once"
    shuffled = list(done)
    seed.shuffle(shuffled)
    assert turnover_of(shuffled) == turnover


@pytest.mark.parametrize(
    ("done", "net", "average", "realised", "unrealised"),
    [
        ([], 0, None, 0, 0),
        ([("Buy", 10, "1.10")], 10, "1.10", "0", "0.10"),
        ([("Sell", 10, "1.10")], -10, "1.10", "0", "-0.10"),
        ([("Buy", 10, "1.10"), ("Sell", 4, "1.15")], 6, "1.10", "0.20", "0.06"),
        ([("Buy", 10, "1.10"), ("Sell", 10, "1.15")], 0, None, "0.50", "0"),
        ([("Sell", 10, "1.10"), ("Buy", 30, "1.00"), ("Buy", 10, "1.20")], 30, "1.05", "0.50", "1.80"),
    ],
)
def test_examples(done, net, average, realised, unrealised) -> None:
    turnover = turnover_of([(Side(side), much * SCALE, scaled_from_text(at)) for side, much, at in done])
    assert turnover.net == net * SCALE
    assert turnover.average == (None if average is None else scaled_from_text(average))
    assert turnover.realised == scaled_from_text(str(realised))
    assert turnover.unrealised(scaled_from_text("1.11")) == scaled_from_text(str(unrealised))


def test_without_a_price_for_all_of_it_no_profit_is_made_up() -> None:
    turnover = turnover_of([(Side.BUY, SCALE, SCALE)])
    turnover.add(Side.SELL, SCALE, None)
    assert (turnover.net, turnover.average, turnover.realised, turnover.unrealised(SCALE)) == (0, None, None, None)


# Pairs


def pair(symbol: str) -> CurrencyPair:
    spec = InstrumentSpec(Price(10_000), Quantity(1_000 * SCALE), 5, 0, symbol[3:], symbol[:3])
    return CurrencyPair(key(symbol), symbol, symbol[:3], symbol[3:], spec, Price(100_000), Quantity(1), "EUR")


def report(name: str, where: ContractKey, side: Side, filled: int, revision: int) -> OrderReported:
    left = Quantity(1_000 - filled)
    state = VenueState.ACTIVE if left else VenueState.FILLED
    told = OrderReport(
        "FX", name, f"v{name}", revision, where, side, Price(SCALE), left, Quantity(1_000), state, Verdict.NONE,
        "NEW", FxTerms("LIMIT", "GTC"),
    )  # fmt: skip
    return OrderReported("orders", told, False, NOW)


def positions(market: MarketState, tally: FxTally) -> list[FxPosition]:
    return [position_of(market, key, *sums) for key, sums in tally.sums().items()]


def executed(name: str, where: ContractKey, side: Side, much: int) -> OwnExecuted:
    return OwnExecuted(where, name, side, Quantity(much), Quantity(much), Price(SCALE), NOW.utc)


@given(
    steps=st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 1_000), st.booleans(), st.booleans()), min_size=1, max_size=40
    ),
    kept=st.sampled_from([8, 65_536]),
)
def test_the_tally_says_at_any_time_what_a_fresh_look_says(steps, kept) -> None:
    """Also where the log was cut off before it was read, and whether an order is shown or told as executed first: of
    each order what is more counts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blotter, "CHANGES_KEPT", kept)
        market = MarketState(lambda client_id: client_id != "4")
        tally = FxTally(market)
        most: dict[str, int] = {}
        for number, (name, filled, told, look) in enumerate(steps):
            where, side = key("EURUSD" if name % 2 else "USDJPY"), (Side.BUY if name < 3 else Side.SELL)
            if told and filled and name != 4:
                most[str(name)] = max(most.get(str(name), 0), filled)
                market.apply(executed(str(name), where, side, filled))
            else:
                market.apply(report(str(name), where, side, filled, number + 1))
            if look:
                assert positions(market, tally) == fx_positions(market)
        assert positions(market, tally) == fx_positions(market)
        shown = {each.client_id: int(each.filled) for each in market.blotter.rows() if each.ours}
        nets, unlisted = {}, {}
        for name in {*most, *shown}:
            where, sign = key("EURUSD" if int(name) % 2 else "USDJPY"), 1 if int(name) < 3 else -1
            whole = max(most.get(name, 0), shown.get(name, 0))
            if whole:
                nets[where] = nets.get(where, 0) + sign * whole
                unlisted[where] = unlisted.get(where, 0) + whole - shown.get(name, 0)
        found = fx_positions(market)
        assert {each.key: each.net for each in found} == nets
        assert {each.key: each.net for each in found} == {each.key: fx_net(market, each.key) for each in found}
        assert {each.key: each.unlisted for each in found} == unlisted


def quoted(market: MarketState, bid: str, ask: str) -> None:
    quote = Quote(key(), Price(scaled_from_text(bid)), Price(scaled_from_text(ask)), NOW.utc, NOW)
    market.apply(ChannelChanged("FX", "quotes", Feed.QUOTES, "FX", "", Freshness.LIVE, "", NOW))
    market.apply(QuoteChanged("quotes", quote))


def test_a_position_is_marked_at_what_closes_it_and_by_a_live_quote_only(tmp_path: Path) -> None:
    desk = FxDesk(tmp_path)
    desk.ready()
    desk.open("chart")
    desk.quote("EURUSD", "1.09998", "1.10002")
    fill = {"status": "FILLED", "executedQty": 10_000}
    for number, (side, cost) in enumerate(((Side.BUY, 10_500), (Side.BUY, 10_700), (Side.SELL, 10_900)), 1):
        client_id = desk.submit(order(side=side, at="1.09" if side is Side.BUY else "1.11"))
        told = record(client_id, number, side=side.value.upper(), cummulativeQuoteQty=cost, **fill)
        desk.say({"event": "execution", "payload": told})
    (position,) = fx_positions(desk.desk.market)
    assert position.net == 10_000 * SCALE
    assert position.average == scaled_from_text("1.06")
    assert position.mark == scaled_from_text("1.09998")
    assert (position.realised, position.unrealised) == (300 * SCALE, scaled_from_text("399.8"))
    desk.wait(40)
    (position,) = fx_positions(desk.desk.market)
    assert (position.mark, position.unrealised, position.realised) == (None, None, 300 * SCALE)
    assert position.mark_reason.startswith("the quote is stale")


def test_what_was_not_told_the_price_of_is_said_and_counts_no_profit() -> None:
    market = MarketState(lambda client_id: True)
    market.apply(PairListed(pair("EURUSD")))
    quoted(market, "1.1", "1.2")
    market.apply(report("1", key(), Side.BUY, 1_000, 1))
    (position,) = fx_positions(market)
    assert (position.net, position.average, position.realised) == (1_000, None, None)
    assert "did not say what was paid" in position.cost_reason
    assert position.mark == scaled_from_text("1.1")
