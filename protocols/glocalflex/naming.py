"""Which of the venue's orders is which of ours: by the name in an answer, else by its terms, and not at all where those
don't tell.
"""

from collections import deque
from collections.abc import Callable, Sequence

from protocols.glocalflex.ledger import Known, Ledger
from protocols.glocalflex.objects import OrderObject
from protocols.glocalflex.placements import (
    UNNAMED_KEPT,
    Placement,
    Placements,
    Unnamed,
    match_of,
    may_be,
    says_the_same,
)
from protocols.glocalflex.reports import candidate_of, order_told, row_of
from protocols.glocalflex.settings import TRADE_CHANNEL
from protocols.market.events import Unmatched, UnmatchedChanged
from protocols.market.flex_events import FlexCandidate, FlexCandidatesChanged
from protocols.market.times import Instant
from protocols.notices import Notices

Doubt = Callable[[Placement, str, Instant], None]
Tell = Callable[[Known, OrderObject, Instant], None]


class Naming:
    """One connection's. `doubt` puts a placement in doubt, `tell` takes an update of an order that is known."""

    def __init__(
        self,
        connection: str,
        placements: Placements,
        ledger: Ledger,
        notices: Notices,
        show: Callable[[UnmatchedChanged | FlexCandidatesChanged], None],
        doubt: Doubt,
        tell: Tell,
    ) -> None:
        self._connection = connection
        self._placements = placements
        self._ledger = ledger
        self._notices = notices
        self._show = show
        self._doubt = doubt
        self._tell = tell
        self._unnamed: dict[str, Unnamed] = {}
        self._by_hand: deque[Placement] = deque(maxlen=UNNAMED_KEPT)
        self._shown: tuple[Unmatched, ...] = ()
        self._offered: tuple[tuple[str, tuple[FlexCandidate, ...]], ...] = ()

    def update(self, told: OrderObject, now: Instant) -> None:
        """An update of an order that no order of ours is known to be."""
        unnamed = self._unnamed.setdefault(told.identifier, Unnamed(told.identifier, told, now))
        unnamed.add(told)
        self._match(unnamed, now)
        given_up = []
        if len(self._unnamed) > UNNAMED_KEPT:
            gone = self._unnamed.pop(next(iter(self._unnamed)))
            given_up.append(self._row(gone))
            self._alarm("too many unmatched", f"order {gone.venue_id[:60]} of the venue is not kept any more")
        self._show_rest(given_up)

    def match_all(self, now: Instant) -> None:
        """Something changed among our placements: looks at every order again that is not matched."""
        for unnamed in list(self._unnamed.values()):
            if unnamed.venue_id in self._unnamed:
                self._match(unnamed, now)
        self._show_rest()

    def decided(self, placed: Placement, now: Instant) -> None:
        """A person said what became of an order of ours: it is no candidate any more. One of the venue that says the
        same may be it all the same, and is told of as such."""
        self._by_hand.append(placed)
        self.match_all(now)

    def name(self, placed: Placement, venue_id: str, now: Instant) -> None:
        """A person found the venue's order to be ours: all of its updates are, those that are still to come as well."""
        placed.named = venue_id
        self.match_all(now)

    def link(self, venue_id: str, placed: Placement, now: Instant, *, by_terms: bool) -> bool:
        """The venue's order is ours. False where it was known as another: ours is in doubt then, with an alarm."""
        if self._ledger.get(venue_id) is not None:
            words = f"the venue names {venue_id[:60]} for an order sent just now, and had it before for another"
            self._alarm("one name for two orders", words)
            self._doubt(placed, words, now)
            return False
        self._placements.end(placed.intent.client_id)
        by_hand = placed.named == venue_id
        known = self._ledger.link(
            venue_id, placed.intent.client_id, placed.order, by_terms=by_terms, by_hand=by_hand, sent=True
        )
        self._tell_all(known, now)
        return True

    # Within

    def _match(self, unnamed: Unnamed, now: Instant) -> None:
        named = self._placements.named_as(unnamed.venue_id)
        if named is not None:
            self.link(unnamed.venue_id, named, now, by_terms=True)
            return
        unnamed.could_be = self._placements.not_unlike(unnamed)
        candidates = self._placements.like(unnamed)
        # The answer's word is surer than what its terms say: whose an order is, is not concluded before it.
        unnamed.waits = self._placements.answer_may_name(unnamed)
        if unnamed.waits:
            return
        if not candidates:
            self._adopt(unnamed, now)
            return
        placed = match_of(unnamed, candidates, self._unnamed.values())
        if placed is None:
            self._ambiguous(unnamed, candidates, now)
        else:
            self.link(unnamed.venue_id, placed, now, by_terms=True)

    def _adopt(self, unnamed: Unnamed, now: Instant) -> None:
        """An order of this account that this desk did not send: shown, never counted as ours."""
        whole = unnamed.whole
        order = order_told(self._connection, whole)
        if order is None:
            return  # too little is known of it for a row: it stays with those that are not matched
        for known in self._ledger.uncertain():
            if says_the_same(known.order, whole):
                words = (
                    f"order {unnamed.venue_id[:60]} of the venue says the same as {known.venue_id[:60]}, which only its"
                    " terms, or only the answer to it, told to be ours: they may be mixed up"
                )
                self._alarm("orders alike", words)
        if any(may_be(placed, unnamed) for placed in self._by_hand):
            words = (
                f"order {unnamed.venue_id[:60]} of the venue says the same as one that was decided by hand: it may be"
                " that one"
            )
            self._alarm("orders alike", words)
        self._tell_all(self._ledger.link(unnamed.venue_id, f"venue:{unnamed.venue_id}", order), now)

    def _tell_all(self, known: Known, now: Instant) -> None:
        unnamed = self._unnamed.pop(known.venue_id, None)
        for told in () if unnamed is None else unnamed.updates:
            self._tell(known, told, now)

    def _ambiguous(self, unnamed: Unnamed, candidates: list[Placement], now: Instant) -> None:
        first, unnamed.ambiguous = not unnamed.ambiguous, True
        for placed in candidates:
            if first or not placed.doubted:
                words = (
                    f"order {unnamed.venue_id[:60]} of the venue may be this one, or another that says the same:"
                    " it is for you to decide"
                )
                self._doubt(placed, words, now)
        if first:
            words = f"order {unnamed.venue_id[:60]} of the venue can't be told apart from others: none is matched"
            self._alarm("orders alike", words)

    def _alarm(self, kind: str, words: str) -> None:
        self._notices.alarm(kind, words, TRADE_CHANNEL)

    def _show_rest(self, given_up: Sequence[Unmatched] = ()) -> None:
        rows = tuple(self._row(each) for each in self._unnamed.values() if not each.waits)
        if rows != self._shown:
            self._shown = rows
            self._show(UnmatchedChanged(self._connection, rows, tuple(given_up)))

        offered = self._candidates()
        if offered != self._offered:
            self._offered = offered
            self._show(FlexCandidatesChanged(self._connection, offered))

    def _candidates(self) -> tuple[tuple[str, tuple[FlexCandidate, ...]], ...]:
        """What a person may choose from, for each order of ours that has no name and no answer to come."""
        found: dict[str, list[FlexCandidate]] = {}
        for each in self._unnamed.values():
            for client_id in () if each.waits else each.could_be:
                if self._placements.get(client_id) is not None:
                    each.candidate = each.candidate or candidate_of(each)
                    found.setdefault(client_id, []).append(each.candidate)
        return tuple((client_id, tuple(each)) for client_id, each in found.items())

    def _row(self, unnamed: Unnamed) -> Unmatched:
        unnamed.row = unnamed.row or row_of(self._connection, unnamed, unnamed.since)
        return unnamed.row
