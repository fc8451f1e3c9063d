"""Own orders that are in doubt, told wherever the trader is: in one line for all of them, which stays until it is
dismissed or no order that it names is in doubt any more.

Most doubts end by themselves: a lost connection comes back, and its snapshot says what became of the order. So nothing
is said until a doubt has outlasted that.
"""

import logging
from collections.abc import Callable
from typing import Protocol

import msgspec

from app.trading import TO_READ
from protocols.market.events import ConnectionStatus
from protocols.market.instruments import PowerContract
from protocols.market.orders import Order, OrderStatus, Request
from protocols.market.state import MarketState
from protocols.market.times import Instant
from protocols.market.values import plain_text
from widgets.delivery import dated_title
from widgets.figures import amount_text, price_figure
from widgets.flex.words import titled
from widgets.notice_line import Offer

_LOG = logging.getLogger("quarterdeck")

SETTLES_WITHIN = 3.0
"""Seconds on a live connection in which the venue's next word ends a doubt that is none."""
AT_MOST = 10.0
"""Seconds until a doubt is told although its connection is not live: that may take hours, and the order may live."""
NAMED = 3
"""So many orders are named; of more, the others are counted."""
ABOUT = "orders in doubt"

_Name = tuple[str, str, str]
"""Connection, client identifier, and the intent that is not answered: another one is another doubt."""


class Notices(Protocol):
    """Where alerts stand until they are dismissed: `widgets.notices.NoticeBar`."""

    def alert(self, text: str, offer: Offer | None = None, about: str = "") -> None: ...
    def alerts_about(self, about: str) -> bool: ...
    def settle(self, about: str) -> None: ...


class _Doubt(msgspec.Struct):
    """Since when, by the monotonic clock: at all, and on a live connection without a break."""

    since: float
    live_since: float
    told: bool = False
    named: float = 0.0
    """When the alert named it."""


class DoubtAlerts:
    """`ask` asks the venue about an order; `keys` says how the keys of a named act are written, empty without any. Call
    `look` every tick."""

    def __init__(
        self, market: MarketState, notices: Notices, ask: Callable[[Order], object], keys: Callable[[str], str]
    ) -> None:
        self._market = market
        self._notices = notices
        self._ask = ask
        self._keys = keys
        self._doubts: dict[_Name, _Doubt] = {}
        self._orders: dict[_Name, Order] = {}
        self._listed: dict[_Name, None] = {}
        """What the alert names, the oldest doubt first."""
        self._seen = -1

    def look(self, now: Instant) -> None:
        """Notices which doubts came and ended since the last look; tells those that have lasted."""
        if self._listed and not self._notices.alerts_about(ABOUT):
            # Dismissed: what stood there for long enough to be read is not said again.
            unread = [name for name in self._listed if now.monotonic - self._doubts[name].named < TO_READ]
            self._listed = dict.fromkeys(unread)
        if self._market.blotter.revision != self._seen:
            self._seen = self._market.blotter.revision
            self._notice(now.monotonic)
        new = [name for name, doubt in self._doubts.items() if self._due(name, doubt, now.monotonic)]
        for name in new:
            self._doubts[name].told, self._doubts[name].named = True, now.monotonic
            self._listed[name] = None
            order = self._orders[name]
            _LOG.warning("in doubt: %s, %s: %s", self._named(order, now), _how(order), order.reason or "no answer")
        if new:
            self._notices.settle(ABOUT)  # made anew: another name is news, and comes above older alerts
        if self._listed:
            offer = Offer("Ask the venue", "Ask the venue for its orders: nothing is sent again", self._ask_all)
            self._notices.alert(self._words(now), offer, ABOUT)

    def _notice(self, now: float) -> None:
        doubted = (each for each in self._market.blotter.own_alive() if each.status is OrderStatus.IN_DOUBT)
        self._orders = {(each.connection, each.client_id, each.intent_id or ""): each for each in doubted}
        for name in [name for name in self._doubts if name not in self._orders]:
            if self._doubts.pop(name).told:
                self._log_end(name)
            self._listed.pop(name, None)
        for name in self._orders:
            self._doubts.setdefault(name, _Doubt(now, now))
        if not self._listed:
            self._notices.settle(ABOUT)

    def _due(self, name: _Name, doubt: _Doubt, now: float) -> bool:
        connection = self._market.connections.get(name[0])
        if connection is None or connection.status is not ConnectionStatus.LIVE:
            doubt.live_since = now
        lasted = now - doubt.live_since >= SETTLES_WITHIN or now - doubt.since >= AT_MOST
        return lasted and not doubt.told

    def _ask_all(self) -> None:
        """The venue answers with the list of an area: one order of each is enough."""
        orders = [self._orders[name] for name in self._listed]
        for order in {(order.connection, order.key.area): order for order in orders}.values():
            self._ask(order)

    def _log_end(self, name: _Name) -> None:
        order = self._market.blotter.get(name[0], name[1])
        status = "unknown" if order is None else order.status.value
        _LOG.info("no longer in doubt: order %s of %s is %s", name[1], name[0], status)

    def _words(self, now: Instant) -> str:
        """`In doubt: SELL 5.0 MW 00-01_XB DE-AMPRION at 60.00 (EPEX M7), which may live at the venue. Choose it …`"""
        orders = [self._orders[name] for name in self._listed]
        ways = {_how(order) for order in orders}
        several = len(orders) > 1
        alike = several and len(ways) == 1
        head = f"{len(orders)} orders are in doubt" if several else "In doubt"
        if alike:
            head = f"{head}, {ways.pop()}"
        said = [self._named(order, now) + ("" if alike else f", {_how(order)}") for order in orders[:NAMED]]
        if len(orders) > NAMED:
            said.append(f"{len(orders) - NAMED} more")
        return f"{head}: {'; '.join(said)}. Choose {'one' if several else 'it'} in Orders: {self._what_to_do()}"

    def _what_to_do(self) -> str:
        ask, decide = self._keys("orders.ask"), self._keys("orders.decide")
        asks = f"{ask} asks the venue" if ask else "the venue can be asked"
        return f"{asks}, {decide} records what you know" if decide else f"{asks}, what you know can be recorded"

    def _named(self, order: Order, now: Instant) -> str:
        instrument = self._market.instrument(order.key)
        if instrument is None:
            much, unit, name = plain_text(order.remaining), "", f"{order.key.contract_id} {order.key.area}"
        else:
            much = amount_text(order.remaining, instrument.spec.quantity_decimals)
            unit = f" {instrument.spec.quantity_unit}"
            venue_now = self._market.venue_now(order.connection, now)
            power = isinstance(instrument, PowerContract)
            name = dated_title(instrument, venue_now) if power else titled(instrument)
        decimals = 0 if instrument is None else instrument.spec.price_decimals
        at = "" if order.waits_at is None else f" at {price_figure(order.waits_at, decimals)}"
        return f"{order.side.value.upper()} {much}{unit} {name}{at} ({order.connection})"


def _how(order: Order) -> str:
    """Of which of our requests nothing was heard."""
    if order.request is None or order.request is Request.PLACE:
        return "which may live at the venue"
    return f"whose {order.request.word} request was not answered"
