"""Own orders for flexibility and the contracts that came of them, one under the other. No Qt."""

import enum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from protocols.market.commands import FlexTerms
from protocols.market.events import Feed
from protocols.market.flex import AREA, POWER_UNIT, PRICE_UNIT, Delivery
from protocols.market.flex_contracts import FlexContractView
from protocols.market.instruments import InstrumentSpec
from protocols.market.orders import Order, OrderStatus
from protocols.market.state import MarketState, Standing
from protocols.market.times import Instant
from protocols.market.values import Price, Quantity, Side
from widgets.delivery import CONTINENT, countdown_text, period_text, seconds_until, time_text
from widgets.figures import amount_text, price_figure, typewritten
from widgets.flex.progress import order_words, progress_of
from widgets.flex.words import ABSENT
from widgets.grid import Align, Band, Cell, Column, RowLook
from widgets.wording import plain_tip, standing_text

_SIDES = {Side.BUY: ("B", "buy"), Side.SELL: ("S", "sell")}


class Col(enum.IntEnum):
    """The columns, in the order they have at first."""

    NAME = 0
    SIDE = enum.auto()
    WINDOW = enum.auto()
    POWER = enum.auto()
    PRICE = enum.auto()
    STATUS = enum.auto()
    LINE = enum.auto()
    EXPIRY = enum.auto()
    VENUE = enum.auto()


COLUMNS = (
    Column("name", "Order / contract", 15, tip="The venue's identifiers: contracts stand under the order they came of",
           middle=True),
    Column("side", "Side", 5, tip="B buys, S sells"),
    Column("window", "Delivery", 17, numbers=True, tip="Delivery window, in market time", gives_way=2),
    Column("power", POWER_UNIT, 10, Align.DECIMAL, decimals=0, numbers=True, tip="Power in all, as the venue tells it"),
    Column("price", PRICE_UNIT, 9, Align.DECIMAL, decimals=3, numbers=True, tip="Price"),
    Column("status", "Status", 18, tip="Where it stands, in words; what no page names stands in quotes as it came",
           stretch=True, vital=True),
    Column("line", "Progress", 9, tip="Verification begun, verified, settlement begun, settled", vital=True),
    Column("expiry", "Expires", 9, numbers=True, tip="Orders can't be withdrawn at this venue: when this one ends",
           gives_way=1),
    Column("venue", "Venue", 10, tip="Connection", gives_way=3),
)  # fmt: skip


class Row(NamedTuple):
    """An order, or a contract under it; a contract of orders that are not known stands alone."""

    order: Order | None
    view: FlexContractView | None

    @property
    def name(self) -> tuple[str, str, str]:
        """What the row is called, whatever becomes of it."""
        if self.view is not None:
            return "contract", self.view.contract.connection, self.view.contract.identifier
        assert self.order is not None
        return "order", self.order.connection, self.order.client_id


