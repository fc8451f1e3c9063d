"""What stands in the cells of own trades, and the table that is exported."""

import enum
from decimal import Decimal
from zoneinfo import ZoneInfo

from protocols.market.events import Feed, TradeState
from protocols.market.instruments import ContractKey, PowerContract
from protocols.market.order_events import OwnTrade
from protocols.market.state import MarketState, Standing
from protocols.market.times import UtcNs
from protocols.market.values import plain_text
from widgets.delivery import CONTINENT, day_of_name, market_zone, moment_text, period_text, time_text
from widgets.feeds import Standings
from widgets.figures import amount_text, price_figure
from widgets.grid import Align, Band, Cell, Column, RowLook
from widgets.own_trades.rows import Kind, OwnTradeRows
from widgets.own_trades.totals import contract_text
from widgets.sheet import ColumnKind, Sheet, Value, zoned_text
from widgets.wording import plain_tip, plain_words, standing_text


class Col(enum.IntEnum):
    """The columns, in the order they have at first."""

    TIME = 0
    CONTRACT = enum.auto()
    DELIVERY = enum.auto()
    AREA = enum.auto()
    SIDE = enum.auto()
    QUANTITY = enum.auto()
    PRICE = enum.auto()
    STATE = enum.auto()
    COMMENT = enum.auto()
    VENUE = enum.auto()
    ORDER = enum.auto()


COLUMNS = (
    Column("time", "Time", 9, numbers=True, tip="When it was executed, in market time"),
    Column("contract", "Contract", 16, tip="The exchange's name of the contract", middle=True),
    Column("delivery", "Delivery", 15, numbers=True, tip="Delivery period, in the area's market time", gives_way=2),
    Column("area", "Area", 12, tip="Delivery area of our side"),
    Column("side", "Side", 5, tip="B bought, S sold"),
    Column("quantity", "MW", 8, Align.DECIMAL, decimals=1, numbers=True, tip="Quantity"),
    Column("price", "Price", 9, Align.DECIMAL, decimals=2, numbers=True, tip="Price"),
    Column("state", "State", 13, tip="Recalled and cancelled trades are struck out and leave the totals"),
    Column("comment", "Comment", 14, tip="What was sent with the order", gives_way=1, stretch=True),
    Column("venue", "Venue", 10, tip="Connection", gives_way=3),
    Column("order", "Order", 14, numbers=True, tip="The venue's identifier of our order", gives_way=4),
)  # fmt: skip

SHEET = {
    "executed_utc": ColumnKind.TIME,
    "executed": ColumnKind.TEXT,
    "connection": ColumnKind.TEXT,
    "trade": ColumnKind.TEXT,
    "revision": ColumnKind.WHOLE,
    "contract": ColumnKind.TEXT,
    "area": ColumnKind.TEXT,
    "delivery_start_utc": ColumnKind.TIME,
    "delivery_end_utc": ColumnKind.TIME,
    "side": ColumnKind.TEXT,
    "quantity": ColumnKind.DECIMAL,
    "quantity_unit": ColumnKind.TEXT,
    "price": ColumnKind.DECIMAL,
    "price_unit": ColumnKind.TEXT,
    "state": ColumnKind.TEXT,
    "order": ColumnKind.TEXT,
    "comment": ColumnKind.TEXT,
}

_SIDES = {"Buy": ("B bought", "buy"), "Sell": ("S sold", "sell")}


