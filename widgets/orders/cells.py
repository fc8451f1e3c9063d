"""What stands in the blotter's cells. No Qt."""

import enum
import functools
from collections.abc import Callable
from zoneinfo import ZoneInfo

from protocols.market.commands import FlexTerms, FxTerms, PowerTerms, Terms
from protocols.market.events import Feed
from protocols.market.instruments import InstrumentSpec, PowerContract
from protocols.market.orders import Order, OrderStatus
from protocols.market.state import MarketState, Standing
from protocols.market.times import UtcNs
from protocols.market.values import Price, Quantity, fixed_text, plain_text
from widgets.delivery import CONTINENT, day_text, market_zone, period_text, time_text, zone_name
from widgets.grid import Align, Cell, Column
from widgets.orders.words import LOOKS, RANK, event_text, status_text, terms_text, terms_words
from widgets.wording import plain_words, standing_text


class Col(enum.IntEnum):
    """The blotter's columns, in the order they have at first."""

    TIME = 0
    CONTRACT = enum.auto()
    DELIVERY = enum.auto()
    AREA = enum.auto()
    SIDE = enum.auto()
    QUANTITY = enum.auto()
    PRICE = enum.auto()
    STATUS = enum.auto()
    REASON = enum.auto()
    TERMS = enum.auto()
    WHOSE = enum.auto()
    EVENT = enum.auto()
    CHANGED = enum.auto()
    VENUE = enum.auto()
    VENUE_ID = enum.auto()
    CLIENT_ID = enum.auto()


COLUMNS = (
    Column(
        "time", "Time", 10, numbers=True, tip="When the venue says it was entered, else when it was sent: market time"
    ),
    Column("contract", "Contract", 9, tip="The exchange's name of the contract", middle=True),
    Column("delivery", "Delivery", 15, numbers=True, tip="Delivery period, in the area's market time"),
    Column("area", "Area", 11, tip="Delivery area"),
    Column("side", "Side", 4, tip="Buy or sell"),
    Column(
        "quantity",
        "Filled",
        13,
        Align.RIGHT,
        numbers=True,
        tip="Filled of the quantity in all: in MW, of a currency pair in units of the first currency",
    ),
    Column("price", "Price", 12, Align.DECIMAL, decimals=2, numbers=True, tip="Limit price; of a stop its stop price"),
    Column("status", "Status", 29, tip="Where it stands, and what was asked of the venue and is not answered yet"),
    Column("reason", "Reason", 30, tip="Why it was denied (by us), rejected (by the venue), not sent or is in doubt"),
    Column("terms", "Terms", 15, tip="Restriction, validity and iceberg, shortened: the tool tip spells them out"),
    Column("whose", "Whose", 9, tip="Ours, or a colleague's: those are never acted on"),
    Column("event", "Last event", 30, tip="The venue's last word on it"),
    Column("changed", "Changed", 10, numbers=True, tip="When anything was last heard or done of it, in market time"),
    Column("venue", "Venue", 10, tip="Connection"),
    Column("venue_id", "Venue id", 14, numbers=True, tip="The venue's identifier, which an amendment may change"),
    Column("client_id", "Client id", 36, numbers=True, tip="Our identifier, the same for the order's life"),
)

ABSENT = InstrumentSpec(Price(1), Quantity(1), 0, 0, "", "")
"""For an order of a contract that is not listed: numbers are shown exactly as they came."""

SortKey = Callable[[Order], tuple[object, ...]]


