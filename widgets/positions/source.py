"""What stands in the cells of positions, and the table that is exported."""

import enum
from decimal import Decimal

from protocols.market.instruments import ContractKey, PowerContract
from protocols.market.state import MarketState
from protocols.market.values import plain_text
from widgets.delivery import UNIVERSAL, day_text, market_zone, period_text
from widgets.feeds import Standings
from widgets.figures import price_figure
from widgets.grid import Align, Band, Cell, Column, RowLook
from widgets.positions.doubts import DOUBT_MARK, doubt_words
from widgets.positions.figures import Figures, figures_of
from widgets.positions.rows import Kind, PositionRows, Row
from widgets.positions.words import MONEY_DECIMALS, counted_since, from_journal, results_text, signed
from widgets.sheet import ColumnKind, Sheet, Value
from widgets.wording import plain_tip, standing_text

JOURNAL_MARK = "J"
"""Beside a net position of which the venue did not list all."""


class Col(enum.IntEnum):
    """The columns, in the order they have at first."""

    NAME = 0
    DELIVERY = enum.auto()
    NET = enum.auto()
    AVERAGE = enum.auto()
    MARK = enum.auto()
    REALISED = enum.auto()
    UNREALISED = enum.auto()
    WORTH = enum.auto()
    VENUE = enum.auto()


COLUMNS = (
    Column(
        "name", "Position", 10, tip="Currency pair, or the exchange's name of the contract", middle=True, vital=True,
    ),
    Column("delivery", "Delivery", 15, numbers=True, tip="Delivery period, in the area's market time", gives_way=1),
    Column(
        "net", "Net", 15, Align.RIGHT, numbers=True, vital=True,
        tip=f"Bought less sold: + is long, − is short. {DOUBT_MARK}: own orders in doubt may have moved it. "
        f"{JOURNAL_MARK}: a part of it is known from the journal alone",
    ),
    Column(
        "average", "Average", 10, Align.DECIMAL, decimals=5, numbers=True, gives_way=3,
        tip="What the open part cost on average: of all that was bought when long, of all that was sold when short",
    ),
    Column(
        "mark", "Closes at", 10, Align.DECIMAL, decimals=5, numbers=True,
        tip="The live price that closes it: the best bid when long, the best ask when short. For the whole of it, "
        "however much is there",
    ),
    Column(
        "realised", "Realised", 15, Align.RIGHT, numbers=True,
        tip="Of what was bought and sold again: the difference of the average prices",
    ),
    Column(
        "unrealised", "Unrealised", 15, Align.RIGHT, numbers=True, vital=True,
        tip="What closing the rest at the live price would bring on top; a word where no live price is known",
    ),
    Column(
        "worth", "Exposure", 16, Align.RIGHT, numbers=True, vital=True,
        tip="Of a pair the net in the account's currency, at live mid prices; of power the net as energy",
    ),
    Column("venue", "Venue", 10, tip="Connection", gives_way=2, stretch=True),
)  # fmt: skip

SHEET = {
    "position": ColumnKind.TEXT,
    "connection": ColumnKind.TEXT,
    "area": ColumnKind.TEXT,
    "delivery_start_utc": ColumnKind.TIME,
    "delivery_end_utc": ColumnKind.TIME,
    "net": ColumnKind.DECIMAL,
    "net_unit": ColumnKind.TEXT,
    "average": ColumnKind.DECIMAL,
    "closes_at": ColumnKind.DECIMAL,
    "realised": ColumnKind.DECIMAL,
    "unrealised": ColumnKind.DECIMAL,
    "currency": ColumnKind.TEXT,
    "exposure": ColumnKind.DECIMAL,
    "exposure_unit": ColumnKind.TEXT,
    "not_known": ColumnKind.TEXT,
    "from_journal": ColumnKind.DECIMAL,
}


