"""Own trades and positions, brought to the window after the first paint."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.desk import Desk
from app.unmatched import Dismissals
from protocols.market.events import Event
from protocols.market.state import MarketState
from widgets.docking import Place
from widgets.frame_clock import FrameClock
from widgets.own_trades import OwnTrades
from widgets.positions import Positions
from widgets.theme import Theme

if TYPE_CHECKING:
    from app.main_window import MainWindow


def add_trade_widgets(window: "MainWindow", desk: Desk, clock: FrameClock, theme: Theme) -> tuple[OwnTrades, Positions]:
    """Makes both and docks them beside the tape."""
    market = desk.market
    return add_own_trades(window, market, clock, theme), add_positions(window, market, desk.apply, clock, theme)


def add_own_trades(window: "MainWindow", market: MarketState, clock: FrameClock, theme: Theme) -> OwnTrades:
    """Makes the widget, docks it beside the tape, and connects it."""
    own_trades = OwnTrades(market, clock, window.group, theme)
    window.docking.add(own_trades, "own_trades", "Own trades", Place.TAB, relative_to="tape")
    own_trades.set_keys(window.registry.key_texts)
    own_trades.export_requested.connect(lambda: window.registry.run("own_trades.export"))
    return own_trades


def add_positions(
    window: "MainWindow", market: MarketState, apply: Callable[[Event], object], clock: FrameClock, theme: Theme
) -> Positions:
    """Makes the widget, docks it beside the tape, and connects it. Its title says what is unmatched, whatever tab is
    on top; `apply` takes what is dismissed."""
    positions = Positions(market, clock, window.group, theme)
    window.docking.add(positions, "positions", "Positions", Place.TAB, relative_to="tape")
    positions.set_keys(window.registry.key_texts)
    positions.export_requested.connect(lambda: window.registry.run("positions.export"))
    dismissals = Dismissals(apply, lambda: clock.now, window.notice)
    # By a function that holds it: Qt holds the object of a bound method only weakly.
    positions.dismiss_requested.connect(lambda execution: dismissals.dismiss(execution))

    def title(unmatched: int) -> None:
        window.docking.set_title("positions", f"Positions ! {unmatched} unmatched" if unmatched else "Positions")

    positions.unmatched_changed.connect(title)
    return positions
