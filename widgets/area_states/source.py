"""What stands in the panel's cells, and what of it changed since it was painted."""

from collections.abc import Iterable
from typing import NamedTuple

from protocols.market.events import Feed, Freshness
from protocols.market.instruments import ContractKey, PowerContract
from protocols.market.orders import Order, OrderStatus
from protocols.market.state import NEVER_SEEN, MarketState, Standing
from protocols.market.times import MINUTE
from protocols.market.values import Side
from widgets.area_states.columns import (
    ASK,
    BID,
    COLUMNS,
    DATA,
    DAY_AHEAD,
    DELIVERY,
    GATE,
    HIGH,
    LAST,
    LOW,
    MARKET,
    NAME,
    NET,
    PHASE,
    STATE,
    VOLUME,
    VWAP,
    WORKING,
)
from widgets.area_states.rows import Area, AreaRows, Kind, Section
from widgets.delivery import (
    AMBER,
    RED,
    countdown_text,
    day_text,
    market_zone,
    period_text,
    seconds_until,
    time_text,
    zone_name,
    zone_span,
)
from widgets.figures import amount_text, price_figure, signed_amount
from widgets.frame_clock import FrameClock
from widgets.grid import Band, Cell, Column, RowLook
from widgets.link_group import LinkGroup
from widgets.marks import INKS, MARKS
from widgets.wording import plain_tip, plain_words, standing_text

NOTHING = "–"

_STATES = {"Active": ("●", "live"), "Standby": ("◆", "warning"), "Hibernated": ("◆", "warning"),
           "Frozen": ("◆", "warning"), "Inactive": ("○", "text_muted")}  # fmt: skip
_DIRECTIONS = {"Up": ("▲", "up"), "Down": ("▼", "down")}
_FEEDS = (Feed.AREA_STATES, Feed.ORDER_BOOKS, Feed.MARKET_INFORMATION)
_SHORT = {Feed.AREA_STATES: "states", Feed.ORDER_BOOKS: "book", Feed.MARKET_INFORMATION: "figures"}
_BRIEF = {Freshness.RESYNCHRONISING: "resync", Freshness.UNSYNCHRONISED: "unsynced"}
"""Where two words share a cell; the tool tip and the area's header say it in full."""

Seen = tuple[object, ...]


class Own(NamedTuple):
    """Our living orders of a contract: how many, and what remains of them. The hibernated are in no book, and their
    quantities are told apart."""

    orders: int = 0
    buying: int = 0
    selling: int = 0
    in_doubt: int = 0
    hibernated: int = 0
    asleep_buying: int = 0
    asleep_selling: int = 0


NO_OWN = Own()


