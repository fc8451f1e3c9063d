"""Where keys go: the docked widget that has the focus, outlined and named. No hover targets."""

from collections.abc import Callable, Mapping

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QMenuBar,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from app.commands import Scope
from app.keys.trie import Mode, Place
from widgets.docking import Docking
from widgets.focus_ring import FocusRing
from widgets.theme import Theme

_OWN_KEYS = (
    QLineEdit,
    QTextEdit,
    QPlainTextEdit,
    QAbstractSpinBox,
    QComboBox,
    QAbstractSlider,
    QMenuBar,
)
"""Widgets that have a use of their own for letters, digits or arrows."""


def takes_text(widget: QWidget) -> bool:
    """Whether what is pressed there is typed or moves something there, and must never trade."""
    if isinstance(widget, QAbstractItemView):
        return False  # a table of orders has keys of ours; what edits a cell is a text field of its own
    return isinstance(widget, _OWN_KEYS) or widget.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)


def _same(one: QWindow, other: QWindow | None) -> bool:
    """By address: `windowHandle` of a floating dock gives another Python object each time, and not this one."""
    return other is not None and shiboken6.getCppPointer(one) == shiboken6.getCppPointer(other)


class Target(QObject):
    """Follows the focus over the docks of one main window. `scopes` tells each dock's kind by its name."""

    changed = Signal()

    def __init__(
        self,
        application: QApplication,
        docking: Docking,
        scopes: Callable[[str], Scope],
        typing: Callable[[str], bool],
        theme: Theme,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._application = application
        self._docking = docking
        self._scopes = scopes
        self._typing = typing
        self._theme = theme
        self._rings: dict[str, FocusRing] = {}
        self._last: dict[Scope, str] = {}
        self.name: str | None = None
        """The dock that has the focus."""
        self.in_text = False
        """Whether a text field within it has."""
        application.focusChanged.connect(self._focus_changed)
        self._focus_changed(None, QApplication.focusWidget())

    def release(self) -> None:
        self._application.focusChanged.disconnect(self._focus_changed)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for ring in self._rings.values():
            if shiboken6.isValid(ring):
                ring.set_theme(theme)

    def place(self, window: QWindow) -> Place:
        """Where a key pressed on this window goes."""
        if QApplication.activePopupWidget() is not None or QGuiApplication.modalWindow() is not None:
            return Place(mode=Mode.COVERED)
        focus = QApplication.focusWidget()
        if focus is None or not _same(window, QGuiApplication.focusWindow()):
            return Place()
        if isinstance(focus.window(), QDialog):
            return Place(mode=Mode.COVERED)  # modal or not: what is pressed in a dialog is for the dialog
        if takes_text(focus):
            return Place(self.name, mode=Mode.TEXT)
        scope = Scope.WINDOW if self.name is None else self._scopes(self.name)
        mode = Mode.TYPING if self.name is not None and self._typing(self.name) else Mode.NORMAL
        button = isinstance(focus, QAbstractButton)
        return Place(self.name, scope, mode, button, isinstance(focus, QAbstractButton) and focus.autoExclusive())

    def dock_of(self, scope: Scope) -> str | None:
        """The dock that an act of this scope is for: with the focus, else the one that had it last, else the first."""
        names = [name for name in self._docking.names() if self._scopes(name) is scope]
        for name in (self.name, self._last.get(scope)):
            if name in names:
                return name
        return names[0] if names else None

    def dock_around(self, widget: QWidget | None) -> str | None:
        """The dock that a widget is in."""
        for name in self._docking.names() if widget is not None else ():
            docked = self._docking.widget(name)
            if widget is docked or (widget is not None and docked.isAncestorOf(widget)):
                return name
        return None

    def _focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        for each in self._docking.names():
            docked = self._docking.widget(each)
            if now is not None and docked.parentWidget() is now:
                # QtAds gives a floating dock's frame the focus when its window is activated.
                docked.setFocus(Qt.FocusReason.ActiveWindowFocusReason)
                return
        name = self.dock_around(now)
        in_text = now is not None and takes_text(now)
        if name is not None:
            self._last[self._scopes(name)] = name
        if name != self.name:
            self._outline(self.name, False)
            self._outline(name, True)
        if (name, in_text) != (self.name, self.in_text):
            self.name, self.in_text = name, in_text
            self.changed.emit()

    def _outline(self, name: str | None, on: bool) -> None:
        if name is None:
            return
        ring = self._rings.get(name)
        if ring is None or not shiboken6.isValid(ring):
            if not on:
                return
            ring = self._rings[name] = FocusRing(self._docking.widget(name), self._theme)
        ring.setVisible(on)
        if on:
            ring.raise_()


SCOPES: Mapping[str, Scope] = {
    "ladder": Scope.LADDER,
    "orders": Scope.ORDERS,
    "ticket": Scope.TICKET,
    "oco": Scope.OCO,
    "tape": Scope.TAPE,
    "own_trades": Scope.OWN_TRADES,
    "ticker": Scope.TICKER,
    "contracts": Scope.CONTRACTS,
    "positions": Scope.POSITIONS,
    "states": Scope.PANEL,
    "chart": Scope.CHART,
}
"""The kinds of docks, by the first word of their names."""


def scope_of(name: str) -> Scope:
    """The scope of a dock's keys: `ladder`, `ladder-2` and so on; the window's for one without keys of its own."""
    return SCOPES.get(name.partition("-")[0], Scope.WINDOW)
