"""Orders that we sent and the venue has not named yet, and which of the venue's orders may be one of them.

There is no client reference: an order that the answer did not name can only be known by what it says. That is enough
where one order of ours and one of the venue's say the same, and not a step further: of two that can't be told apart
neither is matched, and a person decides.
"""

from collections.abc import Iterable, Iterator

import msgspec

from protocols.glocalflex.objects import OrderObject
from protocols.market.commands import FlexTerms, Intent, PlaceOrder
from protocols.market.times import Instant
from protocols.secret import Secret
from protocols.session import CallId

UNNAMED_KEPT = 1_000
"""Orders of the venue that wait to be matched; over it the oldest is given up, visibly."""


class Placement(msgspec.Struct):
    """An order of ours without a name of the venue's. With a `call` its answer is still to come; `taken_at` (monotonic
    seconds) is when the venue answered for it. `token` is what the call carried."""

    intent: Intent
    call: CallId | None = None
    token: Secret | None = None
    taken_at: float | None = None
    doubted: bool = False
    late: bool = False

    @property
    def order(self) -> PlaceOrder:
        assert isinstance(self.intent.command, PlaceOrder)
        return self.intent.command

    @property
    def terms(self) -> FlexTerms:
        assert isinstance(self.order.terms, FlexTerms)
        return self.order.terms


class Unnamed(msgspec.Struct):
    """An order of the venue that is not matched: every update of it that came, the oldest first."""

    venue_id: str
    updates: list[OrderObject]
    since: Instant
    ambiguous: bool = False

    @property
    def latest(self) -> OrderObject:
        return self.updates[-1]

    @property
    def whole(self) -> OrderObject:
        """What the updates together say of its terms."""
        whole = self.updates[0]
        for update in self.updates[1:]:
            told = {
                name: value
                for name in ("side", "power", "price", "delivery", "expiry", "place")
                if (value := getattr(update, name)) is not None
            }
            whole = msgspec.structs.replace(whole, **told)
        return whole


class Placements:
    """Of one connection, by client identifier, the oldest first."""

    def __init__(self) -> None:
        self._placed: dict[str, Placement] = {}

    def __iter__(self) -> Iterator[Placement]:
        return iter(list(self._placed.values()))

    def get(self, client_id: str) -> Placement | None:
        return self._placed.get(client_id)

    def put(self, placement: Placement) -> None:
        self._placed[placement.intent.client_id] = placement

    def end(self, client_id: str) -> Placement | None:
        return self._placed.pop(client_id, None)

    def of_call(self, call: CallId) -> Placement | None:
        return next((placed for placed in self._placed.values() if placed.call == call), None)

    def like(self, told: OrderObject) -> list[Placement]:
        """Those that the venue's order may be: of the same side, power, price and window."""
        return [placed for placed in self._placed.values() if says_the_same(placed.order, told)]


def says_the_same(order: PlaceOrder, told: OrderObject) -> bool:
    """Whether the venue's order has the side, power, price and window of ours. What it leaves out is no match."""
    terms = order.terms
    return (
        isinstance(terms, FlexTerms)
        and told.side is order.side
        and told.power == order.quantity
        and told.price == order.price
        and told.delivery == terms.delivery
    )


def match_of(unnamed: Unnamed, candidates: list[Placement], others: Iterable[Unnamed]) -> Placement | None:
    """The one placement that the venue's order is; None where it may be several, or where several orders of the venue
    may be it. Place and expiry tell apart what says the same otherwise, if they agree in one case alone."""
    whole = unnamed.whole
    rivals = [
        each for each in others if each is not unnamed and any(says_the_same(p.order, each.whole) for p in candidates)
    ]
    if len(candidates) == 1 and not rivals:
        return candidates[0]
    exact = [placed for placed in candidates if _agrees(placed.terms, whole)]
    if len(exact) != 1 or any(_agrees(exact[0].terms, rival.whole) for rival in rivals):
        return None
    return exact[0]


def _agrees(terms: FlexTerms, told: OrderObject) -> bool:
    place = told.place
    return (
        told.expiry is not None
        and told.expiry == terms.expiry
        and place is not None
        and (place.location_ids, place.country_code) == (terms.place.location_ids, terms.place.country_code)
    )
