"""One chart for whatever the link group looks at: trades over time of a contract, candles of a currency pair."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from protocols.market.state import MarketState
from widgets.candles.widget import CandleChart
from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.link_group import LinkGroup
from widgets.theme import Theme

if TYPE_CHECKING:
    from widgets.price_chart import PriceChart


class ContractChart(QStackedWidget):
    """Shows the one that fits; the other is hidden and costs nothing. The trades' chart is made when it is first shown:
    pyqtgraph takes as long to load as a good part of the window."""

    def __init__(
        self,
        market: MarketState,
        group: LinkGroup,
        theme: Theme,
        make_trades: "Callable[[Theme], PriceChart]",
        candles: CandleChart,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._market = market
        self._group = group
        self._theme = theme
        self._keys = NO_KEYS
        self._make_trades = make_trades
        self._trades: PriceChart | None = None
        self.candles = candles
        self.addWidget(candles)
        group.contract_changed.connect(self._choose)
        self._choose()

    @property
    def of_pair(self) -> bool:
        """Whether candles are what is shown."""
        key = self._group.contract
        return key is not None and key in self._market.pairs

    @property
    def trades(self) -> "PriceChart":
        """The chart of trades; made now if it wasn't yet."""
        if self._trades is None:
            self._trades = self._make_trades(self._theme)
            self._trades.set_keys(self._keys)
            self.addWidget(self._trades)
        return self._trades

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if self._trades is not None:
            self._trades.set_theme(theme)
        self.candles.set_theme(theme)

    def set_compact(self, on: bool) -> None:
        self.candles.set_compact(on)

    def set_keys(self, keys: KeyTexts) -> None:
        self._keys = keys
        if self._trades is not None:
            self._trades.set_keys(keys)
        self.candles.set_keys(keys)

    def follow(self) -> None:
        """All trades of a contract, the newest candles of a pair."""
        if self.of_pair:
            self.candles.canvas.follow()
        else:
            self.trades.show_all()

    def release(self) -> None:
        """Frees what the charts hold; after this they show nothing more."""
        if self._trades is not None:
            self._trades.release()
        self.candles.release()

    def state(self) -> dict[str, Any]:
        """What a workspace keeps of both."""
        trades = {} if self._trades is None else self._trades.state()
        return {"trades": trades, "candles": self.candles.state()}

    def restore(self, state: dict[str, Any]) -> None:
        candles = state.get("candles")
        if isinstance(candles, dict):
            self.candles.restore(candles)

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        self._choose()
        super().showEvent(event)

    # Within

    def _choose(self) -> None:
        """The keyboard stays with the chart if it was there."""
        if self._trades is None and not self.of_pair and not self.isVisible():
            return
        fitting: QWidget = self.candles if self.of_pair else self.trades
        if fitting is self.currentWidget() and self.focusProxy() is fitting:
            return
        had_keys = self.isAncestorOf(self.focusWidget()) if self.focusWidget() is not None else False
        self.setCurrentWidget(fitting)
        self.setFocusProxy(fitting)
        if had_keys:
            fitting.setFocus()
