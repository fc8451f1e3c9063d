"""The one place that knows how widgets are docked. Nothing else imports QtAds.

QtAds' rules, learned once: configuration flags are static and must be set before the first manager; a dock is known
by its object name, and a saved layout restores only docks that were added again under the same names; a dock holds
no scroll area of its own here, since every widget scrolls by itself; on Linux it watches the main window to keep
floating ones above it, which off X11 hides them (see `_Companion`).
"""

import enum

import PySide6QtAds as QtAds
from PySide6.QtCore import QByteArray, QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QColor, QGuiApplication, QIcon, QKeyEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QMainWindow, QWidget

from widgets.docking_sheet import docking_sheet
from widgets.docking_tabs import TabsMenu
from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.practice_band import WORD as PRACTICE
from widgets.practice_band import PracticeBand
from widgets.theme import Theme
from widgets.wording import plain_tip

STATE_VERSION = 1
"""Of saved layouts; another version is refused by `restore`."""


class Place(enum.Enum):
    """Where a dock goes, in the window or relative to another dock; `TAB` joins that one's tabs."""

    LEFT = "left"
    RIGHT = "right"
    TOP = "top"
    BOTTOM = "bottom"
    CENTRE = "centre"
    TAB = "tab"
    FLOATING = "floating"


_AREAS = {
    Place.LEFT: QtAds.DockWidgetArea.LeftDockWidgetArea,
    Place.RIGHT: QtAds.DockWidgetArea.RightDockWidgetArea,
    Place.TOP: QtAds.DockWidgetArea.TopDockWidgetArea,
    Place.BOTTOM: QtAds.DockWidgetArea.BottomDockWidgetArea,
    Place.CENTRE: QtAds.DockWidgetArea.CenterDockWidgetArea,
    Place.TAB: QtAds.DockWidgetArea.CenterDockWidgetArea,
}