class AreaSource:
    """The cells of the rows in `rows`, read from the market as they are painted."""

    def __init__(self, market: MarketState, rows: AreaRows, clock: FrameClock, group: LinkGroup) -> None:
        self._market = market
        self._rows = rows
        self._clock = clock
        self._group = group
        self._blotter = -1
        self._own: dict[ContractKey, Own] = {}

    def columns(self) -> tuple[Column, ...]:
        return COLUMNS

    def count(self) -> int:
        return len(self._rows.rows)

    def section_of(self, row: int) -> int:
        return self._rows.section_of(row)

    def look(self, row: int) -> RowLook:
        key = self._rows.rows[row].key
        contract = self._market.contracts[key] if key is not None else None
        chosen = key is not None and key == self._group.contract
        # Hours are told apart, not rows: four quarter-hours share a ground.
        alternate = contract is not None and contract.delivery_start // (60 * MINUTE) % 2 == 1
        return RowLook(chosen=chosen, alternate=alternate)

    def band(self, row: int) -> Band | None:
        shown = self._rows.rows[row]
        if shown.kind is Kind.CONTRACT:
            return None
        section = self._rows.sections[shown.area]
        if shown.kind is Kind.CLOSED:
            return _fold(f"{section.hidden} closed", shown.area in self._rows.unfolded)
        if shown.kind is Kind.LATER:
            return _fold(f"{len(section.later)} not trading yet", shown.area in self._rows.later_unfolded)
        connection, area = shown.area
        left = [Cell(area, bold=True)]
        if len({name for name, _ in self._rows.sections}) > 1:
            left.append(Cell(connection, "text_secondary"))
        left += [Cell(_zone_and_unit(section), "text_secondary"), Cell(_counts(section), "text_secondary")]
        return Band((*left, *self._freshness(shown.area)), fold="+" if self._rows.is_folded(shown.area) else "−")

    def cell(self, row: int, column: int) -> Cell:
        key = self._rows.rows[row].key
        contract = self._market.contracts.get(key) if key is not None else None
        if contract is None:
            return Cell()
        if column == NAME:
            chosen = contract.key == self._group.contract
            return Cell(contract.name, bold=chosen)
        if column == DELIVERY:
            return Cell(delivery_words(contract), "text_secondary")
        if column == MARKET:
            return Cell(contract.market_type, "text_secondary") if contract.market_type else Cell(NOTHING, "text_muted")
        if column == DATA:
            return self._data(contract.key)
        if column in (STATE, PHASE, GATE):
            return self._state(contract.key, column)
        if column in (BID, ASK):
            return self._best(contract, column)
        if column == NET:
            return self._net(contract)
        if column == WORKING:
            return self._working(contract)
        return self._figure(contract, column)

    def spoken(self, row: int) -> str:
        band = self.band(row)
        if band is not None:
            return ", ".join(cell.text for cell in band.left)
        cells = ((column.title, self.cell(row, index)) for index, column in enumerate(COLUMNS))
        return ", ".join(f"{title} {cell.text}" for title, cell in cells if cell.text not in ("", NOTHING))

    def tip(self, row: int, column: int) -> str:
        key = self._rows.rows[row].key
        contract = self._market.contracts.get(key) if key is not None else None
        if contract is None:
            return ""
        zone = zone_name(contract.delivery_start, market_zone(contract.area))
        lines = [
            f"{contract.name} {contract.area}, {contract.product}, {contract.market_type}",
            f"Delivery {delivery_words(contract)} {zone}",
        ]
        lines.append(self._phase_words(contract))
        for feed, standing in self.standings(contract.key).items():
            lines.append(f"{feed.value.capitalize()}: {standing_text(standing)}")
        lines.append(self._figures_words(row, (BID, ASK, LAST, VWAP, HIGH, LOW, DAY_AHEAD), contract.spec.price_unit))
        lines.append(self._figures_words(row, (VOLUME, NET), contract.spec.quantity_unit))
        lines.append(self._own_words(contract))
        lines.append("Enter or a click shows it in the link group")
        return plain_tip("\n".join(line for line in lines if line))

    def _figures_words(self, row: int, columns: Iterable[int], unit: str) -> str:
        """`Bid 65.10, Ask 65.24 (EUR/MWh)`: those of the columns that are known; empty without any."""
        figures = ((COLUMNS[column].title, self.cell(row, column).text) for column in columns)
        known = ", ".join(f"{title} {text}" for title, text in figures if text != NOTHING)
        return f"{known} ({unit})" if known else ""

    # What changed

    def seen(self, key: ContractKey) -> tuple[Seen, Seen, Seen, Seen, Seen, Seen]:
        """What the cells of a contract are made of: state, countdown, best prices, figures, position, own orders."""
        market = self._market
        book = market.books.get(key)
        best = (None,) if book is None else (book.bids.best, book.asks.best, book.fault)
        state = (market.area_states.revision_of(key), market.area_states.fault_of(key))
        figures = (market.information.revision_of(key),)
        return state, (self._left(key),), best, figures, (market.positions.net(key),), self.own(key)

    def standings(self, key: ContractKey) -> dict[Feed, Standing]:
        market = self._market
        return {
            Feed.AREA_STATES: market.area_state_standing(key),
            Feed.ORDER_BOOKS: market.book_standing(key),
            Feed.MARKET_INFORMATION: market.information_standing(key),
        }

    def own(self, key: ContractKey) -> Own:
        """Our orders of a contract, counted once for all contracts whenever one of them changed."""
        if self._blotter != self._market.blotter.revision:
            self._blotter = self._market.blotter.revision
            self._own = own_by_contract(self._market.blotter.own_alive())
        return self._own.get(key, NO_OWN)

    # Cells

    def _net(self, contract: PowerContract) -> Cell:
        net = self._market.positions.net(contract.key)
        if not net:
            return Cell(NOTHING, "text_muted")
        text = signed_amount(net, contract.spec.quantity_decimals)
        return Cell(text, "buy" if net > 0 else "sell", bold=True)

    def _working(self, contract: PowerContract) -> Cell:
        """What may be executed; where nothing may, what is hibernated."""
        own, decimals = self.own(contract.key), contract.spec.quantity_decimals
        if not own.orders:
            return Cell(NOTHING, "text_muted")
        text, asleep = _both_sides(own.buying, own.selling, decimals), own.hibernated == own.orders
        if asleep:
            text = _both_sides(own.asleep_buying, own.asleep_selling, decimals)
        if own.in_doubt:
            return Cell(text, "warning", mark="?", bold=True)
        return Cell(text, "text_secondary" if asleep else "text", mark="◇" if own.hibernated else "")

    def _own_words(self, contract: PowerContract) -> str:
        """`Own orders 3, 1 in doubt: B12.5 S4.0, hibernated S10.0`; empty without any."""
        own, decimals = self.own(contract.key), contract.spec.quantity_decimals
        if not own.orders:
            return ""
        doubt = f", {own.in_doubt} in doubt" if own.in_doubt else ""
        asleep = _both_sides(own.asleep_buying, own.asleep_selling, decimals)
        told = (_both_sides(own.buying, own.selling, decimals), f"hibernated {asleep}" if asleep else "")
        return f"Own orders {own.orders}{doubt}: {', '.join(filter(None, told))}"

    def _left(self, key: ContractKey) -> int | None:
        """Whole seconds until the phase ends, by the venue's clock; None when that is not known or nothing is open.
        Where there are no phases, what ends is the state: then only an active contract closes."""
        state = self._market.area_states.get(key)
        if state is None or state.phase_end is None or state.phase == "Closed":
            return None
        if state.state == "Inactive" or not (state.has_phases or state.open):
            return None
        return seconds_until(state.phase_end, self._market.venue_now(key.connection, self._clock.now))

    def _phase_words(self, contract: PowerContract) -> str:
        """`Active, continuous 09:00:00–12:25:00 CET`, as far as the venue says it."""
        state, zone = self._market.area_states.get(contract.key), market_zone(contract.area)
        if state is None:
            return ""
        words = plain_words(", ".join(filter(None, (state.state, state.phase)))).capitalize()
        ends = [("from", state.phase_start), ("until", state.phase_end)]
        times = [
            f"{word} {day_text(at, zone)[:3]} {time_text(at, zone)} {zone_name(at, zone)}" for word, at in ends if at
        ]
        return " ".join((words, *times))

    def _state(self, key: ContractKey, column: int) -> Cell:
        state = self._market.area_states.get(key)
        if state is None:
            return Cell(NOTHING, "text_muted")
        live = self._market.area_state_standing(key).live
        if column == STATE:
            mark, ink = _STATES.get(state.state, ("?", "warning"))
            if not live:
                return Cell(plain_words(state.state), "text_muted", mark)
            calm = ink == "live"
            return Cell(plain_words(state.state), "text_secondary" if calm else ink, mark, mark_ink=ink)
        if column == PHASE:
            return Cell(plain_words(state.phase) or NOTHING, "text_secondary" if live else "text_muted")
        left = self._left(key)
        if left is None:
            return Cell(NOTHING, "text_muted")
        text = countdown_text(left)
        if not live:
            return Cell(text, "text_muted")
        if left <= RED:
            return Cell(text, "danger", mark="!", bold=True)
        return Cell(text, "warning" if left <= AMBER else "text_secondary")

    def _best(self, contract: PowerContract, column: int) -> Cell:
        book = self._market.books.get(contract.key)
        if book is None:
            return Cell(NOTHING, "text_muted")
        price = book.bids.best if column == BID else book.asks.best
        if price is None:
            return Cell(NOTHING, "text_muted")
        live = self._market.book_standing(contract.key).live
        ink = "buy" if column == BID else "sell"
        return Cell(price_figure(price, contract.spec.price_decimals), ink if live else "text_muted")

    def _figure(self, contract: PowerContract, column: int) -> Cell:
        figures = self._market.information.get(contract.key)
        if figures is None:
            return Cell(NOTHING, "text_muted")
        live = self._market.information_standing(contract.key).live
        value = {
            LAST: figures.last_price,
            VWAP: figures.vwap,
            HIGH: figures.high,
            LOW: figures.low,
            VOLUME: figures.total_quantity,
            DAY_AHEAD: figures.day_ahead,
        }[column]
        if value is None:
            return Cell(NOTHING, "text_muted")
        if column == VOLUME:
            text = amount_text(value, contract.spec.quantity_decimals)
        else:
            text = price_figure(value, contract.spec.price_decimals)
        if column != LAST:
            return Cell(text, "text" if live else "text_muted")
        mark, ink = _DIRECTIONS.get(figures.direction or "", ("", "text"))
        return Cell(text, ink if live else "text_muted", mark)

    def _data(self, key: ContractKey) -> Cell:
        """The word of what is least fresh, and whose it is: as far as there is room it says what mark and ink say. The
        others are in the tool tip."""
        standings = self.standings(key)
        worst = worst_of(standings.values())
        ink, mark = INKS[worst.freshness], MARKS[worst.freshness]
        if worst.live:
            return Cell("live", "text_secondary", mark, mark_ink="live")
        told = {feed: each for feed, each in standings.items() if each.freshness is worst.freshness}
        unseen = all(each == NEVER_SEEN for each in told.values())
        if len(told) == len(standings):
            return Cell("nothing yet" if unseen else worst.freshness.value, ink, mark)
        feeds = ", ".join(_SHORT[feed] for feed in told)
        if unseen:
            return Cell(f"no {feeds}", ink, mark)
        return Cell(f"{_BRIEF.get(worst.freshness, worst.freshness.value)}: {feeds}", ink, mark)

    def _freshness(self, area: Area) -> Iterable[Cell]:
        """One cell per feed that is not live, the least fresh first, or the one word."""
        standings = {feed: self._market.feed_standing(feed, [area]) for feed in _FEEDS}
        if len(set(standings.values())) == 1:
            standing = standings[Feed.AREA_STATES]
            return [Cell(standing_text(standing), INKS[standing.freshness], MARKS[standing.freshness])]
        bad = sorted((each for each in standings.items() if not each[1].live), key=lambda each: -_badness(each[1]))
        return [
            Cell(f"{feed.value} {standing_text(standing)}", INKS[standing.freshness], MARKS[standing.freshness])
            for feed, standing in bad
        ]


