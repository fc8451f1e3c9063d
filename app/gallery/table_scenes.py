"""The widgets with rows, the ribbon and the chart."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.gallery import order_scenes
from app.gallery.ladder_scenes import own_orders
from app.gallery.market import Exhibit
from app.gallery.scenes import FRESHNESS, Scene, both, hibernated, stale
from protocols.market.events import TradeState
from protocols.market.values import Side
from widgets.area_states import AreaStates
from widgets.own_trades import OwnTrades
from widgets.price_chart import PriceChart
from widgets.ribbon import DeliveryRibbon
from widgets.tape import TradeTape
from widgets.theme import Theme

WIDE, TAPE, STRIP, CHART = (1240, 300), (820, 300), (1240, 64), (820, 320)

Maker = Callable[[Exhibit, Theme], QWidget]


def _on(widget: type) -> Maker:
    """Most widgets are made of the same four things."""

    def make(exhibit: Exhibit, theme: Theme) -> QWidget:
        made = widget(exhibit.market, exhibit.clock, exhibit.group, theme)
        assert isinstance(made, QWidget)
        return made

    return make


def own_trades(exhibit: Exhibit) -> None:
    for number, side, at, much in (
        (2, Side.BUY, "70.61", "5"),
        (4, Side.BUY, "72.10", "5"),
        (4, Side.SELL, "72.18", "2.5"),
        (5, Side.SELL, "73.05", "10"),
        (7, Side.BUY, "-3.20", "8"),
    ):
        exhibit.own_trade(number, side, at, much)
        exhibit.beat(1.0)
    exhibit.own_trade(8, Side.SELL, "99.00", "1", TradeState.RECALLED)


def recalled(exhibit: Exhibit) -> None:
    own_trades(exhibit)
    name = exhibit.trade("99.00", "4")
    exhibit.trade("99.00", "4", state=TradeState.RECALLED, name=name)
    exhibit.trade("72.18", "50", state=TradeState.DISPUTED)


def _freshness(widget: str, size: tuple[int, int], make: Maker, before: Callable[[Exhibit], object]) -> list[Scene]:
    """Live, stale, resynchronising and unsynchronised, empty, and as in a practice window."""
    return [
        *(Scene(widget, name, size, make, both(before, happens)) for name, happens in FRESHNESS),
        Scene(widget, "nothing received", size, make, bare=True),
        Scene(widget, "practice", size, make, before, practice=True),
    ]


def _compact(exhibit: Exhibit, widget: QWidget) -> None:
    assert isinstance(widget, AreaStates | TradeTape | OwnTrades)
    widget.set_compact(True)


def _by_contract(exhibit: Exhibit, widget: QWidget) -> None:
    assert isinstance(widget, OwnTrades)
    widget.by_contract.setChecked(True)


def scenes() -> list[Scene]:
    tape, trades = _on(TradeTape), _on(OwnTrades)
    areas, ribbon, chart = _on(AreaStates), _on(DeliveryRibbon), _on(PriceChart)
    return [
        *order_scenes.scenes(),
        *_freshness("Trade tape", TAPE, tape, recalled),
        Scene("Trade tape", "compact", TAPE, tape, recalled, _compact),
        *_freshness("Own trades", TAPE, trades, own_trades),
        Scene("Own trades", "by contract", TAPE, trades, own_trades, _by_contract),
        *_freshness("Contract areas", WIDE, areas, own_orders),
        Scene("Contract areas", "hibernated", WIDE, areas, hibernated),
        Scene("Contract areas", "compact", WIDE, areas, own_orders, _compact),
        Scene("Delivery ribbon", "live", STRIP, ribbon, own_trades),
        Scene("Delivery ribbon", "stale", STRIP, ribbon, both(own_trades, stale)),
        Scene("Delivery ribbon", "nothing received", STRIP, ribbon, bare=True),
        *_freshness("Price chart", CHART, chart, recalled),
    ]
