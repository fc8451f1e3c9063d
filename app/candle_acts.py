"""The acts of the chart: intervals, moving about, the crosshair, own orders. They look; only the ladder stages."""

from collections.abc import Callable
from typing import Protocol

from app.commands import Act, Menu
from protocols.market.intervals import INTERVALS


class CanvasPort(Protocol):
    """What keys ask of the candles themselves."""

    @property
    def dragging(self) -> bool: ...
    def pan_pages(self, pages: float) -> object: ...
    def show_oldest(self) -> object: ...
    def zoom(self, notches: float) -> object: ...
    def zoom_prices(self, notches: float) -> object: ...
    def shift_prices(self, tenths: int) -> object: ...
    def fit_prices(self) -> object: ...
    def look_aside(self, candles: int) -> object: ...
    def select_own(self, step: int) -> object: ...
    def drop(self) -> object: ...


class CandlesPort(Protocol):
    """What keys ask of the candles' widget."""

    @property
    def interval(self) -> str: ...
    @property
    def canvas(self) -> CanvasPort: ...
    def choose_interval(self, name: str) -> object: ...
    def next_interval(self, step: int) -> object: ...
    def amend_selected(self) -> object: ...


class ChartPort(Protocol):
    """What keys ask of the chart, whichever of the two it shows."""

    @property
    def of_pair(self) -> bool: ...
    @property
    def candles(self) -> CandlesPort: ...
    def follow(self) -> object: ...


def chart_acts(chart: Callable[[], ChartPort | None], say: Callable[[str], object]) -> list[Act]:
    """`chart` gives the one that the keys are for, None while there is none; `say` tells why nothing happened."""

    def act(
        name: str, title: str, run: Callable[[CandlesPort], object], group: str = "", *, repeats: bool = False
    ) -> Act:
        def on_candles() -> None:
            shown = chart()
            if shown is not None and shown.of_pair:
                run(shown.candles)
            elif shown is not None:
                say("The chart of a contract has no candles: choose a currency pair")

        offered = lambda: chart() is not None  # noqa: E731
        return Act(f"chart.{name}", title, on_candles, Menu.CHART, group, repeats=repeats, offered=offered)

    def follow() -> None:
        shown = chart()
        if shown is not None:
            shown.follow()

    def dragging() -> bool:
        shown = chart()
        return shown is not None and shown.candles.canvas.dragging

    def drop() -> None:
        shown = chart()
        if shown is not None:
            shown.candles.canvas.drop()

    return [
        Act("chart.follow", "Back to the newest, all in view", follow, Menu.CHART),
        Act("chart.drop", "Let the dragged order go", drop, Menu.CHART, drops=True, ready=dragging),
        *_intervals(chart, act),
        act("shorter", "The next shorter interval", lambda candles: candles.next_interval(-1)),
        act("longer", "The next longer interval", lambda candles: candles.next_interval(1)),
        act("zoom_in", "Wider candles", lambda candles: candles.canvas.zoom(1)),
        act("zoom_out", "Narrower candles", lambda candles: candles.canvas.zoom(-1)),
        act("older", "Half a page older", lambda candles: candles.canvas.pan_pages(0.5), repeats=True),
        act("newer", "Half a page newer", lambda candles: candles.canvas.pan_pages(-0.5), repeats=True),
        act("oldest", "The oldest candles", lambda candles: candles.canvas.show_oldest()),
        act("price_up", "Higher prices", lambda candles: candles.canvas.shift_prices(1), repeats=True),
        act("price_down", "Lower prices", lambda candles: candles.canvas.shift_prices(-1), repeats=True),
        act("price_in", "Zoom the prices in", lambda candles: candles.canvas.zoom_prices(1), repeats=True),
        act("price_out", "Zoom the prices out", lambda candles: candles.canvas.zoom_prices(-1), repeats=True),
        act("fit", "Fit the prices", lambda candles: candles.canvas.fit_prices()),
        act("look_older", "Crosshair a candle back", lambda candles: candles.canvas.look_aside(-1), repeats=True),
        act("look_newer", "Crosshair a candle on", lambda candles: candles.canvas.look_aside(1), repeats=True),
        act(
            "look_older_more", "Crosshair ten candles back", lambda candles: candles.canvas.look_aside(-10),
            repeats=True,
        ),
        act(
            "look_newer_more", "Crosshair ten candles on", lambda candles: candles.canvas.look_aside(10),
            repeats=True,
        ),
        act("next_own", "Select the next own order", lambda candles: candles.canvas.select_own(1)),
        act("previous_own", "Select the previous own order", lambda candles: candles.canvas.select_own(-1)),
        act("amend", "Modify the selected own order", lambda candles: candles.amend_selected()),
    ]  # fmt: skip


def _intervals(chart: Callable[[], ChartPort | None], act: Callable[..., Act]) -> list[Act]:
    def choose(name: str) -> Callable[[CandlesPort], object]:
        return lambda candles: candles.choose_interval(name)

    return [
        act(f"interval_{name}", f"Candles of {interval.title}", choose(name))
        for name, interval in INTERVALS.items()
    ]
