"""The users' orders and trades: the feeds of the private channels (protocol page, section 6)."""

from protocols.eznergy import messages
from protocols.market.times import UtcNs
from protocols.practice.market import Market
from protocols.practice.market_data import ScopeFeed
from protocols.practice.market_events import MarketEvent
from protocols.practice.own_orders import OrderRecord, OwnTradeRecord
from protocols.practice.urn import Channel


class PrivateOrders(ScopeFeed):
    """`private_orders`: what lives, what ended within the last hour, and what is not decided yet."""

    def snapshot(self, market: Market, channel: Channel, now: UtcNs) -> list[messages.Payload]:
        return [self._words.order(record) for record in market.ledger.snapshot(channel.area, market.number, now)]

    def changes(self, market: Market, channel: Channel, event: MarketEvent) -> list[messages.Payload]:
        report = event.report
        if isinstance(report, OrderRecord) and report.area == channel.area:
            return [self._words.order(report)]
        return []

    def listed(self, market: Market, channel: Channel, now: UtcNs) -> list[messages.Payload]:
        """The REST companion's answer: every order of the session, dead ones too."""
        return [self._words.order(record) for record in market.ledger.orders_as_of(channel.area, market.number)]


class PrivateTrades(ScopeFeed):
    """`private_trades`: the trades of the session."""

    def snapshot(self, market: Market, channel: Channel, now: UtcNs) -> list[messages.Payload]:
        return [
            self._words.own_trade(record, market.now)
            for record in market.ledger.trades_as_of(channel.area, market.number)
        ]

    def changes(self, market: Market, channel: Channel, event: MarketEvent) -> list[messages.Payload]:
        report = event.report
        if isinstance(report, OwnTradeRecord) and report.area == channel.area:
            return [self._words.own_trade(report, event.at)]
        return []
