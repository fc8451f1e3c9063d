"""What stands in the blotter's cells. No Qt."""

import functools
from zoneinfo import ZoneInfo

from protocols.market.commands import FlexTerms, FxTerms, PowerTerms
from protocols.market.events import Feed
from protocols.market.instruments import FlexWindow, InstrumentSpec
from protocols.market.orders import Order, OrderStatus
from protocols.market.state import MarketState, Standing
from protocols.market.times import HOUR, Instant, UtcNs
from protocols.market.values import Price, Quantity, plain_text
from widgets.delivery import (
    CONTINENT,
    RED,
    countdown_text,
    day_of_name,
    day_text,
    market_zone,
    moment_text,
    period_text,
    seconds_until,
    time_text,
    zone_name,
)
from widgets.feeds import Standings
from widgets.figures import amount_text, currency_sign, price_figure, true_minus, typewritten
from widgets.grid import Cell
from widgets.orders.catalogue import Col
from widgets.orders.words import (
    LOOKS,
    entered_at,
    event_text,
    lifetime_of,
    note_of,
    reason_text,
    status_text,
    terms_text,
    terms_words,
    tif_text,
    type_text,
)
from widgets.wording import plain_words, standing_text

ABSENT = InstrumentSpec(Price(1), Quantity(1), 0, 0, "", "")
"""For an order of a contract that is not listed: numbers are shown exactly as they came."""


