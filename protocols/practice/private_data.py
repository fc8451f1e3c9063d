"""The users' orders and trades in the wire's words: the feeds of the private channels (protocol page, section 6)."""

from protocols.eznergy import messages
from protocols.market.times import UtcNs, utc_text
from protocols.market.values import Side
from protocols.practice.contracts import ZONE_OF_AREA, Contract
from protocols.practice.market import Market, MarketEvent
from protocols.practice.own_orders import OrderRecord, OwnSide, OwnTradeRecord
from protocols.practice.trades import TradeRecord
from protocols.practice.urn import Channel
from protocols.practice.wire import contract_area, decimal, optional_decimal


class _OfUsers:
    def exists(self, channel: Channel) -> bool:
        return channel.area in ZONE_OF_AREA


class PrivateOrders(_OfUsers):
    """`private_orders`: what lives, what ended within the last hour, and what is not decided yet."""

    def snapshot(self, market: Market, channel: Channel, now: UtcNs) -> list[messages.Payload]:
        return [wire_order(record) for record in market.ledger.snapshot(channel.area, market.number, now)]

    def changes(self, market: Market, channel: Channel, event: MarketEvent) -> list[messages.Payload]:
        report = event.report
        if isinstance(report, OrderRecord) and report.area == channel.area:
            return [wire_order(report)]
        return []

    def listed(self, market: Market, channel: Channel, now: UtcNs) -> list[messages.Payload]:
        """The REST companion's answer: every order of the session, dead ones too."""
        return [wire_order(record) for record in market.ledger.orders_as_of(channel.area, market.number)]


class PrivateTrades(_OfUsers):
    """`private_trades`: the trades of the session."""

    def snapshot(self, market: Market, channel: Channel, now: UtcNs) -> list[messages.Payload]:
        return [wire_trade(record) for record in market.ledger.trades_as_of(channel.area, market.number)]

    def changes(self, market: Market, channel: Channel, event: MarketEvent) -> list[messages.Payload]:
        report = event.report
        if isinstance(report, OwnTradeRecord) and report.area == channel.area:
            return [wire_trade(report)]
        return []


def wire_order(record: OrderRecord) -> messages.PrivateOrder:
    """A report on an order, as the private channel carries it."""
    terms = record.terms
    iceberg = terms.display is not None
    return messages.PrivateOrder(
        contract_area=record.named if record.contract is None else contract_area(record.area, record.contract),
        client_identifier=record.client_id,
        identifier=record.identifier,
        revision_number=record.revision,
        quantity=optional_decimal(record.quantity),
        price=optional_decimal(record.price),
        direction=None if record.side is None else record.side.value,
        execution_restriction=terms.restriction,
        validity_restriction=terms.validity,
        validity_date=None if terms.validity_until is None else utc_text(terms.validity_until),
        initial_quantity=optional_decimal(record.initial),
        type="Iceberg" if iceberg else "Regular",
        comment=terms.comment,
        entry_date=None if record.entered is None else utc_text(record.entered),
        state=record.state,
        action=record.action,
        iceberg_price_delta=optional_decimal(terms.delta),
        iceberg_display_quantity=optional_decimal(terms.display),
        iceberg_hidden_quantity=decimal(record.hidden) if iceberg else None,
        metadata=None if record.reason is None else {"rejectReason": record.reason},
    )


def wire_trade(record: OwnTradeRecord) -> messages.PrivateTrade:
    """A trade of the user's, as the private channel carries it."""
    trade = record.trade
    return messages.PrivateTrade(
        identifier=str(trade.identifier),
        quantity=decimal(trade.quantity),
        price=decimal(trade.price),
        exec_date=utc_text(trade.at),
        buy_side=_side(record.buy, trade, Side.BUY),
        sell_side=_side(record.sell, trade, Side.SELL),
        state=trade.state,
        revision_number=trade.revision,
    )


def _side(own: OwnSide | None, trade: TradeRecord, side: Side) -> messages.TradeSide | None:
    if own is None:
        return None
    of: Contract = trade.contract
    return messages.TradeSide(
        identifier=f"{trade.identifier}-{side.value}",
        order_identifier=own.identifier,
        contract_area=contract_area(own.area, of),
        comment=own.comment,
        user_code=own.owner,
    )
