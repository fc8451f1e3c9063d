"""Random sessions of a desk at the practice flexibility venue: anything may be asked, and anything may go wrong.
Whatever happened, nothing was sent twice, and in the end the desk shows what the venue holds, but for what it had no
way to hear: the venue has no list to ask for."""

import random
from collections import Counter
from pathlib import Path
from typing import Any

from protocols.market.commands import CancelOrder, FlexTerms
from protocols.market.orders import Decision, Order, OrderStatus
from protocols.market.times import MINUTE, UtcNs, utc_text
from protocols.market.values import Side, plain_text
from tests.support.flex import NAME, order, window
from tests.support.flex_paired import FlexPaired

STATUSES = {
    "pending": {OrderStatus.WORKING},
    "awaiting_baseline_data": {OrderStatus.HIBERNATED},
    "selected_for_baseline_activation": {OrderStatus.HIBERNATED},
    "accepted": {OrderStatus.WORKING},
    "matching_active": {OrderStatus.WORKING},
    "partial_filled": {OrderStatus.PARTLY_FILLED},
    "filled": {OrderStatus.FILLED},
    "cancelled": {OrderStatus.CANCELLED},
    "expired": {OrderStatus.EXPIRED},
}
"""What the desk may call what the venue calls so."""
CALM_SECONDS = 120.0
"""How long the desk may take, once nothing goes wrong any more, until it is live."""

FAULTS: dict[str, Any] = {
    "lose_request": 0.3, "lose_reply": 0.4, "reply_delay": 1.0, "refuse_orders": 0.3, "unauthorised": 0.2,
    "too_many_requests": 0.2, "double_status": 0.5, "unknown_status": 0.2, "contracts_as_orders": True,
    "old_book": 0.5, "missing_country": 0.5, "keys_disagree": 0.3, "text_order": True, "token_lifetime": 20,
    "refuse_refresh": 0.5, "close_expired": True, "lose_status": 0.3, "silent_expiry": True,
}  # fmt: skip
LOSSY = {"lose_status", "unknown_status", "silent_expiry", "close_expired"}
"""Faults under which a status may be known to the venue alone."""