class PositionSource:
    """The cells of the rows in `rows`, read from the market as they are painted."""

    def __init__(self, market: MarketState, rows: PositionRows) -> None:
        self._market = market
        self._rows = rows
        self._figures: dict[ContractKey, tuple[object, Figures | None]] = {}
        self._standings = Standings(market)

    def columns(self) -> tuple[Column, ...]:
        return COLUMNS

    def count(self) -> int:
        return len(self._rows.rows)

    def section_of(self, row: int) -> int:
        return self._rows.section_of(row)

    def band(self, row: int) -> Band | None:
        shown = self._rows.rows[row]
        if shown.kind is not Kind.SECTION:
            return None
        power, connection, area = shown.section
        name = area if power else "Currency pairs"
        found = [figures for each in self._rows.of_section[shown.section] if (figures := self.figures(each))]
        fold = "+" if shown.section in self._rows.folded else "−"
        since = None if power else self._market.executions.since.get(connection)
        left: tuple[Cell, ...] = (Cell(name, bold=True), Cell(connection, "text_secondary"))
        if since is not None:
            left += (Cell(f"since {day_text(since, UNIVERSAL)} UTC", "text_secondary"),)
        return Band(left, (Cell(results_text(each.total for each in found), "text"),), fold)

    def look(self, row: int) -> RowLook:
        figures = self.figures(self._rows.rows[row])
        if figures is None:
            return RowLook()
        return RowLook(dim=not figures.standing.live, alternate=row % 2 == 1)

    def cell(self, row: int, column: int) -> Cell:
        shown = self._rows.rows[row]
        if shown.key is None:
            return Cell()
        figures = self.figures(shown)
        match column:
            case Col.NAME:
                return Cell(self.name(shown.key), bold=True)
            case Col.DELIVERY:
                return Cell(self._delivery(shown.key), "text_secondary")
            case Col.VENUE:
                return Cell(shown.key.connection, "text_secondary")
            case _ if figures is None:
                return Cell("not listed", "warning", "?") if column == Col.NET else Cell()
            case _:
                return _cell(figures, column, in_doubt=bool(shown.doubt.orders))

    def figures(self, row: Row) -> Figures | None:
        """As they are at this moment; figured out anew when anything moved that they are made of."""
        if row.key is None:
            return None
        made_of = self._made_of(row, row.key)
        known = self._figures.get(row.key)
        if known is None or known[0] != made_of:
            known = self._figures[row.key] = (made_of, figures_of(self._market, row, self._standings))
        return known[1]

    def _made_of(self, row: Row, key: ContractKey) -> object:
        market = self._market
        if row.kind is Kind.PAIR:
            moving: tuple[object, ...] = (row.sums, market.quotes.revision, market.executions.revision)
        else:
            book = market.books.get(key)
            moving = (None if book is None else book.revision, market.positions.revision)
        return (moving, market.status_revision, market.contracts_revision)

    def name(self, key: ContractKey) -> str:
        listed = self._market.instrument(key)
        return key.contract_id if listed is None else listed.name

    def spoken(self, row: int) -> str:
        band, shown = self.band(row), self._rows.rows[row]
        if band is not None or shown.key is None:
            return ", ".join(cell.text for cell in (*band.left, *band.right)) if band is not None else ""
        figures = self.figures(shown)
        words = [self.name(shown.key), shown.key.area, self._delivery(shown.key)]
        if figures is not None:
            held = "long" if figures.net > 0 else "short" if figures.net < 0 else "flat"
            cells = [f"{COLUMNS[each].title} {_cell(figures, each).text}" for each in (Col.REALISED, Col.UNREALISED)]
            words += [f"{held} {plain_text(abs(figures.net))} {figures.unit}", *cells]
            words.append(doubt_words(shown.doubt, figures.quantity_decimals, figures.unit))
            words += [from_journal(figures.unlisted, figures.unit)] if figures.unlisted else []
            words += [] if figures.standing.live else [standing_text(figures.standing)]
        return ", ".join(word for word in words if word)

    def tip(self, row: int, column: int) -> str:
        shown = self._rows.rows[row]
        if shown.key is None:
            since = None if shown.section[0] else self._market.executions.since.get(shown.section[1])
            counted = "" if since is None else f"{counted_since(since)}\n"
            return plain_tip(f"{counted}Enter folds these positions away, or shows them")
        figures = self.figures(shown)
        if figures is None:
            return plain_tip("The venue does not list it any more")
        lines = [self.spoken(row), *(f"Not known: {reason}" for reason in figures.reasons)]
        if not figures.standing.live:
            lines.append(f"What this is made of is {standing_text(figures.standing)}")
        return plain_tip("\n".join(lines))

    def sheet(self) -> Sheet:
        """The positions that pass the filter, exact; empty where a figure is not known."""
        rows = tuple(self._sheet_row(row) for row in self._rows.shown)
        return Sheet("positions", tuple(SHEET), rows, tuple(SHEET.values()))

    def _sheet_row(self, row: Row) -> tuple[Value, ...]:
        assert row.key is not None
        contract = self._market.contracts.get(row.key)
        named: tuple[Value, ...] = (
            self.name(row.key),
            row.key.connection,
            row.key.area,
            contract.delivery_start if contract else None,
            contract.delivery_end if contract else None,
        )
        figures = self.figures(row)
        if figures is None:
            return (*named, *(None,) * (len(SHEET) - len(named) - 2), "not listed", None)
        doubt = doubt_words(row.doubt, figures.quantity_decimals, figures.unit)
        return (
            *named,
            _exact(figures.net),
            figures.unit,
            _exact(figures.average),
            _exact(figures.mark),
            _exact(figures.result.realised),
            _exact(figures.result.unrealised),
            figures.result.currency,
            _exact(figures.worth),
            figures.worth_unit,
            "; ".join(filter(None, (doubt, *figures.reasons))) or None,
            _exact(figures.unlisted),
        )

    def _delivery(self, key: ContractKey) -> str:
        contract: PowerContract | None = self._market.contracts.get(key)
        if contract is None:
            return ""
        return period_text(contract.delivery_start, contract.delivery_end, market_zone(contract.area))


