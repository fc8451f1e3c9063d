"""Where flexibility is wanted and offered: a grid of latitude and longitude with a dot for each place of the book.

There is no map behind it: nothing is asked of a network, and no borders are drawn that nobody needs here.
"""

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from protocols.market.flex_book import ALL, FlexFilter
from protocols.market.instruments import FlexMarket, FlexWindow
from protocols.market.state import MarketState
from widgets.flex.map_places import Box, MapPlace, MapView, Projection, map_of, place_labels
from widgets.flex.view import narrowed
from widgets.flex.words import titled
from widgets.frame_clock import FrameClock
from widgets.link_group import LinkGroup
from widgets.marks import INKS, MARKS
from widgets.theme import Theme, faded
from widgets.wording import plain_tip, standing_text

MARGIN, LARGEST, SMALLEST = 44, 26.0, 4.0
"""Pixels around the places, and the radius of the largest and the smallest half-disc."""
NAMED = 24
"""So many places have their names beside them; more would cover each other."""
CORNER = 36
"""Pixels at the edges where no figure of the grid has room."""
LEGEND = "left half: bids · right half: asks · area as power"


class FlexMap(QWidget):
    """The window that the link group looks at, or all of them. Arrows go from place to place; Enter or a double click
    asks for its orders alone."""

    place_chosen = Signal(object)
    """`FlexFilter` of the place, without a window."""

    def __init__(
        self, market: MarketState, clock: FrameClock, group: LinkGroup, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._market = market
        self._group = group
        self._theme = theme
        self._seen: tuple[object, ...] = ()
        self._contract: FlexMarket | FlexWindow | None = None
        self.view = MapView()
        self.current = -1
        """The place under inspection, counted from the north; -1 for none."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Map of flexibility")
        self.setMouseTracking(True)
        clock.pulse.connect(self._pulse)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def set_compact(self, compact: bool) -> None:
        """There are no rows to be closer together."""

    def sizeHint(self) -> QSize:
        return QSize(520, 420)

    @property
    def words(self) -> str:
        """What is said below the places: of the current one, else of all."""
        if self._contract is None:
            return "Choose a flexibility book or window: there is nothing to place on the map"
        if 0 <= self.current < len(self.view.places):
            return self.view.places[self.current].words(self._contract.spec)
        count = len(self.view.places)
        nowhere = f", {self.view.nowhere} orders name no position" if self.view.nowhere else ""
        return f"{count} place{'s' * (count != 1)}{nowhere} · {LEGEND}"

    def look_at(self, place: int) -> None:
        """Chooses a place, counted from the north; -1 for none."""
        self.current = place
        self.setAccessibleDescription(self.words)
        self.update()

    # Qt's calls

    def keyPressEvent(self, event: QKeyEvent) -> None:
        count = len(self.view.places)
        match event.key():
            case Qt.Key.Key_Down | Qt.Key.Key_Right if count:
                self.look_at((self.current + 1) % count)
            case Qt.Key.Key_Up | Qt.Key.Key_Left if count:
                self.look_at((self.current - 1) % count if self.current > 0 else count - 1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if 0 <= self.current < count:
                self._choose(self.view.places[self.current])
            case Qt.Key.Key_Escape if self.current >= 0:
                self.look_at(-1)
            case _:
                event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.look_at(self.place_at(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and 0 <= self.current < len(self.view.places):
            self._choose(self.view.places[self.current])

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            place = self.place_at(QPointF(event.pos()))
            spec = None if self._contract is None else self._contract.spec
            words = "" if place < 0 or spec is None else self.view.places[place].words(spec)
            more = f"{words}\nA double click, or Enter, shows its orders alone" if words else ""
            QToolTip.showText(event.globalPos(), plain_tip(more), self)
            return True
        return super().event(event)

    def place_at(self, at: QPointF) -> int:
        """The place that is drawn nearest to a point, within its discs; -1 for none."""
        projection, largest = self._projection(), self._largest()
        best, found = LARGEST + 4, -1
        for index, place in enumerate(self.view.places):
            x, y = projection.point(place.position)
            distance = math.hypot(at.x() - x, at.y() - y)
            reach = max(_radius(place.bids, largest), _radius(place.asks, largest), 8.0) + 2
            if distance <= reach and distance < best:
                best, found = distance, index
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.surface)
        painter.setFont(theme.ui_font(theme.sizes.font_title))
        if self._contract is not None:
            self._paint_grid(painter)
            self._paint_places(painter)
            self._paint_names(painter)
        self._paint_words(painter)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.focus_ring, 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    # Within

    def _pulse(self) -> None:
        if not self.isVisible():
            return
        contract = self._market.instrument(self._group.contract)
        flexible = contract if isinstance(contract, FlexMarket | FlexWindow) else None
        book = None if flexible is None else self._market.flex.books.get(flexible.key.connection)
        seen = (flexible, -1 if book is None else book.revision, self._market.status_revision)
        if seen == self._seen:
            return
        self._seen = seen
        held = self.view.places[self.current].position if 0 <= self.current < len(self.view.places) else None
        self._contract = flexible
        self.view = map_of(book, self._chosen()) if book is not None else MapView()
        positions = [place.position for place in self.view.places]
        self.look_at(positions.index(held) if held in positions else -1)

    def _chosen(self) -> FlexFilter:
        return ALL if self._contract is None else narrowed(ALL, self._contract.key)

    def _choose(self, place: MapPlace) -> None:
        location = place.names[0] if place.names else None
        self.place_chosen.emit(FlexFilter(country=place.country, location=location))

    def _projection(self) -> Projection:
        height = self.height() - 2 * self._line()
        return Projection((place.position for place in self.view.places), self.width(), height, MARGIN)

    def _line(self) -> int:
        return QFontMetrics(self._theme.ui_font(self._theme.sizes.font_title)).height() + 6

    def _largest(self) -> int:
        return max((max(place.bids, place.asks) for place in self.view.places), default=0)

    def _paint_grid(self, painter: QPainter) -> None:
        theme, height = self._theme, self.height() - 2 * self._line()
        parallels, meridians = self._projection().lines(self.width(), height)
        for y, name in parallels:
            painter.setPen(QPen(theme.border, 1))
            painter.drawLine(QPointF(0, y), QPointF(self.width(), y))
            if y < height - CORNER:
                painter.setPen(theme.text_muted)
                painter.drawText(QPointF(6, y - 3), name)
        for x, name in meridians:
            painter.setPen(QPen(theme.border, 1))
            painter.drawLine(QPointF(x, 0), QPointF(x, height))
            if CORNER < x < self.width() - CORNER:
                painter.setPen(theme.text_muted)
                painter.drawText(QPointF(x + 3, height - 4), name)

    def _paint_places(self, painter: QPainter) -> None:
        theme, projection, largest = self._theme, self._projection(), self._largest()
        assert self._contract is not None
        live = self._market.flex_standing(self._contract.key.connection, self._chosen()).live
        for index, place in enumerate(self.view.places):
            x, y = projection.point(place.position)
            for power, ink, begin in ((place.bids, theme.buy, 90), (place.asks, theme.sell, 270)):
                if not power:
                    continue
                radius = _radius(power, largest)
                disc = QRectF(x - radius, y - radius, 2 * radius, 2 * radius)
                painter.setPen(QPen(ink if live else theme.text_muted, 1.2))
                painter.setBrush(faded(ink if live else theme.text_muted, 110))
                painter.drawPie(disc, begin * 16, 180 * 16)
            if index == self.current:
                painter.setPen(QPen(theme.text, 1.6))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(QPointF(x, y), LARGEST + 3, LARGEST + 3)

    def _paint_names(self, painter: QPainter) -> None:
        """Beside their discs, where they hide none of the others: the larger the power, the sooner."""
        places, metrics = self.view.places, painter.fontMetrics()
        projection, largest, line = self._projection(), self._largest(), metrics.height()
        order = sorted(range(len(places)), key=lambda index: -(places[index].bids + places[index].asks))
        wanted: list[tuple[list[Box], bool]] = []
        for index in order:
            x, y = projection.point(places[index].position)
            wide = float(metrics.horizontalAdvance(places[index].title))
            right = x + max(_radius(places[index].asks, largest), 2.0) + 5
            left = x - max(_radius(places[index].bids, largest), 2.0) - 5 - wide
            tops = (y - line / 2, y - line, y)
            boxes = [Box(side, top, wide, line) for side in (right, left) for top in tops]
            wanted.append((boxes, index == self.current))
        painter.setPen(self._theme.text_secondary)
        for index, box in zip(order, place_labels(wanted, self.width()), strict=True):
            if box is not None and (len(places) <= NAMED or index == self.current):
                painter.drawText(QPointF(box.x, box.y + metrics.ascent()), places[index].title)

    def _paint_words(self, painter: QPainter) -> None:
        theme, line = self._theme, self._line()
        top = self.height() - 2 * line
        painter.fillRect(0, top, self.width(), 2 * line, theme.surface_raised)
        painter.setPen(theme.text)
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine
        room = QRectF(8, top, self.width() - 16, line)
        words = painter.fontMetrics().elidedText(self.words, Qt.TextElideMode.ElideRight, round(room.width()))
        painter.drawText(room, left, words)
        if self._contract is None:
            return
        standing = self._market.flex_standing(self._contract.key.connection, self._chosen())
        painter.setPen(getattr(theme, INKS[standing.freshness]))
        said = f"{MARKS[standing.freshness]} {standing_text(standing)} · {titled(self._contract)}"
        said = painter.fontMetrics().elidedText(said, Qt.TextElideMode.ElideRight, round(room.width()))
        painter.drawText(QRectF(8, top + line, self.width() - 16, line), left, said)


def _radius(power: int, largest: int) -> float:
    """Areas are as powers are; the smallest can still be seen."""
    return max(SMALLEST, LARGEST * math.sqrt(power / largest)) if power and largest else 0.0
