"""The small ladder around the quote: both legs and the market between them, moved by keys or by the mouse.

Rows stay where they are: nothing the market does moves them, and nothing at all does while the mouse is over them. A
click or a drag means the row that was painted, and the price that is written in it.
"""

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QHideEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from protocols.market.values import Price
from widgets.oco.axis import Axis, fitted, resized
from widgets.oco.frame import NOTHING, Frame, Scene, compose, spoken
from widgets.oco.painting import LadderInk, paint
from widgets.oco.placing import LEGS
from widgets.theme import Theme

FEWEST_ROWS, USUAL_ROWS = 7, 11


class QuoteLadder(QWidget):
    """Shows scenes. What the trader does with it is told, and changes nothing here until the next scene."""

    leg_moved = Signal(int, object)
    """A leg (1, 2), and the price that it was dragged to, or that was clicked for it."""
    leg_chosen = Signal(int)
    """A leg that was clicked, or reached with Tab: keys move it from now on."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = Scene()
        self._axis: Axis | None = None
        self._wanted: tuple[Price, ...] = ()
        self._over = False
        self._pressed: tuple[QPoint, int, int | None] | None = None
        self._dragged: int | None = None
        self._pointed: int | None = None
        self._compact = False
        self._theme = theme
        self._painted: object = None
        self.frame: Frame = NOTHING
        """What is on the screen, or will be with the next paint."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Legs and quote")
        self._ink = LadderInk(theme, False, self.width())

    def set_theme(self, theme: Theme, compact: bool) -> None:
        self._theme, self._compact = theme, compact
        self._lay_out()

    def show_scene(self, scene: Scene) -> None:
        """What there is to be seen now. Another pair begins with an axis of its own."""
        if scene.pair != self._scene.pair:
            self._axis, self._wanted = None, ()
            self._pressed = self._dragged = None
        self._scene = scene
        self._compose()

    @property
    def placed(self) -> bool:
        """Whether there are rows."""
        return self._axis is not None

    @property
    def shows_legs(self) -> bool:
        """Whether the legs as they are now have been painted: what nobody can have seen is not sent."""
        return self._painted == self._legs()

    def fit(self, *prices: Price) -> None:
        """Has all these prices in sight from now on, in the middle."""
        pair = self._scene.pair
        if pair is not None and prices:
            self._wanted = ()
            self._axis = fitted(prices, pair.spec.tick, self._rows())
            self._compose()

    def keep_in_sight(self, *prices: Price) -> None:
        """As `fit`, when one of them is out of sight: at once, or once the mouse has gone."""
        if self._axis is None or all(self._axis.sees(price) for price in prices):
            self._wanted = ()
        elif self._over:
            self._wanted = prices
        else:
            self.fit(*prices)

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(440, USUAL_ROWS * self._ink.row_height)

    def minimumSizeHint(self) -> QSize:
        return QSize(400, FEWEST_ROWS * self._ink.row_height)

    def hideEvent(self, event: QHideEvent) -> None:
        self._painted = None  # what was on the screen is not any more

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._over = True

    def leaveEvent(self, event: QEvent) -> None:
        self._over = False
        self._point(None)
        if self._wanted:
            self.fit(*self._wanted)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tab goes through the legs: forwards it comes to the first, backwards to the last."""
        if event.reason() is Qt.FocusReason.TabFocusReason:
            self.leg_chosen.emit(LEGS[0])
        elif event.reason() is Qt.FocusReason.BacktabFocusReason:
            self.leg_chosen.emit(LEGS[-1])
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusNextPrevChild(self, following: bool) -> bool:
        other = self._scene.active + (1 if following else -1)
        if other in LEGS and self.frame.tags:
            self.leg_chosen.emit(other)
            return True
        return super().focusNextPrevChild(following)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self._row_at(event.position().toPoint())
        if event.button() is not Qt.MouseButton.LeftButton or row is None:
            event.ignore()
            return
        tag = self.frame.tag_at(row) if event.position().x() < self._ink.tags else None
        self._pressed = (event.position().toPoint(), row, None if tag is None else tag.number)
        if tag is not None:
            self.leg_chosen.emit(tag.number)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        if self._pressed is not None and self._pressed[2] is not None and self._dragged is None:
            far = (place - self._pressed[0]).manhattanLength() >= QApplication.startDragDistance()
            self._dragged = self._pressed[2] if far else None
        self._point(self._row_at(place))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, dragged = self._pressed, self._dragged
        self._pressed = self._dragged = None
        row = self._row_at(event.position().toPoint())
        self.update()
        if event.button() is not Qt.MouseButton.LeftButton or pressed is None or row is None or self._axis is None:
            return
        if dragged is not None:
            self.leg_moved.emit(dragged, self._axis.price(row))
        elif pressed[2] is None and row == pressed[1]:
            self.leg_moved.emit(self._scene.active, self._axis.price(row))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second press of a double click means nothing."""

    @property
    def dragging(self) -> bool:
        return self._dragged is not None

    def give_up_drag(self) -> bool:
        """Esc while a leg is dragged: it stays where it was. Whether one was."""
        dragged, self._dragged, self._pressed = self._dragged, None, None
        self.update()
        return dragged is not None

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.surface)
        if self.frame.axis is None:
            painter.setFont(self._ink.small)
            painter.setPen(self._theme.text_secondary)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.frame.words)
        else:
            paint(painter, self._ink, self.frame, self._pointed, self._dragged)
        edge = self._theme.focus_ring if self.hasFocus() else self._theme.border
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setPen(QPen(edge, 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()
        self._painted = self._legs()

    # Within

    def _legs(self) -> object:
        return self.frame.side, tuple((tag.number, tag.words) for tag in self.frame.tags)

    def _rows(self) -> int:
        return max(3, self.height() // self._ink.row_height)

    def _row_at(self, place: QPoint) -> int | None:
        if self._axis is None or not self.rect().contains(place):
            return None
        row = place.y() // self._ink.row_height
        return row if row < self._axis.rows else None

    def _point(self, row: int | None) -> None:
        if row != self._pointed:
            self._pointed = row
            self.update()

    def _lay_out(self) -> None:
        self._ink = LadderInk(self._theme, self._compact, self.width())
        if self._axis is not None and self._axis.rows != self._rows():
            self._axis = resized(self._axis, self._rows())
        self._compose()
        self.updateGeometry()
        self.update()

    def _compose(self) -> None:
        frame = compose(self._scene, self._axis)
        if frame != self.frame:
            self.frame = frame
            self.setAccessibleDescription(spoken(frame))
            self.update()
