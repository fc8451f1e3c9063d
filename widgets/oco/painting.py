"""Paints one frame of the pair's small ladder. Reads nothing but the frame, and keeps nothing between frames."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPolygonF

from protocols.market.values import Side
from widgets.oco.frame import Frame, Row, Tag
from widgets.theme import Theme, faded

PRICE_ROOM = 12
"""Around a price in its column."""
TAG_ROOM = 24
"""Around the words of a leg, its point included."""
INSET = 2
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter


class LadderInk:
    """Fonts and columns for one theme, density and width."""

    def __init__(self, theme: Theme, compact: bool, width: int) -> None:
        shrink = 1 if compact else 0
        self.theme = theme
        self.row_height = theme.sizes.row_height_compact if compact else theme.sizes.row_height
        self.number = theme.number_font(theme.sizes.font_numbers - shrink)
        self.strong = theme.number_font(theme.sizes.font_numbers - shrink, QFont.Weight.Bold)
        self.small = theme.ui_font(theme.sizes.font_title - shrink)
        self.small_strong = theme.ui_font(theme.sizes.font_title - shrink, QFont.Weight.DemiBold)
        self.price = QFontMetrics(self.number).horizontalAdvance("0000.00000") + PRICE_ROOM
        longest = QFontMetrics(self.strong).horizontalAdvance("2 STOP LIMIT 1.08612") + TAG_ROOM
        self.tags = min(longest, (width - self.price) // 2)
        self.width = width

    def tag(self, row: int) -> QRectF:
        return QRectF(0, row * self.row_height, self.tags, self.row_height)

    def price_at(self, row: int) -> QRectF:
        return QRectF(self.tags, row * self.row_height, self.price, self.row_height)

    def rest(self, row: int) -> QRectF:
        left = self.tags + self.price
        return QRectF(left, row * self.row_height, self.width - left, self.row_height)

    def side(self, side: Side | None) -> tuple[QColor, QColor]:
        """Ink and ground of a leg."""
        theme = self.theme
        if side is None:
            return theme.accent, theme.accent_surface
        return (theme.buy, theme.buy_surface) if side is Side.BUY else (theme.sell, theme.sell_surface)


def paint(painter: QPainter, ink: LadderInk, frame: Frame, pointed: int | None, dragged: int | None) -> None:
    """`pointed` is the row under the mouse, `dragged` the leg that goes to it."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for index, row in enumerate(frame.rows):
        _row(painter, ink, frame, index, row, index == pointed)
    for tag in sorted(frame.tags, key=lambda tag: tag.active):
        moved = tag.number == dragged and not tag.shadow and pointed is not None
        _tag(painter, ink, frame, tag._replace(row=pointed) if moved and pointed is not None else tag)


def _row(painter: QPainter, ink: LadderInk, frame: Frame, index: int, row: Row, pointed: bool) -> None:
    theme, price = ink.theme, ink.price_at(index)
    if index % 2:
        painter.fillRect(QRectF(0, price.y(), ink.width, price.height()), theme.row_alternate)
    if row.between:
        painter.fillRect(price, faded(ink.side(frame.side)[1], 150))
    if row.market:
        ground = theme.accent_surface if frame.live else theme.surface_raised
        painter.fillRect(price.united(ink.rest(index)), ground)
    if pointed:
        painter.fillRect(price, theme.selection)
    painter.setFont(ink.strong if row.market and frame.live else ink.number)
    painter.setPen(
        theme.text if frame.live and row.market else theme.text_secondary if frame.live else theme.text_muted
    )
    painter.drawText(price, _CENTRE, row.text)
    if row.market:
        painter.setFont(ink.small_strong if frame.live else ink.small)
        painter.setPen(theme.text if frame.live else theme.text_muted)
        words = row.market if frame.live else f"was {row.market}"
        _fitted(painter, ink.rest(index).adjusted(8, 0, -4, 0), words)


def _tag(painter: QPainter, ink: LadderInk, frame: Frame, tag: Tag) -> None:
    """A leg points at its price; the active one is filled and has a mark, a limit that only follows is a thin line."""
    theme, area = ink.theme, ink.tag(tag.row).adjusted(INSET, INSET, 0, -INSET)
    colour, ground = ink.side(frame.side)
    if tag.shadow:
        painter.setFont(ink.small)
        painter.setPen(colour)
        painter.drawText(
            area.adjusted(8, 0, -8, 0), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, tag.words
        )
        return
    tip = area.height() / 2
    shape = QPolygonF(
        [
            area.topLeft(),
            QPointF(area.right() - tip, area.top()),
            QPointF(area.right(), area.center().y()),
            QPointF(area.right() - tip, area.bottom()),
            area.bottomLeft(),
        ]
    )
    painter.setPen(QPen(colour, 2 if tag.active else 1))
    painter.setBrush(colour if tag.active else ground)
    painter.drawPolygon(shape)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setFont(ink.strong if tag.active else ink.number)
    painter.setPen(theme.text_inverse if tag.active else theme.text)
    _fitted(painter, area.adjusted(8, 0, -tip, 0), tag.words)
    if not frame.rows[tag.row].market:
        painter.setFont(ink.small)
        painter.setPen(theme.text_secondary)
        room = ink.rest(tag.row).adjusted(8, 0, -4, 0)
        whole = painter.fontMetrics().horizontalAdvance(tag.detail.words) <= room.width()
        _fitted(painter, room, tag.detail.words if whole else tag.detail.brief)


def _fitted(painter: QPainter, area: QRectF, words: str) -> None:
    cut = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(area.width()))
    painter.drawText(area, _LEFT | Qt.TextFlag.TextSingleLine, cut)