class OrderCells:
    """Cells and words of orders, looked up in the market. `now` is the frame's."""

    def __init__(self, market: MarketState) -> None:
        self._market = market
        self.zone: ZoneInfo = CONTINENT
        self.now = Instant(0.0, UtcNs(0))
        self._standings = Standings(market)

    def cell(self, order: Order, column: int) -> Cell:
        match column:
            case Col.TIME:
                return self._time(entered_at(order))
            case Col.CHANGED:
                return self._time(None if order.updated is None else order.updated.utc)
            case Col.CONTRACT:
                return Cell(self.contract_text(order), bold=True, note=self._other_day(order))
            case Col.DELIVERY:
                return Cell(self.delivery(order), "text_secondary", note=self._zone_of(order))
            case Col.AREA:
                return Cell(order.key.area, "text_secondary")
            case Col.SIDE:
                return Cell(order.side.value, order.side.name.lower(), bold=True)
            case Col.TYPE:
                return Cell(type_text(order.terms), "text_secondary")
            case Col.QUANTITY:
                return Cell(self.quantity_words(order))
            case Col.PRICE:
                return Cell(self.limit_words(order), mark="" if order.price is None else self._sign(order))
            case Col.STOP:
                return Cell(self.stop_words(order), mark="" if order.stop is None else self._sign(order))
            case Col.LIFETIME:
                return self._lifetime(order)
            case Col.STATUS:
                look = LOOKS[order.status]
                return Cell(status_text(order), look.ink, look.mark, look.bold)
            case Col.REASON:
                ink = "warning" if order.status is OrderStatus.IN_DOUBT else "text"
                return Cell(true_minus(reason_text(order)), ink)
            case Col.WHOSE:
                return Cell("ours", "text_secondary") if order.ours else Cell("colleague", "text_muted")
            case Col.CLIENT_ID:
                return Cell(order.client_id, "text_muted")
            case _:
                return Cell(self._plain(order, column), "text_secondary")

    def _plain(self, order: Order, column: int) -> str:
        match column:
            case Col.TIF:
                return tif_text(order.terms)
            case Col.TERMS:
                return self.terms_cell(order)
            case Col.EVENT:
                return event_text(order)
            case Col.NOTE:
                return note_of(order.terms)
            case Col.VENUE:
                return order.connection
            case _:
                return order.venue_id or "–"

    def terms_cell(self, order: Order) -> str:
        spec = self.spec(order)
        return terms_text(order.terms, market_zone(order.key.area), (spec.price_decimals, spec.quantity_decimals))

    def quantity_words(self, order: Order) -> str:
        """`4.0 / 25.0`: the quantity in all takes as much room as most have, so that the strokes are in line."""
        decimals = self.spec(order).quantity_decimals
        return f"{amount_text(order.filled, decimals)} / {amount_text(order.quantity, decimals):>5}"

    def limit_words(self, order: Order) -> str:
        return "market" if order.price is None else price_figure(order.price, self.spec(order).price_decimals)

    def stop_words(self, order: Order) -> str:
        return "" if order.stop is None else price_figure(order.stop, self.spec(order).price_decimals)

    def _sign(self, order: Order) -> str:
        """Of the currency, where it is not the euro."""
        return currency_sign(self.spec(order).price_unit)

    def _time(self, at: UtcNs | None) -> Cell:
        """With the day where it is another one than today."""
        if at is None:
            return Cell("–", "text_secondary")
        if _day(at, self.zone) == _day(self.now.utc, self.zone) or not self.now.utc:
            return Cell(time_text(at, self.zone), "text_secondary")
        day = day_text(at, self.zone).partition(" ")[2]
        return Cell(f"{day} {time_text(at, self.zone, seconds=False)}", "text_secondary")

    def _lifetime(self, order: Order) -> Cell:
        until = lifetime_of(order.terms)
        if until is None:
            return Cell()
        zone = market_zone(order.key.area)
        at = time_text(until, zone, seconds=False)
        now = self._market.venue_now(order.connection, self.now)
        if _day(until, zone) != _day(now, zone):
            at = f"{day_text(until, zone).partition(' ')[2]} {at}"
        if order.status.over:
            return Cell(at, "text_secondary")
        left = seconds_until(until, now)
        return Cell(f"{at} · {countdown_text(left)}" if left else f"{at} · over", "text", bold=left < RED)

    def text(self, order: Order, column: int) -> str:
        """The cell's text as it is copied: the same words and digits, as a spreadsheet reads them. What only sets
        figures apart or lines them up is left out."""
        return " ".join(typewritten(self.cell(order, column).text).split())

    def contract_name(self, order: Order) -> str:
        listed = self._market.instrument(order.key)
        return order.key.contract_id if listed is None else listed.name

    def contract_text(self, order: Order) -> str:
        """As it stands in its column: flexibility with the window, without which its orders are all alike."""
        listed = self._market.instrument(order.key)
        return f"{listed.name} {self.delivery(order)}" if isinstance(listed, FlexWindow) else self.contract_name(order)

    def _other_day(self, order: Order) -> str:
        """`Sun 22` behind a power contract's name, which comes again every day, where it is not today's."""
        contract = self._market.contracts.get(order.key)
        return "" if contract is None or not self.now.utc else day_of_name(contract, self.now.utc)

    def spec(self, order: Order) -> InstrumentSpec:
        listed = self._market.instrument(order.key)
        return listed.spec if listed is not None else ABSENT

    def standing(self, order: Order) -> Standing:
        """How fresh the own-orders feed of the order's area is."""
        return self._standings.of(Feed.OWN_ORDERS, order.connection, order.key.area)

    def spoken(self, order: Order) -> str:
        """The row in words, for screen readers."""
        spec = self.spec(order)
        parts = [
            "" if order.ours else "colleague's order",
            f"{order.side.value} {self.contract_text(order)} {order.key.area}",
            f"{plain_text(order.filled)} of {plain_text(order.quantity)} {spec.quantity_unit} filled",
            f"at {typewritten(self.price_words(order))} {spec.price_unit}",
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
        lines = [f"{order.side.value} {self.contract_name(order)} {order.key.area}  {self.delivery(order)}"]
        entered = entered_at(order)
        if entered is not None:
            word = "sent" if order.entered is None else "entered"
            lines.append(f"{order.connection}, {word} {moment_text(entered, zone)}")
        left = amount_text(order.remaining, spec.quantity_decimals)
        lines.append(f"{left} of {amount_text(order.quantity, spec.quantity_decimals)} {spec.quantity_unit} not filled")
        said = terms_words(terms)
        if isinstance(terms, PowerTerms) and terms.kind:
            lines.append(f"A {plain_words(terms.kind)} order: shown, not modified from here")
        at, comment = lifetime_of(terms), note_of(terms)
        if at is not None:
            said += f" {moment_text(at, zone)}"
        lines.append(said)
        if comment:
            lines.append(f"Comment: {comment}")
        lines.append(f"{status_text(order)}{': ' + true_minus(order.reason) if order.reason else ''}")
        lines.append(f"Client id {order.client_id}")
        if order.version is not None:
            lines.append(f"Venue id {order.version.venue_id}, revision {order.version.revision}")
        standing = self.standing(order)
        if not standing.live:
            lines.append(f"Orders of this area are {standing_text(standing)}")
        return "\n".join(lines)

    def price_words(self, order: Order) -> str:
        """The limit; an order without one names its type, and where it waits: `stop 1.07540`, `market`."""
        at = None if order.waits_at is None else price_figure(order.waits_at, self.spec(order).price_decimals)
        if order.price is None:
            kind = order.terms.type.lower() if isinstance(order.terms, FxTerms) else "–"
            return kind if at is None else f"{kind} {at}"
        return price_figure(order.price, self.spec(order).price_decimals)

    def _zone_of(self, order: Order) -> str:
        """The zone that a delivery's times are in; empty for what is not delivered in a period."""
        contract = self._market.contracts.get(order.key)
        start = contract.delivery_start if contract is not None else None
        if isinstance(order.terms, FlexTerms):
            start = order.terms.delivery.start
        return "" if start is None else _zone_there(start, order.key.area)

    def delivery(self, order: Order) -> str:
        if isinstance(order.terms, FlexTerms):
            return _period(order.terms.delivery.start, order.terms.delivery.end, order.key.area)
        contract = self._market.contracts.get(order.key)
        return "–" if contract is None else _period(contract.delivery_start, contract.delivery_end, contract.area)


@functools.lru_cache(maxsize=4096)
def _zone_there(start: UtcNs, area: str) -> str:
    return zone_name(start, market_zone(area))


@functools.lru_cache(maxsize=4096)
def _period(start: UtcNs, end: UtcNs, area: str) -> str:
    return period_text(start, end, market_zone(area))


@functools.lru_cache(maxsize=256)
def _day_of_hour(hour: int, zone: ZoneInfo) -> str:
    return day_text(UtcNs(hour * HOUR), zone)


def _day(at: UtcNs, zone: ZoneInfo) -> str:
    """The calendar day there; zones are whole hours from UTC here."""
    return _day_of_hour(at // HOUR, zone)
