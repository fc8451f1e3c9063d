"""The desk's limits for flexibility: a table in TOML, read into a frozen struct."""

from typing import Any

import msgspec

from app.limits import LimitsReader, Most, Range, read_limits, read_shipped

_SHIPPED = "flex.toml"
_FIELDS = ("price", "quantity", "notional", "open_orders", "book_age")


class FlexLimits(msgspec.Struct, frozen=True):
    """All of them; each level may be absent. Prices, power and money in units of 1e-9, the age of the book in whole
    seconds."""

    price_warn: Range | None
    price_block: Range | None
    quantity: Most
    notional: Most
    """Power times hours of delivery times price, in EUR."""
    open_orders: Most
    """Own orders of one window that live or may live, this one included."""
    book_age: Most


def shipped_flex_limits() -> FlexLimits:
    """The limits that come with the program. Raises `LimitsRefused`."""
    return read_shipped(_SHIPPED, _FIELDS, _read)


def flex_limits_from_text(text: str, source: str) -> FlexLimits:
    """Reads a table; `source` names the file in errors. Raises `LimitsRefused`, with every problem in it."""
    return read_limits(text, source, _FIELDS, _read)


def _read(reader: LimitsReader, table: dict[str, Any]) -> FlexLimits:
    return FlexLimits(
        price_warn=reader.range(table, "price", "warn"),
        price_block=reader.range(table, "price", "block"),
        quantity=reader.most(table, "quantity"),
        notional=reader.most(table, "notional"),
        open_orders=reader.most(table, "open_orders", whole=True),
        book_age=reader.most(table, "book_age", whole=True),
    )
