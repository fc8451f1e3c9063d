"""The desk's limits: a table in TOML, read into a frozen struct. Every error names the file and the field."""

import enum
import tomllib
from collections.abc import Callable
from importlib.resources import files
from typing import Any, TypeVar

import msgspec

from protocols.market.values import Price, ValueRefused, scaled_from_text

_LEVELS = ("warn", "block")
_PERCENT = 100 * 10**9

Table = TypeVar("Table")


class LimitsRefused(ValueError):
    """The table of limits can't be used; the text names the file and every field that is wrong."""


class Level(enum.Enum):
    """How bad a finding is."""

    WARN = "warn"
    """The trader may send it all the same, having said so."""
    BLOCK = "block"


class Most(msgspec.Struct, frozen=True):
    """How much is taken: more than `warn` asks, more than `block` is denied. None is no limit of that level."""

    warn: int | None
    block: int | None

    def judge(self, value: int) -> tuple[Level, int] | None:
        """The worst level that the value is over, and that level's limit."""
        if self.block is not None and value > self.block:
            return Level.BLOCK, self.block
        if self.warn is not None and value > self.warn:
            return Level.WARN, self.warn
        return None


class Range(msgspec.Struct, frozen=True):
    """From where to where, both ends included."""

    lowest: Price
    highest: Price


