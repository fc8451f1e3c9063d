"""The event filter on every window that gets the focus: what is pressed becomes an act, or goes on to Qt.

Not QShortcut: shortcuts fire from tables and combo boxes, and die under modal dialogs. The filter sits on the QWindow,
before any widget; one filter serves the main window, floating docks and dialogs.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow
from PySide6.QtWidgets import QAbstractButton, QApplication, QPlainTextEdit, QTextEdit

from app.keys.stroke import digit_row, is_modifier, strokes_of, typed
from app.keys.trie import Bindings, Keyboard, Mode, Outcome, Place, What

_HELD_BY = {
    Qt.Key.Key_Shift.value: Qt.KeyboardModifier.ShiftModifier,
    Qt.Key.Key_Control.value: Qt.KeyboardModifier.ControlModifier,
    Qt.Key.Key_Alt.value: Qt.KeyboardModifier.AltModifier,
}
_ENTERS = (Qt.Key.Key_Return.value, Qt.Key.Key_Enter.value)
APART = 300
"""Milliseconds that two Enters have to be apart to be two."""
_WATCHED = ~Qt.KeyboardModifier.KeypadModifier
NO_MODIFIER = Qt.KeyboardModifier.NoModifier


class KeyRouter(QObject):
    """Hears the keys of all windows from now on, until `release`.

    `place` says where the keys of a window go, `type_quantity` takes the figures of a quantity that is being typed.
    """

    chosen = Signal(str)
    """An act's name: run it. A signal, so that an act that fails can't let its key through to a widget."""
    said = Signal(str)
    """Why a key did nothing."""
    missed = Signal(str)
    """An order key was pressed where it is none; the act's name."""
    begun = Signal(str)
    """The keys of a sequence that waits for more; empty when it does no longer."""
    modifiers_changed = Signal()

    def __init__(
        self,
        application: QApplication,
        bindings: Bindings,
        place: Callable[[QWindow], Place],
        type_quantity: Callable[[str], object],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._application = application
        self._keyboard = Keyboard(bindings)
        self._place = place
        self._type_quantity = type_quantity
        self._digits = digit_row(QGuiApplication.platformName())
        self._entered = 0, NO_MODIFIER
        """When Enter was pressed, in ms by the platform's clock, and with what; 0 if another key was since, or nobody
        says."""
        self.modifiers = NO_MODIFIER
        """Held now, as far as our windows were told; none without the focus."""
        application.focusWindowChanged.connect(self._window_changed)
        application.focusChanged.connect(self._focus_changed)
        self._window_changed(QGuiApplication.focusWindow())

    def release(self) -> None:
        """Hears no more keys."""
        self._application.focusWindowChanged.disconnect(self._window_changed)
        self._application.focusChanged.disconnect(self._focus_changed)
        for window in QGuiApplication.allWindows():
            window.removeEventFilter(self)

    def rebind(self, bindings: Bindings) -> None:
        """Another key map holds from the next key on."""
        self._keyboard = Keyboard(bindings)

    # Qt

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent):
            return False
        match event.type():
            case QEvent.Type.KeyPress:
                held = event.modifiers() | _HELD_BY.get(event.key(), NO_MODIFIER)
                self._hold(held)
                return isinstance(watched, QWindow) and self._pressed(watched, event)
            case QEvent.Type.KeyRelease:
                self._hold(event.modifiers() & ~_HELD_BY.get(event.key(), NO_MODIFIER))
        return False

    # Within

    def _pressed(self, window: QWindow, event: QKeyEvent) -> bool:
        if is_modifier(event):
            return False
        place, repeat = self._place(window), event.isAutoRepeat()
        if self._bounced(event) and not isinstance(QApplication.focusWidget(), QPlainTextEdit | QTextEdit):
            self._keyboard.forget()
            self.said.emit("The second of two quick Enters does nothing: press it again")
            return True
        if place.mode is Mode.TYPING and not place.button:
            figure = typed(event, self._digits)
            if figure:
                self._keyboard.forget()
                if not repeat:
                    self._type_quantity(figure)
                return True
        before = self._keyboard.begun
        outcome = self._keyboard.press(strokes_of(event, self._digits), repeat, place)
        if self._keyboard.begun != before:
            self.begun.emit(" ".join(stroke.shown for stroke in self._keyboard.begun))
        self._tell(outcome)
        return outcome.what is not What.PASS

    def _bounced(self, event: QKeyEvent) -> bool:
        """Whether this is an Enter soon after another, with no key in between. The first one ended something, a figure,
        the palette, an order, and what came up instead was not read yet: a key that bounces must not confirm it. By the
        platform's own time of the presses, so that a desk that was busy holds nothing that was pressed slowly."""
        if event.isAutoRepeat():
            return False
        (before, held), self._entered = self._entered, (0, NO_MODIFIER)
        if event.key() in _ENTERS:
            self._entered = event.timestamp(), event.modifiers() & _WATCHED
        at, holds = self._entered
        return bool(before and at) and at - before < APART and holds == held

    def _tell(self, outcome: Outcome) -> None:
        if outcome.what is What.RUN:
            self.chosen.emit(outcome.name)
        elif outcome.what is What.CLICK:
            button = QApplication.focusWidget()
            if isinstance(button, QAbstractButton):
                button.click()
        elif outcome.words:
            self.said.emit(outcome.words)
        elif outcome.what is What.PASS and outcome.name:
            self.missed.emit(outcome.name)

    def _hold(self, held: Qt.KeyboardModifier) -> None:
        held &= _WATCHED
        if held != self.modifiers:
            self.modifiers = held
            self.modifiers_changed.emit()

    def _window_changed(self, window: QWindow | None) -> None:
        self._forget()
        if window is not None:
            window.installEventFilter(self)  # once more on a window that has it changes nothing

    def _focus_changed(self, *_: object) -> None:
        self._forget()

    def _forget(self) -> None:
        waiting = bool(self._keyboard.begun)
        self._keyboard.forget()
        self._hold(NO_MODIFIER)
        if waiting:
            self.begun.emit("")
