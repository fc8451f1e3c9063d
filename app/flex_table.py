"""The shipped figures of flexibility: `resources/instruments/flex.toml`."""

import tomllib
from importlib.resources import files

from app.resources import TableRefused
from protocols.market.flex import POWER_UNIT, PRICE_UNIT
from protocols.market.instruments import InstrumentSpec
from protocols.market.values import Price, Quantity, scaled_from_text

_SHIPPED = "resources/instruments/flex.toml"


def flex_spec() -> InstrumentSpec:
    """Tick and step. Raises `TableRefused`."""
    return flex_spec_from_text((files("resources") / "instruments" / "flex.toml").read_text("utf-8"), _SHIPPED)


def flex_spec_from_text(text: str, source: str) -> InstrumentSpec:
    """Reads a table; `source` names the file in errors. Raises `TableRefused`."""
    try:
        table = tomllib.loads(text)
        tick, step = scaled_from_text(table["tick"]), scaled_from_text(table["step"])
        if tick <= 0 or step <= 0:
            raise ValueError("tick and step must be above 0")
        decimals = int(table["price_decimals"]), int(table["quantity_decimals"])
    except KeyError as error:
        raise TableRefused(f"{source}: {error.args[0]} is missing") from error
    except (TypeError, ValueError) as error:
        raise TableRefused(f"{source}: {error}") from error
    return InstrumentSpec(Price(tick), Quantity(step), *decimals, PRICE_UNIT, POWER_UNIT)