class Docking(QObject):
    """The docks of one main window, each known by its name and numbered in the order they were added."""

    focused = Signal(str)
    """Another dock has the keyboard; its name."""
    closed = Signal(str)
    """A dock was closed by the user; its widget lives on and `show_dock` brings it back."""

    escaped = Signal()
    """Esc in a floating window, where no widget used it."""

    def __init__(self, window: QMainWindow, theme: Theme, *, practice: bool = False) -> None:
        """`practice`: every floating window says so too, in its title and with a band."""
        super().__init__(window)
        _configure_once()
        self._theme = theme
        self._practice = practice
        self._keys = NO_KEYS
        self._homes: dict[str, tuple[Place, str | None]] = {}
        self._manager = QtAds.CDockManager(window)
        if QGuiApplication.platformName() != "xcb":
            self._companion = _Companion(self._manager)
        self._docks: dict[str, QtAds.CDockWidget] = {}
        self._titles: dict[str, str] = {}
        self._numerals: dict[str, int] = {}
        self._manager.focusedDockWidgetChanged.connect(self._focus_changed)
        self._manager.floatingWidgetCreated.connect(self._dress_floating)
        self._dressing = QTimer(self, singleShot=True, interval=0)
        self._dressing.timeout.connect(self._dress_areas)
        # Not at once: a group of docks tells of itself while it is made.
        self._manager.dockAreaCreated.connect(lambda _: self._dressing.start())
        self.set_theme(theme)

    # Docks

    def add(
        self,
        widget: QWidget,
        name: str,
        title: str,
        place: Place = Place.RIGHT,
        relative_to: str | None = None,
    ) -> None:
        """Docks a widget. `name` is unique and kept in saved layouts; the title is shown after its numeral."""
        if name in self._docks:
            raise ValueError(f"there is a dock named {name!r} already")
        dock = QtAds.CDockWidget(self._manager, "")
        dock.setObjectName(name)
        # Tabs that have too little room together scroll, and are in the menu at their end: `5 Or…` names nothing.
        dock.tabWidget().setElideMode(Qt.TextElideMode.ElideNone)
        dock.setMinimumSizeHintMode(QtAds.CDockWidget.eMinimumSizeHintMode.MinimumSizeHintFromContent)
        dock.setWidget(widget, QtAds.CDockWidget.eInsertMode.ForceNoScrollArea)
        self._docks[name] = dock
        self._numerals[name] = self._free_numeral()
        self.set_title(name, title)
        self._homes[name] = (place, relative_to)
        if place is Place.FLOATING:
            self._manager.addDockWidgetFloating(dock)
        else:
            self._dock_at_home(name)
        dock.closed.connect(lambda: self.closed.emit(name))
        # What a click brings to the front has the keys: else X would pull an order of the widget that had them before.
        dock.tabWidget().clicked.connect(lambda: self.focus(name))
        self._name_buttons(dock)

    def set_title(self, name: str, title: str) -> None:
        """The title without its numeral: `Ladder 15Q4` is shown as `1 Ladder 15Q4`."""
        self._titles[name] = title
        numeral, dock = self._numerals[name], self._docks[name]
        shown = f"{numeral} {title}"
        dock.setWindowTitle(shown)
        dock.tabWidget().setAccessibleName(shown)
        focus = self._keys.tip(f"Focus {title}", f"window.focus_{numeral}")
        dock.setTabToolTip(plain_tip(f"{focus}; drag to move, double click to float"))
        toggle: QAction = dock.toggleViewAction()
        toggle.setText(shown)

    def set_keys(self, keys: KeyTexts) -> None:
        """How the keys that focus the docks are written, for their tabs."""
        self._keys = keys
        for name, title in self._titles.items():
            self.set_title(name, title)

    def remove(self, name: str) -> QWidget:
        """Takes a dock away; the widget is handed back, without a parent."""
        dock = self._docks.pop(name)
        del self._titles[name], self._numerals[name], self._homes[name]
        widget: QWidget = dock.takeWidget()
        self._manager.removeDockWidget(dock)
        dock.deleteLater()
        widget.setParent(None)
        return widget

    def names(self) -> list[str]:
        """Names of all docks, by numeral."""
        return sorted(self._docks, key=self._numerals.__getitem__)

    def widget(self, name: str) -> QWidget:
        found: QWidget = self._docks[name].widget()
        return found

    def title(self, name: str) -> str:
        """The title with its numeral, as it is shown."""
        return f"{self._numerals[name]} {self._titles[name]}"

    def numeral(self, name: str) -> int:
        return self._numerals[name]

    def is_open(self, name: str) -> bool:
        return not self._docks[name].isClosed()

    def is_floating(self, name: str) -> bool:
        return bool(self._docks[name].isInFloatingContainer())

    def toggle_action(self, name: str) -> QAction:
        """A checkable action that opens and closes the dock, for menus."""
        action: QAction = self._docks[name].toggleViewAction()
        return action

    def show_dock(self, name: str) -> None:
        """Opens the dock if it was closed and brings its tab to the front. One closed while it floated is docked."""
        dock = self._docks[name]
        if dock.isClosed() and self.is_floating(name) and self._homes[name][0] is not Place.FLOATING:
            self._dock_at_home(name)
            dock.toggleView(False)  # QtAds takes it for open by now, and so would not show its tab
        dock.toggleView(True)
        dock.setAsCurrentTab()

    def close_dock(self, name: str) -> None:
        self._docks[name].toggleView(False)

    def float_dock(self, name: str) -> None:
        self._docks[name].setFloating()

    def focus(self, name: str) -> None:
        """Shows the dock and gives its widget the keyboard."""
        self.show_dock(name)
        widget = self.widget(name)
        # Whichever window it is in: keys go where the words say only in the active one.
        if not widget.window().isActiveWindow():
            widget.window().raise_()
            widget.window().activateWindow()
        widget.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def focus_numeral(self, numeral: int) -> bool:
        """Focuses the dock with this numeral in its title; False when there is none."""
        for name, own in self._numerals.items():
            if own == numeral:
                self.focus(name)
                return True
        return False

    def set_sizes(self, name: str, sizes: list[int]) -> None:
        """Shares out the splitter that the dock's area is in, in pixels or any proportion."""
        self._manager.setSplitterSizes(self._docks[name].dockAreaWidget(), sizes)

    # Layouts

    def save(self) -> bytes:
        """The layout: places, tabs, sizes, floating windows. No titles and no contents."""
        return bytes(self._manager.saveState(STATE_VERSION).data())

    def restore(self, state: bytes) -> bool:
        """Puts the docks where they were; False, and nothing changed, when the state can't be read."""
        if not state.startswith(b"<?xml"):
            return False
        return bool(self._manager.restoreState(QByteArray(state), STATE_VERSION))

    def floating_windows(self) -> list[QWidget]:
        return list(self._manager.floatingWidgets())

    # Looks

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for window in self.floating_windows():
            for band in window.findChildren(PracticeBand):
                band.set_theme(theme)
        self._set_icons(theme)
        self._manager.setStyleSheet(docking_sheet(theme))
        for dock in self._docks.values():
            self._name_buttons(dock)

    # Within

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
            return True
        return super().eventFilter(watched, event)

    def _dock_at_home(self, name: str) -> None:
        """With the docks whose tabs it was added to; where none is docked, at the place where the first of them began,
        or at the window's edge when that one's neighbour is not docked there."""
        first = self._first_of_group(name)
        place, beside = self._homes[first]
        neighbour = self._docked_of_group(first, name)
        if neighbour is not None:
            place = Place.TAB
        elif beside in self._docks:
            neighbour = self._docked_of_group(self._first_of_group(beside), name)
        area = None if neighbour is None else self._docks[neighbour].dockAreaWidget()
        # There are no tabs to join: the middle of the window is kept for nobody.
        edge = Place.BOTTOM if area is None and place is Place.TAB else place
        self._manager.addDockWidget(_AREAS[edge], self._docks[name], area)

    def _first_of_group(self, name: str) -> str:
        """The dock whose tabs this one was added to, itself for one that was given a place of its own."""
        place, beside = self._homes.get(name, (Place.BOTTOM, None))
        return self._first_of_group(beside) if place is Place.TAB and beside in self._homes else name

    def _docked_of_group(self, first: str, but: str) -> str | None:
        """One of the group's docks that is docked in the window now, other than `but`; None: there is none."""
        mates = (each for each in self.names() if each != but and self._first_of_group(each) == first)
        return next((each for each in mates if self.is_open(each) and not self.is_floating(each)), None)

    def _dress_floating(self, window: QtAds.CFloatingDockContainer) -> None:
        window.installEventFilter(self)
        if not self._practice:
            return
        window.windowTitleChanged.connect(lambda title: self._sign(window, title))
        self._sign(window, window.windowTitle())
        grid = window.dockContainer().layout()
        if isinstance(grid, QGridLayout):  # QtAds fills the cells from (0, 0) to (2, 2) at most
            grid.addWidget(PracticeBand(self._theme), 3, 0, 1, 3)

    def _sign(self, window: QWidget, title: str) -> None:
        if not title.endswith(f" — {PRACTICE}"):
            window.setWindowTitle(f"{title} — {PRACTICE}" if title else PRACTICE)

    def _free_numeral(self) -> int:
        taken = set(self._numerals.values())
        return next(number for number in range(1, len(taken) + 2) if number not in taken)

    def _focus_changed(self, _before: object, now: QtAds.CDockWidget | None) -> None:
        if now is not None:
            self.focused.emit(now.objectName())

    def _dress_areas(self) -> None:
        """A group of docks is new: one was docked by itself, or a layout came back."""
        for dock in self._docks.values():
            self._name_buttons(dock)

    def _name_buttons(self, dock: QtAds.CDockWidget) -> None:
        area = dock.dockAreaWidget()
        if area is not None and area.findChild(TabsMenu) is None:
            TabsMenu(area)
        groups = [] if area is None else area.findChildren(QAbstractButton)
        self._dress_buttons([*groups, *dock.tabWidget().findChildren(QAbstractButton)])

    def _dress_buttons(self, buttons: list[QAbstractButton]) -> None:
        """Names for screen readers, and icons, on the buttons that QtAds makes."""
        names = {
            "tabsMenuButton": ("List of tabs", "tabs"),
            "detachGroupButton": ("Float these tabs", "float"),
            "dockAreaCloseButton": ("Close", "close"),
            "tabCloseButton": ("Close tab", "close"),
        }
        for button in buttons:
            if button.objectName() in names:
                words, icon = names[button.objectName()]
                button.setAccessibleName(words)
                button.setToolTip(words)
                button.setIcon(self._icons[icon])
                button.setIconSize(QSize(12, 12))

    def _set_icons(self, theme: Theme) -> None:
        self._icons = {name: _icon(name, theme.text_secondary) for name in ("close", "float", "tabs")}