class ContractRows:
    """The rows as of the last `build`, the newest order first; also what a grid asks about them."""

    def __init__(self, market: MarketState) -> None:
        self._market = market
        self.zone: ZoneInfo = CONTINENT
        self.now: Instant | None = None
        """What countdowns are reckoned from."""
        self.rows: list[Row] = []

    def build(self, words: tuple[str, ...] = ()) -> None:
        """Takes the orders and contracts as they are. With `words`, those that have each of them; an order stays with
        its contracts."""
        market = self._market
        contracts = market.flex.contracts
        self.rows = []
        named: set[tuple[str, str]] = set()
        for order in reversed(market.blotter.rows()):
            if not isinstance(order.terms, FlexTerms):
                continue
            views = contracts.of_order(order.connection, order.venue_id) if order.venue_id else []
            named.update((view.contract.connection, view.contract.identifier) for view in views)
            self._take([Row(order, None), *(Row(order, view) for view in reversed(views))], words)
        for view in reversed(contracts.rows()):
            if (view.contract.connection, view.contract.identifier) not in named:
                self._take([Row(None, view)], words)

    def index_of(self, name: tuple[str, str, str]) -> int:
        """Where the row of that name is; -1 when it is not shown."""
        return next((index for index, row in enumerate(self.rows) if row.name == name), -1)

    def unfinished(self) -> int:
        """How many contracts are shown that are not settled."""
        return sum(row.view is not None and progress_of(row.view).ink != "live" for row in self.rows)

    # What the grid asks

    def columns(self) -> tuple[Column, ...]:
        return COLUMNS

    def count(self) -> int:
        return len(self.rows)

    def section_of(self, row: int) -> int:
        return -1

    def band(self, row: int) -> Band | None:
        return None

    def look(self, row: int) -> RowLook:
        return RowLook(dim=not self._standing(self.rows[row]).live, alternate=self.rows[row].view is None)

    def cell(self, row: int, column: int) -> Cell:
        return self._cell(self.rows[row], column)

    def spoken(self, row: int) -> str:
        shown = self.rows[row]
        side = self.cell(row, Col.SIDE).text
        cells = [self.cell(row, column).text for column in (Col.NAME, Col.WINDOW, Col.POWER, Col.PRICE, Col.STATUS)]
        name, window, power, price, status = cells
        what = "order" if shown.view is None else "contract"
        words = f"{what} {name}, {side}, {window}, {power} {POWER_UNIT} at {price} {PRICE_UNIT}, {status}"
        standing = self._standing(shown)
        return words if standing.live else f"{words}, {standing_text(standing)}"

    def tip(self, row: int, column: int) -> str:
        shown = self.rows[row]
        lines = [shown.name[0].capitalize() + f" at {shown.name[1]}"]
        if shown.view is not None:
            lines.append(f"Of order {', '.join(shown.view.contract.order_ids) or 'not told'}")
        elif shown.order is not None and shown.order.reason:
            lines.append(shown.order.reason)
        standing = self._standing(shown)
        if not standing.live:
            lines.append(f"What the venue tells of orders is {standing_text(standing)}")
        lines.append("All that the venue said of it stands below the rows")
        return plain_tip("\n".join(lines))

    # Within

    def _take(self, rows: list[Row], words: tuple[str, ...]) -> None:
        texts = [self._text(row) for row in rows] if words else []
        if all(any(word in text for text in texts) for word in words):
            self.rows += rows

    def _text(self, row: Row) -> str:
        return typewritten(" ".join(self._cell(row, column).text for column in Col)).casefold()

    def _cell(self, row: Row, column: int) -> Cell:
        if row.view is not None:
            return self._contract_cell(row.view, row.order is not None, column)
        assert row.order is not None
        return self._order_cell(row.order, column)

    def _order_cell(self, order: Order, column: int) -> Cell:
        assert isinstance(order.terms, FlexTerms)
        match column:
            case Col.NAME:
                return Cell(order.venue_id or "not named yet", "text" if order.venue_id else "text_muted", bold=True)
            case Col.SIDE:
                return _side(order.side)
            case Col.WINDOW:
                return Cell(self._window(order.terms.delivery))
            case Col.POWER:
                return Cell(self._power(order.connection, order.quantity))
            case Col.PRICE:
                return Cell(self._price(order.connection, order.price))
            case Col.STATUS:
                return self._status(order)
            case Col.EXPIRY:
                return self._expiry(order)
            case Col.VENUE:
                return Cell(order.connection, "text_secondary")
        return Cell()

    def _contract_cell(self, view: FlexContractView, under: bool, column: int) -> Cell:
        contract, progress = view.contract, progress_of(view)
        match column:
            case Col.NAME:
                return Cell(contract.identifier, mark="└" if under else "")
            case Col.SIDE:
                return Cell(ABSENT, "text_muted") if contract.side is None else _side(contract.side)
            case Col.WINDOW:
                return Cell(ABSENT if contract.delivery is None else self._window(contract.delivery), "text_secondary")
            case Col.POWER:
                return Cell(self._power(contract.connection, contract.power))
            case Col.PRICE:
                return Cell(self._price(contract.connection, contract.price))
            case Col.STATUS:
                return Cell(progress.words, progress.ink)
            case Col.LINE:
                return Cell(progress.line, progress.ink)
            case Col.VENUE:
                return Cell(contract.connection, "text_secondary")
        return Cell()

    def _status(self, order: Order) -> Cell:
        """The venue's word in plain ones; where the desk knows better or worse than that, its own."""
        told = self._market.flex.told.get((order.connection, order.client_id))
        if order.status is OrderStatus.IN_DOUBT:
            return Cell(f"in doubt: {order.reason}" if order.reason else "in doubt", "warning", mark="?")
        if order.status in (OrderStatus.DENIED, OrderStatus.REJECTED, OrderStatus.NOT_SENT):
            return Cell(f"{order.status.value}: {order.reason}".rstrip(": "), "danger", mark="×")
        if told is not None and not order.status.over:
            filled = f", {self._power(order.connection, order.filled)} so far" if order.filled else ""
            return Cell(f"{order_words(told.status)}{filled}", "text" if told.status else "text_muted")
        return Cell(order.status.value, "text_secondary" if order.status.over else "text")

    def _expiry(self, order: Order) -> Cell:
        assert isinstance(order.terms, FlexTerms)
        expiry = order.terms.expiry
        if expiry is None or order.status.over or self.now is None:
            return Cell(ABSENT if expiry is None else time_text(expiry, self.zone, seconds=False), "text_muted")
        left = seconds_until(expiry, self._market.venue_now(order.connection, self.now))
        return Cell(countdown_text(left), "text" if left else "warning")

    def _standing(self, row: Row) -> Standing:
        return self._market.feed_standing(Feed.OWN_ORDERS, [(row.name[1], AREA)])

    def _window(self, delivery: Delivery) -> str:
        return period_text(delivery.start, delivery.end, self.zone)

    def _spec(self, connection: str) -> InstrumentSpec | None:
        market = self._market.flex.markets.get(connection)
        return None if market is None else market.spec

    def _power(self, connection: str, power: Quantity | None) -> str:
        spec = self._spec(connection)
        return ABSENT if power is None else amount_text(power, spec.quantity_decimals if spec else 0)

    def _price(self, connection: str, price: Price | None) -> str:
        spec = self._spec(connection)
        return ABSENT if price is None else price_figure(price, spec.price_decimals if spec else 0)


def _side(side: Side) -> Cell:
    letter, ink = _SIDES[side]
    return Cell(letter, ink, bold=True)