class OwnTradeSource:
    """The cells of the rows in `rows`, read from the market as they are painted."""

    def __init__(self, market: MarketState, rows: OwnTradeRows) -> None:
        self._market = market
        self._rows = rows
        self.zone: ZoneInfo = CONTINENT
        self.now = UtcNs(0)
        """When it is painted: which day is today."""
        self._standings = Standings(market)

    def columns(self) -> tuple[Column, ...]:
        return COLUMNS

    def count(self) -> int:
        return len(self._rows.rows)

    def section_of(self, row: int) -> int:
        return self._rows.section_of(row)

    def band(self, row: int) -> Band | None:
        shown = self._rows.rows[row]
        if shown.kind is Kind.TRADE:
            return None
        contract, sums = self._market.contracts.get(shown.key), self._rows.sums[shown.key]
        left = [Cell(contract.name if contract else shown.key.contract_id, bold=True), Cell(shown.key.area)]
        if contract is not None:
            left.append(Cell(_delivery(contract), "text_secondary"))
        right = []
        if contract is not None:
            ink = "buy" if sums.net > 0 else "sell" if sums.net < 0 else "text"
            right.append(Cell(contract_text(sums, contract.spec), ink))
        fold = "+" if shown.key in self._rows.folded else "−"
        return Band(tuple(left), tuple(right), fold)

    def look(self, row: int) -> RowLook:
        trade = self._rows.rows[row].trade
        if trade is None:
            return RowLook()
        dim = not trade.state.stands or not self.standing(trade.key).live
        return RowLook(dim=dim, alternate=row % 2 == 1)

    def cell(self, row: int, column: int) -> Cell:
        trade = self._rows.rows[row].trade
        if trade is None:
            return Cell()
        struck = not trade.state.stands
        contract = self._market.contracts.get(trade.key)
        match column:
            case Col.TIME:
                text = "–" if trade.executed_at is None else time_text(trade.executed_at, self.zone)
                return Cell(text, "text_secondary", strike=struck)
            case Col.CONTRACT:
                day = day_of_name(contract, self.now) if contract else ""
                return Cell(contract.name if contract else trade.key.contract_id, bold=True, strike=struck, note=day)
            case Col.DELIVERY:
                return Cell(_delivery(contract) if contract else "–", "text_secondary", strike=struck)
            case Col.AREA:
                return Cell(trade.key.area, "text_secondary", strike=struck)
            case Col.SIDE:
                word, ink = _SIDES[trade.side.value]
                return Cell(word.partition(" ")[0], ink, bold=True, strike=struck)
            case Col.QUANTITY:
                return Cell(
                    amount_text(trade.quantity, contract.spec.quantity_decimals if contract else 0), strike=struck
                )
            case Col.PRICE:
                decimals = contract.spec.price_decimals if contract else 0
                return Cell(price_figure(trade.price, decimals), strike=struck)
            case Col.STATE:
                return _state(trade)
            case Col.COMMENT:
                return Cell(trade.comment, "text_secondary")
            case Col.VENUE:
                return Cell(trade.connection, "text_secondary")
            case _:
                return Cell(trade.order_venue_id, "text_secondary")

    def spoken(self, row: int) -> str:
        band, trade = self.band(row), self._rows.rows[row].trade
        if band is not None:
            return ", ".join(cell.text for cell in (*band.left, *band.right))
        cells = [self.cell(row, column).text for column in (Col.TIME, Col.CONTRACT, Col.DELIVERY, Col.AREA)]
        if trade is None:
            return ""
        word = _SIDES[trade.side.value][0].partition(" ")[2]
        words = f"{' '.join(cells)}, {word} {plain_text(trade.quantity)} at {plain_text(trade.price)}, "
        standing = self.standing(trade.key)
        return words + (trade.state.value if standing.live else f"{trade.state.value}, {standing_text(standing)}")

    def tip(self, row: int, column: int) -> str:
        trade = self._rows.rows[row].trade
        if trade is None:
            return plain_tip("Enter folds the contract's trades away, or shows them")
        lines = [f"Trade {trade.identifier}, revision {trade.revision}, {plain_words(trade.venue_state)}"]
        if trade.executed_at is None:
            lines.append("The venue's time of execution could not be read")
        else:
            lines.append(f"Executed {moment_text(trade.executed_at, self.zone)}")
        if trade.order_venue_id:
            lines.append(f"Order {trade.order_venue_id}")
        if trade.comment:
            lines.append(trade.comment)
        standing = self.standing(trade.key)
        if not standing.live:
            lines.append(f"Own trades of this area are {standing_text(standing)}")
        return plain_tip("\n".join(lines))

    def standing(self, key: ContractKey) -> Standing:
        """How fresh the own trades of the contract's area are."""
        return self._standings.of(Feed.OWN_TRADES, key.connection, key.area)

    def sheet(self) -> Sheet:
        """The trades that pass the filter, as they came: exact numbers, UTC."""
        rows = tuple(self._sheet_row(trade) for trade in self._rows.shown)
        return Sheet("own trades", tuple(SHEET), rows, tuple(SHEET.values()))

    def _sheet_row(self, trade: OwnTrade) -> tuple[Value, ...]:
        contract = self._market.contracts.get(trade.key)
        return (
            trade.executed_at,
            zoned_text(trade.executed_at, self.zone),
            trade.connection,
            trade.identifier,
            trade.revision,
            contract.name if contract else trade.key.contract_id,
            trade.key.area,
            contract.delivery_start if contract else None,
            contract.delivery_end if contract else None,
            trade.side.value,
            Decimal(plain_text(trade.quantity)),
            contract.spec.quantity_unit if contract else None,
            Decimal(plain_text(trade.price)),
            contract.spec.price_unit if contract else None,
            trade.venue_state,
            trade.order_venue_id,
            trade.comment,
        )


def _delivery(contract: PowerContract) -> str:
    return period_text(contract.delivery_start, contract.delivery_end, market_zone(contract.area))


def _state(trade: OwnTrade) -> Cell:
    match trade.state:
        case TradeState.ACTIVE:
            return Cell("active", "text_muted")
        case TradeState.DISPUTED:
            return Cell(plain_words(trade.venue_state) or "disputed", "warning", mark="?")
        case TradeState.UNRECOGNISED:
            return Cell(f"unknown: {trade.venue_state}", "warning", mark="?")
        case _:
            return Cell(trade.state.value, "text_secondary", mark="×")
