"""A list whose rows have tick boxes, for whoever chooses several things of many."""

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QListWidget, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from widgets.theme import Theme
from widgets.tick_box import BOX, paint_tick_box


class TickList(QListWidget):
    """Space ticks and unticks the current row; Ctrl+A and Ctrl+U ask for all of them."""

    all_ticked = Signal(bool)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        match event.key(), held:
            case Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier:
                self.all_ticked.emit(True)
            case Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier:
                self.all_ticked.emit(False)
            case _:
                super().keyPressEvent(event)


class TickPainter(QStyledItemDelegate):
    """A tick box, seen on a dark ground too, and the words behind it. A click anywhere on the row ticks."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(super().sizeHint(option, index).width() + BOX, self._theme.sizes.row_height)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme, rect = self._theme, QRect(option.rect)
        on = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked.value
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.selection)
        inner = rect.adjusted(theme.sizes.padding, 0, -theme.sizes.padding, 0)
        paint_tick_box(painter, inner, theme, on, focused=bool(option.state & QStyle.StateFlag.State_HasFocus))
        painter.setPen(theme.text)
        words = inner.adjusted(BOX + theme.sizes.padding, 0, 0, 0)
        text = painter.fontMetrics().elidedText(index.data(), Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)

    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        by_mouse = (
            isinstance(event, QMouseEvent)
            and event.type() is QEvent.Type.MouseButtonRelease
            and event.button() is Qt.MouseButton.LeftButton
        )
        by_key = (
            isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Space
            and not event.isAutoRepeat()
        )
        if not by_mouse and not by_key:
            return False
        on = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked.value
        return model.setData(index, tick_state(not on).value, Qt.ItemDataRole.CheckStateRole)


def tick_state(on: bool) -> Qt.CheckState:
    return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
