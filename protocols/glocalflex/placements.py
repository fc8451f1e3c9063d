"""Orders that we sent and the venue has not named yet, and which of the venue's orders may be one of them.

There is no client reference: an order that the answer did not name can only be known by what it says. That is enough
where one order of ours and one of the venue's say the same, and not a step further: of two that can't be told apart
neither is matched, and a person decides.
"""

from collections.abc import Iterable, Iterator

import msgspec

from protocols.glocalflex.ledger import is_over, other_terms
from protocols.glocalflex.objects import OrderObject
from protocols.market.commands import FlexTerms, Intent, PlaceOrder
from protocols.market.events import Unmatched
from protocols.market.flex import Place
from protocols.market.flex_events import FlexCandidate
from protocols.market.times import MINUTE, Instant
from protocols.secret import Secret
from protocols.session import CallId

UNNAMED_KEPT = 1_000
"""Orders of the venue that wait to be matched; over it the oldest is given up, visibly."""
UPDATES_KEPT = 50
"""Updates of one such order; over it the oldest goes, what it said of the terms stays."""
CLOCKS_APART = 2 * MINUTE
"""As far as our clock and the venue's may differ: what it told longer before we sent is not of what we sent."""
_TERMS = ("side", "power", "price", "delivery", "expiry", "place")


class Placement(msgspec.Struct):
    """An order of ours without a name of the venue's. With a `call` its answer is still to come; `taken_at` (monotonic
    seconds) is when the venue answered for it. `token` is what the call carried. `sent` is None where an earlier
    session sent it; `missed` says that updates were, since then. `named` is the venue's order that a person found it to
    be."""

    intent: Intent
    call: CallId | None = None
    token: Secret | None = None
    sent: Instant | None = None
    missed: bool = False
    taken_at: float | None = None
    doubted: bool = False
    late: bool = False
    named: str = ""

    @property
    def order(self) -> PlaceOrder:
        assert isinstance(self.intent.command, PlaceOrder)
        return self.intent.command

    @property
    def terms(self) -> FlexTerms:
        assert isinstance(self.order.terms, FlexTerms)
        return self.order.terms


class Unnamed(msgspec.Struct):
    """An order of the venue that is not matched: its newest updates, the oldest first, and what all of them together
    say of its terms (`whole`, for the rest its first update)."""

    venue_id: str
    whole: OrderObject
    since: Instant
    updates: list[OrderObject] = []
    ambiguous: bool = False
    waits: bool = False
    """Whether an answer is still to come that may name it."""
    row: Unmatched | None = None
    """As it is shown, made when it is first looked at after an update."""
    candidate: FlexCandidate | None = None
    """As a person is asked about it, made like `row`."""
    could_be: tuple[str, ...] = ()
    """Client identifiers of our orders that it may be as far as it tells: what a person may choose from."""

    @property
    def latest(self) -> OrderObject:
        return self.updates[-1]

    def add(self, update: OrderObject) -> None:
        """One more update of it."""
        self.row = self.candidate = None
        self.updates.append(update)
        del self.updates[:-UPDATES_KEPT]
        told = {name: value for name in _TERMS if (value := getattr(update, name)) is not None}
        self.whole = msgspec.structs.replace(self.whole, **told)


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

    def named_as(self, venue_id: str) -> Placement | None:
        """The one that a person found the venue's order to be."""
        return next((placed for placed in self._placed.values() if placed.named == venue_id), None)

    def like(self, unnamed: Unnamed) -> list[Placement]:
        """Those that the venue's order may be: of the same side, power, price and window, sent before the venue told of
        it, and not found to be another."""
        return [placed for placed in self._placed.values() if not placed.named and may_be(placed, unnamed)]

    def answer_may_name(self, unnamed: Unnamed) -> bool:
        """Whether the venue has still to answer for an order that it may name as this one."""
        return any(each.call is not None and not _known_before(each, unnamed) for each in self._placed.values())

    def not_unlike(self, unnamed: Unnamed) -> tuple[str, ...]:
        """Those without an answer to come that nothing tells against: what it leaves out may be so or not."""
        return tuple(
            placed.intent.client_id
            for placed in self._placed.values()
            if placed.call is None and not placed.named and could_be(placed, unnamed)
        )


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


def may_be(placed: Placement, unnamed: Unnamed) -> bool:
    """Whether the venue's order may be ours: it says the same, and was not known before ours was sent."""
    return not _known_before(placed, unnamed) and says_the_same(placed.order, unnamed.whole)


def could_be(placed: Placement, unnamed: Unnamed) -> bool:
    """Whether nothing tells against it: for a person, who may know more, and not for a match."""
    return not _known_before(placed, unnamed) and not other_terms(placed.order, unnamed.whole)


def _known_before(placed: Placement, unnamed: Unnamed) -> bool:
    return placed.sent is not None and unnamed.since.monotonic < placed.sent.monotonic


def match_of(unnamed: Unnamed, candidates: list[Placement], others: Iterable[Unnamed]) -> Placement | None:
    """The one placement that the venue's order is; None where it may be several, where several orders of the venue may
    be it, and where it says another place or expiry than ours or seems to be older. Place and expiry tell apart what
    says the same otherwise, if they agree in one case alone."""
    whole = unnamed.whole
    rivals = [
        each for each in others if each is not unnamed and any(says_the_same(p.order, each.whole) for p in candidates)
    ]
    if len(candidates) > 1 or rivals:
        candidates = [placed for placed in candidates if _agrees(placed.terms, whole)]
        if len(candidates) != 1 or any(_agrees(candidates[0].terms, rival.whole) for rival in rivals):
            return None
    found = candidates[0]
    return None if _differs(found.terms, whole) or _seems_older(found, unnamed) else found


def _seems_older(placed: Placement, unnamed: Unnamed) -> bool:
    """Whether the first word of it does not fit what was sent just now: told before that, or that it is over already,
    though no update was missed that would have told how it began. An order of the same terms that an earlier session
    sent, or another desk, looks like that."""
    if placed.sent is None:
        return False
    first = unnamed.whole
    told_before = first.told_at is not None and first.told_at < placed.sent.utc - CLOCKS_APART
    return told_before or (not placed.missed and is_over(first.status))


def _differs(terms: FlexTerms, told: OrderObject) -> bool:
    """Whether what is told of place and expiry is not ours; what is left out tells nothing."""
    place = told.place or Place()
    return (
        told.expiry not in (None, terms.expiry)
        or place.location_ids not in ((), terms.place.location_ids)
        or place.country_code not in ("", terms.place.country_code)
    )


def _agrees(terms: FlexTerms, told: OrderObject) -> bool:
    place = told.place
    return (
        told.expiry is not None
        and told.expiry == terms.expiry
        and place is not None
        and (place.location_ids, place.country_code) == (terms.place.location_ids, terms.place.country_code)
    )
