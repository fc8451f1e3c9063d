"""What stands in the tape's cells."""

from zoneinfo import ZoneInfo

from protocols.market.events import Feed, Trade, TradeState
from protocols.market.instruments import ContractKey, PowerContract
from protocols.market.state import NEVER_SEEN, MarketState, Standing
from protocols.market.values import plain_text
from widgets.delivery import (
    CONTINENT,
    day_of_name,
    day_text,
    delivery_text,
    market_zone,
    moment_text,
    time_text,
    zone_name,
)
from widgets.feeds import Standings
from widgets.figures import amount_text, currency_sign, price_figure
from widgets.frame_clock import FrameClock
from widgets.grid import Align, Band, Cell, Column, RowLook
from widgets.tape.rows import TapeRows, move_of
from widgets.wording import plain_tip, plain_words, standing_text

TIME, CONTRACT, AREA, PRICE, QUANTITY, STATE = range(6)
COLUMNS = (
    Column("time", "Time", 9, numbers=True, tip="When it was executed, in market time"),
    Column("contract", "Contract", 16, tip="The exchange's name of the contract", middle=True),
    Column("area", "Area", 20, tip="Where it was sold → where it was bought, one name when both are the same",
           stretch=True),
    Column("price", "Price", 9, Align.DECIMAL, decimals=2, numbers=True,
           tip="Price, ▲ above and ▼ below the contract's trade before; in euros, unless another currency's sign stands"
               " before it"),
    Column("quantity", "MW", 7, Align.DECIMAL, decimals=1, numbers=True, tip="Quantity"),
    Column("state", "State", 13, tip="Recalled and cancelled trades are struck out and leave the totals"),
)  # fmt: skip

_MOVES = {1: ("▲", "up"), -1: ("▼", "down"), 0: ("", "text")}
MERGED_NAMED = 12
"""Of the trades merged in one row, in its tip."""

FLASH_STRENGTH = 44
"""Of 255: a tint under the text that leaves it readable when half the tape is new."""

LARGE_MARK, LARGE_INK = "■", "last"
"""On the quantity of a trade that is to stand out; it is bold too."""

OWN_MARK, OWN_INK = "◆", "accent"
"""Beside the word, on the trades of which a side is ours."""