class RandomSession:
    """One session, from a seed. `play` raises `AssertionError` with what is wrong."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._rng = random.Random(f"flex session {seed}")
        self.desk = FlexPaired(folder, seed=seed, orders=10, windows=4, rate=0.2)
        self._taken = 0
        self._losing = self._restarted = False
        self._blind: set[str] = set()
        """Own orders of which something may have been missed."""
        self._acts = (
            (9, self._place), (4, self._other), (7, self._run), (1, self._cut), (2, self._turn), (1, self._cancel),
            (1, lambda: self.desk.run(12.0, 1.0)), (0.3, self._restart), (0.3, self._connect_anew),
            (0.5, lambda: self.desk.tell("revoke", {})), (0.5, self._decide),
        )  # fmt: skip

    def play(self, steps: int) -> None:
        desk = self.desk
        desk.run(1)
        for step in range(steps):
            weights = [weight for weight, _ in self._acts]
            self._rng.choices([act for _, act in self._acts], weights)[0]()
            desk.run(0.2)
            if self._losing:
                self._lose_sight()
            if step % 5 == 0:
                self._check_sends()
        desk.turn()
        calm = desk.now.monotonic
        while desk.status != "live" and desk.now.monotonic < calm + CALM_SECONDS:
            desk.run(5, 1.0)
        desk.run(40, 1.0)
        self._check_sends()
        self.compare()

    # What a trader does, and the others

    def _place(self) -> None:
        side = self._rng.choice((Side.BUY, Side.SELL))
        command = order(
            side,
            str(self._rng.choice((1000, 2000))),
            f"0.{self._rng.randint(22, 26)}",
            delivery=window(self._rng.randint(2, 4)),
            based=self._rng.random() < 0.7,
        )
        if self._rng.random() < 0.1:  # soon over
            terms = command.terms
            assert isinstance(terms, FlexTerms)
            expiry = UtcNs(self.desk.now.utc // 10**9 * 10**9 + MINUTE // 4)
            command = order(side, "700", delivery=terms.delivery, expiry=expiry)
        before = len(self.desk.bodies)
        submission = self.desk.desk.submit(command)
        if submission.step.value == "asks":
            submission = self.desk.desk.submit(command, submission)
        self._taken += submission.step.value == "taken"
        assert len(self.desk.bodies) - before <= 1

    def _other(self) -> None:
        delivery = window(self._rng.randint(2, 4))
        goods = {
            "side": self._rng.choice(("buy", "sell")),
            "power": self._rng.choice((500, 1000, 2000)),
            "price": self._rng.randint(22, 26) / 100,
            "delivery_start": utc_text(delivery.start),
            "delivery_end": utc_text(delivery.end),
            "expiry_time": utc_text(UtcNs(delivery.start - 15 * MINUTE)),
            "location": {"location_id": ["loc1"], "country_code": "FI"},
            "baseline": None,
        }
        self.desk.tell("order", goods)

    def _run(self) -> None:
        self.desk.run(self._rng.choice((0.2, 0.6, 2.0)))

    def _cancel(self) -> None:
        alive = self.desk.desk.market.blotter.own_alive()
        if alive:
            denied = self.desk.desk.submit(CancelOrder(NAME, self._rng.choice(alive).client_id))
            assert denied.step.value == "denied"
            assert "expires at" in denied.reason or not denied.reason.startswith("cancel")

    def _cut(self) -> None:
        kind = self._rng.choice(("trade", "orderbook", "ticker"))
        if kind == "trade":
            self._lose_sight()
        self.desk.cut(kind)

    def _turn(self) -> None:
        names = self._rng.sample(sorted(FAULTS), self._rng.randint(0, 3))
        self._losing = bool(LOSSY.intersection(names))
        self.desk.turn(**{name: FAULTS[name] for name in names})

    def _restart(self) -> None:
        self._lose_sight()
        self._restarted = True
        self.desk.restart()

    def _connect_anew(self) -> None:
        self._lose_sight()
        self.desk.connect_anew()

    def _decide(self) -> None:
        doubted = [each for each in self._own() if each.status is OrderStatus.IN_DOUBT]
        if doubted:
            self._lose_sight()  # what he says may be wrong, and then others are taken for what they are not
            one = self._rng.choice(doubted)
            found = self.desk.desk.market.flex.candidates(NAME, one.client_id)
            if found and self._rng.random() < 0.7:
                self.desk.desk.decide(one, Decision.NAMED, venue_id=self._rng.choice(found).venue_id)
            else:
                self.desk.desk.decide(one, Decision.GONE)

    def _lose_sight(self) -> None:
        self._blind.update(each.client_id for each in self._own() if not each.status.over)

    # What must be so

    def _own(self) -> list[Order]:
        return [each for each in self.desk.desk.market.blotter.rows() if each.ours]

    def _check_sends(self) -> None:
        assert len(self.desk.bodies) <= self._taken, "something was sent that nobody meant"
        arrived = Counter(_goods(each["goods"]) for each in self.desk.truth()["arrivals"])
        sent = Counter(_sent(body) for body in self.desk.bodies)
        assert not arrived - sent, f"more arrived than was sent: {arrived - sent}"

    def compare(self) -> None:
        """The desk's orders against the venue's."""
        assert self.desk.status == "live", self.desk.reason
        truth = {each["order_id"]: each for each in self.desk.truth()["orders"]}
        named = [each for each in self.desk.desk.market.blotter.rows() if each.versions]
        assert len({each.venue_id for each in named}) == len(named), "two orders with one name"
        for each in named:
            self._compare_one(each, truth[each.venue_id or ""])
        unmatched = {each.venue_id for each in self.desk.desk.market.strays.told.get(NAME, ())}
        if not self._blind and not self._restarted:  # a new desk shows nothing that is over
            unheard = set(truth) - {each.venue_id for each in named} - unmatched
            assert not unheard, f"the desk never heard of {unheard}"
        swallowed = {_goods(each["goods"]) for each in self.desk.truth()["arrivals"] if each["lost"]}
        alike = {_goods(truth[venue_id]["goods"]) for venue_id in unmatched}
        for each in self._own():
            if each.client_id not in self._blind and each.status in (OrderStatus.IN_DOUBT, OrderStatus.PENDING):
                assert _of_desk(each) in swallowed | alike, f"{each.status.value} though the venue told: {each.reason}"
        assert not self.desk.desk.market.blotter.refused

    def _compare_one(self, shown: Order, held: dict[str, Any]) -> None:
        assert _of_desk(shown) == _goods(held["goods"]), f"{shown.client_id} is another order: {held}"
        if shown.ours and shown.client_id not in self._blind:
            assert shown.status in STATUSES[held["status"]], f"{shown.status} for {held['history']}"
            assert plain_text(shown.filled) == held["filled"], f"{plain_text(shown.filled)} filled for {held}"
        elif shown.venue_state in STATUSES:
            had = {status for status, _ in held["history"]}
            assert shown.venue_state in had, f"{shown.venue_state} was never told: {had}"


def _goods(goods: dict[str, Any]) -> tuple[str, str, str, str]:
    return goods["side"], goods["power"], goods["price"], goods["delivery_start"]


def _sent(body: dict[str, Any]) -> tuple[str, str, str, str]:
    power, price = (format(body[name].normalize(), "f") for name in ("power", "price"))
    return body["side"], power, price, body["delivery_start"].replace(".000Z", "Z")


def _of_desk(each: Order) -> tuple[str, str, str, str]:
    assert isinstance(each.terms, FlexTerms)
    start = utc_text(each.terms.delivery.start)
    return each.side.value.lower(), plain_text(each.quantity), plain_text(each.limit), start
