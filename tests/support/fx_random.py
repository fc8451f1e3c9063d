"""Random sessions of a desk at the practice FX venue: anything may be asked, and anything may go wrong. Whatever
happened, in the end the desk shows what the venue holds."""

import random
from pathlib import Path
from typing import Any

from protocols.acttrader.messages import Dialect
from protocols.market.commands import AmendOrder, CancelOrder, FxTerms, OcoLeg, PlaceOco, PlaceOrder, pair_of
from protocols.market.fx_positions import fx_net, fx_positions
from protocols.market.orders import Order, OrderStatus
from protocols.market.values import Price, Quantity, Side, scaled_from_text
from tests.support.fx import key
from tests.support.fx_paired import FxPaired

PIP = 100_000
UNITS = 1_000 * 10**9

STATUSES = {
    "NEW": {OrderStatus.WORKING},
    "PARTIAL_FILL": {OrderStatus.PARTLY_FILLED},
    "FILLED": {OrderStatus.FILLED},
    "CANCELED": {OrderStatus.CANCELLED, OrderStatus.EXPIRED},
    "REJECTED": {OrderStatus.REJECTED, OrderStatus.CANCELLED, OrderStatus.EXPIRED},
}
"""What the desk may call what the venue calls so."""
NEVER_THERE = {OrderStatus.DENIED, OrderStatus.NOT_SENT, OrderStatus.REJECTED}

FAULTS: dict[str, Any] = {
    "lose_request": 0.2, "drop_before": 0.1, "drop_after": 0.1, "lose_answer": 0.3, "double_answer": 0.5,
    "answer_delay": 1.5, "execution_first": 0.7, "lose_execution": 0.3, "double_execution": 0.5,
    "refuse_requests": 0.2, "reject_orders": 0.2, "refuse_leg": 0.4, "omit_leg": 0.4, "garbage": 0.05,
    "trailing_comma": 0.05, "wrong_type": 0.05, "repeat_key": "equal", "numbers_as_text": True, "other_times": True,
    "reasons_as_text": True, "liquidity": 5_000,
}  # fmt: skip


