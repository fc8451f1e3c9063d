"""The risk check of FX orders: each rule, at its edge, against live quotes and without them."""

from pathlib import Path
from typing import Any

import pytest

from app.desk import Step
from app.fx_limits import fx_limits_from_text, shipped_fx_limits
from app.fx_risk import check_fx, is_fx
from app.limits import Level, LimitsRefused
from protocols.market.commands import (
    AmendOrder,
    CancelOrder,
    Command,
    OcoLeg,
    PlaceOco,
    PlaceOrder,
    SetOrderActive,
)
from protocols.market.times import UtcNs
from protocols.market.values import Side
from tests.support.fx import START, FxDesk, order, pair, price, record


@pytest.fixture
def desk(tmp_path: Path) -> FxDesk:
    desk = FxDesk(tmp_path)
    desk.ready()
    desk.open("chart")
    desk.quote("EURUSD", "1.09998", "1.10002")
    desk.quote("GBPUSD", "1.26995", "1.27005")
    return desk


def found(desk: FxDesk, command: Command) -> dict[str, Level]:
    assessment = check_fx(command, desk.desk.market, shipped_fx_limits(), desk.now.utc)
    return {finding.rule: finding.level for finding in assessment.findings}


def near(**changes: Any) -> PlaceOrder:
    return order(**{"at": "1.0990", **changes})


WARN, BLOCK = Level.WARN, Level.BLOCK


@pytest.mark.parametrize(
    ("command", "rules"),
    [
        (near(), {}),
        (near(at="1.10551"), {"collar": WARN}),
        (near(at="1.10549"), {}),
        (near(at="1.2"), {"collar": BLOCK}),
        (near(at="1.02", side=Side.SELL), {"collar": BLOCK}),
        (near(at="1.03"), {"collar": WARN}),
        (near(at="0.5"), {"collar": BLOCK}),
        (near(at="1.099001"), {"tick": BLOCK}),
        (near(units="10500"), {"step": BLOCK}),
        (near(units="0"), {"step": BLOCK}),
        (near(units="1000000"), {}),
        (near(units="1001000"), {"quantity": WARN, "notional": WARN}),
        (near(units="11000000"), {"quantity": BLOCK, "notional": BLOCK, "position": WARN}),
        (near(tif="DAY"), {"time in force": BLOCK}),
        (near(until=UtcNs(START - 1)), {"lifetime": BLOCK}),
        (order("MARKET", None), {}),
        (order("STOP", None, "1.11"), {}),
        (order("STOP", None, "1.09"), {"stop at once": WARN}),
        (order("STOP", None, "1.11", side=Side.SELL), {"stop at once": WARN}),
        (order("STOP", None, "-1"), {"price": BLOCK, "stop at once": WARN, "collar": BLOCK}),
        (order(symbol="EURSEK"), {"pair": BLOCK}),
        (order(symbol="USDJPY", at="150"), {"no market": WARN}),
        (pair("1.09", "1.11"), {}),
        (pair("1.11", "1.12"), {"collar": WARN, "trades at once": WARN, "same side": WARN}),
    ],
)
def test_each_rule(desk: FxDesk, command: Command, rules: dict[str, Level]) -> None:
    assert found(desk, command) == rules


def test_without_live_quotes_the_market_is_not_asked_and_the_trader_is(desk: FxDesk) -> None:
    desk.lose("chart")
    assert found(desk, near(at="1.5")) == {"no market": WARN}
    assert found(desk, order("MARKET", None)) == {"no market": WARN}


def test_notional_is_in_the_accounts_currency(desk: FxDesk) -> None:
    assert found(desk, order(symbol="GBPUSD", at="1.265", units="800000")) == {}
    assert found(desk, order(symbol="GBPUSD", at="1.265", units="900000")) == {"notional": WARN}


def test_what_may_still_be_filled_counts_and_of_a_pair_one_leg(desk: FxDesk) -> None:
    for _ in range(2):
        desk.submit(pair("1.09", "1.11", units="900000"))
    assert found(desk, near(units="200000")) == {}
    assert found(desk, near(units="300000")) == {"position": WARN}
    assert found(desk, near(units="300000", side=Side.SELL, at="1.101")) == {}


