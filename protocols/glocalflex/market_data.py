"""The two public sockets: whole books, and the ticker's trades and expired orders."""

from collections.abc import Callable

from protocols.glocalflex import messages
from protocols.glocalflex.books import BookReader
from protocols.glocalflex.codec import Unreadable, data_of, read_quantity, read_time
from protocols.glocalflex.feeds import Feeding
from protocols.glocalflex.values import FlexValues, read_moment
from protocols.market.events import Event
from protocols.market.flex_events import (
    FlexBookLost,
    FlexBookReplaced,
    FlexExpiry,
    FlexExpiryPrinted,
    FlexTrade,
    FlexTradePrinted,
)
from protocols.market.instruments import market_key
from protocols.market.order_events import OrderEvent
from protocols.market.times import MINUTE, Instant, UtcNs

OLDER_SECONDS = 30.0
"""Nothing but books older than the one shown for so long, and that one is not to be believed any more."""
AHEAD = 2 * MINUTE
"""As far as the venue's clock may be ahead of ours."""

Notice = Callable[[str, str], None]


class BookChannel:
    """`orderbook`: the whole book each time. One that the venue made before the one shown is dropped."""

    def __init__(self, connection: str, feeding: Feeding, events: list[Event | OrderEvent], notice: Notice) -> None:
        self._feeding = feeding
        self._key = market_key(connection)
        self._events = events
        self._notice = notice
        self._reader = BookReader(notice)
        self._newest: UtcNs | None = None
        self._older_since: float | None = None

    def opened(self) -> None:
        """A new link: what is shown stays the newest there is, until the venue sends one that is not older."""
        self._older_since = None

    def receive(self, envelope: messages.Envelope, now: Instant) -> None:
        """Takes a message of the socket that is not its hello."""
        if envelope.type != messages.ORDERBOOK_UPDATE:
            self._notice("unrecognised message", f"{envelope.type[:80]} on {self._feeding.channel}")
            return
        try:
            if envelope.created_at is None:
                raise Unreadable("created_at: is missing, so it can't be told which book is newer")
            created_at = read_time(envelope.created_at)
            if self._newest is not None and created_at < self._newest:
                self._older(envelope.created_at, now)
                return
            orders, faults = self._reader.book(envelope)
        except Unreadable as error:
            self.lost(f"a book can't be read: {error}", now)
            return
        self._newest, self._older_since = created_at, None
        if created_at > now.utc + AHEAD:
            words = f"a book of {envelope.created_at[:40]}, which is still to come by this machine's clock"
            self._notice("book of the future", f"{words}: one of the clocks is wrong, and its age is not known")
        for fault in faults[:1]:
            self._notice("unreadable order", f"{len(faults)} of the book, the first: {fault.reason}")
        self._events.append(FlexBookReplaced(self._feeding.channel, self._key, created_at, orders, faults, now))
        self._feeding.whole(now)

    def lost(self, reason: str, now: Instant) -> None:
        """A book came that can't be read: the one shown is an old one."""
        self._feeding.report.dropped += 1
        self._notice("unreadable book", reason)
        self._events.append(FlexBookLost(self._feeding.channel, self._key, reason))
        self._feeding.broken(reason, now)

    def tick(self, now: Instant) -> None:
        """Gives up the book shown when the venue has long been sending older ones alone."""
        since = self._older_since
        if since is not None and now.monotonic - since > OLDER_SECONDS and self._feeding.live:
            reason = f"for {OLDER_SECONDS:.0f} s the venue has sent only books older than the one shown"
            self._feeding.broken(reason, now)

    def _older(self, created_at: str, now: Instant) -> None:
        self._feeding.report.dropped += 1
        self._notice("older book", f"a book of {created_at[:40]} came after a newer one and was dropped")
        if self._older_since is None:
            self._older_since = now.monotonic


class TickerChannel:
    """`ticker`: the last matched orders, and orders that expired. The two are never mixed up."""

    def __init__(self, connection: str, feeding: Feeding, events: list[Event | OrderEvent], notice: Notice) -> None:
        self._connection = connection
        self._feeding = feeding
        self._events = events
        self._notice = notice
        self._values = FlexValues()

    def receive(self, envelope: messages.Envelope, now: Instant) -> None:
        """Takes a message of the socket that is not its hello. Two that are alike to the letter are two trades: a
        purchase that is filled by two equal sellers at once is told like that."""
        if envelope.type not in (messages.TICKER_UPDATE, messages.EXPIRED_ORDER_UPDATE):
            self._notice("unrecognised message", f"{envelope.type[:80]} on {self._feeding.channel}")
            return
        try:
            tick = data_of(messages.Tick, envelope)
            self._print(envelope.type, tick, now)
        except Unreadable as error:
            self._feeding.report.dropped += 1
            self._notice("unreadable tick", str(error))

    def _print(self, kind: str, tick: messages.Tick, now: Instant) -> None:
        values = self._values
        price, power = values.price(tick.price), read_quantity(tick.power)
        energy = None if tick.energy is None else read_quantity(tick.energy, "energy")
        delivery = values.delivery(tick.delivery_start, tick.delivery_end)
        place, channel = values.place(tick.location), self._feeding.channel
        if kind == messages.TICKER_UPDATE:
            at = read_moment(tick.closed_at)
            trade = FlexTrade(self._connection, at, price, power, energy, delivery, place, now)
            self._events.append(FlexTradePrinted(channel, trade))
        else:
            at = read_moment(tick.expired_at)
            expiry = FlexExpiry(self._connection, at, price, power, energy, delivery, place, now)
            self._events.append(FlexExpiryPrinted(channel, expiry))
