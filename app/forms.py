"""The order form of a contract or pair: the venue's rules, with the exchange's limits from the instruments' table."""

import tomllib
from collections.abc import Callable
from importlib.resources import files
from typing import Any

from app.connections import ConnectionSettings
from app.fx_connections import FxConnectionSettings, session_settings
from app.resources import TableRefused
from protocols.acttrader import rules
from protocols.eznergy.rules import Limits, order_form
from protocols.glocalflex import rules as flex_rules
from protocols.market.forms import OrderForm
from protocols.market.instruments import FlexMarket, FlexWindow, Instrument, PowerContract
from protocols.market.values import Price, Quantity, scaled_from_text
from protocols.secret import Secret

PowerFormOf = Callable[[PowerContract], OrderForm | None]

_SHIPPED = "resources/instruments/power.toml"
_FIELDS = ("lowest_price", "highest_price", "largest_quantity")


class PowerForms:
    """Forms by scope and delivery area. A scope without limits has no form: its orders are not offered."""

    def __init__(self, text: str, source: str = _SHIPPED) -> None:
        """`text` is the table in TOML, `source` names its file. Raises `TableRefused`, naming file and field."""
        try:
            scopes: dict[str, Any] = tomllib.loads(text).get("limits", {})
            self._limits = {
                (scope, area): limits for scope, table in scopes.items() for area, limits in _of_scope(scope, table)
            }
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise TableRefused(f"{source}: {error}") from error

    def __call__(self, contract: PowerContract) -> OrderForm | None:
        """The contract's form; None where its orders are not offered."""
        limits = self._limits.get((contract.scope, contract.area)) or self._limits.get((contract.scope, ""))
        return None if limits is None else order_form(contract, limits)


class DeskForms:
    """The form of whatever is chosen: a contract's by the exchange's limits, a pair's by what its connection may send.
    `settings_of` knows the connections by name; without one there is no form, and orders are not offered."""

    def __init__(self, power: PowerFormOf, settings_of: Callable[[str], ConnectionSettings | None]) -> None:
        self._power = power
        self._settings_of = settings_of

    def __call__(self, contract: Instrument) -> OrderForm | None:
        if isinstance(contract, PowerContract):
            return self._power(contract)
        if isinstance(contract, FlexMarket | FlexWindow):
            return flex_rules.order_form(contract)
        settings = self._settings_of(contract.key.connection)
        if not isinstance(settings, FxConnectionSettings):
            return None
        return rules.order_form(contract, session_settings(settings, Secret("")))


def power_forms() -> PowerFormOf:
    """The forms by the table that comes with the program. Raises `TableRefused`."""
    return PowerForms((files("resources") / "instruments" / "power.toml").read_text("utf-8"))


def _of_scope(scope: str, table: dict[str, Any]) -> list[tuple[str, Limits]]:
    """The scope's own limits (area "") and those of its areas. Raises `KeyError` or `ValueError`."""
    where = f"limits.{scope}"
    plain = {name: value for name, value in table.items() if name != "area"}
    found = [("", _limits(where, plain))]
    found += [(area, _limits(f"{where}.area.{area}", {**plain, **own})) for area, own in table.get("area", {}).items()]
    return found


def _limits(where: str, table: dict[str, Any]) -> Limits:
    unknown = [name for name in table if name not in _FIELDS]
    missing = [name for name in _FIELDS if name not in table]
    if unknown or missing:
        raise ValueError(f"{where}.{(unknown or missing)[0]}: {'is not a limit' if unknown else 'is missing'}")
    lowest, highest, largest = (_number(f"{where}.{name}", table[name]) for name in _FIELDS)
    if lowest > highest or largest <= 0:
        raise ValueError(f"{where}: lowest_price is above highest_price, or largest_quantity is not above 0")
    return Limits(Price(lowest), Price(highest), Quantity(largest))


def _number(where: str, value: Any) -> int:
    if not isinstance(value, str):
        raise ValueError(f"{where}: must be a decimal number in quotes")
    try:
        return scaled_from_text(value)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from error