def _fold(text: str, unfolded: bool) -> Band:
    return Band((Cell(text, "text_secondary"),), fold="−" if unfolded else "+", header=False)


def _zone_and_unit(section: Section) -> str:
    """`GMT · GBP/MWh`: what the area's delivery times and prices are in."""
    contracts = [*section.closed, *section.open, *section.later]
    starts = [contract.delivery_start for contract in contracts]
    zone = zone_span(min(starts), max(starts), market_zone(section.area[1]))
    return " · ".join((zone, *sorted({contract.spec.price_unit for contract in contracts})))


def _counts(section: Section) -> str:
    """`12 open, 3 closed, 1 later`."""
    later = f", {len(section.later)} later" if section.later else ""
    return f"{len(section.open)} open, {len(section.closed)} closed{later}"


def _both_sides(buying: int, selling: int, decimals: int) -> str:
    """`B12.5 S4.0`."""
    sides = (("B", buying), ("S", selling))
    return " ".join(f"{letter}{amount_text(quantity, decimals)}" for letter, quantity in sides if quantity)


def own_by_contract(orders: Iterable[Order]) -> dict[ContractKey, Own]:
    """Our living orders, added up by contract."""
    sums: dict[ContractKey, Own] = {}
    for order in orders:
        asleep = order.status is OrderStatus.HIBERNATED
        name = f"{'asleep_' if asleep else ''}{'buying' if order.side is Side.BUY else 'selling'}"
        before = sums.get(order.key, NO_OWN)
        sums[order.key] = before._replace(
            orders=before.orders + 1,
            in_doubt=before.in_doubt + (order.status is OrderStatus.IN_DOUBT),
            hibernated=before.hibernated + asleep,
            **{name: getattr(before, name) + order.remaining},
        )
    return sums


def delivery_words(contract: PowerContract) -> str:
    """`Sun 02A:00–02A:15`: the weekday and the period, in the area's market time."""
    return period_text(contract.delivery_start, contract.delivery_end, market_zone(contract.area))


def worst_of(standings: Iterable[Standing]) -> Standing:
    """The least fresh of several."""
    return max(standings, key=_badness)


def _badness(standing: Standing) -> int:
    order = (Freshness.LIVE, Freshness.RESYNCHRONISING, Freshness.UNSYNCHRONISED, Freshness.STALE)
    return order.index(standing.freshness)
