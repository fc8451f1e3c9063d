"""The rows of the blotter: follows the orders, and knows which are shown and where. No Qt; imports numpy."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from protocols.market.blotter import OrderName
from protocols.market.orders import Order
from protocols.market.state import MarketState
from widgets.orders.arrangement import Arrangement, pair_of_line, pairs_of_lines
from widgets.orders.catalogue import COLUMN_OF, COLUMNS, Col, GroupBy
from widgets.orders.cells import OrderCells
from widgets.orders.facts import AT_ONCE, OURS, OVER, Fact, OrderFacts
from widgets.orders.sorting import NEWEST_FIRST, Level
from widgets.orders.vocabulary import Integers, Mask

FOLDS_KEPT = 500
"""Folded headers that a workspace keeps: pairs come and go, and are never folded again."""


class Changes(NamedTuple):
    """What a call of `follow` brought: numbers of orders. `news` are those of ours that a trader would see a difference
    in: among hundreds of a colleague's that come back with a connection nobody would find his own."""

    touched: list[int]
    news: list[int]


def name_of(order: Order) -> OrderName:
    return (order.connection, order.client_id)


class OrderRows:
    """`follow` takes what changed; who chooses another filter, sorting or grouping calls `arrangement.renew`."""

    def __init__(self, market: MarketState, cells: OrderCells) -> None:
        self.facts = OrderFacts(market, cells)
        self.arrangement = Arrangement(self.facts)
        self._settled = False

    @property
    def lines(self) -> Integers:
        return self.arrangement.lines

    def legs(self, line: int) -> list[int]:
        """The orders that a pair's header stands for, folded or not; none below any other line."""
        pair = pair_of_line(line)
        return [] if pair is None else sorted(self.facts.legs[pair])

    def acted_on(self, lines: Integers) -> Integers:
        """The orders that selected lines, top to bottom, stand for, each once; those of headers alone come last."""
        numbers, headers = lines[lines >= 0], lines[(lines < 0) & (lines % 2 == 0)]
        if not len(headers):
            return numbers
        legs = np.flatnonzero(np.isin(self.facts.column(Fact.PAIR), pairs_of_lines(headers)))
        return np.concatenate((numbers, legs[~np.isin(legs, numbers)])) if len(numbers) else legs

    def acting(self, lines: Integers) -> tuple[Integers, Mask]:
        """Of selected lines the living orders of ours that they stand for, and which of the lines stand for any."""
        numbers = self.acted_on(lines)
        living = numbers[(self.facts.column(Fact.MARKS, numbers) & (OURS | OVER)) == OURS]
        pairs = self.facts.column(Fact.PAIR, living)
        headers = (lines < 0) & (lines % 2 == 0)
        stands = np.isin(lines, living)
        stands[headers] = np.isin(pairs_of_lines(lines[headers]), pairs)
        return living, stands

    def follow(self, limit: int = AT_ONCE) -> Changes:
        """Takes in up to `limit` changes of the blotter, and what was listed. Orders that are there at first are no
        news."""
        facts = self.facts
        relisted = facts.refresh_instruments()
        touched = facts.advance(limit)
        ours = ((n, before) for n, before in touched.items() if facts.orders[n].ours)
        news = [n for n, before in ours if before is None or differs(before, facts.orders[n])]
        if not self._settled:
            news = []
        if not facts.sweeping:
            self._settled = True
        if len(relisted):
            self.arrangement.renew()
        elif touched:
            self.arrangement.update(list(touched))
        return Changes(sorted({*touched, *relisted.tolist()}), news)

    def state(self) -> dict[str, Any]:
        """Sorting, grouping, folds and columns' filters, for a workspace."""
        arrangement = self.arrangement
        return {
            "sort": [[COLUMNS[level.column].key, level.descending] for level in arrangement.levels],
            "group": arrangement.group.value,
            "folded": sorted(list(name) for name in arrangement.folded)[:FOLDS_KEPT],
            "conditions": arrangement.chosen.state(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Takes what was kept; what can't be read is as at first."""
        arrangement = self.arrangement
        arrangement.levels = _levels(state) or NEWEST_FIRST
        known = {group.value: group for group in GroupBy}
        arrangement.group = known.get(str(state.get("group", "")), GroupBy.NONE)
        folded = state.get("folded")
        kept = folded if isinstance(folded, list) else []
        arrangement.folded = {tuple(map(str, name)) for name in kept if isinstance(name, list) and len(name) > 1}
        conditions = state.get("conditions")
        arrangement.chosen.restore(conditions if isinstance(conditions, dict) else {})
        arrangement.renew()


def _levels(state: Mapping[str, Any]) -> tuple[Level, ...]:
    kept = state.get("sort")
    found: dict[Col, bool] = {}
    for each in kept if isinstance(kept, list) else []:
        if isinstance(each, list) and len(each) == 2 and each[0] in COLUMN_OF:
            found.setdefault(COLUMN_OF[each[0]], bool(each[1]))
    return tuple(Level(column, descending) for column, descending in found.items())


def differs(one: Order, other: Order) -> bool:
    """Whether a trader would see a difference: a report that confirms what is known is no news."""
    return _seen(one) != _seen(other)


def _seen(order: Order) -> tuple[object, ...]:
    return (
        order.status, order.request, order.price, order.quantity, order.remaining,
        order.reason, order.kept_place, order.terms,
    )  # fmt: skip
