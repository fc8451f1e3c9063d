"""A market filled by hand, a clock that moves when told, and real keys and clicks, for the tests of widgets."""

import tomllib
from importlib.resources import files

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from protocols.eznergy.rules import Limits, order_form
from protocols.market.events import (
    AreaState,
    AreaStateChanged,
    BookOrder,
    BookReplaced,
    ChannelChanged,
    ConnectionChanged,
    ConnectionStatus,
    ContractListed,
    Feed,
    Freshness,
    InformationChanged,
    MarketInformation,
    Trade,
    TradePrinted,
    TradeState,
)
from protocols.market.forms import OrderForm
from protocols.market.instruments import ContractKey, InstrumentSpec, PowerContract
from protocols.market.state import MarketState
from protocols.market.times import MINUTE, SECOND, Instant, UtcNs, utc_from_text
from protocols.market.values import Price, Quantity, scaled_from_text
from widgets.frame_clock import FrameClock
from widgets.link_group import LinkGroup
from widgets.theme import Theme, theme_from_tokens

M7 = "EPEX M7"
NOON = utc_from_text("2026-11-21T11:00:00Z")
TOKENS = tomllib.loads((files("resources") / "themes" / "tokens.toml").read_text(encoding="utf-8"))
DARK = theme_from_tokens(TOKENS, "dark")
LIGHT = theme_from_tokens(TOKENS, "light")


def price(text: str) -> Price:
    return Price(scaled_from_text(text))


def quantity(text: str) -> Quantity:
    return Quantity(scaled_from_text(text))


def form_of(contract: PowerContract) -> OrderForm | None:
    """The order form of the contract's scope, with an exchange's usual limits."""
    return order_form(contract, Limits(price("-9999"), price("9999"), quantity("999")))


class Desk:
    """A market with its clock and link group; `beat` is one frame."""

    def __init__(self, *areas: str) -> None:
        self.market = MarketState()
        self.monotonic = 100.0
        self.utc = int(NOON)
        self.clock = FrameClock(lambda: Instant(self.monotonic, UtcNs(self.utc)))
        self.group = LinkGroup(3)
        self._trades = 0
        self.market.apply(ConnectionChanged(M7, ConnectionStatus.LIVE, "", self.clock.now))
        for area in areas:
            for feed in Feed:
                self.channel(feed, area)

    @property
    def parts(self) -> tuple[MarketState, FrameClock, LinkGroup, Theme]:
        return self.market, self.clock, self.group, DARK

    def beat(self, seconds: float = 0.0) -> None:
        self.monotonic += seconds
        self.utc += int(seconds * SECOND)
        self.clock.beat()

    def channel(self, feed: Feed, area: str, freshness: Freshness = Freshness.LIVE, reason: str = "") -> None:
        name = f"{feed.name}:{area}"
        self.market.apply(ChannelChanged(M7, name, feed, area, "", freshness, reason, self.clock.now))

    def contract(
        self, area: str, name: str, start: UtcNs = NOON, minutes: int = 15, unit: str = "EUR/MWh"
    ) -> ContractKey:
        key = ContractKey(M7, area, f"{area}/{name}")
        spec = InstrumentSpec(price("0.01"), quantity("0.1"), 2, 1, unit, "MW")
        end = UtcNs(start + minutes * MINUTE)
        self.market.apply(ContractListed(PowerContract(key, None, name, "QuarterHour", "Local", start, end, spec)))
        return key

    def state(self, key: ContractKey, state: str = "Active", phase: str = "Continuous", end: int | None = None) -> None:
        row = AreaState(key, state, phase, None, None if end is None else UtcNs(end))
        self.market.apply(AreaStateChanged(f"{Feed.AREA_STATES.name}:{key.area}", row))

    def book(self, key: ContractKey, bid: str, ask: str) -> None:
        one = quantity("1")
        self.market.apply(
            BookReplaced(
                f"{Feed.ORDER_BOOKS.name}:{key.area}",
                key,
                (BookOrder("b", price(bid), one),),
                (BookOrder("a", price(ask), one),),
            )
        )

    def figures(self, key: ContractKey, last: str, direction: str = "Up") -> None:
        figures = MarketInformation(key, last_price=price(last), direction=direction)
        self.market.apply(InformationChanged(f"{Feed.MARKET_INFORMATION.name}:{key.area}", figures))

    def trade(
        self,
        key: ContractKey | None,
        at: str,
        much: str = "1",
        *,
        sell: ContractKey | None = None,
        state: TradeState = TradeState.ACTIVE,
        name: str | None = None,
        revision: int = 1,
        venue_state: str = "",
    ) -> str:
        """Prints a trade and gives its identifier, to be printed again in a later revision."""
        self._trades += 1
        identifier = name or f"T{self._trades}"
        trade = Trade(
            M7,
            identifier,
            revision,
            price(at),
            quantity(much),
            state,
            venue_state or state.value,
            UtcNs(self.utc),
            key,
            sell or key,
        )
        self.market.apply(TradePrinted("TRADES", trade))
        return identifier


def show(qtbot, widget: QWidget, width: int = 700, height: int = 300) -> None:
    """Shows the widget as the active window."""
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    widget.activateWindow()
    qtbot.waitUntil(lambda: widget.isActiveWindow() and widget.windowHandle().isExposed())


def press(widget: QWidget, key: Qt.Key | str, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    """A key as the window gets it, for whatever has the focus."""
    handle = widget.window().windowHandle()
    if isinstance(key, str):
        for character in key:
            QTest.keyClick(handle, character, modifier)
    else:
        QTest.keyClick(handle, key, modifier)


def click(widget: QWidget, at: QPoint, double: bool = False) -> None:
    """A left click at a place within the widget, through its window."""
    place = widget.mapTo(widget.window(), at)
    left, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(widget.window().windowHandle(), left, plain, place)
    if double:
        QTest.mouseDClick(widget.window().windowHandle(), left, plain, place)
