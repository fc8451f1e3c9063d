"""The intervals above the candles as a row of buttons, and what leads back to the newest. Where there is not enough
room for all the last one has the rest in a menu."""

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from protocols.market.intervals import INTERVALS
from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.ladder.bar_buttons import TextButton
from widgets.theme import Theme

GAP, EDGE, PADDING = 3, 8, 7
APART = 10
"""Between the intervals and what follows the market."""
SHORT = {"1day": "1D", "1week": "1W", "1month": "1M", "1year": "1Y"}
MORE = "…"


class IntervalBar(QWidget):
    """`chosen` with the interval's name; `follow_requested` and `fit_requested` from the last two buttons."""

    chosen = Signal(str)
    follow_requested = Signal()
    fit_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._interval = ""
        self._keys = NO_KEYS
        self._compact = False
        self.buttons = {name: TextButton(theme, self) for name in INTERVALS}
        self.more, self.follow, self.fit = TextButton(theme, self), TextButton(theme, self), TextButton(theme, self)
        for name, button in self.buttons.items():
            button.clicked.connect(lambda _=False, name=name: self.chosen.emit(name))
        self.more.clicked.connect(lambda _=False: self.open_menu())
        self.follow.clicked.connect(lambda _=False: self.follow_requested.emit())
        self.fit.clicked.connect(lambda _=False: self.fit_requested.emit())
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.set_keys(NO_KEYS)
        self.set_theme(theme)
        self.show_view(following=True, fitted=True)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for button in (*self.buttons.values(), self.more, self.follow, self.fit):
            button.setFont(theme.ui_font(theme.sizes.font_title))
            button.set_theme(theme)
        self._place()

    def set_compact(self, on: bool) -> None:
        self._compact = on
        self.updateGeometry()
        self._place()

    def set_keys(self, keys: KeyTexts) -> None:
        """How the keys of its acts are written."""
        self._keys = keys
        for name, button in self.buttons.items():
            words = f"Candles of {INTERVALS[name].title}"
            button.describe(SHORT.get(name, name), words, keys.tip(words, act_of(name)))
        self.more.describe(MORE, "More intervals", "More intervals")
        words = "Follow the newest candles, at prices that fit"
        self.follow.describe("Follow", words, keys.tip(words, "chart.follow"))
        words = "Fit the prices to what is in view"
        self.fit.describe("Fit", words, keys.tip(words, "chart.fit"))

    def show_interval(self, interval: str) -> None:
        """The one that is shown: its button is filled."""
        self._interval = interval
        for name, button in self.buttons.items():
            self._fill(button, name == interval)
        self._place()

    def show_view(self, *, following: bool, fitted: bool) -> None:
        """Whether the newest candles are followed, and prices fit: the button is filled while it is so."""
        self._fill(self.follow, following)
        self._fill(self.fit, fitted)

    def open_menu(self) -> None:
        """All intervals, with their keys."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, interval in INTERVALS.items():
            action = menu.addAction(self._keys.entry(interval.title, act_of(name)))
            action.setCheckable(True)
            action.setChecked(name == self._interval)
            action.triggered.connect(lambda _=False, name=name: self.chosen.emit(name))
        menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height())))

    def sizeHint(self) -> QSize:
        return QSize(400, 24 if self._compact else 30)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()

    def _place(self) -> None:
        """From the left the intervals, as many as there is room for and the chosen one; at the right the others."""
        height = self.sizeHint().height() - 6
        right = self.width() - EDGE
        for button in (self.fit, self.follow):
            width = self._width(button)
            right -= width
            button.setGeometry(right, 3, width, height)
            right -= GAP
        right -= APART
        shown = self._fitting(right - EDGE)
        left = EDGE
        for name, button in self.buttons.items():
            button.setVisible(name in shown)
            if name in shown:
                button.setGeometry(left, 3, self._width(button), height)
                left += self._width(button) + GAP
        self.more.setVisible(len(shown) < len(self.buttons))
        self.more.setGeometry(left, 3, self._width(self.more), height)

    def _fitting(self, room: int) -> list[str]:
        widths = {name: self._width(button) + GAP for name, button in self.buttons.items()}
        if sum(widths.values()) <= room:
            return list(widths)
        room -= self._width(self.more) + GAP + widths.get(self._interval, 0)
        shown = [self._interval] if self._interval in widths else []
        for name, width in widths.items():
            if name != self._interval and width <= room:
                shown.append(name)
                room -= width
            elif name != self._interval:
                break
        return shown

    def _width(self, button: TextButton) -> int:
        return button.fontMetrics().horizontalAdvance(button.text()) + 2 * PADDING

    @staticmethod
    def _fill(button: TextButton, on: bool) -> None:
        ground = "accent" if on else ""
        if button.ground != ground:
            button.ground = ground
            button.setAccessibleDescription("chosen" if on else "")
            button.update()


def act_of(interval: str) -> str:
    """The name of the act that chooses it: `chart.interval_5m`."""
    return f"chart.interval_{interval}"
