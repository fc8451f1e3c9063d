"""The shipped table of currency pairs: `resources/instruments/fx.toml`."""

import tomllib
from importlib.resources import files
from typing import Any

from app.resources import TableRefused
from protocols.acttrader.pairs import PairFigures, PairTable
from protocols.market.values import Price, Quantity, scaled_from_text

_SHIPPED = "resources/instruments/fx.toml"


def fx_table() -> PairTable:
    """Tick, pip, step and contract size of each pair, and the account's currency. Raises `TableRefused`."""
    return fx_table_from_text((files("resources") / "instruments" / "fx.toml").read_text("utf-8"), _SHIPPED)


def fx_table_from_text(text: str, source: str) -> PairTable:
    """Reads a table; `source` names the file in errors. Raises `TableRefused`."""
    try:
        table = tomllib.loads(text)
        default = table["default"]
        default_jpy = {**default, **table.get("default_jpy", {})}
        return PairTable(
            account_currency=_currency(table["account_currency"]),
            pairs={
                symbol: _figures(symbol, {**(default_jpy if symbol.endswith("JPY") else default), **own})
                for symbol, own in table.get("pair", {}).items()
            },
            default=_figures("default", default),
            default_jpy=_figures("default_jpy", default_jpy),
        )
    except KeyError as error:
        raise TableRefused(f"{source}: {error.args[0]} is missing") from error
    except (TypeError, ValueError) as error:
        raise TableRefused(f"{source}: {error}") from error


def _figures(name: str, fields: dict[str, Any]) -> PairFigures:
    tick, pip, step, size = (scaled_from_text(fields[key]) for key in ("tick", "pip", "step", "contract_size"))
    if min(tick, pip, step, size) <= 0:
        raise ValueError(f"{name}: tick, pip, step and contract_size must be above 0")
    if pip % tick:
        raise ValueError(f"{name}: the pip is no multiple of the tick")
    return PairFigures(
        tick=Price(tick),
        pip=Price(pip),
        step=Quantity(step),
        contract_size=Quantity(size),
        price_decimals=int(fields["price_decimals"]),
        quantity_decimals=int(fields["quantity_decimals"]),
    )


def _currency(text: Any) -> str:
    if not isinstance(text, str) or len(text) != 3 or not text.isascii() or not text.isupper():
        raise ValueError("account_currency: three capital letters")
    return text