class TapeSource:
    """The cells of the rows in `rows`, read from the market as they are painted."""

    def __init__(self, market: MarketState, rows: TapeRows, clock: FrameClock, flash_ms: int) -> None:
        self._market = market
        self._rows = rows
        self._clock = clock
        self.flash_ms = flash_ms
        self.zone: ZoneInfo = CONTINENT
        self.flashing: dict[int, float] = {}
        """Row number of a new trade -> monotonic time at which it came."""
        self.stands_out: int | None = None
        """Trades of this size and larger do; None for none."""
        self._standings = Standings(market)

    def columns(self) -> tuple[Column, ...]:
        return COLUMNS

    def count(self) -> int:
        return self._rows.count

    def band(self, row: int) -> Band | None:
        return None

    def section_of(self, row: int) -> int:
        return -1

    def look(self, row: int) -> RowLook:
        number = self._rows.number(row)
        if number is None:
            return RowLook()
        trade = self._market.tape.row(number)
        began = self.flashing.get(number)
        glow = 0
        if began is not None:
            left = 1 - (self._clock.now.monotonic - began) * 1000 / self.flash_ms
            glow = int(FLASH_STRENGTH * max(0.0, min(1.0, left)))
        dim = not self.standing(trade).live or not trade.state.stands
        return RowLook(dim=dim, alternate=number % 2 == 1, fill="flash" if glow else "", glow=glow)

    def size(self, number: int) -> int:
        """The quantity of the row, of all the trades that are merged in it, in 1e-9 of its unit."""
        return sum(self._market.tape.row(each).quantity for each in self._rows.members(number))

    def is_large(self, number: int) -> bool:
        """Whether it is to stand out."""
        return self.stands_out is not None and self.size(number) >= self.stands_out

    def own(self, trade: Trade) -> bool:
        """Whether a side of the trade is ours."""
        return self._market.positions.is_own(trade.connection, trade.identifier)

    def cell(self, row: int, column: int) -> Cell:
        number = self._rows.number(row)
        if number is None:
            return Cell()
        trade = self._market.tape.row(number)
        struck = not trade.state.stands
        if column == TIME:
            return Cell(self._time(trade), "text_secondary", strike=struck)
        if column == CONTRACT:
            day = self._day(trade)
            if self.own(trade):
                return Cell(self._name(trade), OWN_INK, OWN_MARK, bold=True, strike=struck, note=day)
            return Cell(self._name(trade), strike=struck, note=day)
        if column == AREA:
            return Cell(areas_text(trade), "text_secondary", strike=struck)
        contract = self.contract(trade)
        if column == PRICE:
            mark, ink = _MOVES[move_of(self._market.tape, number, trade)]
            text = price_figure(trade.price, contract.spec.price_decimals if contract else 0)
            sign = currency_sign(contract.spec.price_unit) if contract else ""
            return Cell(text, ink, f"{sign}{mark}", strike=struck)
        if column == QUANTITY:
            text = amount_text(self.size(number), contract.spec.quantity_decimals if contract else 0)
            if self.is_large(number):
                return Cell(text, LARGE_INK, LARGE_MARK, bold=True, strike=struck)
            return Cell(text, strike=struck)
        merged = len(self._rows.members(number))
        if merged > 1 and not struck:
            return Cell(f"×{merged} merged", "text_secondary", bold=True)
        return self._state(trade)

    def spoken(self, row: int) -> str:
        trade = self._rows.trade(row)
        if trade is None:
            return ""
        contract = self.contract(trade)
        units = (contract.spec.quantity_unit, contract.spec.price_unit) if contract else ("", "")
        standing = self.standing(trade)
        number = self._rows.number(row)
        assert number is not None
        name = " ".join(filter(None, (self._name(trade), self._day(trade))))
        words = (
            f"{self._time(trade)} {name} {areas_text(trade)}, {plain_text(self.size(number))} {units[0]} "
            f"at {plain_text(trade.price)} {units[1]}, {trade.state.value}"
        )
        merged = len(self._rows.members(number))
        words = f"{words}, {merged} trades merged" if merged > 1 else words
        words = f"{words}, large" if self.is_large(number) else words
        words = f"{words}, own trade" if self.own(trade) else words
        return words if standing.live else f"{words}, {standing_text(standing)}"

    def tip(self, row: int, column: int) -> str:
        trade = self._rows.trade(row)
        if trade is None:
            return ""
        number = self._rows.number(row)
        assert number is not None
        merged = [self._market.tape.row(each) for each in self._rows.members(number)]
        lines = [f"Trade {trade.identifier}, revision {trade.revision}, {plain_words(trade.venue_state)}"]
        if len(merged) > 1:
            lines = [f"{len(merged)} trades of one contract, price and time:"]
            lines += [f"{each.identifier}, {plain_text(each.quantity)}" for each in merged[:MERGED_NAMED]]
            lines += [f"and {len(merged) - MERGED_NAMED} more"] if len(merged) > MERGED_NAMED else []
        if self.own(trade):
            lines.insert(0, "Own trade")
        if trade.executed_at is None:
            lines.append("The venue's time of execution could not be read")
        else:
            lines.append(f"Executed {moment_text(trade.executed_at, self.zone)}")
        contract = self.contract(trade)
        if contract is not None:
            zone_there = market_zone(contract.area)
            period = delivery_text(contract.delivery_start, contract.delivery_end, zone_there)
            zone = zone_name(contract.delivery_start, zone_there)
            lines.append(f"Delivery {day_text(contract.delivery_start, zone_there)} {period} {zone}")
            lines.append(f"{price_figure(trade.price, contract.spec.price_decimals)} {contract.spec.price_unit}")
        if trade.sell is not None and trade.buy is not None and trade.sell.area != trade.buy.area:
            lines.append(f"Sold in {trade.sell.area}, bought in {trade.buy.area}")
        return plain_tip("\n".join((*lines, *self._why_dim(trade))))

    def contract(self, trade: Trade) -> PowerContract | None:
        for key in (trade.buy, trade.sell):
            found = self._market.contracts.get(key) if key is not None else None
            if found is not None:
                return found
        return None

    def standing(self, trade: Trade) -> Standing:
        """How fresh the trades feed of the trade's own area is."""
        return self._least_fresh(trade)[1]

    def _least_fresh(self, trade: Trade) -> tuple[str, Standing]:
        """The area of either side whose feed is least to be trusted, and how fresh that is. An area that nobody follows
        tells nothing: then the trade came, and would be recalled, over the other's feed."""
        areas = dict.fromkeys(side.area for side in (trade.buy, trade.sell) if side is not None) or {"": None}
        found = [(area, self._standings.of(Feed.TRADES, trade.connection, area)) for area in areas]
        followed = [each for each in found if each[1] != NEVER_SEEN] or found
        return next((each for each in followed if not each[1].live), followed[0])

    def _why_dim(self, trade: Trade) -> list[str]:
        """What the grey of a row means."""
        area, standing = self._least_fresh(trade)
        why = [] if trade.state.stands else [f"Grey and struck out: {trade.state.value}, left out of the totals"]
        if not standing.live:
            whose = area or "this venue"
            why.append(f"Grey: trades of {whose} are {standing_text(standing)}; a recall of this one may be missing")
        return why

    def _time(self, trade: Trade) -> str:
        return "–" if trade.executed_at is None else time_text(trade.executed_at, self.zone)

    def _name(self, trade: Trade) -> str:
        contract = self.contract(trade)
        if contract is not None:
            return contract.name
        key = trade.buy or trade.sell
        return key.contract_id if key is not None else "unknown"

    def _day(self, trade: Trade) -> str:
        """Of the delivery, where the name comes again every day and this one's is not today's."""
        contract = self.contract(trade)
        return "" if contract is None else day_of_name(contract, self._clock.now.utc)

    def _state(self, trade: Trade) -> Cell:
        match trade.state:
            case TradeState.ACTIVE if self.own(trade):
                return Cell("own", OWN_INK, OWN_MARK, bold=True)
            case TradeState.ACTIVE:
                return Cell("active", "text_muted")
            case TradeState.DISPUTED:
                word = plain_words(trade.venue_state) or "disputed"
                return Cell(f"own {word}" if self.own(trade) else word, "warning", mark="?")
            case TradeState.UNRECOGNISED:
                return Cell(f"unknown: {trade.venue_state}", "warning", mark="?")
            case _:
                word = f"own {trade.state.value}" if self.own(trade) else trade.state.value
                return Cell(word, "text_secondary", mark="×")


def areas_text(trade: Trade) -> str:
    """The area, or `DE-AMPRION→DE-TENNET` for one sold there and bought here."""
    sell = trade.sell.area if trade.sell else ""
    buy = trade.buy.area if trade.buy else ""
    return f"{sell}→{buy}" if sell and buy and sell != buy else sell or buy


def side_to_choose(trade: Trade, present: ContractKey | None) -> ContractKey | None:
    """The contract a chosen trade stands for: the side in the area looked at already, else the buyer's."""
    if trade.sell is not None and present is not None and trade.sell.area == present.area:
        return trade.sell
    return trade.buy or trade.sell
