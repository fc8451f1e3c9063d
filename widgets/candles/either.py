"""One chart for whatever the link group looks at: trades over time of a contract, candles of a currency pair. Importing
this imports pyqtgraph: do it late."""

from typing import Any

from PySide6.QtWidgets import QStackedWidget, QWidget

from protocols.market.state import MarketState
from widgets.candles.widget import CandleChart
from widgets.key_texts import KeyTexts
from widgets.link_group import LinkGroup
from widgets.price_chart import PriceChart
from widgets.theme import Theme


class ContractChart(QStackedWidget):
    """Shows the one that fits; the other is hidden and costs nothing."""

    def __init__(
        self,
        market: MarketState,
        group: LinkGroup,
        trades: PriceChart,
        candles: CandleChart,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._market = market
        self._group = group
        self.trades, self.candles = trades, candles
        self.addWidget(trades)
        self.addWidget(candles)
        group.contract_changed.connect(self._choose)
        self._choose()

    @property
    def of_pair(self) -> bool:
        """Whether candles are shown."""
        return self.currentWidget() is self.candles

    def set_theme(self, theme: Theme) -> None:
        self.trades.set_theme(theme)
        self.candles.set_theme(theme)

    def set_compact(self, on: bool) -> None:
        self.candles.set_compact(on)

    def set_keys(self, keys: KeyTexts) -> None:
        self.trades.set_keys(keys)
        self.candles.set_keys(keys)

    def follow(self) -> None:
        """All trades of a contract, the newest candles of a pair."""
        if self.of_pair:
            self.candles.canvas.follow()
        else:
            self.trades.show_all()

    def release(self) -> None:
        """Frees what the charts hold; after this they show nothing more."""
        self.trades.release()
        self.candles.release()

    def state(self) -> dict[str, Any]:
        """What a workspace keeps of both."""
        return {"trades": self.trades.state(), "candles": self.candles.state()}

    def restore(self, state: dict[str, Any]) -> None:
        candles = state.get("candles")
        if isinstance(candles, dict):
            self.candles.restore(candles)

    def _choose(self) -> None:
        """The keyboard stays with the chart if it was there."""
        key = self._group.contract
        fitting: QWidget = self.candles if key is not None and key in self._market.pairs else self.trades
        if fitting is self.currentWidget() and self.focusProxy() is fitting:
            return
        had_keys = self.isAncestorOf(self.focusWidget()) if self.focusWidget() is not None else False
        self.setCurrentWidget(fitting)
        self.setFocusProxy(fitting)
        if had_keys:
            fitting.setFocus()
