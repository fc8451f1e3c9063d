"""Own orders in doubt, by what they are of: a position that they may have moved is not known for sure. No Qt."""

from collections.abc import Iterable

import msgspec

from protocols.market.commands import FxTerms, PowerTerms
from protocols.market.instruments import ContractKey
from protocols.market.orders import Order, OrderStatus
from protocols.market.pairs import remaining_once
from protocols.market.values import Side
from widgets.figures import amount_text

DOUBT_MARK = "?"
"""Beside what orders in doubt may have moved."""


class Doubt(msgspec.Struct, frozen=True):
    """How many orders of one contract or pair are in doubt, and what they may have bought and sold, in 1e-9 of its
    quantity's unit."""

    orders: int = 0
    buying: int = 0
    selling: int = 0


NO_DOUBT = Doubt()


def doubts_of(orders: Iterable[Order], of: type[FxTerms] | type[PowerTerms]) -> dict[ContractKey, Doubt]:
    """Of own orders that are not over, those in doubt, of one kind of instrument."""
    doubted: dict[ContractKey, list[Order]] = {}
    for order in orders:
        if order.status is OrderStatus.IN_DOUBT and isinstance(order.terms, of):
            doubted.setdefault(order.key, []).append(order)
    return {
        key: Doubt(len(found), *(remaining_once(each for each in found if each.side is side) for side in Side))
        for key, found in doubted.items()
    }


def doubt_words(doubt: Doubt, decimals: int, unit: str) -> str:
    """`2 orders in doubt may have moved it: sell 10.0 MW`; empty where there is none."""
    if not doubt.orders:
        return ""
    sides = (("buy", doubt.buying), ("sell", doubt.selling))
    much = ", ".join(f"{verb} {amount_text(quantity, decimals)} {unit}" for verb, quantity in sides if quantity)
    return f"{count_words(doubt.orders)} may have moved it: {much}"


def count_words(orders: int) -> str:
    """`1 order in doubt`, `2 orders in doubt`."""
    return f"{orders} order{'' if orders == 1 else 's'} in doubt"
