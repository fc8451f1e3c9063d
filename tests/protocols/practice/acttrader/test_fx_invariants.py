"""Whatever is asked and however the market moves: quantities only grow, states move by the rules, and of a pair at most
one leg trades. Seen from outside: what is pushed must add up to what the truth says."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.protocols.practice.acttrader.fx_rig import FxClient, FxRig

PRICES = st.integers(1_0950, 1_1050).map(lambda points: points / 10_000)
QUANTITIES = st.integers(1, 60).map(lambda thousands: thousands * 1_000)
SIDES = st.sampled_from(["BUY", "SELL"])
TIMES_IN_FORCE = st.sampled_from(["AON", "FOK", "IOC", "GTC", "TPI"])
LIFETIMES = st.sampled_from([None, None, 5, 30])

ORDER = st.fixed_dictionaries(
    {"side": SIDES, "quantity": QUANTITIES, "timeInForce": TIMES_IN_FORCE, "lifetime": LIFETIMES, "price": PRICES},
)
PLACE = st.tuples(st.just("place"), st.sampled_from(["MARKET", "LIMIT", "STOP", "STOP_LIMIT"]), ORDER, PRICES)
PAIR = st.tuples(
    st.just("pair"),
    st.tuples(*[st.sampled_from(["LIMIT", "STOP", "STOP_LIMIT"])] * 2),
    ORDER,
    st.tuples(PRICES, PRICES),
)
MODIFY = st.tuples(
    st.just("modify"),
    st.integers(0, 9),
    st.fixed_dictionaries({}, optional={"price": PRICES, "stopPrice": PRICES, "quantity": QUANTITIES}),
)
CANCEL = st.tuples(st.just("cancel"), st.integers(0, 9))
MOVE = st.tuples(st.just("move"), PRICES)
WAIT = st.tuples(st.just("wait"), st.sampled_from([0.1, 1.0, 10.0]))
SWITCH = st.tuples(
    st.just("switch"),
    st.fixed_dictionaries(
        {},
        optional={
            "liquidity": st.sampled_from([0, 1_000, 7_000, 40_000]),
            "partial_fills": st.booleans(),
            "market_closed": st.sampled_from([False, False, True]),
            "execution_first": st.sampled_from([0.0, 0.5]),
            "refuse_leg": st.sampled_from([0.0, 0.3]),
            "reject_orders": st.sampled_from([0.0, 0.3]),
        },
    ),
)
STEPS = st.lists(st.one_of(PLACE, PLACE, PAIR, MODIFY, CANCEL, MOVE, MOVE, WAIT, SWITCH), max_size=40)

LEGAL = {
    "NEW": {"PARTIAL_FILL", "FILLED", "CANCELED"},
    "PARTIAL_FILL": {"PARTIAL_FILL", "FILLED", "CANCELED"},
    "FILLED": set(),
    "CANCELED": set(),
    "REJECTED": set(),
}


class Trading:
    """One trader's steps, and everything that he was told."""

    def __init__(self, dialect: str) -> None:
        self.rig = FxRig(faults={"liquidity": 20_000})
        self.rig.move(bid="1.1000")
        self.trader: FxClient = self.rig.client(dialect)
        self.told: dict[str, list[dict[str, Any]]] = {}
        self.acknowledged: dict[str, dict[str, Any]] = {}
        self.pairs: list[tuple[str, str]] = []
        self._names = 0

    def step(self, kind: str, *what: Any) -> None:
        getattr(self, kind)(*what)
        for message in self.trader.take():
            if message["event"] == "execution":
                self.told.setdefault(message["payload"]["clientOrderId"], []).append(message["payload"])
            elif message["event"] in ("newordersingle", "neworderoco"):
                payload = message["payload"]
                for one in payload if isinstance(payload, list) else [payload]:
                    self.acknowledged[one["clientOrderId"]] = one
            elif message["event"] == "error":
                assert message["payload"]["code"] in (400, 401, 405, 407)

    def place(self, kind: str, order: dict[str, Any], stop: float) -> None:
        fields = {**self._common(order), **_prices(kind, order["price"], stop)}
        self.trader.request("newordersingle", {**fields, "type": kind, "clientOrderId": self._name()})

    def pair(self, kinds: tuple[str, str], order: dict[str, Any], stops: tuple[float, float]) -> None:
        names = self._name(), self._name()
        self.pairs.append(names)
        legs = [
            {"type": kind, "clientOrderId": name, **_prices(kind, price, price)}
            for kind, name, price in zip(kinds, names, stops, strict=True)
        ]
        self.trader.request("neworderoco", {**self._common(order), "orders": legs})

    def modify(self, number: int, changes: dict[str, Any]) -> None:
        self.trader.request("modifyordersingle", {"orderId": 100_001 + number, **changes})

    def cancel(self, number: int) -> None:
        self.trader.request("ordercancel", {"orderId": 100_001 + number})

    def move(self, price: float) -> None:
        self.rig.move(bid=str(price))

    def wait(self, seconds: float) -> None:
        self.rig.pass_time(seconds, step=seconds)

    def switch(self, faults: dict[str, Any]) -> None:
        self.rig.turn(**faults)

    def _common(self, order: dict[str, Any]) -> dict[str, Any]:
        chosen = {key: order[key] for key in ("side", "quantity", "timeInForce")}
        if order["lifetime"] is not None:
            second = int(self.rig.elapsed) + order["lifetime"]
            chosen[self.trader.lifetime] = f"2026-11-20T13:{30 + second // 60:02d}:{second % 60:02d}.000Z"
        return {"symbol": "EURUSD", "login": self.trader.login, **chosen}

    def _name(self) -> str:
        self._names += 1
        return f"order {self._names}"


