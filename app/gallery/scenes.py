"""What a scene of the gallery is: a widget before a market, in a state that has a name."""

import dataclasses
import re
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.gallery.market import Exhibit
from app.keys.keymap import read_keymap
from app.resources import keymap
from protocols.market.events import ConnectionStatus, Feed, Freshness
from widgets.key_texts import KeyTexts
from widgets.practice_band import PracticeBand
from widgets.theme import Theme

Happens = Callable[[Exhibit], object]


@dataclasses.dataclass(frozen=True)
class Scene:
    """`make` builds the widget; once it was seen in a market that trades (or, with `bare`, in none), something
    `happens` there, and `hands` do what a trader does with it."""

    widget: str
    state: str
    size: tuple[int, int]
    make: Callable[[Exhibit, Theme], QWidget]
    happens: Happens = lambda exhibit: None
    hands: Callable[[Exhibit, QWidget], object] = lambda exhibit, widget: None
    bare: bool = False
    practice: bool = False

    @property
    def slug(self) -> str:
        """`ladder-own-orders`."""
        return re.sub(r"[^a-z0-9]+", "-", f"{self.widget} {self.state}".lower()).strip("-")

    def open(self, theme: Theme) -> QWidget:
        """The widget as it is to be painted, shown to nobody."""
        exhibit = Exhibit() if self.bare else Exhibit().fill()
        widget = self.make(exhibit, theme)
        shown = _under_band(widget, theme) if self.practice else widget
        shown.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        shown.resize(*self.size)
        shown.show()
        _look(exhibit, shown)
        self.happens(exhibit)
        _look(exhibit, shown)
        self.hands(exhibit, widget)
        _look(exhibit, shown)
        return shown


def _look(exhibit: Exhibit, widget: QWidget) -> None:
    """A frame, painted: what follows is done on what was seen. Long enough for what flashes to have ended."""
    for _ in range(2):
        exhibit.beat(1.0)
        QCoreApplication.sendPostedEvents()
        widget.grab()


def _under_band(widget: QWidget, theme: Theme) -> QWidget:
    """As in a practice window."""
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(PracticeBand(theme, whole))
    column.addWidget(widget, 1)
    return whole


def key_texts() -> KeyTexts:
    """The keys of the shipped key map."""
    return KeyTexts(read_keymap(keymap(), "default.toml").shown())


# What happens to any widget's market


def stale(exhibit: Exhibit) -> None:
    exhibit.connection(ConnectionStatus.DOWN, "the link was lost: connection reset")
    exhibit.all_channels(Freshness.STALE, "the link was lost")


def resynchronising(exhibit: Exhibit) -> None:
    exhibit.connection(ConnectionStatus.RESYNCHRONISING, "asking for new snapshots")
    exhibit.all_channels(Freshness.RESYNCHRONISING, "message 4713 is missing")


def unsynchronised(exhibit: Exhibit) -> None:
    exhibit.all_channels(Freshness.UNSYNCHRONISED, "the snapshot could not be read")
    for feed in (Feed.ORDER_BOOKS, Feed.AREA_STATES, Feed.MARKET_INFORMATION):
        exhibit.lose(feed, "a change came without a base")
    exhibit.beat(7.0)


def closed(exhibit: Exhibit) -> None:
    exhibit.state("Active", "Closed")


def hibernated(exhibit: Exhibit) -> None:
    exhibit.state("Hibernated", "Closed")


def both(first: Happens, second: Happens) -> Happens:
    def happens(exhibit: Exhibit) -> None:
        first(exhibit)
        second(exhibit)

    return happens


FRESHNESS: tuple[tuple[str, Happens], ...] = (
    ("live", lambda exhibit: None),
    ("stale", stale),
    ("resynchronising", resynchronising),
    ("unsynchronised", unsynchronised),
)