class OrderCells:
    """Cells, words and sort keys of orders, looked up in the market."""

    def __init__(self, market: MarketState) -> None:
        self._market = market
        self.zone: ZoneInfo = CONTINENT
        self._standings: dict[tuple[str, str], Standing] = {}
        self._standings_of = -1

    def cell(self, order: Order, column: int) -> Cell:
        match column:
            case Col.TIME:
                at = entered_at(order)
                return Cell("–" if at is None else time_text(at, self.zone), "text_secondary")
            case Col.CHANGED:
                changed = order.updated
                return Cell("–" if changed is None else time_text(changed.utc, self.zone), "text_secondary")
            case Col.CONTRACT:
                return Cell(self.contract_name(order), bold=True)
            case Col.DELIVERY:
                return Cell(self._delivery(order), "text_secondary")
            case Col.AREA:
                return Cell(order.key.area, "text_secondary")
            case Col.SIDE:
                return Cell(order.side.value, order.side.name.lower(), bold=True)
            case Col.QUANTITY:
                decimals = self.spec(order).quantity_decimals
                return Cell(f"{fixed_text(order.filled, decimals)} / {fixed_text(order.quantity, decimals):>5}")
            case Col.PRICE:
                return Cell(self.price_words(order))
            case Col.STATUS:
                look = LOOKS[order.status]
                return Cell(status_text(order), look.ink, look.mark, look.bold)
            case Col.REASON:
                return Cell(order.reason, "warning" if order.status is OrderStatus.IN_DOUBT else "text")
            case Col.TERMS:
                spec = self.spec(order)
                zone = market_zone(order.key.area)
                return Cell(
                    terms_text(order.terms, zone, (spec.price_decimals, spec.quantity_decimals)), "text_secondary"
                )
            case Col.WHOSE:
                return Cell("ours", "text_secondary") if order.ours else Cell("colleague", "text_muted")
            case Col.EVENT:
                return Cell(event_text(order), "text_secondary")
            case Col.VENUE:
                return Cell(order.connection, "text_secondary")
            case Col.VENUE_ID:
                return Cell(order.venue_id or "–", "text_secondary")
            case _:
                return Cell(order.client_id, "text_muted")

    def text(self, order: Order, column: int) -> str:
        """The cell's text as it is copied: what only lines figures up is left out."""
        return " ".join(self.cell(order, column).text.split())

    def words(self, order: Order) -> str:
        """Everything of the order that the filter looks at, in lower case."""
        cells = (self.cell(order, column).text for column in Col if column not in (Col.TIME, Col.CHANGED))
        return " ".join((*cells, terms_words(order.terms))).casefold()

    def sort_key(self, column: int) -> SortKey:
        """What the rows are sorted by: quantities and times as such, not as text."""
        market = self._market
        match column:
            case Col.TIME:
                return lambda order: (entered_at(order) or 0,)
            case Col.CHANGED:
                return lambda order: (order.updated.monotonic if order.updated is not None else 0.0,)
            case Col.DELIVERY | Col.CONTRACT:

                def by_delivery(order: Order) -> tuple[object, ...]:
                    contract = market.contracts.get(order.key)
                    return (contract.delivery_start, contract.name) if contract is not None else (0, "")

                return by_delivery
            case Col.QUANTITY:
                return lambda order: (order.quantity, order.filled)
            case Col.PRICE:
                return lambda order: (order.waits_at is None, order.waits_at or 0)
            case Col.STATUS:
                return lambda order: (RANK[order.status],)
            case _:
                return lambda order: (self.cell(order, column).text,)

    def contract(self, order: Order) -> PowerContract | None:
        return self._market.contracts.get(order.key)

    def contract_name(self, order: Order) -> str:
        contract = self._market.contracts.get(order.key)
        return contract.name if contract is not None else order.key.contract_id

    def spec(self, order: Order) -> InstrumentSpec:
        listed = self._market.contracts.get(order.key) or self._market.pairs.get(order.key)
        return listed.spec if listed is not None else ABSENT

    def standing(self, order: Order) -> Standing:
        """How fresh the own-orders feed of the order's area is."""
        if self._standings_of != self._market.status_revision:
            self._standings.clear()
            self._standings_of = self._market.status_revision
        where = (order.connection, order.key.area)
        found = self._standings.get(where)
        if found is None:
            found = self._standings[where] = self._market.feed_standing(Feed.OWN_ORDERS, [where])
        return found

    def spoken(self, order: Order) -> str:
        """The row in words, for screen readers."""
        spec = self.spec(order)
        parts = [
            "" if order.ours else "colleague's order",
            f"{order.side.value} {self.contract_name(order)} {order.key.area}",
            f"{plain_text(order.filled)} of {plain_text(order.quantity)} {spec.quantity_unit} filled",
            f"at {self.price_words(order)} {spec.price_unit}",
            status_text(order),
            order.reason,
        ]
        standing = self.standing(order)
        if not standing.live:
            parts.append(f"orders of this area are {standing_text(standing)}")
        return ", ".join(part for part in parts if part)

    def tip(self, order: Order) -> str:
        """Everything about the order, a line each."""
        spec, zone, terms = self.spec(order), market_zone(order.key.area), order.terms
        lines = [f"{order.side.value} {self.contract_name(order)} {order.key.area}  {self._delivery(order)}"]
        left = fixed_text(order.remaining, spec.quantity_decimals)
        lines.append(f"{left} of {fixed_text(order.quantity, spec.quantity_decimals)} {spec.quantity_unit} not filled")
        said = terms_words(terms)
        if isinstance(terms, PowerTerms) and terms.kind:
            lines.append(f"A {plain_words(terms.kind)} order: shown, not amended from here")
        at, comment = _until_and_comment(terms)
        if at is not None:
            said += f" {day_text(at, zone)} {time_text(at, zone)} {zone_name(at, zone)}"
        lines.append(said)
        if comment:
            lines.append(f"Comment: {comment}")
        lines.append(f"{status_text(order)}{': ' + order.reason if order.reason else ''}")
        lines.append(f"Client id {order.client_id}")
        if order.version is not None:
            lines.append(f"Venue id {order.version.venue_id}, revision {order.version.revision}")
        standing = self.standing(order)
        if not standing.live:
            lines.append(f"Orders of this area are {standing_text(standing)}")
        return "\n".join(lines)

    def price_words(self, order: Order) -> str:
        """The limit; an order without one names its type, and where it waits: `stop 1.07540`, `market`."""
        at = None if order.waits_at is None else fixed_text(order.waits_at, self.spec(order).price_decimals)
        if order.price is None:
            kind = order.terms.type.lower() if isinstance(order.terms, FxTerms) else "–"
            return kind if at is None else f"{kind} {at}"
        return fixed_text(order.price, self.spec(order).price_decimals)

    def _delivery(self, order: Order) -> str:
        contract = self._market.contracts.get(order.key)
        return "–" if contract is None else _period(contract.delivery_start, contract.delivery_end, contract.area)


def _until_and_comment(terms: Terms) -> tuple[UtcNs | None, str]:
    match terms:
        case FxTerms():
            return terms.until, terms.note
        case FlexTerms():
            return terms.expiry, ""
        case PowerTerms():
            return terms.validity_until, terms.comment


def entered_at(order: Order) -> UtcNs | None:
    """When it was entered, by the venue's clock; while the venue has not said, when it was sent, by ours."""
    if order.entered is not None:
        return order.entered
    return None if order.sent is None else order.sent.utc


@functools.lru_cache(maxsize=4096)
def _period(start: UtcNs, end: UtcNs, area: str) -> str:
    return period_text(start, end, market_zone(area))
