"""Orders in doubt: what a person decides of them, what the venue's list says, and its later word on a decision."""

from collections.abc import Sequence
from typing import Protocol

from app.clock import Clock
from app.journal import Journal, JournalRefused
from protocols.market.commands import Intent
from protocols.market.decisions import Decided, contradicts, decisions_for, may_be_named, speaks_of
from protocols.market.order_events import OrderDecided, OrderReported, OrdersListed
from protocols.market.orders import Decision, Order, OrderStatus
from protocols.market.state import MarketState
from protocols.market.values import plain_text
from widgets.flex.words import titled


class Telling(Protocol):
    """Who tells the trader."""

    def say(self, words: str) -> None:
        """Something that passed."""

    def alert(self, words: str) -> None:
        """Something that stays until the trader has taken note of it."""


class Untold:
    """For a desk without anybody before it."""

    def say(self, words: str) -> None:
        pass

    def alert(self, words: str) -> None:
        pass


def found_by_hand(journal: Journal, intents: Sequence[Intent]) -> list[OrderDecided]:
    """What people found the orders of these intents to be, for a session that was not told of it yet."""
    clients = dict.fromkeys(client_id for intent in intents for client_id in intent.client_ids())
    decisions = (journal.decided(client_id) for client_id in clients)
    return [each.event() for each in decisions if each is not None and each.decision is Decision.NAMED]


class Doubts:
    """Decides nothing by itself, and sends nothing."""

    def __init__(self, journal: Journal, clock: Clock, market: MarketState, telling: Telling) -> None:
        self._journal = journal
        self._clock = clock
        self._market = market
        self._telling = telling

    def decide(
        self, order: Order, decision: Decision, note: str, known: str, venue_id: str | None = None
    ) -> OrderDecided | str:
        """Puts a decision into the journal and returns what is to be shown; in words, why it was not taken: the venue
        was faster, it can't be decided so, or the journal can't be written. `venue_id` is the order that it was found
        to be."""
        now = self._market.blotter.get(order.connection, order.client_id)
        if now is None or now.status is not OrderStatus.IN_DOUBT:
            return f"the order is not in doubt any more: {'unknown' if now is None else now.status.value}"
        if now.intent_id != order.intent_id or not self._may_be_decided(now, decision, venue_id):
            return "what is known has changed meanwhile: look again"
        at = self._clock()
        decided = Decided(
            order.connection, order.client_id, now.intent_id, now.request, decision, note.strip(), known, at, venue_id
        )
        try:
            self._journal.decide(decided, still_open=self._waited_for_by_others(now))
        except JournalRefused as refused:
            return f"journal: {refused}"
        return decided.event()

    def _may_be_decided(self, now: Order, decision: Decision, venue_id: str | None) -> bool:
        if decision is not Decision.NAMED or venue_id is None:
            return venue_id is None and decision in decisions_for(now)
        offered = self._market.flex.candidates(now.connection, now.client_id)
        free = self._market.blotter.with_venue_id(now.connection, venue_id) is None
        return may_be_named(now) and free and any(each.venue_id == venue_id for each in offered)

    def _waited_for_by_others(self, order: Order) -> set[str]:
        """The intent that placed the order's pair, while the other leg waits for its answer."""
        if order.pair is None or order.intent_id is None:
            return set()
        others = (leg for leg in self._market.blotter.own_alive() if leg.client_id != order.client_id)
        waits = any(leg.pair == order.pair and leg.intent_id == order.intent_id for leg in others)
        return {order.intent_id} if waits else set()

    def reported(self, event: OrderReported) -> None:
        """The venue reported, and the blotter has taken it: its word on something that was decided ends the decision,
        whenever that was, and is told loudly where it says otherwise."""
        report = event.report
        decided = self._journal.decided(report.client_id)
        if decided is None or decided.connection != report.connection or not speaks_of(decided, report):
            return
        order = self._market.blotter.get(report.connection, report.client_id)
        if order is None or order.status in (OrderStatus.NOT_SENT, OrderStatus.CLOSED_BY_HAND):
            return  # nothing that was not known when it was decided
        # It acknowledges the request, and has not said what comes of it.
        open_again = decided.intent_id is not None and order.intent_id == decided.intent_id
        shown = f"the venue shows it {order.status.value} ({report.venue_state})"
        self._journal.decision_answered(report.client_id, shown, event.at, open_again=open_again)
        if contradicts(decided, order):
            self._telling.alert(f"{self._named(order)}: {decided.reason}, but {shown}")

    def listed(self, event: OrdersListed) -> None:
        """The venue's list came, or did not."""
        where = f"{event.connection} {event.area}"
        if event.problem:
            self._telling.say(f"{where}: the venue could not be asked for its orders: {event.problem}")
            return
        parts = [f"{event.settled} settled"] if event.settled else []
        if event.left:
            parts.append(f"{event.left} still in doubt: see its reason, and decide by hand what you know")
        self._telling.say(f"{where}: the venue's list of orders came: {', '.join(parts) or 'nothing is in doubt'}")

    def _named(self, order: Order) -> str:
        instrument = self._market.instrument(order.key)
        name = f"{order.key.contract_id} {order.key.area}" if instrument is None else titled(instrument)
        amounts = plain_text(order.quantity)
        if order.price is not None:
            amounts += f" at {plain_text(order.price)}"
        return f"{order.connection}: {order.side.value} {name} {amounts}"
