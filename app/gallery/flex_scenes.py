"""Flexibility: the ladder behind its filter, the list of its orders, ticker, contracts and ticket."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.gallery.flex_market import FLEX, FlexDay
from app.gallery.ladder_scenes import make_ladder
from app.gallery.market import Exhibit
from app.gallery.scenes import Scene
from protocols.market.events import ConnectionStatus, Freshness
from protocols.market.flex_book import FlexFilter
from widgets.ladder import Ladder
from widgets.theme import Theme

LADDER, LIST = (560, 640), (640, 380)


def _ladder(exhibit: Exhibit, theme: Theme) -> QWidget:
    return make_ladder(exhibit, theme)


def _window(exhibit: Exhibit) -> None:
    FlexDay(exhibit).look_at(1)


def _whole(exhibit: Exhibit) -> None:
    FlexDay(exhibit).look_at(None)


def _stale(exhibit: Exhibit) -> None:
    day = FlexDay(exhibit)
    day.look_at(1)
    exhibit.connection(ConnectionStatus.DOWN, "the link was lost", FLEX)
    day.channels(Freshness.STALE, "the link was lost")
    exhibit.beat(12.0)


def _empty(exhibit: Exhibit) -> None:
    day = FlexDay(exhibit)
    day.look_at(1)
    day.book(())
    exhibit.beat(1.0)


def _in_germany(exhibit: Exhibit, widget: QWidget) -> None:
    assert isinstance(widget, Ladder)
    widget.choose_place(FlexFilter(country="DE"))


def _list(exhibit: Exhibit, theme: Theme) -> QWidget:
    """The popup by itself, as it lies over the ladder."""
    day = FlexDay(exhibit)
    day.look_at(None)
    ladder = make_ladder(exhibit, theme)
    ladder.resize(*LADDER)
    ladder.list_orders()
    ladder.order_list.setParent(None)
    return ladder.order_list


def _nothing(exhibit: Exhibit, widget: QWidget) -> None:
    """Hands that stay off."""


def _scene(
    state: str, happens: Callable[[Exhibit], object], hands: Callable[[Exhibit, QWidget], object] = _nothing
) -> Scene:
    return Scene("Flexibility ladder", state, LADDER, _ladder, happens, hands)


def scenes() -> list[Scene]:
    return [
        _scene("one window", _window),
        _scene("all windows mixed", _whole),
        _scene("one country", _window, hands=_in_germany),
        _scene("stale", _stale),
        _scene("empty", _empty),
    ]
