"""The delivery ribbon: the day of the link group's contract in one strip. A click or Enter chooses the contract."""

from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from protocols.market.state import MarketState, Standing
from protocols.market.times import MINUTE, UtcNs
from widgets.delivery import CONTINENT, day_text, delivery_text, market_zone
from widgets.figures import amount_text, price_figure, signed_amount
from widgets.frame_clock import FrameClock
from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.link_group import LinkGroup
from widgets.marks import INKS, MARKS
from widgets.ribbon.painting import RibbonPainter, Scale, cell_at, edges_of, is_open, scale_of
from widgets.ribbon.slots import DayBook, Mode, Slot, day_of
from widgets.theme import Theme
from widgets.wording import plain_tip, plain_words, standing_text

STRIP = 26
MARGIN = 6
MODES_TIP = "The day's quarter-hours by net position, price or state"


class DeliveryRibbon(QWidget):
    """One area's day. Its mode says what the colours mean, the line above names it, its range and its freshness.

    Until somebody chooses one, it shows states, and positions as soon as one is held: an empty strip tells nothing.
    """

    def __init__(
        self,
        market: MarketState,
        clock: FrameClock,
        group: LinkGroup,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._market = market
        self._clock = clock
        self._group = group
        self._day_book = DayBook(market)
        self._chosen: Mode | None = None
        self._held = False
        self._slots: list[Slot] = []
        self._scale = Scale(0, 0, 0)
        self._area = ("", "")
        self._zone: ZoneInfo = CONTINENT
        self._seen: tuple[object, ...] = ()
        self._current = -1
        self.setAccessibleName("Delivery ribbon")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.set_theme(theme)
        self.set_keys(NO_KEYS)
        clock.pulse.connect(self._pulse)
        group.contract_changed.connect(self._refresh)

    # What the panel uses

    @property
    def mode(self) -> Mode:
        """The chosen one, else what there is to be seen. One that was held once is not forgotten when it is closed: the
        colours don't change their meaning to and fro."""
        return self._chosen or (Mode.POSITION if self._held else Mode.STATE)

    def next_mode(self) -> None:
        """Position, price, state, and round again: chosen from now on."""
        self._choose_mode(self.mode.following)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._painter = RibbonPainter(theme)
        self.updateGeometry()
        self.update()

    def set_keys(self, keys: KeyTexts) -> None:
        self._keys = keys

    def state(self) -> dict[str, Any]:
        """What a workspace keeps of this widget."""
        return {"mode": self._chosen.value if self._chosen is not None else ""}

    def restore(self, state: dict[str, Any]) -> None:
        """Takes what was kept; without a mode that is known here it is as if nobody had chosen."""
        known = {mode.value: mode for mode in Mode}
        self._choose_mode(known.get(str(state.get("mode"))))

    # Qt's calls

    def sizeHint(self) -> QSize:
        return QSize(600, 2 * self._painter.metrics.height() + STRIP + 10)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.fillRect(self.rect(), theme.surface)
        self._paint_words(painter)
        strip = self._strip()
        self._painter.cells(painter, strip, self._slots, self.mode, self._scale)
        self._painter.hours(
            painter, QRect(strip.left(), strip.bottom() + 1, strip.width(), 99), self._slots, self._zone
        )
        self._painter.now(painter, strip, self._slots, self._clock.now.utc)
        for index, slot in enumerate(self._slots):
            if self._is_chosen(slot):
                self._painter.frame(painter, strip, len(self._slots), index, theme.accent)
        if self.hasFocus() and 0 <= self._current < len(self._slots):
            self._painter.frame(painter, strip, len(self._slots), self._current, theme.text)
        if self.hasFocus():
            painter.setPen(theme.focus_ring)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._at(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and index >= 0:
            self._move_to(index)
            self._choose()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Left:
                self._move_to(max(0, self._current - 1))
            case Qt.Key.Key_Right:
                self._move_to(min(len(self._slots) - 1, self._current + 1))
            case Qt.Key.Key_Home:
                self._move_to(0)
            case Qt.Key.Key_End:
                self._move_to(len(self._slots) - 1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._choose()
            case _:
                event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._current < 0:
            self._current = self._first_chosen()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            index = self._at(event.pos())
            words = self.words_of(index) if index >= 0 else self._keys.tip(MODES_TIP, "panel.ribbon")
            QToolTip.showText(event.globalPos(), plain_tip(words), self)
            return True
        return super().event(event)

    # In words

    def title(self) -> str:
        """The line above the strip: `DE-AMPRION Sat 21 Nov · net position −3.0 to +12.0 MW`."""
        if not self._slots:
            return "No contract is known yet"
        spec = next((slot.contract.spec for slot in self._slots if slot.contract is not None), None)
        day = day_text(self._slots[0].start, self._zone)
        head = f"{self._area[1]} {day}"
        if spec is None:
            return f"{head} · no contracts of that day"
        match self.mode:
            case Mode.STATE:
                return " · ".join((f"{head} · contract states", *_counted(self._slots)))
            case Mode.PRICE:
                if not any(slot.price is not None for slot in self._slots):
                    return f"{head} · no prices"
                low = price_figure(self._scale.lowest, spec.price_decimals)
                high = price_figure(self._scale.highest, spec.price_decimals)
                return f"{head} · last prices {low} to {high} {spec.price_unit}"
            case Mode.POSITION:
                if not self._scale.largest:
                    return f"{head} · net position: none"
                largest = amount_text(self._scale.largest, spec.quantity_decimals)
                return f"{head} · net position, ▲ long ▼ short, up to {largest} {spec.quantity_unit}"

    def words_of(self, index: int) -> str:
        """A quarter-hour in words, for the tool tip and for screen readers."""
        slot = self._slots[index]
        lines = [delivery_text(slot.start, slot.end, self._zone)]
        if slot.contract is None:
            return f"{lines[0]}\nno contract"
        spec = slot.contract.spec
        parts = [f"{each.name} {signed_amount(net, spec.quantity_decimals)}" for each, net in slot.parts]
        of = f" ({', '.join(parts)})" if parts else ""
        lines.append(f"Net position {signed_amount(slot.net, spec.quantity_decimals)} {spec.quantity_unit}{of}")
        if slot.price is not None:
            lines.append(f"{slot.contract.name} last {price_figure(slot.price, spec.price_decimals)} {spec.price_unit}")
        if slot.state:
            lines.append(plain_words(", ".join(filter(None, (slot.state, slot.phase)))))
        if slot.standing is not None and not slot.standing.live:
            lines.append(standing_text(slot.standing))
        return "\n".join(lines)

    # Within

    def _choose_mode(self, mode: Mode | None) -> None:
        self._chosen = mode
        self._refresh()

    def _pulse(self) -> None:
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        market, now = self._market, self._clock.now.utc
        self._held = self._held or bool(market.positions.held())
        mode = self.mode
        seen = (
            mode,
            self._group.contract,
            market.contracts_revision,
            market.status_revision,
            market.positions.revision if mode is Mode.POSITION else market.information.revision,
            market.area_states.revision,
            now // MINUTE,
        )
        if seen == self._seen or not self.isVisible():
            return
        self._seen = seen
        self._read(now)
        self.setAccessibleDescription(self.title())
        self.update()

    def _read(self, now: UtcNs) -> None:
        key = self._group.contract
        contract = self._market.contracts.get(key) if key is not None else None
        if contract is None:
            contract = next(iter(self._market.contracts.values()), None)
            if contract is None:
                self._slots = []
                return
            moment = now
        else:
            moment = contract.delivery_start
        self._area = (contract.key.connection, contract.area)
        self._zone = market_zone(contract.area)
        day = day_of(moment, self._zone)
        if self._slots and self._slots[0].start != day[0]:
            self._current = -1
        self._slots = self._day_book.look(*self._area, day, self.mode)
        self._scale = scale_of(self._slots)

    def _standing(self) -> Standing | None:
        if not self._slots:
            return None
        return self._market.feed_standing(self.mode.feed, [self._area])

    def _paint_words(self, painter: QPainter) -> None:
        theme, metrics = self._theme, self._painter.metrics
        line = QRect(MARGIN, 3, self.width() - 2 * MARGIN, metrics.height())
        painter.setFont(self._painter.font)
        standing = self._standing()
        if standing is not None:
            words = f"{MARKS[standing.freshness]} {standing_text(standing)}"
            words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, line.width() // 2)
            painter.setPen(getattr(theme, INKS[standing.freshness]))
            painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.TextFlag.TextSingleLine, words)
            line.setRight(line.right() - metrics.horizontalAdvance(words) - MARGIN)
        painter.setPen(theme.text_secondary)
        title = metrics.elidedText(self.title(), Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine, title)

    def _strip(self) -> QRect:
        top = 3 + self._painter.metrics.height() + 3
        return QRect(MARGIN, top, max(0, self.width() - 2 * MARGIN), STRIP)

    def _at(self, place: QPoint) -> int:
        strip = self._strip()
        return cell_at(place.x(), edges_of(len(self._slots), strip)) if strip.contains(place) else -1

    def _is_chosen(self, slot: Slot) -> bool:
        """Whether the link group's contract delivers in it."""
        chosen = self._market.contracts.get(self._group.contract) if self._group.contract is not None else None
        return chosen is not None and chosen.delivery_start <= slot.start < chosen.delivery_end

    def _first_chosen(self) -> int:
        return next((index for index, slot in enumerate(self._slots) if self._is_chosen(slot)), 0)

    def _move_to(self, index: int) -> None:
        if index == self._current or not 0 <= index < len(self._slots):
            return
        self._current = index
        words = self.words_of(index).replace("\n", ", ")
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))
        self.update()

    def _choose(self) -> None:
        if 0 <= self._current < len(self._slots):
            contract = self._slots[self._current].contract
            if contract is not None:
                self._group.choose(contract.key)


def _counted(slots: list[Slot]) -> list[str]:
    """What the patterns stand for: `9 open`, `1 hibernated`; each quarter-hour of a contract counts once."""
    told = [slot for slot in slots if slot.contract is not None]
    words = ["open" if is_open(slot) else _why_not_open(slot) for slot in told]
    return [f"{count} {word}" for word, count in Counter(sorted(words, key=lambda word: word != "open")).items()]


def _why_not_open(slot: Slot) -> str:
    """The phase where the state alone is no reason."""
    word = slot.phase if slot.state.casefold() == "active" else slot.state
    return plain_words(word) or "not told"
