"""One lamp per connection in the status bar: a colour, a glyph and a word; the figures on hover."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QToolTip, QWidget

from protocols.market.events import ConnectionStatus
from protocols.market.state import ConnectionView, MarketState
from widgets.connections.figures import ConnectionFigures, Rate
from widgets.delivery import age_text
from widgets.frame_clock import FrameClock
from widgets.marks import CONNECTION_INKS, CONNECTION_MARKS
from widgets.theme import Theme
from widgets.wording import plain_tip

GAP = 6

ReadFigures = Callable[[], Sequence[ConnectionFigures]]


class Lamp(QAbstractButton):
    """`EPEX M7 ● live`. A button: a click or Space opens the connections."""

    def __init__(self, view: ConnectionView, theme: Theme, tip: Callable[[], str], parent: QWidget) -> None:
        super().__init__(parent)
        self._view = view
        self._tip = tip
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.set_theme(theme)

    @property
    def words(self) -> str:
        return f"{self._view.name} {CONNECTION_MARKS[self._view.status]} {self._view.status.value}"

    def show_view(self, view: ConnectionView) -> None:
        self._view = view
        self._name()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setFont(theme.ui_font(theme.sizes.font_title))
        self._name()

    def _name(self) -> None:
        reason = f": {self._view.reason}" if self._view.reason else ""
        self.setAccessibleName(f"Connection {self._view.name}, {self._view.status.value}{reason}")
        self.updateGeometry()
        self.update()

    def _parts(self) -> tuple[tuple[str, str], ...]:
        status = self._view.status
        ink = CONNECTION_INKS[status]
        loud = "text" if status in (ConnectionStatus.LIVE, ConnectionStatus.OFF) else ink
        return (self._view.name, "text_secondary"), (CONNECTION_MARKS[status], ink), (status.value, loud)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        width = sum(metrics.horizontalAdvance(text) + GAP for text, _ in self._parts())
        return QSize(width + 2 * GAP, metrics.height() + 6)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = self._theme
        if self.underMouse():
            painter.fillRect(self.rect(), theme.surface_raised)
        if self._view.status is ConnectionStatus.DOWN:
            painter.fillRect(self.rect(), theme.danger_surface)
        metrics = QFontMetrics(self.font())
        x = GAP + GAP // 2
        for text, ink in self._parts():
            painter.setPen(getattr(theme, ink))
            width = metrics.horizontalAdvance(text)
            rect = QRect(x, 0, width + 2, self.height())
            painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
            x += width + GAP
        if self.hasFocus():
            painter.setPen(theme.focus_ring)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._tip(), self)
            return True
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self.update()
        return super().event(event)


class ConnectionLamps(QWidget):
    """All lamps, in the order in which the connections were first heard of."""

    activated = Signal(str)
    """A lamp was clicked; the connection's name."""
    choose_requested = Signal(str)
    """What the connection subscribes to is to be chosen."""
    password_requested = Signal(str)
    """The connection's password is to be given."""

    def __init__(
        self,
        market: MarketState,
        clock: FrameClock,
        theme: Theme,
        figures: ReadFigures | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._market = market
        self._clock = clock
        self._theme = theme
        self._figures = figures
        self._rates: dict[str, Rate] = {}
        self._second = -1
        self._status = -1
        self.lamps: dict[str, Lamp] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)
        self.setAccessibleName("Connections")
        clock.pulse.connect(self._pulse)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for lamp in self.lamps.values():
            lamp.set_theme(theme)

    def tip(self, name: str) -> str:
        """A connection's tool tip: status and reason, account, rate, age of the last message, latency."""
        view = self._market.connections[name]
        lines = [f"{name}: {view.status.value}"]
        if view.reason:
            lines.append(view.reason)
        figures = {figure.name: figure for figure in self._figures()} if self._figures else {}
        figure = figures.get(name)
        if figure is not None:
            lines += [figure.account] if figure.account else []
            rate = self._rates.get(name, Rate()).per_second
            lines.append(f"{figure.messages} messages" + ("" if rate is None else f", {rate:.1f}/s"))
            if figure.last_message is None:
                lines.append("No message yet")
            else:
                age = self._clock.now.monotonic - figure.last_message.monotonic
                lines.append(f"Last message {age_text(age)} ago")
            if figure.latency is not None:
                lines.append(f"Latency {latency_text(figure.latency)}")
            lines += [f"{words}: {count}" for words, count in figure.counts if count]
        lines.append("Click or Space opens the connections, the menu key what can be done with this one")
        return "\n".join(lines)

    def menu(self, name: str) -> QMenu:
        """What can be done with a connection."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Areas, products, pairs…", lambda: self.choose_requested.emit(name))
        password = menu.addAction("Enter a password…", lambda: self.password_requested.emit(name))
        password.setEnabled(self._market.connections[name].wants_password)
        return menu

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def _pulse(self) -> None:
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        if self._market.status_revision != self._status:
            self._status = self._market.status_revision
            self._show_lamps()
        second = int(self._clock.now.monotonic)
        if second != self._second and self._figures is not None:
            self._second = second
            for figure in self._figures():
                rate = self._rates.setdefault(figure.name, Rate())
                rate.sample(self._clock.now.monotonic, figure.messages)

    def _show_lamps(self) -> None:
        for name, view in self._market.connections.items():
            lamp = self.lamps.get(name)
            if lamp is not None:
                lamp.show_view(view)
                continue
            # mypy does not infer a lambda with a default.
            lamp = Lamp(view, self._theme, lambda name=name: plain_tip(self.tip(name)), self)  # type: ignore[misc]
            lamp.clicked.connect(lambda _=False, name=name: self.activated.emit(name))
            lamp.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            lamp.customContextMenuRequested.connect(
                lambda at, lamp=lamp, name=name: self.menu(name).popup(lamp.mapToGlobal(at))
            )
            self.lamps[name] = lamp
            self._row.addWidget(lamp)
            lamp.show()


def latency_text(seconds: float) -> str:
    """`12 ms`; on this machine it is a fraction, and 0 would say that none was measured."""
    milliseconds = round(seconds * 1000)
    return f"{milliseconds} ms" if milliseconds else "below 1 ms"
