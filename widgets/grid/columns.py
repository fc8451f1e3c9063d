"""Which columns of a table are shown, and in which order: the table's own, until the trader chose. Without Qt."""

from collections.abc import Collection, Sequence
from typing import Any

from widgets.grid.cells import Column


class ColumnChoice:
    """Columns go by their index in `columns`, wherever they stand. At least one is always shown; those `hidden` are not
    until the trader wants them."""

    def __init__(self, columns: Sequence[Column], hidden: Collection[int] = ()) -> None:
        self.columns = columns
        self._hidden_at_first = frozenset(hidden)
        self.order: tuple[int, ...] = tuple(range(len(columns)))
        """All columns, left to right; hidden ones keep their place."""
        self._hidden = set(self._hidden_at_first)

    @property
    def shown(self) -> tuple[int, ...]:
        """Left to right."""
        return tuple(index for index in self.order if index not in self._hidden)

    def is_shown(self, index: int) -> bool:
        return index not in self._hidden

    def show(self, index: int, on: bool) -> bool:
        """False where that changes nothing: the last column that is shown stays."""
        if on is self.is_shown(index) or (not on and len(self.shown) == 1):
            return False
        self._hidden ^= {index}
        return True

    def move(self, index: int, step: int) -> bool:
        """Moves a column `step` places to the right (negative: left) among all; False at the end."""
        place = self.order.index(index)
        if not 0 <= place + step < len(self.order):
            return False
        others = [other for other in self.order if other != index]
        others.insert(place + step, index)
        self.order = tuple(others)
        return True

    def place_before(self, index: int, before: int | None) -> bool:
        """Puts a column to the left of another, or last; False when it stands there."""
        if index == before:
            return False
        others = [other for other in self.order if other != index]
        others.insert(len(others) if before is None else others.index(before), index)
        moved = tuple(others) != self.order
        self.order = tuple(others)
        return moved

    def reset(self) -> None:
        """The columns that the table shows by itself, in its own order."""
        self.order = tuple(range(len(self.columns)))
        self._hidden = set(self._hidden_at_first)

    def take_order(self, order: Sequence[int]) -> None:
        """All columns, left to right, as they were put by dragging."""
        self.order = tuple(order)

    def state(self) -> dict[str, Any]:
        """What a workspace keeps, by the columns' keys."""
        keys = [self.columns[index].key for index in self.order]
        return {"order": keys, "hidden": [self.columns[index].key for index in sorted(self._hidden)]}

    def restore(self, state: dict[str, Any]) -> None:
        """Takes what was kept. A column that is new since then stands behind the one that it follows in the table;
        one that is gone is passed over."""
        known = {column.key: index for index, column in enumerate(self.columns)}
        kept = [known[key] for key in dict.fromkeys(state.get("order", ())) if key in known]
        kept_before = set(kept)
        for index in range(len(self.columns)):
            if index not in kept:
                kept.insert(kept.index(index - 1) + 1 if index else 0, index)
        self.order = tuple(kept)
        hidden = {known[key] for key in state.get("hidden", ()) if key in known}
        hidden |= self._hidden_at_first - kept_before
        self._hidden = hidden if len(hidden) < len(self.columns) else set(self._hidden_at_first)
