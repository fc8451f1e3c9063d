"""The venue's own tape: every trade with its revisions, and the day's figures of each contract in each area."""

from collections.abc import Iterable, Iterator

import msgspec

from protocols.market.times import UtcNs
from protocols.market.values import SCALE, Price, Quantity
from protocols.practice.contracts import Contract
from protocols.practice.history import History

_VWAP_UNIT = SCALE // 100
_STRUCK = frozenset(("RecallGranted", "Cancelled"))
"""States of trades that don't count any more."""


class TradeStates(msgspec.Struct, frozen=True, kw_only=True):
    """What a scope calls the states of a trade, and the number of its first revision (protocol page, 6 and 8)."""

    made: str
    questioned: str
    """Somebody asks for it to be struck out."""
    struck: str
    kept: str
    first_revision: int


class TradeRecord(msgspec.Struct, frozen=True):
    """One revision of a trade. `buy_area` and `sell_area` differ when it crossed an area border."""

    identifier: int
    revision: int
    state: str
    contract: Contract
    price: Price
    quantity: Quantity
    at: UtcNs
    buy_area: str
    sell_area: str
    buy_order: int
    sell_order: int

    @property
    def stands(self) -> bool:
        return self.state not in _STRUCK

    @property
    def areas(self) -> tuple[str, ...]:
        """The areas on whose tapes it is printed."""
        return (self.buy_area,) if self.buy_area == self.sell_area else (self.buy_area, self.sell_area)


class Figures(msgspec.Struct, frozen=True):
    """A contract's day in an area, of the trades that stand and have a leg there. All None without any."""

    last_price: Price | None = None
    last_quantity: Quantity | None = None
    last_at: UtcNs | None = None
    total: Quantity | None = None
    high: Price | None = None
    low: Price | None = None
    direction: str | None = None
    vwap: Price | None = None
    recent: tuple[TradeRecord, ...] = ()
    """The last trades, oldest first, struck ones too, where the scope tells them."""


NO_FIGURES = Figures()


class _Sum:
    """The standing trades of one contract in one area, added up; `kept` of them are told one by one."""

    __slots__ = ("_kept", "figures", "total", "trades", "value")

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self.trades: list[int] = []
        self.total = 0
        self.value = 0
        self.figures = NO_FIGURES

    def add(self, trade: TradeRecord) -> None:
        before = self.figures
        self.total += trade.quantity
        self.value += trade.price * trade.quantity
        self.figures = Figures(
            last_price=trade.price,
            last_quantity=trade.quantity,
            last_at=trade.at,
            total=Quantity(self.total),
            high=trade.price if before.high is None else max(before.high, trade.price),
            low=trade.price if before.low is None else min(before.low, trade.price),
            direction=_direction(before.last_price, trade.price),
            vwap=_rounded(self.value, self.total),
            recent=self._recent(trade),
        )

    def restate(self, trades: Iterable[TradeRecord]) -> None:
        """Adds up anew: a recalled trade leaves every figure, the last price included."""
        self.total = self.value = 0
        self.figures = NO_FIGURES
        for trade in trades:
            if trade.stands:
                self.add(trade)
            elif self._kept:
                self.figures = msgspec.structs.replace(self.figures, recent=self._recent(trade))

    def _recent(self, trade: TradeRecord) -> tuple[TradeRecord, ...]:
        return (*self.figures.recent, trade)[-self._kept :] if self._kept else ()


class Tape:
    """Trades by identifier, their revisions as they came, and the figures that follow from them.

    With `histories` the figures tell that many trades of the contract one by one.
    """

    def __init__(self, histories: int = 0) -> None:
        self._histories = histories
        self._trades: dict[int, TradeRecord] = {}
        self._log: dict[str, list[tuple[int, TradeRecord]]] = {}
        self._sums: dict[tuple[str, int], _Sum] = {}
        self._figures: dict[tuple[str, int], History[Figures]] = {}

    def trade(self, identifier: int) -> TradeRecord | None:
        """The newest revision."""
        return self._trades.get(identifier)

    def figures(self, area: str, contract: Contract) -> Figures:
        found = self._sums.get((area, contract.number))
        return NO_FIGURES if found is None else found.figures

    def figures_as_of(self, area: str, contract: Contract, number: int) -> Figures:
        """The figures after market event `number`. Raises `NotHeld`."""
        history = self._figures.get((area, contract.number))
        return NO_FIGURES if history is None else history.at(number) or NO_FIGURES

    def as_of(self, area: str, number: int) -> Iterator[TradeRecord]:
        """The area's trades after market event `number`, each in the revision it then had."""
        known: dict[int, TradeRecord] = {}
        for printed, trade in self._log.get(area, ()):
            if printed > number:
                break
            known[trade.identifier] = trade
        return iter(known.values())

    def print(self, trade: TradeRecord, number: int, at: UtcNs) -> list[str]:
        """Takes a new trade or a new revision, made by market event `number`; returns the areas whose figures it
        changed."""
        changed: list[str] = []
        revised = trade.identifier in self._trades
        self._trades[trade.identifier] = trade
        for area in trade.areas:
            self._log.setdefault(area, []).append((number, trade))
            key = (area, trade.contract.number)
            total = self._sums.get(key)
            if total is None:
                total = self._sums[key] = _Sum(self._histories)
            if not revised:
                total.trades.append(trade.identifier)
                total.add(trade)
            elif self._histories or not trade.stands:
                total.restate(self._trades[identifier] for identifier in total.trades)
            else:
                continue
            self._figures.setdefault(key, History()).record(number, at, total.figures)
            changed.append(area)
        return changed

    def forget(self, contract: Contract) -> None:
        """Drops all that is known of a contract delivered long ago."""
        gone: set[int] = set()
        for area in contract.zone.areas:
            total = self._sums.pop((area, contract.number), None)
            self._figures.pop((area, contract.number), None)
            if total is not None:
                gone.update(total.trades)
        if not gone:
            return
        for identifier in gone:
            del self._trades[identifier]
        for area in contract.zone.areas:
            log = self._log.get(area, [])
            log[:] = [entry for entry in log if entry[1].identifier not in gone]


def _direction(before: Price | None, after: Price) -> str:
    if before is None or before == after:
        return "Unchanged"
    return "Up" if after > before else "Down"


def _rounded(value: int, quantity: int) -> Price:
    """value / quantity to the nearest 0.01, halves up."""
    doubled = 2 * value // (quantity * _VWAP_UNIT)
    return Price((doubled + 1) // 2 * _VWAP_UNIT)
