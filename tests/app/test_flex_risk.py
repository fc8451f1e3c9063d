"""The risk check of orders for flexibility: each rule, at its edge."""

from pathlib import Path

import msgspec
import pytest

from app.flex_limits import shipped_flex_limits
from app.flex_risk import check_flex, is_flex
from app.limits import Level
from protocols.market.commands import AmendOrder, CancelOrder, FlexTerms, PlaceOrder
from protocols.market.flex import Place
from protocols.market.instruments import window_key
from protocols.market.times import HOUR, MINUTE, Instant, UtcNs
from protocols.market.values import Price, Quantity, Side, scaled_from_text
from tests.support.flex import NAME, START, FlexDesk, baseline, order, window

WARN, BLOCK = Level.WARN, Level.BLOCK


@pytest.fixture
def desk(tmp_path: Path) -> FlexDesk:
    desk = FlexDesk(tmp_path)
    desk.ready()
    return desk


def found(desk: FlexDesk, command: PlaceOrder) -> dict[str, Level]:
    assessment = check_flex(command, desk.desk.market, shipped_flex_limits(), desk.now.utc)
    return {finding.rule: finding.level for finding in assessment.findings}


def sell(**changes: object) -> PlaceOrder:
    """A sell order whose baseline is changed."""
    command = order(Side.SELL)
    assert isinstance(command.terms, FlexTerms)
    changed = msgspec.structs.replace(baseline(command.terms.delivery), **changes)
    return msgspec.structs.replace(command, terms=msgspec.structs.replace(command.terms, baseline=changed))


def later(at: UtcNs) -> PlaceOrder:
    return order(expiry=at)


@pytest.mark.parametrize(
    ("command", "rules"),
    [
        (order(), {}),
        (order(Side.SELL), {}),
        (order(at="2"), {}),
        (order(at="2.01"), {"price": WARN}),
        (order(at="-0.01"), {"price": WARN}),
        (order(at="100.01"), {"price": BLOCK}),
        (order(at="0.2515"), {"tick": BLOCK}),
        (order(power="1000.5"), {"step": BLOCK}),
        (order(power="0"), {"terms": BLOCK}),
        (order(power="1000000"), {}),
        (order(power="1000001"), {"quantity": WARN}),
        (order(power="100000001", at="0.01"), {"quantity": BLOCK, "notional": WARN}),
        # 1 MW for an hour is 1000 kWh.
        (order(power="1000000", at="1"), {}),
        (order(power="1000000", at="1.01"), {"notional": WARN}),
        (order(power="50000000", at="1.01"), {"quantity": WARN, "notional": BLOCK}),
        (order(place=Place((), "")), {}),
        (order(place=Place(("x",), "SE")), {"terms": BLOCK}),
        (later(UtcNs(START + MINUTE)), {}),
        (later(START), {"terms": BLOCK}),
        (later(UtcNs(window().start - 15 * MINUTE)), {}),
        (later(UtcNs(window().start - 14 * MINUTE)), {"terms": BLOCK}),
        (order(delivery=window(0)), {"terms": BLOCK}),
        (order(Side.SELL, based=False), {"baseline": WARN}),
        (sell(reading_end=UtcNs(window().start + 30 * MINUTE)), {"baseline": WARN}),
        (sell(readings=()), {"terms": BLOCK}),
        (sell(metering_id=" "), {"terms": BLOCK}),
        (sell(resolution=0), {"terms": BLOCK}),
        (sell(readings=baseline(window()).readings * 2), {"terms": BLOCK}),
        (sell(reading_start=UtcNs(window().start + MINUTE)), {"terms": BLOCK, "baseline": WARN}),
    ],
)
def test_each_rule_at_its_edge(desk: FlexDesk, command: PlaceOrder, rules: dict[str, Level]) -> None:
    assert found(desk, command) == rules


def test_a_buy_order_has_no_baseline(desk: FlexDesk) -> None:
    command = order()
    assert isinstance(command.terms, FlexTerms)
    terms = msgspec.structs.replace(command.terms, baseline=baseline(window()))
    assert found(desk, msgspec.structs.replace(command, terms=terms)) == {"terms": BLOCK}


def test_a_book_that_is_not_live_blocks(desk: FlexDesk) -> None:
    desk.lose("orderbook")
    assert found(desk, order()) == {"book": BLOCK}


def test_a_connection_that_is_down_blocks(desk: FlexDesk) -> None:
    desk.session.stop(desk.now)
    desk.crank()
    assert found(desk, order())["connection"] is BLOCK


def test_an_age_of_the_book_is_asked_about(desk: FlexDesk) -> None:
    desk.now = Instant(desk.now.monotonic, UtcNs(desk.now.utc + 120 * 10**9))
    assert found(desk, order()) == {}
    desk.now = Instant(desk.now.monotonic, UtcNs(desk.now.utc + 10**9))
    assert found(desk, order()) == {"book age": WARN}


def test_many_orders_of_a_window_are_asked_about_and_then_too_many(desk: FlexDesk) -> None:
    for number in range(50):
        rules = found(desk, order(power=str(1000 + number)))
        assert rules == ({} if number < 20 else {"open orders": WARN})
        desk.submit(order(power=str(1000 + number)))
        desk.reply({"order_id": f"o{number}", "status": "matching_active"})
    assert found(desk, order(power="7")) == {"open orders": BLOCK}
    assert found(desk, order(power="7", delivery=window(5))) == {}


def test_another_connections_window_is_none_of_ours(desk: FlexDesk) -> None:
    assert found(desk, msgspec.structs.replace(order(), key=window_key("Other", window())))["window"] is BLOCK


def test_what_is_checked_here(desk: FlexDesk) -> None:
    client_id = desk.submit(order())
    market = desk.desk.market
    assert is_flex(order(), market)
    assert is_flex(CancelOrder(NAME, client_id), market)
    assert not is_flex(CancelOrder(NAME, "other"), market)
    assert not check_flex(CancelOrder(NAME, client_id), market, shipped_flex_limits(), desk.now.utc).findings
    amended = AmendOrder(NAME, client_id, price=Price(1))
    assert check_flex(amended, market, shipped_flex_limits(), desk.now.utc).blocked


def test_a_long_window_counts_by_its_hours(desk: FlexDesk) -> None:
    delivery = window()
    long = msgspec.structs.replace(delivery, end=UtcNs(delivery.start + 4 * HOUR))
    command = order(power="1000000", at="0.26", delivery=long)
    assert found(desk, command) == {"notional": WARN}
    assert command.quantity == Quantity(scaled_from_text("1000000"))
