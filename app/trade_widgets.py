"""Own trades, brought to the window after the first paint."""

from typing import TYPE_CHECKING

from protocols.market.state import MarketState
from widgets.docking import Place
from widgets.frame_clock import FrameClock
from widgets.own_trades import OwnTrades
from widgets.theme import Theme

if TYPE_CHECKING:
    from app.main_window import MainWindow


def add_own_trades(window: "MainWindow", market: MarketState, clock: FrameClock, theme: Theme) -> OwnTrades:
    """Makes the widget, docks it beside the tape, and connects it."""
    own_trades = OwnTrades(market, clock, window.group, theme)
    window.docking.add(own_trades, "own_trades", "Own trades", Place.TAB, relative_to="tape")
    own_trades.set_keys(window.registry.key_texts)
    own_trades.export_requested.connect(lambda: window.registry.run("own_trades.export"))
    return own_trades
