"""What is shipped with the program: theme tokens, fonts, instrument tables. Read here, handed down as values."""

import tomllib
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from protocols.market.instruments import InstrumentSpec
from protocols.market.values import Price, Quantity, scaled_from_text


class TableRefused(ValueError):
    """A shipped or edited table can't be used; the text names the file and the field."""


def tokens() -> dict[str, Any]:
    """The parsed theme tokens."""
    return tomllib.loads((files("resources") / "themes" / "tokens.toml").read_text("utf-8"))


def keymap() -> str:
    """The key map that is shipped: TOML, as text, so that refusals can name lines."""
    return (files("resources") / "keymaps" / "default.toml").read_text("utf-8")


def practice_connections() -> str:
    """The connections file of the practice venue, without its port."""
    return (files("resources") / "practice.toml").read_text("utf-8")


def fonts() -> dict[str, bytes]:
    """The bundled fonts, file name -> content."""
    return {
        entry.name: entry.read_bytes()
        for family in (files("resources") / "fonts").iterdir()
        if family.is_dir()
        for entry in family.iterdir()
        if entry.name.endswith((".ttf", ".otf"))
    }


def font_configuration() -> Path:
    """The fontconfig file that makes the bundled fonts the only ones: for pictures that are the same everywhere."""
    return Path(str(files("resources") / "fonts" / "fonts.conf"))


def power_specs() -> Callable[[str], InstrumentSpec]:
    """Tick, step and units of a delivery area's contracts. Raises `TableRefused`."""
    table = tomllib.loads((files("resources") / "instruments" / "power.toml").read_text("utf-8"))
    try:
        default = _spec(table["default"])
        areas = {area: _spec({**table["default"], **own}) for area, own in table.get("area", {}).items()}
    except (KeyError, TypeError, ValueError) as error:
        raise TableRefused(f"resources/instruments/power.toml: {error}") from error
    return lambda area: areas.get(area, default)


def _spec(fields: dict[str, Any]) -> InstrumentSpec:
    tick, step = scaled_from_text(fields["tick"]), scaled_from_text(fields["step"])
    if tick <= 0 or step <= 0:
        raise ValueError("tick and step must be positive")
    return InstrumentSpec(
        Price(tick),
        Quantity(step),
        int(fields["price_decimals"]),
        int(fields["quantity_decimals"]),
        str(fields["price_unit"]),
        str(fields["quantity_unit"]),
    )
