"""What the market did, in the wire's words: one feed per resource of scope `m7` (protocol page, section 6).

A feed makes snapshots and changes for an area and product. Numbers are exact decimals, times ISO 8601 in UTC.
"""

from collections.abc import Iterator
from typing import Protocol

from protocols.eznergy import messages
from protocols.market.times import UtcNs, utc_text
from protocols.market.values import Side
from protocols.practice.contracts import PRODUCT_OF_GRANULARITY, ZONE_OF_AREA, Contract
from protocols.practice.listing import Listing, StateRecord
from protocols.practice.market import Market, MarketEvent
from protocols.practice.matching import Order
from protocols.practice.private_data import PrivateOrders, PrivateTrades
from protocols.practice.trades import TradeRecord
from protocols.practice.urn import Channel
from protocols.practice.wire import contract_area, decimal, optional_decimal


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


class _ByArea:
    def exists(self, channel: Channel) -> bool:
        return channel.area in ZONE_OF_AREA


class _ByProduct:
    def exists(self, channel: Channel) -> bool:
        return channel.area in ZONE_OF_AREA and channel.product in PRODUCT_OF_GRANULARITY


class OrderBooks(_ByProduct):
    """`public_order_books`."""

    def snapshot(self, market: Market, channel: Channel, now: UtcNs) -> list[messages.Payload]:
        return [
            messages.PublicOrderBook(
                is_delta=False,
                contract_area=contract_area(channel.area, listing.contract),
                revision_number=listing.revision,
                buy_orders=[_order(order) for order in listing.book.orders(Side.BUY)],
                sell_orders=[_order(order) for order in listing.book.orders(Side.SELL)],
            )
            for listing in listings_of(market, channel, now)
        ]

    def changes(self, market: Market, channel: Channel, event: MarketEvent) -> list[messages.Payload]:
        return [
            messages.PublicOrderBook(
                is_delta=not fact.whole,
                contract_area=contract_area(channel.area, fact.contract),
                revision_number=fact.revision,
                buy_orders=[_order(order) for order in fact.bids],
                sell_orders=[_order(order) for order in fact.asks],
            )
            for fact in event.books
            if concerns(channel, fact.contract)
        ]


class Trades(_ByArea):
    """`public_trades`: a trade across areas is on the channels of both."""

    def snapshot(self, market: Market, channel: Channel, now: UtcNs) -> list[messages.Payload]:
        return [
            _trade(trade)
            for trade in market.tape.as_of(channel.area, market.number)
            if trade.contract.delivery_start > now
        ]

    def changes(self, market: Market, channel: Channel, event: MarketEvent) -> list[messages.Payload]:
        area = channel.area
        return [_trade(trade) for trade in event.trades if area in (trade.buy_area, trade.sell_area)]


class AreaStates(_ByArea):
    """`contract_area_states`."""

    def snapshot(self, market: Market, channel: Channel, now: UtcNs) -> list[messages.Payload]:
        return [_state(channel.area, listing.state) for listing in listings_of(market, channel, now)]

    def changes(self, market: Market, channel: Channel, event: MarketEvent) -> list[messages.Payload]:
        return [_state(channel.area, record) for record in event.states if concerns(channel, record.contract)]


class Information(_ByProduct):
    """`market_information`."""

    def snapshot(self, market: Market, channel: Channel, now: UtcNs) -> list[messages.Payload]:
        return [_information(market, channel.area, listing.contract) for listing in listings_of(market, channel, now)]

    def changes(self, market: Market, channel: Channel, event: MarketEvent) -> list[messages.Payload]:
        return [
            _information(market, area, of, event.number)
            for area, of in event.figures
            if area == channel.area and concerns(channel, of)
        ]


FEEDS: dict[tuple[str, str], Feed] = {
    ("m7", "public_order_books"): OrderBooks(),
    ("m7", "public_trades"): Trades(),
    ("m7", "contract_area_states"): AreaStates(),
    ("m7", "market_information"): Information(),
    ("m7", "private_orders"): PrivateOrders(),
    ("m7", "private_trades"): PrivateTrades(),
}
"""What serves each kind of channel."""


def concerns(channel: Channel, contract: Contract) -> bool:
    """Whether the channel carries the contract."""
    return channel.area in contract.zone.areas and channel.product in ("", contract.product.granularity)


def listings_of(market: Market, channel: Channel, after: UtcNs) -> Iterator[Listing]:
    """The channel's contracts whose delivery begins after `after`."""
    return (listing for listing in market.window(after) if concerns(channel, listing.contract))


def _order(order: Order) -> messages.PublicOrder:
    return messages.PublicOrder(
        identifier=order.identifier,
        price=decimal(order.price),
        quantity=decimal(order.quantity),
        entry_date=utc_text(order.entered),
    )


def _trade(trade: TradeRecord) -> messages.PublicTrade:
    return messages.PublicTrade(
        identifier=str(trade.identifier),
        revision_number=trade.revision,
        price=decimal(trade.price),
        quantity=decimal(trade.quantity),
        state=trade.state,
        exec_date=utc_text(trade.at),
        buy_contract_area=contract_area(trade.buy_area, trade.contract),
        sell_contract_area=contract_area(trade.sell_area, trade.contract),
    )


def _state(area: str, record: StateRecord) -> messages.ContractAreaState:
    return messages.ContractAreaState(
        contract_area=contract_area(area, record.contract),
        state=record.state,
        expiration_date=utc_text(record.contract.closes_at),
        trading_phase=record.phase,
        trading_phase_start=utc_text(record.phase_start),
        trading_phase_end=utc_text(record.phase_end),
    )


def _information(market: Market, area: str, of: Contract, number: int | None = None) -> messages.MarketInformation:
    tape = market.tape
    figures = tape.figures(area, of) if number is None else tape.figures_as_of(area, of, number)
    return messages.MarketInformation(
        contract_area=contract_area(area, of),
        last_traded_price=optional_decimal(figures.last_price),
        last_traded_quantity=optional_decimal(figures.last_quantity),
        total_traded_quantity=optional_decimal(figures.total),
        last_traded_date=None if figures.last_at is None else utc_text(figures.last_at),
        highest_traded_price=optional_decimal(figures.high),
        lowest_traded_price=optional_decimal(figures.low),
        price_direction=figures.direction,
        volume_weighted_average_price=optional_decimal(figures.vwap),
    )
