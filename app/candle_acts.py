"""The acts of the chart: intervals, moving about, the crosshair, own orders. They look; only the ladder stages."""

from collections.abc import Callable
from typing import Protocol

from app.commands import Act, Menu
from protocols.market.intervals import INTERVALS

STRIDE = 10
"""Candles at a time with Shift."""


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
    return ChartActs(chart, say).acts()


class ChartActs:
    """Every act of the chart. Back to the newest is for both kinds, all others are for candles."""

    def __init__(self, chart: Callable[[], ChartPort | None], say: Callable[[str], object]) -> None:
        self._chart = chart
        self._say = say

    def acts(self) -> list[Act]:
        back = "Back to the newest, at prices that fit"
        return [
            Act("chart.follow", back, self._follow, Menu.CHART, offered=self._offered),
            Act("chart.drop", "Let the dragged order go", self._drop, Menu.CHART, drops=True, ready=self._dragging),
            *self._intervals(),
            *self._moving(),
            *self._looking(),
            *self._owning(),
        ]

    def _intervals(self) -> list[Act]:
        def choose(name: str) -> Callable[[CandlesPort], object]:
            return lambda candles: candles.choose_interval(name)

        group = "interval"
        named = INTERVALS.items()
        return [
            *(self._act(f"interval_{name}", f"Candles of {each.title}", choose(name), group) for name, each in named),
            self._act("shorter", "The next shorter interval", lambda candles: candles.next_interval(-1), group),
            self._act("longer", "The next longer interval", lambda candles: candles.next_interval(1), group),
        ]

    def _moving(self) -> list[Act]:
        return [
            self._move("zoom_in", "Wider candles", lambda canvas: canvas.zoom(1)),
            self._move("zoom_out", "Narrower candles", lambda canvas: canvas.zoom(-1)),
            self._move("older", "Half a page older", lambda canvas: canvas.pan_pages(0.5), repeats=True),
            self._move("newer", "Half a page newer", lambda canvas: canvas.pan_pages(-0.5), repeats=True),
            self._move("oldest", "The oldest candles", lambda canvas: canvas.show_oldest()),
            self._move("price_up", "Higher prices", lambda canvas: canvas.shift_prices(1), repeats=True),
            self._move("price_down", "Lower prices", lambda canvas: canvas.shift_prices(-1), repeats=True),
            self._move("price_in", "Zoom the prices in", lambda canvas: canvas.zoom_prices(1), repeats=True),
            self._move("price_out", "Zoom the prices out", lambda canvas: canvas.zoom_prices(-1), repeats=True),
            self._move("fit", "Fit the prices", lambda canvas: canvas.fit_prices()),
        ]

    def _looking(self) -> list[Act]:
        def look(candles: int) -> Callable[[CandlesPort], object]:
            return lambda shown: shown.canvas.look_aside(candles)

        return [
            self._act("look_older", "Crosshair a candle back", look(-1), "look", repeats=True),
            self._act("look_newer", "Crosshair a candle on", look(1), "look", repeats=True),
            self._act("look_older_more", "Crosshair ten candles back", look(-STRIDE), "look", repeats=True),
            self._act("look_newer_more", "Crosshair ten candles on", look(STRIDE), "look", repeats=True),
        ]

    def _owning(self) -> list[Act]:
        return [
            self._act("next_own", "Select the next own order", lambda candles: candles.canvas.select_own(1), "own"),
            self._act(
                "previous_own", "Select the previous own order", lambda candles: candles.canvas.select_own(-1), "own"
            ),
            self._act(
                "amend", "Modify the selected own order", lambda candles: candles.amend_selected(), "own", trading=True
            ),
        ]

    # Within

    def _act(
        self,
        name: str,
        title: str,
        run: Callable[[CandlesPort], object],
        group: str,
        *,
        repeats: bool = False,
        trading: bool = False,
    ) -> Act:
        def on_candles() -> None:
            shown = self._chart()
            if shown is not None and shown.of_pair:
                run(shown.candles)
            elif shown is not None:
                self._say("The chart of a contract has no candles: choose a currency pair")

        return Act(
            f"chart.{name}", title, on_candles, Menu.CHART, group,
            trading=trading, repeats=repeats, offered=self._offered,
        )  # fmt: skip

    def _move(self, name: str, title: str, run: Callable[[CanvasPort], object], *, repeats: bool = False) -> Act:
        return self._act(name, title, lambda candles: run(candles.canvas), "move", repeats=repeats)

    def _offered(self) -> bool:
        return self._chart() is not None

    def _follow(self) -> None:
        shown = self._chart()
        if shown is not None:
            shown.follow()

    def _dragging(self) -> bool:
        shown = self._chart()
        return shown is not None and shown.candles.canvas.dragging

    def _drop(self) -> None:
        shown = self._chart()
        if shown is not None:
            shown.candles.canvas.drop()
