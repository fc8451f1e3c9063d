"""Opens the command palette where the keyboard is, and gives the keyboard back. Imports it when first asked."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QWidget

from app.commands import Registry
from protocols.market.instruments import ContractKey
from protocols.market.state import MarketState
from protocols.market.times import UtcNs
from widgets.theme import Theme

if TYPE_CHECKING:
    from widgets.palette import Palette


class PaletteHost(QObject):
    """One palette at most, made anew each time."""

    changed = Signal()
    """It opened or closed."""

    def __init__(
        self,
        window: QWidget,
        registry: Registry,
        market: MarketState,
        now: Callable[[], UtcNs],
        invoke: Callable[[str], object],
        choose: Callable[[ContractKey], object],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._finding = (registry, market, now, invoke, choose)
        self._before: QWidget | None = None
        self.palette: Palette | None = None

    def toggle(self, theme: Theme) -> None:
        """Opens it over the window that has the keyboard, or closes it."""
        if self.palette is not None:
            self.palette.finish()
            return
        from app.palette import Finder
        from widgets.palette import Palette

        self._before = QApplication.focusWidget()
        host = QApplication.activeWindow() or self._window
        self.palette = Palette(host, Finder(*self._finding).find, theme)
        self.palette.closed.connect(self._closed)
        self.palette.open()
        self.changed.emit()

    def _closed(self, give_back: bool) -> None:
        before, self._before, self.palette = self._before, None, None
        if give_back and before is not None and shiboken6.isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.PopupFocusReason)
        self.changed.emit()
