"""What the market did, in the wire's words: one feed per resource (protocol page, section 6).

A feed makes snapshots and changes for an area and product. Numbers are exact decimals, times ISO 8601 in UTC.
"""

from collections.abc import Iterator
from typing import Protocol

from protocols.eznergy import messages
from protocols.market.times import UtcNs
from protocols.market.values import Side
from protocols.practice.contracts import Contract
from protocols.practice.listing import Listing
from protocols.practice.market import Market
from protocols.practice.market_events import BookFact, MarketEvent
from protocols.practice.rulebook import Rulebook
from protocols.practice.urn import Channel


class Feed(Protocol):
    """What a resource has to say. Payloads are wire structs."""

    def exists(self, channel: Channel) -> bool:
        """Whether the venue has the channel's area and product."""
        ...

    def snapshot(self, market: Market, channel: Channel, now: UtcNs) -> list[messages.Payload]:
        """Everything there is for delivery periods from `now` to 24 h ahead."""
        ...

    def changes(self, market: Market, channel: Channel, event: MarketEvent) -> list[messages.Payload]:
        """What an event changed in the channel; empty for nothing."""
        ...


class ScopeFeed:
    """What the feeds of a scope share. Areas and products are those of its rulebook."""

    by_product = False

    def __init__(self, rulebook: Rulebook) -> None:
        self._words = rulebook.words
        self._areas = frozenset(rulebook.zone_of_area)
        self._products = rulebook.channel_products

    def exists(self, channel: Channel) -> bool:
        return channel.area in self._areas and (channel.product in self._products or not self.by_product)


class OrderBooks(ScopeFeed):
    """`public_order_books`."""

    by_product = True

    def snapshot(self, market: Market, channel: Channel, now: UtcNs) -> list[messages.Payload]:
        return [
            self._words.book(channel.area, _whole_book(listing), market.now)
            for listing in listings_of(market, channel, now)
        ]

    def changes(self, market: Market, channel: Channel, event: MarketEvent) -> list[messages.Payload]:
        return [
            self._words.book(channel.area, fact, event.at) for fact in event.books if concerns(channel, fact.contract)
        ]


class Trades(ScopeFeed):
    """`public_trades`: a trade across areas is on the channels of both."""

    def snapshot(self, market: Market, channel: Channel, now: UtcNs) -> list[messages.Payload]:
        return [
            self._words.trade(trade, market.now)
            for trade in market.tape.as_of(channel.area, market.number)
            if trade.contract.delivery_start > now
        ]

    def changes(self, market: Market, channel: Channel, event: MarketEvent) -> list[messages.Payload]:
        area = channel.area
        return [
            self._words.trade(trade, event.at) for trade in event.trades if area in (trade.buy_area, trade.sell_area)
        ]


class AreaStates(ScopeFeed):
    """`contract_area_states`."""

    def snapshot(self, market: Market, channel: Channel, now: UtcNs) -> list[messages.Payload]:
        return [
            self._words.state(channel.area, listing.state, market.now) for listing in listings_of(market, channel, now)
        ]

    def changes(self, market: Market, channel: Channel, event: MarketEvent) -> list[messages.Payload]:
        return [
            self._words.state(channel.area, record, event.at)
            for record in event.states
            if concerns(channel, record.contract)
        ]


class Information(ScopeFeed):
    """`market_information`."""

    by_product = True

    def snapshot(self, market: Market, channel: Channel, now: UtcNs) -> list[messages.Payload]:
        area, at = channel.area, market.now
        return [
            self._words.information(area, of, market.tape.figures(area, of), market.day_ahead(of, at), at)
            for of in (listing.contract for listing in listings_of(market, channel, now))
        ]

    def changes(self, market: Market, channel: Channel, event: MarketEvent) -> list[messages.Payload]:
        tape, at = market.tape, event.at
        return [
            self._words.information(area, of, tape.figures_as_of(area, of, event.number), market.day_ahead(of, at), at)
            for area, of in event.figures
            if area == channel.area and concerns(channel, of)
        ]


def concerns(channel: Channel, contract: Contract) -> bool:
    """Whether the channel carries the contract."""
    return channel.area in contract.zone.areas and channel.product in ("", contract.product.granularity)


def listings_of(market: Market, channel: Channel, after: UtcNs) -> Iterator[Listing]:
    """The channel's contracts whose delivery begins after `after`."""
    return (listing for listing in market.window(after) if concerns(channel, listing.contract))


def _whole_book(listing: Listing) -> BookFact:
    bids, asks = listing.book.orders(Side.BUY), listing.book.orders(Side.SELL)
    return BookFact(listing.contract, listing.revision, listing.changed_at, True, tuple(bids), tuple(asks))
