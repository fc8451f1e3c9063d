"""The chart, brought to the window after the first paint: trades of a contract or candles of a pair, in one dock."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.candles import AskCandles
from protocols.market.orders import Order
from protocols.market.state import MarketState
from protocols.market.values import Price
from widgets.candles import CandleChart
from widgets.candles.either import ContractChart
from widgets.docking import Place
from widgets.frame_clock import FrameClock
from widgets.theme import Theme

if TYPE_CHECKING:
    from app.main_window import MainWindow
    from widgets.price_chart import PriceChart


def add_chart(
    window: "MainWindow",
    market: MarketState,
    clock: FrameClock,
    theme: Theme,
    ask: AskCandles,
    amend: Callable[[Order], object],
) -> ContractChart:
    """Makes both, docks them beside the tape, and connects them. An order that was dragged to another price is staged
    on the ladder, where Enter sends it; `amend` brings one to where it is modified."""
    candles = CandleChart(market, clock, window.group, theme, ask, lambda: window.ladder.staged)

    def make_trades(theme: Theme) -> "PriceChart":
        from widgets.price_chart import PriceChart  # imports pyqtgraph

        return PriceChart(market, clock, window.group, theme)

    chart = ContractChart(market, window.group, theme, make_trades, candles)

    def stage(order: Order, price: Price) -> None:
        window.group.choose(order.key)
        window.docking.focus("ladder")
        window.ladder.amend_order(order, price)

    candles.stage_requested.connect(stage)
    candles.amend_requested.connect(amend)
    candles.refused.connect(window.notice)
    chart.set_keys(window.registry.key_texts)
    window.docking.add(chart, "chart", "Chart", Place.TAB, relative_to="tape")
    return chart
