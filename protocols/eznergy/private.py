"""Payloads of the private channels, turned into facts about orders and own trades. Sections 6 to 8 of the page."""

from protocols.eznergy import messages
from protocols.eznergy.codec import Unreadable
from protocols.eznergy.dialects import AT_ONCE, Cause
from protocols.eznergy.numbers import optional_quantity, price_of, quantity_of
from protocols.eznergy.terms import reported_terms
from protocols.eznergy.translate import Translator
from protocols.market.commands import PowerTerms
from protocols.market.events import Event
from protocols.market.order_events import OrderEvent, OrderReported, OwnTrade, OwnTradePrinted
from protocols.market.orders import OrderReport, VenueState, Verdict
from protocols.market.values import Side

SIDES = {"Buy": Side.BUY, "Sell": Side.SELL}
_VERDICTS = {"Pending": Verdict.ACKNOWLEDGED, "Rejected": Verdict.REJECTED}
_SAID_AT_THE_END = (Cause.OPERATIONS, Cause.SYSTEM, Cause.EXPIRED)
"""Causes that are given as the reason why an order ended."""


class OrderReports(Translator[messages.PrivateOrder]):
    """`private_orders`: every report on an order of ours or of a colleague."""

    kind = messages.PrivateOrder

    def _facts_of(self, entry: messages.PrivateOrder) -> list[Event | OrderEvent]:
        if entry.contract_area is None or entry.price is None or entry.quantity is None:
            raise Unreadable("PrivateOrder: contractArea, price or quantity is missing")
        side = SIDES.get(entry.direction or "")
        if side is None:
            raise Unreadable(f"PrivateOrder: direction {entry.direction!r}")
        quantity = quantity_of("quantity", entry.quantity)
        initial = optional_quantity("initialQuantity", entry.initial_quantity)
        venue_id = None if entry.identifier is None else str(entry.identifier)
        terms = reported_terms(self._dialect, entry, self._time)
        cause = self._cause(entry.action)
        report = OrderReport(
            connection=self._connection,
            # Ours always have one; a colleague's without is known by the venue's own.
            client_id=entry.client_identifier or f"venue:{venue_id}",
            venue_id=venue_id,
            revision=entry.revision_number,
            key=self._contracts.resolve(entry.contract_area, current=False).key,
            side=side,
            price=price_of("price", entry.price),
            quantity=quantity,
            initial=quantity if initial is None else initial,
            state=self._state(entry, cause, terms),
            verdict=_VERDICTS.get(entry.state or "", Verdict.NONE),
            venue_state=f"{entry.state}/{entry.action}",
            terms=terms,
            by_user=cause in (Cause.ADDED, Cause.USER),
            reason=_reason(entry, cause, terms),
            entered=self._time("entryDate", entry.entry_date),
        )
        return [OrderReported(self._channel.urn, report, self._snapshot, self._now)]

    def _cause(self, action: str | None) -> Cause:
        if action is None:
            return Cause.OTHER
        cause = self._dialect.actions.get(action)
        if cause is None:
            self._notice("unrecognised order action", action)
            return Cause.OTHER
        return cause

    def _state(self, entry: messages.PrivateOrder, cause: Cause, terms: PowerTerms) -> VenueState | None:
        match entry.state:
            case "Active":
                return VenueState.ACTIVE
            case "Hibernated":
                return VenueState.HIBERNATED
            case "Inactive":
                return _end_of(entry, cause, terms)
            case "Pending" | "Rejected":
                return None
        self._notice("unrecognised order state", f"{entry.state}")
        return None


def _at_once(terms: PowerTerms) -> bool:
    return terms.restriction in AT_ONCE or terms.validity in AT_ONCE


def _end_of(entry: messages.PrivateOrder, cause: Cause, terms: PowerTerms) -> VenueState:
    """How an order ended. The state alone says that it did; a full fill and a lost place are actions (section 8)."""
    if cause is Cause.FULL or not entry.quantity:
        return VenueState.FILLED
    if cause is Cause.ADDED:
        return VenueState.REPLACED
    if cause in (Cause.SYSTEM, Cause.EXPIRED):
        return VenueState.CANCELLED if _at_once(terms) else VenueState.EXPIRED
    return VenueState.CANCELLED


def _reason(entry: messages.PrivateOrder, cause: Cause, terms: PowerTerms) -> str:
    """Why, as far as the venue says so, as plain text.

    NPID has a list of errors; for M7 the page names no field, and what it puts into `metadata` is shown as it came.
    """
    if entry.state == "Rejected":
        told = [": ".join(filter(None, (fault.code, fault.message))) for fault in entry.errors or ()]
        told = told or [str((entry.metadata or {}).get("rejectReason") or "")]
        return "; ".join(filter(None, told)) or "rejected by the venue"
    if entry.state != "Inactive" or cause not in _SAID_AT_THE_END:
        return ""
    if cause is not Cause.OPERATIONS and _at_once(terms):
        return "the rest was not executed at once"
    return cause.value


class OwnTrades(Translator[messages.PrivateTrade]):
    """`private_trades`: our side, or sides, of each trade."""

    kind = messages.PrivateTrade

    def _facts_of(self, entry: messages.PrivateTrade) -> list[Event | OrderEvent]:
        state = self._trade_state(entry.state)
        facts: list[Event | OrderEvent] = []
        for side, ours in ((Side.BUY, entry.buy_side), (Side.SELL, entry.sell_side)):
            if ours is None or ours.contract_area is None:
                continue
            trade = OwnTrade(
                connection=self._connection,
                identifier=str(entry.identifier),
                revision=entry.revision_number,
                side=side,
                key=self._contracts.resolve(ours.contract_area, current=False).key,
                price=price_of("price", entry.price),
                quantity=quantity_of("quantity", entry.quantity),
                state=state,
                venue_state=entry.state,
                executed_at=self._time("execDate", entry.exec_date),
                order_venue_id="" if ours.order_identifier is None else str(ours.order_identifier),
                comment=ours.comment or "",
                currency=entry.currency or "",
            )
            facts.append(OwnTradePrinted(self._channel.urn, trade))
        return facts
