"""Fields and switches that paint their own state: no style sheet above them and no style can hide it."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QSizePolicy, QSpinBox, QWidget

from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.theme import Theme

ROOM = 8


class FilterField(QLineEdit):
    """The line above a table that says which rows are shown, in a box that is outlined while keys go to it.

    Esc empties it, Enter and the down arrow go on to the rows: the signals say so, the owner moves the focus.
    """

    left = Signal()
    """Esc: it is empty now."""
    entered = Signal()
    """Enter or the down arrow."""

    def __init__(self, act: str, name: str, tip: str, parent: QWidget | None = None) -> None:
        """`act` is the named act that brings the keys here."""
        super().__init__(parent)
        self._act = act
        self._tip = tip
        self.setFrame(False)
        self.setTextMargins(ROOM - 2, 2, ROOM - 2, 2)
        self.setClearButtonEnabled(True)
        self.setAccessibleName(name)
        self.set_keys(NO_KEYS)

    def set_keys(self, keys: KeyTexts) -> None:
        self.setPlaceholderText(f"Filter   {keys.first(self._act)}".rstrip())
        self.setToolTip(keys.tip(self._tip, self._act, "Esc clears"))

    def begin(self) -> None:
        """What is typed next replaces what stands here."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def key_in_rows(self, event: QKeyEvent) -> None:
        """A key that the rows left alone: Esc empties the filter from there too, any other is ignored."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Escape:
                self.clear()
                self.left.emit()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Down:
                self.entered.emit()
            case _:
                super().keyPressEvent(event)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setFont(theme.ui_font())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), QFontMetrics(self.font()).height() + 9)

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        theme, focused = self._theme, self.hasFocus()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline(painter, QRectF(self.rect()), theme, theme.focus_ring if focused else theme.border_strong, focused)
        painter.end()


class CountField(QSpinBox):
    """A number with its steps, in a box that is outlined while keys go to it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrame(False)
        self.lineEdit().setStyleSheet("background: transparent")  # it lies over what is painted here
        self.lineEdit().setTextMargins(ROOM // 2, 0, 0, 0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setFont(theme.ui_font(theme.sizes.font_title))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width() + ROOM, QFontMetrics(self.font()).height() + 9)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Only while keys go here: a wheel that passes over it changes nothing."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        theme, focused = self._theme, self.hasFocus()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline(painter, QRectF(self.rect()), theme, theme.focus_ring if focused else theme.border_strong, focused)
        painter.end()


class Toggle(QAbstractButton):
    """A button whose words and looks say whether it is on: filled and framed in the accent, or a plain frame."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setFont(theme.ui_font(theme.sizes.font_title))
        self.update()

    def set_words(self, text: str) -> None:
        if text != self.text():
            self.setText(text)
            self.updateGeometry()

    def colours(self) -> tuple[QColor, QColor, QColor]:
        """Ground, ink and edge."""
        theme = self._theme
        if self.isChecked():
            return theme.accent, theme.text_inverse, theme.accent
        return theme.surface_raised, theme.text, theme.border_strong

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self.text()) + 2 * ROOM + 2, metrics.height() + 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        ground, ink, edge = self.colours()
        theme, area = self._theme, QRectF(self.rect())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), theme.sizes.radius, theme.sizes.radius)
        painter.setFont(self.font())
        painter.setPen(ink)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine, self.text())
        if self.hasFocus():
            outline(painter, area, theme, theme.text if self.isChecked() else theme.focus_ring, strong=True)
        else:
            outline(painter, area, theme, edge, strong=False)
        painter.end()


def outline(painter: QPainter, area: QRectF, theme: Theme, colour: QColor, strong: bool) -> None:
    """A rounded frame just within `area`, two pixels thick when it is strong."""
    inset = 1.0 if strong else 0.5
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, 2 * inset))
    painter.drawRoundedRect(area.adjusted(inset, inset, -inset, -inset), theme.sizes.radius, theme.sizes.radius)
