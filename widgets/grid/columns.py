"""Which columns of a table are shown, and in which order: the table's own, until the trader chose. Without Qt."""

from collections.abc import Sequence
from typing import Any

from widgets.grid.cells import Column


class ColumnChoice:
    """Columns go by their index in `columns`, wherever they stand. At least one is always shown."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self.order: tuple[int, ...] = tuple(range(len(columns)))
        """All columns, left to right; hidden ones keep their place."""
        self._hidden: set[int] = set()

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
        """All columns, as the table has them."""
        self.order = tuple(range(len(self.columns)))
        self._hidden.clear()

    def state(self) -> dict[str, Any]:
        """What a workspace keeps, by the columns' keys."""
        keys = [self.columns[index].key for index in self.order]
        return {"order": keys, "hidden": [self.columns[index].key for index in sorted(self._hidden)]}

    def restore(self, state: dict[str, Any]) -> None:
        """Takes what was kept. A column that is new since then stands behind the one that it follows in the table;
        one that is gone is passed over."""
        known = {column.key: index for index, column in enumerate(self.columns)}
        kept = [known[key] for key in dict.fromkeys(state.get("order", ())) if key in known]
        for index in range(len(self.columns)):
            if index not in kept:
                kept.insert(kept.index(index - 1) + 1 if index else 0, index)
        self.order = tuple(kept)
        hidden = {known[key] for key in state.get("hidden", ()) if key in known}
        self._hidden = hidden if len(hidden) < len(self.columns) else set()
