"""The buttons of the bar below the rows: presets while nothing is staged, send and drop while something is."""

from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from protocols.market.instruments import InstrumentSpec
from protocols.market.values import Quantity, Side, plain_text
from widgets.fx_staging import short_quantity
from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.ladder.geometry import PRESET_COUNT, Geometry, Rect
from widgets.ladder.hand import Hand, Typing
from widgets.staging import quantity_text
from widgets.theme import Theme


class TextButton(QAbstractButton):
    """A flat button with a word on it; `ground` names the theme colour that fills it."""

    edit_requested = Signal()
    """The right mouse button."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.ground = ""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCheckable(False)

    def describe(self, text: str, name: str, tip: str) -> None:
        """What is written on it, what it is called, and what it says when the mouse rests there."""
        self.setText(text)
        self.setAccessibleName(name)
        self.setToolTip(tip)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(48, 22)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.edit_requested.emit()
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        hot = self.underMouse() or self.isDown()
        ground = getattr(theme, self.ground) if self.ground else None
        edge = theme.focus_ring if self.hasFocus() else ground or (theme.accent if hot else theme.border_strong)
        painter.setPen(QPen(edge, 2 if self.hasFocus() else 1))
        fill = ground or (theme.accent_surface if self.isDown() else theme.surface)
        painter.setBrush(fill.lighter(112) if ground is not None and hot else fill)
        painter.drawRoundedRect(frame, theme.sizes.radius, theme.sizes.radius)
        painter.setFont(theme.ui_font(theme.sizes.font_title, theme.ui_font().weight()))
        painter.setPen(theme.surface if ground is not None else theme.text)
        # What is typed may be longer than the button: its end is what is being typed.
        room = self.width() - 2 * theme.sizes.radius
        text = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideLeft, room)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, text)
        painter.end()


class BarButtons(QObject):
    """The buttons on one ladder; presets are numbered from 0."""

    preset_chosen = Signal(int)
    preset_edited = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._ladder = parent
        self._side: Side | None = None
        self._allowed = False
        self.presets = [TextButton(theme, parent) for _ in range(PRESET_COUNT)]
        self.send, self.drop = TextButton(theme, parent), TextButton(theme, parent)
        for index, button in enumerate(self.presets):
            button.clicked.connect(lambda _=False, index=index: self.preset_chosen.emit(index))
            button.edit_requested.connect(lambda index=index: self.preset_edited.emit(index))
        self.set_keys(NO_KEYS)

    def set_keys(self, keys: KeyTexts) -> None:
        """The presets say theirs with the next `show_hand`."""
        self._keys = keys
        for button, word, act in ((self.send, "Send", "ladder.send"), (self.drop, "Drop", "ladder.drop")):
            name = f"{word} what is staged"
            button.describe(word, name, keys.tip(name, act))

    def set_theme(self, theme: Theme) -> None:
        for button in (*self.presets, self.send, self.drop):
            button.set_theme(theme)

    def place(self, geometry: Geometry) -> None:
        for button, rect in zip(self.presets, geometry.presets, strict=True):
            _put(button, rect)
        _put(self.send, geometry.send)
        _put(self.drop, geometry.drop)

    def show_hand(self, hand: Hand) -> None:
        """Presets or send and drop, never both. What had the keys and goes gives them to the ladder."""
        staged = hand.stage is not None
        for index, (button, quantity) in enumerate(zip(self.presets, hand.presets, strict=True)):
            self._describe(button, index, quantity, hand)
            self._show(button, not staged and button.width() > 0 and not hand.of_flex)
        self._side = None if hand.stage is None else hand.stage.side
        self.allow_send(self._allowed)
        self._show(self.send, staged)
        self._show(self.drop, staged)

    def allow_send(self, on: bool) -> None:
        """Whether send looks as if something would go. A click is heard anyway, and answered in words."""
        self._allowed = on
        ground = "" if not on or self._side is None else "buy" if self._side is Side.BUY else "sell"
        if ground != self.send.ground:
            self.send.ground = ground
            self.send.update()

    def _describe(self, button: TextButton, index: int, quantity: Quantity, hand: Hand) -> None:
        typed = hand.entry is not None and hand.typing is Typing.PRESET and hand.preset == index
        ground = "accent" if quantity == hand.quantity or typed else ""
        text = f"{hand.entry.text}_" if typed and hand.entry is not None else preset_text(quantity, hand)
        name = f"Preset quantity {plain_text(quantity)}"
        button.describe(text, name, self._keys.tip(name, f"ladder.preset_{index + 1}", "right-click edits"))
        if ground != button.ground:
            button.ground = ground
            button.update()

    def _show(self, button: QWidget, on: bool) -> None:
        if not on and button.hasFocus():
            self._ladder.setFocus(Qt.FocusReason.OtherFocusReason)
        button.setVisible(on)


def preset_text(quantity: Quantity, hand: Hand) -> str:
    """What stands on a preset: `12.5`, of a pair `100k`."""
    return short_quantity(quantity) if hand.of_pair else plain_text(quantity)


def amount_words(quantity: Quantity, spec: InstrumentSpec) -> str:
    """The next quantity as the bar says it while nothing is staged: `12.5 MW`, `50 000 EUR`."""
    return f"{quantity_text(quantity, spec)} {spec.quantity_unit}"


def _put(button: QWidget, rect: Rect) -> None:
    button.setGeometry(rect.x, rect.y, rect.width, rect.height)
