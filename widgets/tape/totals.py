"""Count, volume and VWAP over the tape's filter: exact."""

from collections.abc import Mapping

import msgspec

from widgets.figures import amount_text, grouped, rounded, rounded_text


class Group(msgspec.Struct, frozen=True):
    """Trades that may be added up as they are: one currency, one unit, one length of delivery."""

    price_unit: str
    quantity_unit: str
    minutes: int
    price_decimals: int
    quantity_decimals: int


UNKNOWN = Group("", "", 0, 2, 1)
"""Trades of contracts that are not known."""


class Sum(msgspec.Struct):
    """Of the trades that stand: how many, the quantity in 1e-9, and price times quantity in 1e-18."""

    count: int = 0
    quantity: int = 0
    value: int = 0

    def add(self, price: int, quantity: int, sign: int) -> None:
        self.count += sign
        self.quantity += sign * quantity
        self.value += sign * price * quantity


def totals_text(sums: Mapping[Group, Sum]) -> str:
    """Totals in words, one part per currency: `12 trades · 34.5 MWh · VWAP 45.31 EUR/MWh`.

    Power is added up as energy, for one contract too: a megawatt for an hour is not one for a quarter of it, and one
    line must not change its unit with the filter.
    """
    parts = []
    for unit in sorted({group.price_unit for group in sums}):
        parts.append(_unit_text(unit, {g: s for g, s in sums.items() if g.price_unit == unit}))
    return "   ".join(parts) if parts else "no trades"


def _unit_text(unit: str, sums: Mapping[Group, Sum]) -> str:
    count = sum(total.count for total in sums.values())
    words = f"{grouped(count)} trade{'' if count == 1 else 's'}"
    if not unit:
        return f"{words} of unknown contracts"
    first = next(iter(sums))
    decimals, price_decimals = first.quantity_decimals, first.price_decimals
    as_energy = first.quantity_unit == "MW"
    weights = {group: (group.minutes if as_energy else 1) for group in sums}
    quantity = sum(weights[group] * total.quantity for group, total in sums.items())
    value = sum(weights[group] * total.value for group, total in sums.items())
    volume = amount_text(rounded(quantity, 60 if as_energy else 1, decimals), decimals)
    vwap = rounded_text(value, quantity, price_decimals) if quantity else "–"
    return f"{words} · {volume} {'MWh' if as_energy else first.quantity_unit} · VWAP {vwap} {unit}"
