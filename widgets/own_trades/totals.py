"""Bought, sold, net and money of own trades: exact integers, no Qt."""

from collections.abc import Iterable, Mapping

import msgspec

from protocols.market.instruments import ContractKey, InstrumentSpec, PowerContract
from protocols.market.order_events import OwnTrade
from protocols.market.times import MINUTE
from protocols.market.values import Side
from widgets.figures import amount_text, grouped, rounded, rounded_text, signed_amount

MINUTES_PER_HOUR = 60
MONEY_DECIMALS = 2


class Sums(msgspec.Struct):
    """Of trades that stand. Quantities in 1e-9 of the unit, values (price times quantity) in 1e-18; with `energy`
    they are times minutes of delivery, so that contracts of different length add up."""

    count: int = 0
    bought: int = 0
    bought_value: int = 0
    sold: int = 0
    sold_value: int = 0

    def add(self, trade: OwnTrade, weight: int = 1) -> None:
        """Counts a trade; one that was recalled or cancelled does not count."""
        if not trade.state.stands:
            return
        self.count += 1
        quantity = weight * trade.quantity
        if trade.side is Side.BUY:
            self.bought += quantity
            self.bought_value += trade.price * quantity
        else:
            self.sold += quantity
            self.sold_value += trade.price * quantity

    @property
    def net(self) -> int:
        """Positive is long."""
        return self.bought - self.sold

    @property
    def received(self) -> int:
        """Money in less money out."""
        return self.sold_value - self.bought_value


def minutes_of(contract: PowerContract) -> int:
    """How long it delivers."""
    return (contract.delivery_end - contract.delivery_start) // MINUTE


def contract_text(sums: Sums, spec: InstrumentSpec) -> str:
    """One contract's totals: `bought 12.0 at 45.30 · sold 5.0 at 47.00 · net +7.0 MW`."""
    parts = []
    if sums.bought:
        parts.append(_side_text("bought", sums.bought, sums.bought_value, spec))
    if sums.sold:
        parts.append(_side_text("sold", sums.sold, sums.sold_value, spec))
    parts.append(f"net {signed_amount(sums.net, spec.quantity_decimals)} {spec.quantity_unit}")
    return " · ".join(parts)


def footer_text(trades: Iterable[OwnTrade], contracts: Mapping[ContractKey, PowerContract]) -> str:
    """Totals over the trades shown, one part per currency; power is added up as energy:
    `3 trades · bought 6.0 MWh · sold 2.5 MWh · net +3.5 MWh · −158.20 EUR`. Money with a minus was paid."""
    by_unit: dict[str, Sums] = {}
    decimals: dict[str, InstrumentSpec] = {}
    unknown = 0
    for trade in trades:
        contract = contracts.get(trade.key)
        if contract is None:
            unknown += trade.state.stands
            continue
        unit = contract.spec.price_unit
        by_unit.setdefault(unit, Sums()).add(trade, minutes_of(contract))
        decimals[unit] = contract.spec
    parts = [_unit_text(unit, by_unit[unit], decimals[unit]) for unit in sorted(by_unit)]
    if unknown:
        parts.append(f"{_trades(unknown)} of unknown contracts")
    return "   ".join(parts) if parts else "no own trades"


def _side_text(word: str, quantity: int, value: int, spec: InstrumentSpec) -> str:
    amount = amount_text(quantity, spec.quantity_decimals)
    return f"{word} {amount} at {rounded_text(value, quantity, spec.price_decimals)}"


def _unit_text(unit: str, sums: Sums, spec: InstrumentSpec) -> str:
    energy = f"{spec.quantity_unit}h"
    decimals = spec.quantity_decimals
    bought, sold, net = (rounded(each, MINUTES_PER_HOUR, decimals) for each in (sums.bought, sums.sold, sums.net))
    # A price in 1e-9 times a quantity in 1e-9 is money in 1e-18.
    money = rounded(sums.received, MINUTES_PER_HOUR * 10**9, MONEY_DECIMALS)
    currency = unit.partition("/")[0]
    return (
        f"{_trades(sums.count)} · bought {amount_text(bought, decimals)} {energy} · "
        f"sold {amount_text(sold, decimals)} {energy} · net {signed_amount(net, decimals)} {energy} · "
        f"{signed_amount(money, MONEY_DECIMALS)} {currency}"
    )


def _trades(count: int) -> str:
    return f"{grouped(count)} trade{'' if count == 1 else 's'}"
