"""The desk's limits for FX orders: a table in TOML, read into a frozen struct."""

from typing import Any

import msgspec

from app.limits import Collar, LimitsReader, Most, read_limits, read_shipped

_SHIPPED = "fx.toml"
_FIELDS = (
    "through_market", "away_from_market", "quantity", "notional", "open_orders", "position", "times_in_force",
)  # fmt: skip


class FxLimits(msgspec.Struct, frozen=True):
    """All of them, in units of 1e-9; each level may be absent. `notional` and `position` are in the account's currency,
    `quantity` in the pair's first."""

    through_warn: Collar | None
    through_block: Collar | None
    away_warn: Collar | None
    away_block: Collar | None
    quantity: Most
    notional: Most
    open_orders: Most
    position: Most
    times_in_force: tuple[str, ...]


def shipped_fx_limits() -> FxLimits:
    """The limits that come with the program. Raises `LimitsRefused`."""
    return read_shipped(_SHIPPED, _FIELDS, _read)


def fx_limits_from_text(text: str, source: str) -> FxLimits:
    """Reads a table; `source` names the file in errors. Raises `LimitsRefused`, with every problem in it."""
    return read_limits(text, source, _FIELDS, _read)


def _read(reader: LimitsReader, table: dict[str, Any]) -> FxLimits:
    return FxLimits(
        through_warn=reader.collar(table, "through_market", "warn"),
        through_block=reader.collar(table, "through_market", "block"),
        away_warn=reader.collar(table, "away_from_market", "warn"),
        away_block=reader.collar(table, "away_from_market", "block"),
        quantity=reader.most(table, "quantity"),
        notional=reader.most(table, "notional"),
        open_orders=reader.most(table, "open_orders", whole=True),
        position=reader.most(table, "position"),
        times_in_force=reader.words(table, "times_in_force"),
    )