def _prices(kind: str, price: float, stop: float) -> dict[str, float]:
    return {
        **({"price": price} if kind in ("LIMIT", "STOP_LIMIT") else {}),
        **({"stopPrice": stop} if kind in ("STOP", "STOP_LIMIT") else {}),
    }


@pytest.mark.parametrize("dialect", ["seed", "later"])
@given(steps=STEPS)
@settings(max_examples=150, deadline=None)
def test_what_is_told_adds_up_and_follows_the_rules(dialect: str, steps: list[tuple[Any, ...]]) -> None:
    trading = Trading(dialect)
    for step in steps:
        trading.step(*step)
    truth = trading.rig.truth()
    assert set(trading.acknowledged) == set(truth)
    assert set(trading.told) <= set(truth)
    for name, order in truth.items():
        check_history(trading.acknowledged[name], trading.told.get(name, []), order)
    for one, other in trading.pairs:
        assert sum(Decimal(truth[leg]["executed"]) > 0 for leg in (one, other) if leg in truth) <= 1
    check_positions(trading.rig, truth)


def check_history(acknowledged: dict[str, Any], told: list[dict[str, Any]], order: dict[str, Any]) -> None:
    status, executed = acknowledged["status"], 0
    assert status in ("NEW", "REJECTED")
    for report in told:
        assert report["status"] in LEGAL[status], (status, report)
        assert executed <= report["executedQty"] <= report["origQty"]
        assert (report["status"] == "FILLED") is (report["executedQty"] == report["origQty"])
        status, executed = report["status"], report["executedQty"]
    assert (order["status"], Decimal(order["executed"])) == (status, executed)
    assert executed == sum(Decimal(quantity) for _, quantity in order["fills"])
    assert Decimal(order["paid"]) == sum(Decimal(price) * Decimal(quantity) for price, quantity in order["fills"])
    if order["time_in_force"] in ("IOC", "FOK") and order["type"] == "MARKET":
        assert status in ("FILLED", "CANCELED", "REJECTED") or not told
    if order["time_in_force"] == "FOK":
        assert Decimal(order["executed"]) in (0, Decimal(order["quantity"]))


def check_positions(rig: FxRig, truth: dict[str, dict[str, Any]]) -> None:
    positions = rig.get("/truth/fx")["positions"].get("EURUSD", {"bought": "0", "sold": "0"})
    for side, figure in (("Buy", "bought"), ("Sell", "sold")):
        executed = sum(Decimal(order["executed"]) for order in truth.values() if order["side"] == side)
        assert Decimal(positions[figure]) == executed


@given(steps=STEPS, prices=st.lists(PRICES, min_size=1, max_size=5))
@settings(max_examples=80, deadline=None)
def test_no_limit_trades_beyond_its_price(steps: list[tuple[Any, ...]], prices: list[float]) -> None:
    trading = Trading("later")
    for step in steps:
        if step[0] != "modify":  # afterwards a fill is held against the price that the order had then
            trading.step(*step)
    for price in prices:
        trading.step("move", price)
    for order in trading.rig.truth().values():
        for price, _ in order["fills"] if order["price"] is not None else ():
            limit = Decimal(order["price"])
            assert Decimal(price) <= limit if order["side"] == "Buy" else Decimal(price) >= limit


def test_old_orders_are_forgotten_and_counted_and_their_names_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("protocols.practice.acttrader.account.KEPT_CLOSED", 50)
    rig = FxRig()
    trader = rig.client()
    trader.place("waits", price=1.0)
    for number in range(120):
        trader.place(str(number), type="MARKET", timeInForce="IOC")
    truth = rig.get("/truth/fx")
    assert (len(truth["orders"]), truth["forgotten"]) == (51, 70)
    assert truth["positions"]["EURUSD"]["bought"] == "1200000"
    assert trader.ask("orderstatus", {"clientOrderId": "3"})["payload"]["code"] == 400
    assert trader.ask("orderstatus", {"clientOrderId": "waits"})["payload"]["status"] == "NEW"
    assert trader.ask("orderstatus", {"clientOrderId": "119"})["payload"]["status"] == "FILLED"