class RandomSession:
    """One session, from a seed. `play` raises `AssertionError` with what is wrong."""

    def __init__(self, folder: Path, dialect: Dialect, seed: int) -> None:
        self._rng = random.Random(f"fx session {dialect.value} {seed}")
        # Without quotes: the venue makes its history of candles for whoever asks for them, which takes its time.
        self.desk = FxPaired(folder, dialect, seed=seed, extra_tif=("GTC",), chart_url=None)
        self._bid = self.desk.move(pips=0)
        self._filled: dict[str, int] = {}
        self._executed: dict[str, int] = {}
        """The most that was ever shown of each order, by any run of the desk."""
        self._restarted = False
        self._lossy = False
        self._acts = (
            (9, self._place), (3, self._place_pair), (4, self._amend), (3, self._cancel), (6, self._move),
            (6, lambda: self.desk.run(self._rng.choice((0.1, 0.5, 2.0)))), (1, self.desk.cut), (2, self._turn),
            (1, lambda: self.desk.run(12.0)), (0.3, self._restart),
            (0.3, self.desk.connect_anew),
        )  # fmt: skip

    def play(self, steps: int) -> None:
        desk = self.desk
        desk.run(1)
        for _ in range(steps):
            weights = [weight for weight, _ in self._acts]
            self._rng.choices([act for _, act in self._acts], weights)[0]()
            desk.run(0.1)
            self._check_growth()
        desk.turn()
        desk.run(5)
        if self._lossy:
            desk.cut()  # what was not pushed is only known from a list
        self._let_settle(90)
        self._check_growth()
        self.compare()

    def _let_settle(self, most: float) -> None:
        """Until nothing is outstanding that the venue can still be asked about."""
        for _ in range(int(most / 6)):
            self.desk.run(6)
            own = self.desk.desk.market.blotter.own_alive()
            if not any(order.request and not self._unknowable(order) for order in own) and not self.desk.locked:
                return

    # What a trader does

    def _place(self) -> None:
        kind = self._rng.choice(("MARKET", "LIMIT", "LIMIT", "STOP", "STOP_LIMIT"))
        side, quantity = self._side(), self._units()
        stop = self._price() if kind.startswith("STOP") else None
        limit = self._price() if kind.endswith("LIMIT") else None
        # Only what waits without being all or none is filled in parts.
        choices = ["IOC", "FOK"] if kind == "MARKET" else ["AON", "IOC", "FOK", "GTC", "GTC", "GTC"]
        if kind == "LIMIT" and self.desk.settings.dialect is Dialect.LATER:
            choices.append("TPI")
        terms = FxTerms(kind, self._rng.choice(choices), stop)
        self._submit(PlaceOrder(key(), side, quantity, limit, terms))

    def _place_pair(self) -> None:
        legs = (OcoLeg("LIMIT", self._price()), OcoLeg("STOP", None, self._price()))
        self._submit(PlaceOco(key(), self._side(), self._units(), legs, self._rng.choice(("AON", "GTC"))))

    def _amend(self) -> None:
        for order in self._some_own():
            if order.price is not None:
                quantity = self._units() if self._rng.random() < 0.3 else None
                self._submit(AmendOrder("FX", order.client_id, quantity, self._price()))

    def _cancel(self) -> None:
        for order in self._some_own():
            self._submit(CancelOrder("FX", order.client_id))

    def _submit(self, command: Any) -> None:
        submission = self.desk.desk.submit(command)
        if submission.step.value == "asks":
            self.desk.desk.submit(command, submission)

    def _some_own(self) -> list[Order]:
        alive = self.desk.desk.market.blotter.own_alive(key())
        return [self._rng.choice(alive)] if alive else []

    def _side(self) -> Side:
        return self._rng.choice((Side.BUY, Side.SELL))

    def _units(self) -> Quantity:
        return Quantity(self._rng.randint(1, 12) * UNITS)

    def _price(self) -> Price:
        return Price(self._bid + self._rng.randint(-25, 25) * PIP)

    # What happens

    def _move(self) -> None:
        self._bid = self.desk.move(pips=self._rng.choice((-12, -5, 5, 12)))

    def _turn(self) -> None:
        chosen = self._rng.sample(sorted(FAULTS), self._rng.choice((0, 1, 3)))
        self._lossy |= "lose_execution" in chosen
        self.desk.turn(**{name: FAULTS[name] for name in chosen})

    def _restart(self) -> None:
        self._restarted = True
        self._filled.clear()
        self.desk.restart()

    # What must hold

    def _check_growth(self) -> None:
        for order in self.desk.desk.market.blotter.rows():
            filled = order.filled
            assert self._filled.get(order.client_id, 0) <= filled <= order.quantity, f"shrank: {order}"
            self._filled[order.client_id] = filled
            self._executed[order.client_id] = max(self._executed.get(order.client_id, 0), filled)
        executions = self.desk.desk.market.executions
        for client_id, most in self._executed.items():
            assert executions.executed("FX", client_id) == most, f"lost, or not shown: {client_id}"

    def compare(self) -> None:
        """The desk against the venue's own records."""
        market, truth = self.desk.desk.market, self.desk.truth()
        twice = {name: count for name, count in truth["arrivals"].items() if count > 1}
        assert not twice, f"sent twice: {twice}"
        there = {order["client_id"]: order for order in truth["orders"]}
        assert self.desk.locked == ""
        assert market.blotter.refused == []
        for client_id, held in there.items():
            self._compare_one(market.blotter.get("FX", client_id), held)
        for order in market.blotter.rows():
            if order.client_id not in there:
                assert order.status in NEVER_THERE or self._unknowable(order), f"not at the venue: {order}"
        self._compare_pairs(there)
        self._compare_position(there)

    def _compare_one(self, order: Order | None, held: dict[str, Any]) -> None:
        over = held["status"] in ("FILLED", "CANCELED", "REJECTED")
        if order is None:
            # After a restart, what ended before is only in the later dialect's list, and a rejected order in neither.
            seed = self.desk.settings.dialect is Dialect.SEED
            assert self._restarted and over and (seed or held["status"] == "REJECTED"), f"unknown here: {held}"
            return
        if self._unknowable(order):
            return
        told = f"{order}\nat the venue {held}"
        assert order.status in STATUSES[held["status"]], told
        assert order.filled == scaled_from_text(held["executed"]), told
        assert order.request is None, told
        if not over:
            assert order.quantity == scaled_from_text(held["quantity"]), told
            wanted = None if held["price"] is None else scaled_from_text(held["price"])
            assert order.price == wanted, told

    def _compare_position(self, there: dict[str, dict[str, Any]]) -> None:
        """Whatever was told again, by whom and after how many restarts: each order counts once, and as far as any run
        of the desk could know of it."""
        market, sold = self.desk.desk.market, Side.SELL.value
        net = 0
        for client_id, held in there.items():
            whole, known = scaled_from_text(held["executed"]), market.executions.executed("FX", client_id)
            order = market.blotter.get("FX", client_id)
            knowable = order is not None and not self._unknowable(order)
            assert known == whole if knowable else self._executed.get(client_id, 0) <= known <= whole, f"{held} {known}"
            net += -known if held["side"] == sold else known
        assert fx_net(market, key()) == net
        assert [each.net for each in fx_positions(market)] in ([net], [])
        parts = market.executions.of(key())
        assert sum(-each.quantity if each.side is Side.SELL else each.quantity for each in parts) == net

    def _unknowable(self, order: Order) -> bool:
        """The seed dialect can't name an order whose acknowledgement was lost, or forgotten with an earlier session."""
        nameless = not order.versions or self._restarted
        lost = order.status is OrderStatus.IN_DOUBT and nameless and "decide" in order.reason
        return lost and self.desk.settings.dialect is Dialect.SEED

    def _compare_pairs(self, there: dict[str, dict[str, Any]]) -> None:
        """Two executed legs are a venue's mistake, and never go unnoticed."""
        alarms = " ".join(each.message for each in self.desk.desk.market.anomalies if each.kind == "OCO alarm")
        executed: dict[str, int] = {}
        for client_id, held in there.items():
            pair = pair_of(client_id)
            if pair is not None and held["executed"] != "0":
                executed[pair] = executed.get(pair, 0) + 1
        for pair, legs in executed.items():
            assert legs < 2 or pair in alarms, f"both legs of {pair} were executed, and nobody was told"