class _Companion(QObject):
    """Stands between QtAds and the window it watches, and passes on what keeps floating windows minimised with it.

    QtAds also sets and clears `WindowStaysOnTopHint` whenever the window gains or loses activation. On xcb it does so
    by a window property; elsewhere (Wayland, offscreen) through Qt, which hides a window whose flags change, and
    nobody shows it again. Floating windows are transient for the main one: the compositor keeps them above it.
    """

    def __init__(self, manager: QtAds.CDockManager) -> None:
        super().__init__(manager)
        self._manager = manager
        window = manager.window()
        window.removeEventFilter(manager)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.WindowStateChange:
            return bool(self._manager.eventFilter(watched, event))
        return False


def _configure_once() -> None:
    flag = QtAds.CDockManager.eConfigFlag
    flags = (
        flag.DefaultOpaqueConfig
        | flag.FocusHighlighting
        | flag.AlwaysShowTabs
        | flag.EqualSplitOnInsertion
        | flag.DisableStylesheet  # its own sheet leaves palettes behind even when another one replaces it
    )
    QtAds.CDockManager.setConfigFlags(flags)
    # Plain XML: it can be read by people, and a damaged one is told without unpacking it.
    QtAds.CDockManager.setConfigFlag(flag.XmlCompressionEnabled, False)
    QtAds.CDockManager.setConfigFlag(flag.DockAreaHasCloseButton, False)
    QtAds.CDockManager.setConfigFlag(flag.FloatingContainerHasWidgetTitle, True)
    QtAds.CDockManager.setConfigFlag(flag.FloatingContainerHasWidgetIcon, False)


def _icon(name: str, colour: QColor) -> QIcon:
    """Thin line drawings that are crisp at every scale: drawn, not shipped."""
    icon = QIcon()
    for scale in (1, 2, 3):
        side = 12 * scale
        pixmap = QPixmap(side, side)
        pixmap.setDevicePixelRatio(scale)
        pixmap.fill(QColor(0, 0, 0, 0))
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour, 1.2))
        if name == "close":
            painter.drawLine(3, 3, 9, 9)
            painter.drawLine(9, 3, 3, 9)
        elif name == "float":
            painter.drawRect(2, 4, 6, 6)
            painter.drawLine(5, 2, 10, 2)
            painter.drawLine(10, 2, 10, 7)
        else:
            painter.drawLine(3, 5, 6, 8)
            painter.drawLine(6, 8, 9, 5)
        painter.end()
        icon.addPixmap(pixmap)
    return icon