class Collar(msgspec.Struct, frozen=True):
    """How far from the market: so much, or such a part of the market's price, whichever is more. Near zero a part
    alone would be nothing. In units of 1e-9 of the price's unit and of a percent."""

    absolute: int
    percent: int

    def distance(self, market: Price) -> int:
        return max(self.absolute, abs(market) * self.percent // _PERCENT)


class LimitsReader:
    """Collects what is wrong, so that everything is told at once."""

    def __init__(self, source: str) -> None:
        self._source = source
        self.problems: list[str] = []

    def range(self, table: dict[str, Any], name: str, level: str) -> Range | None:
        found = self._levels(table, name).get(level)
        if found is None:
            return None
        where = f"{name}.{level}"
        lowest, highest = (self._number(found, where, end) for end in ("lowest", "highest"))
        self.unknown(found, where, ("lowest", "highest"))
        if lowest > highest:
            self._wrong(where, "lowest is above highest")
        return Range(Price(lowest), Price(highest))

    def collar(self, table: dict[str, Any], name: str, level: str) -> Collar | None:
        found = self._levels(table, name).get(level)
        if found is None:
            return None
        where = f"{name}.{level}"
        absolute, percent = (self._number(found, where, part) for part in ("absolute", "percent"))
        self.unknown(found, where, ("absolute", "percent"))
        if absolute < 0 or percent < 0:
            self._wrong(where, "must not be negative")
        return Collar(absolute, percent)

    def most(self, table: dict[str, Any], name: str, whole: bool = False) -> Most:
        found = self._levels(table, name)
        if name in table and not found and isinstance(table[name], dict):
            self._wrong(name, "has neither warn nor block")
        warn, block = (self._limit(found, name, level, whole) if level in found else None for level in _LEVELS)
        if warn is not None and block is not None and warn > block:
            self._wrong(f"{name}.warn", "is above block: it would never be asked")
        return Most(warn, block)

    def words(self, table: dict[str, Any], name: str) -> tuple[str, ...]:
        found = table.get(name)
        if not isinstance(found, list) or not found or not all(isinstance(word, str) for word in found):
            self._wrong(name, "must be a list of words")
            return ()
        return tuple(found)

    def unknown(self, table: Any, where: str, known: tuple[str, ...]) -> None:
        if isinstance(table, dict):
            for name in table:
                if name not in known:
                    self._wrong(f"{where}.{name}" if where else name, "is not a limit")

    def _levels(self, table: dict[str, Any], name: str) -> dict[str, Any]:
        found = table.get(name)
        if not isinstance(found, dict):
            problem = "is missing" if found is None else "must be a table"
            if f"{self._source}: {name}: {problem}" not in self.problems:
                self._wrong(name, problem)
            return {}
        for unknown in found:
            if unknown not in _LEVELS and f"{self._source}: {name}.{unknown}: is not a limit" not in self.problems:
                self._wrong(f"{name}.{unknown}", "is not a limit")
        return found

    def _limit(self, table: dict[str, Any], name: str, level: str, whole: bool) -> int:
        where = f"{name}.{level}"
        value = table[level]
        if whole:
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                self._wrong(where, "must be a whole number")
                return 0
            return value
        number = self._number(table, name, level)
        if number < 0:
            self._wrong(where, "must not be negative")
        return number

    def _number(self, table: Any, where: str, field: str) -> int:
        value = table.get(field) if isinstance(table, dict) else None
        name = f"{where}.{field}"
        if value is None:
            self._wrong(name, "is missing")
        elif isinstance(value, bool) or not isinstance(value, str | int):
            self._wrong(name, "must be a decimal number in quotes")
        else:
            try:
                return scaled_from_text(str(value))
            except ValueRefused as refused:
                self._wrong(name, str(refused))
        return 0

    def _wrong(self, field: str, problem: str) -> None:
        self.problems.append(f"{self._source}: {field}: {problem}")


def read_shipped(name: str, fields: tuple[str, ...], read: Callable[[LimitsReader, dict[str, Any]], Table]) -> Table:
    """A table that comes with the program, by its file's name. Raises `LimitsRefused`."""
    text = (files("resources") / "limits" / name).read_text("utf-8")
    return read_limits(text, f"resources/limits/{name}", fields, read)


def read_limits(
    text: str, source: str, fields: tuple[str, ...], read: Callable[[LimitsReader, dict[str, Any]], Table]
) -> Table:
    """What `read` makes of a table that has these fields and no others. Raises `LimitsRefused`, with every problem."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LimitsRefused(f"{source}: {error}") from error
    reader = LimitsReader(source)
    limits = read(reader, table)
    reader.unknown(table, "", fields)
    if reader.problems:
        raise LimitsRefused("\n".join(reader.problems))
    return limits


class Limits(msgspec.Struct, frozen=True):
    """All limits. Prices, quantities and money in units of 1e-9; each level may be absent."""

    price_warn: Range | None
    price_block: Range | None
    through_warn: Collar | None
    """Towards the other side of the market and beyond it: a buy order above, a sell order below."""
    through_block: Collar | None
    away_warn: Collar | None
    """Away from it, where an order waits."""
    away_block: Collar | None
    quantity: Most
    notional: Most
    """Quantity times price times the hours of delivery, in the price's currency."""
    open_orders: Most
    """Own orders of one contract that live or may live, this one included."""
    position: Most
    """Long or short in one contract, if every own order of that side were filled."""
    restrictions: tuple[str, ...]
    validities: tuple[str, ...]


_SHIPPED = "default.toml"


def shipped_limits() -> Limits:
    """The limits that come with the program. Raises `LimitsRefused`."""
    return read_shipped(_SHIPPED, _FIELDS, _read)


def limits_from_text(text: str, source: str) -> Limits:
    """Reads a table; `source` names the file in errors. Raises `LimitsRefused`, with every problem in it."""
    return read_limits(text, source, _FIELDS, _read)


def _read(reader: LimitsReader, table: dict[str, Any]) -> Limits:
    return Limits(
        price_warn=reader.range(table, "price", "warn"),
        price_block=reader.range(table, "price", "block"),
        through_warn=reader.collar(table, "through_market", "warn"),
        through_block=reader.collar(table, "through_market", "block"),
        away_warn=reader.collar(table, "away_from_market", "warn"),
        away_block=reader.collar(table, "away_from_market", "block"),
        quantity=reader.most(table, "quantity"),
        notional=reader.most(table, "notional"),
        open_orders=reader.most(table, "open_orders", whole=True),
        position=reader.most(table, "position"),
        restrictions=reader.words(table, "restrictions"),
        validities=reader.words(table, "validities"),
    )


_FIELDS = (
    "price", "through_market", "away_from_market", "quantity", "notional", "open_orders", "position",
    "restrictions", "validities",
)  # fmt: skip
