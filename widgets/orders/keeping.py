"""What stays where it is, whatever comes and goes: the selection, the current row, and what the trader looks at."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QObject

from widgets.orders.model import OrdersModel
from widgets.orders.view import OrdersView
from widgets.orders.vocabulary import Integers

RUNS_AT_MOST = 2_000
"""Runs of selected rows that are selected again after a reset. Qt goes through all of them for each cell it paints."""


class Keeper(QObject):
    """Follows a model's resets. `keeping` does what may move rows."""

    def __init__(self, view: OrdersView, model: OrdersModel) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        self._selected: Integers = np.empty(0, np.int64)
        self._current: int | None = None
        model.modelAboutToBeReset.connect(self._before_reset)
        model.modelReset.connect(self._after_reset)

    def keeping(self, change: Callable[[], bool | None]) -> bool | None:
        """Rows in view stay where they are: the one the trader went to, while he is here; else, scrolled away from the
        top, the first. Where that row goes away, the next one that stays."""
        view, model = self._view, self._model
        bar, height = view.verticalScrollBar(), view.row_height
        offset, lines, visible = bar.value(), model.lines, view.visible_rows()
        row = view.currentIndex().row()
        anchors: list[int] = []
        if view.inspecting and row in visible and (view.hasFocus() or view.underMouse()):
            anchors = [row, *range(row + 1, visible.stop), *range(row - 1, visible.start - 1, -1)]
        elif offset:
            anchors = [*visible]
        result = change()
        if model.lines is not lines:
            for anchor in anchors:
                now = model.row_of_line(int(lines[anchor]))
                if now is not None:
                    view.settle()
                    bar.setValue(offset + (now - anchor) * height)
                    break
        return result

    def _before_reset(self) -> None:
        lines, rows = self._model.lines, self._view.selected_rows()
        self._selected = lines[rows[rows < len(lines)]]
        self._current = self._model.line(self._view.currentIndex().row())

    def _after_reset(self) -> None:
        """A reset forgets selection and current row; what is still there gets them back."""
        selection, flag = self._view.selectionModel(), QItemSelectionModel.SelectionFlag
        row = self._model.row_of_line(self._current)
        if row is not None:
            selection.setCurrentIndex(self._model.index(row, 0), flag.NoUpdate)
        if not len(self._selected):
            return
        rows = np.flatnonzero(np.isin(self._model.lines, self._selected, kind="table"))
        breaks = np.flatnonzero(np.diff(rows) > 1) + 1
        if not len(rows) or len(breaks) >= RUNS_AT_MOST:
            return
        chosen = QItemSelection()
        for run in np.split(rows, breaks):
            chosen.select(self._model.index(int(run[0]), 0), self._model.index(int(run[-1]), 0))
        selection.select(chosen, flag.Select | flag.Rows)