def test_an_amendment_is_judged_as_the_order_that_it_makes(desk: FxDesk) -> None:
    client_id = desk.submit(near())
    desk.say({"event": "execution", "payload": record(client_id, 1, price=1.099)})
    assert found(desk, AmendOrder("FX", client_id, price=price("1.2"))) == {"collar": BLOCK}
    assert found(desk, AmendOrder("FX", client_id, until=UtcNs(START - 1))) == {"lifetime": BLOCK}
    assert found(desk, AmendOrder("FX", client_id, price=price("1.0985"))) == {}
    assert found(desk, CancelOrder("FX", client_id)) == {}
    assert found(desk, SetOrderActive("FX", client_id, True)) == {"order": BLOCK}
    assert found(desk, AmendOrder("FX", "nobody", price=price("1.1"))) == {"order": BLOCK}
    assert is_fx(CancelOrder("FX", client_id), desk.desk.market)


def test_a_connection_that_is_down_takes_no_order(desk: FxDesk) -> None:
    desk.lose()
    assert found(desk, near())["connection"] is BLOCK


def test_a_market_order_needs_no_confirmation_when_all_is_well(desk: FxDesk) -> None:
    assert desk.desk.submit(order("MARKET", None)).step.value == "taken"


def test_a_table_of_limits_that_can_not_be_used() -> None:
    with pytest.raises(LimitsRefused, match="quantity: is missing"):
        fx_limits_from_text("", "limits.toml")


def working_sell(desk: FxDesk, at: str, kind: str = "LIMIT", **terms: Any) -> str:
    """An own order to sell that the venue holds."""
    command = order(kind, at, terms.get("stop"), side=Side.SELL)
    client_id = desk.submit(command)
    fields = {"side": "SELL", "type": kind, "price": at, "stopPrice": terms.get("stop")}
    desk.say({"event": "execution", "payload": record(client_id, 7, **fields)})
    assert desk.status(client_id) == "working"
    return client_id


@pytest.mark.parametrize(
    ("command", "rules"),
    [
        (near(at="1.1004"), {}),
        (near(at="1.1005"), {"own order": WARN}),
        (near(at="1.1010", side=Side.SELL), {}),
        (order("STOP", None, "1.1010"), {}),
        (order("MARKET", None), {}),
        (pair("1.0990", "1.1010"), {}),
    ],
)
def test_an_own_order_on_the_other_side_that_would_be_met_is_asked_about(
    desk: FxDesk, command: Command, rules: dict[str, Level]
) -> None:
    working_sell(desk, "1.1005")
    assert found(desk, command) == rules


def test_a_market_order_meets_an_own_order_at_the_best_price(desk: FxDesk) -> None:
    working_sell(desk, "1.10002")
    assert found(desk, order("MARKET", None)) == {"own order": WARN}
    assert found(desk, order("MARKET", None, side=Side.SELL)) == {}


def test_an_own_stop_limit_rests_nowhere_yet(desk: FxDesk) -> None:
    working_sell(desk, "1.0995", "STOP_LIMIT", stop="1.0996")
    assert found(desk, near(at="1.0997")) == {}


def test_what_can_not_be_held_against_a_market_is_said_at_the_price_that_the_order_has(desk: FxDesk) -> None:
    desk.lose("chart")
    commands = {"price": near(), "stop_price": order("STOP", None, "1.11"), "": order("MARKET", None)}
    for field, command in commands.items():
        (finding,) = check_fx(command, desk.desk.market, shipped_fx_limits(), desk.now.utc).findings
        assert (finding.rule, finding.field) == ("no market", field)


def test_what_was_agreed_to_of_one_leg_is_not_agreed_to_of_the_other(desk: FxDesk) -> None:
    """Two stops of which the first would set off; by the time it is confirmed the market has reached the second too."""
    stops = (OcoLeg("STOP", None, price("1.09")), OcoLeg("STOP", None, price("1.11")))
    command = PlaceOco(near().key, Side.BUY, near().quantity, stops, "AON")
    asks = desk.desk.submit(command)
    desk.quote("EURUSD", "1.10998", "1.11004")
    more = desk.desk.submit(command, asks)
    assert more.step is Step.ASKS and "Leg 2, STOP 1.11, would trade at once" in more.reason
    assert desk.count("neworderoco") == 0
    desk.quote("EURUSD", "1.10997", "1.11003")
    assert desk.desk.submit(command, more).step is Step.TAKEN, "numbers may move"


def test_what_was_agreed_to_of_one_price_is_not_agreed_to_of_the_other(desk: FxDesk) -> None:
    """A stop limit whose stop is far from the market, and then its limit too."""
    command = order("STOP_LIMIT", "1.115", "1.157")
    asks = desk.desk.submit(command)
    assert [(each.rule, each.field) for each in asks.findings] == [("collar", "stop_price")]
    desk.quote("EURUSD", "1.05998", "1.06002")
    more = desk.desk.submit(command, asks)
    assert more.step is Step.ASKS
    assert [(each.rule, each.field) for each in more.findings] == [("collar", "price"), ("collar", "stop_price")]