def _cell(figures: Figures, column: int, *, in_doubt: bool = False) -> Cell:
    """A figure of a position that is listed. What it is and what it is worth are not known for sure while orders that
    may have moved it are in doubt."""
    cell = _figure(figures, column)
    if not in_doubt or column not in (Col.NET, Col.UNREALISED, Col.WORTH):
        return cell
    # In the text: what is copied or narrow says it as well.
    return cell if cell.text.startswith(DOUBT_MARK) else cell._replace(text=f"{DOUBT_MARK} {cell.text}", ink="warning")


def _figure(figures: Figures, column: int) -> Cell:
    result = figures.result
    match column:
        case Col.NET:
            ink = "buy" if figures.net > 0 else "sell" if figures.net < 0 else "text_muted"
            words = signed(figures.net, figures.quantity_decimals, figures.unit) if figures.net else "flat"
            mark = JOURNAL_MARK if figures.unlisted else ""
            return Cell(words, ink, mark, bold=True, mark_ink="text_secondary")
        case Col.AVERAGE:
            return _price(figures.average, figures)
        case Col.MARK:
            return _price(figures.mark, figures)
        case Col.REALISED:
            return _money(result.realised, result.currency, figures.mark_word)
        case Col.UNREALISED:
            return _money(result.unrealised, result.currency, figures.mark_word)
        case _:
            return _money(figures.worth, figures.worth_unit, figures.worth_word)


def _price(price: int | None, figures: Figures) -> Cell:
    return Cell("–", "text_muted") if price is None else Cell(price_figure(price, figures.price_decimals))


def _money(amount: int | None, unit: str, word: str) -> Cell:
    """A word where it is not known: nothing that looks like a figure."""
    if amount is None:
        return Cell(f"? {word}", "warning")
    return Cell(signed(amount, MONEY_DECIMALS, unit), "text" if amount else "text_muted")


def _exact(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(plain_text(value))
