"""Payloads of the private channels, turned into facts about orders and own trades. Sections 6 to 8 of the page."""

from protocols.eznergy import messages
from protocols.eznergy.codec import Unreadable
from protocols.eznergy.translate import (
    TRADE_STATES,
    Translator,
    optional_price,
    optional_quantity,
    quantity_of,
    scaled_of,
)
from protocols.market.commands import PowerTerms
from protocols.market.events import Event, TradeState
from protocols.market.order_events import OrderEvent, OrderReported, OwnTrade, OwnTradePrinted
from protocols.market.orders import OrderReport, VenueState, Verdict
from protocols.market.values import Price, Side

SIDES = {"Buy": Side.BUY, "Sell": Side.SELL}
_AT_ONCE = ("ImmediateOrCancel", "FillOrKill")


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
        report = OrderReport(
            connection=self._connection,
            # Ours always have one; a colleague's without is known by the venue's own.
            client_id=entry.client_identifier or f"venue:{venue_id}",
            venue_id=venue_id,
            revision=entry.revision_number,
            key=self._contracts.resolve(entry.contract_area).key,
            side=side,
            price=Price(scaled_of("price", entry.price)),
            quantity=quantity,
            initial=quantity if initial is None else initial,
            state=self._state(entry),
            verdict=_VERDICTS.get(entry.state or "", Verdict.NONE),
            venue_state=f"{entry.state}/{entry.action}",
            terms=self._terms(entry),
            by_user=(entry.action or "").endswith("ByUser"),
            reason=_reason(entry),
            entered=self._time("entryDate", entry.entry_date),
        )
        return [OrderReported(self._channel.urn, report, self._snapshot, self._now)]

    def _state(self, entry: messages.PrivateOrder) -> VenueState | None:
        match entry.state:
            case "Active":
                return VenueState.ACTIVE
            case "Hibernated":
                return VenueState.HIBERNATED
            case "Inactive":
                return _end_of(entry)
            case "Pending" | "Rejected":
                return None
        self._notice("unrecognised order state", f"{entry.state}")
        return None

    def _terms(self, entry: messages.PrivateOrder) -> PowerTerms:
        display = entry.iceberg_display_quantity
        if display is None:
            display = entry.iceberg_visible_quantity  # the other name that the page has for it (section 7)
        return PowerTerms(
            restriction=entry.execution_restriction or "None",
            validity=entry.validity_restriction or "GoodForSession",
            validity_until=self._time("validityDate", entry.validity_date),
            display_quantity=optional_quantity("icebergDisplayQuantity", display),
            price_delta=optional_price("icebergPriceDelta", entry.iceberg_price_delta),
            comment=entry.comment or "",
        )


_VERDICTS = {"Pending": Verdict.ACKNOWLEDGED, "Rejected": Verdict.REJECTED}


def _end_of(entry: messages.PrivateOrder) -> VenueState:
    """How an order ended. The state alone says that it did; a full fill and a lost place are actions (section 8)."""
    action = entry.action or ""
    if "FullyExecuted" in action or not entry.quantity:
        return VenueState.FILLED
    if action == "AddedByUser":
        return VenueState.REPLACED
    if action.endswith("BySystem") or action.startswith("SharedError") or "Unavailability" in action:
        return VenueState.CANCELLED if entry.execution_restriction in _AT_ONCE else VenueState.EXPIRED
    return VenueState.CANCELLED


def _reason(entry: messages.PrivateOrder) -> str:
    """Why, as far as the venue says so. The page names no field: what it puts into `metadata` is shown as it came."""
    if entry.state == "Rejected":
        return str((entry.metadata or {}).get("rejectReason") or "rejected by the venue")
    action = entry.action or ""
    if entry.state != "Inactive":
        return ""
    if action.endswith("ByMarketOps"):
        return "by market operations"
    if action.endswith("BySystem"):
        return "the rest was not executed at once" if entry.execution_restriction in _AT_ONCE else "by the system"
    return ""


class OwnTrades(Translator[messages.PrivateTrade]):
    """`private_trades`: our side, or sides, of each trade."""

    kind = messages.PrivateTrade

    def _facts_of(self, entry: messages.PrivateTrade) -> list[Event | OrderEvent]:
        state = TRADE_STATES.get(entry.state, TradeState.UNRECOGNISED)
        if state is TradeState.UNRECOGNISED:
            self._notice("unrecognised trade state", entry.state)
        facts: list[Event | OrderEvent] = []
        for side, ours in ((Side.BUY, entry.buy_side), (Side.SELL, entry.sell_side)):
            if ours is None or ours.contract_area is None:
                continue
            trade = OwnTrade(
                connection=self._connection,
                identifier=str(entry.identifier),
                revision=entry.revision_number,
                side=side,
                key=self._contracts.resolve(ours.contract_area).key,
                price=Price(scaled_of("price", entry.price)),
                quantity=quantity_of("quantity", entry.quantity),
                state=state,
                venue_state=entry.state,
                executed_at=self._time("execDate", entry.exec_date),
                order_venue_id="" if ours.order_identifier is None else str(ours.order_identifier),
                comment=ours.comment or "",
            )
            facts.append(OwnTradePrinted(self._channel.urn, trade))
        return facts
