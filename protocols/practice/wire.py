"""What every scope writes alike: values, and what orders, trades and figures have in common."""

import functools
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from protocols.eznergy import messages
from protocols.market.times import UtcNs, utc_text
from protocols.market.values import Price, Side, plain_text
from protocols.practice.contracts import Contract
from protocols.practice.matching import Order
from protocols.practice.own_orders import OrderRecord, OwnSide, OwnTradeRecord
from protocols.practice.trades import Figures, TradeRecord


@functools.lru_cache(maxsize=65_536)
def decimal(value: int) -> Decimal:
    """A scaled price or quantity as an exact JSON number."""
    return Decimal(plain_text(value))


def optional_decimal(value: int | None) -> Decimal | None:
    """Like `decimal`; None stays None."""
    return None if value is None else decimal(value)


def optional_time(at: UtcNs | None) -> str | None:
    """A time as text; None stays None."""
    return None if at is None else utc_text(at)


class CommonWords:
    """What `Words` have in common. A scope says how contracts and orders are named, and adds its own fields."""

    def contract_area(self, area: str, of: Contract, at: UtcNs) -> messages.ContractArea:
        raise NotImplementedError

    def order_id(self, identifier: int) -> messages.Identifier:
        raise NotImplementedError

    def trade_order_id(self, identifier: int) -> messages.Identifier:
        raise NotImplementedError

    def trade(self, trade: TradeRecord, at: UtcNs) -> messages.PublicTrade:
        return messages.PublicTrade(
            identifier=str(trade.identifier),
            revision_number=trade.revision,
            price=decimal(trade.price),
            quantity=decimal(trade.quantity),
            state=trade.state,
            exec_date=utc_text(trade.at),
            buy_contract_area=self.contract_area(trade.buy_area, trade.contract, at),
            sell_contract_area=self.contract_area(trade.sell_area, trade.contract, at),
        )

    def information(
        self, area: str, of: Contract, figures: Figures, day_ahead: Price | None, at: UtcNs
    ) -> messages.MarketInformation:
        histories = [_past_trade(trade) for trade in figures.recent]
        return messages.MarketInformation(
            contract_area=self.contract_area(area, of, at),
            last_traded_price=optional_decimal(figures.last_price),
            last_traded_quantity=optional_decimal(figures.last_quantity),
            total_traded_quantity=optional_decimal(figures.total),
            last_traded_date=optional_time(figures.last_at),
            highest_traded_price=optional_decimal(figures.high),
            lowest_traded_price=optional_decimal(figures.low),
            price_direction=figures.direction,
            volume_weighted_average_price=optional_decimal(figures.vwap),
            day_ahead_price=optional_decimal(day_ahead),
            histories=histories or None,
        )

    def own_trade(self, record: OwnTradeRecord, at: UtcNs) -> messages.PrivateTrade:
        trade = record.trade
        return messages.PrivateTrade(
            identifier=str(trade.identifier),
            quantity=decimal(trade.quantity),
            price=decimal(trade.price),
            exec_date=utc_text(trade.at),
            buy_side=None if record.buy is None else self._side(record.buy, trade, Side.BUY, at),
            sell_side=None if record.sell is None else self._side(record.sell, trade, Side.SELL, at),
            state=trade.state,
            revision_number=trade.revision,
        )

    def _side(self, own: OwnSide, trade: TradeRecord, side: Side, at: UtcNs) -> messages.TradeSide:
        return messages.TradeSide(
            identifier=f"{trade.identifier}-{side.value}",
            order_identifier=self.trade_order_id(own.identifier),
            contract_area=self.contract_area(own.area, trade.contract, at),
            comment=own.comment,
        )

    def _public_orders(self, orders: Iterable[Order]) -> list[messages.PublicOrder]:
        return [
            messages.PublicOrder(
                identifier=self.order_id(order.identifier),
                price=decimal(order.price),
                quantity=decimal(order.quantity),
                entry_date=utc_text(order.entered),
            )
            for order in orders
        ]

    def _private_order(self, record: OrderRecord, **fields: Any) -> messages.PrivateOrder:
        """A report, with the scope's own fields."""
        terms, of = record.terms, record.contract
        return messages.PrivateOrder(
            contract_area=record.named if of is None else self.contract_area(record.area, of, record.at),
            client_identifier=record.client_id,
            identifier=record.identifier,
            revision_number=record.revision,
            quantity=optional_decimal(record.quantity),
            price=optional_decimal(record.price),
            direction=None if record.side is None else record.side.value,
            execution_restriction=terms.restriction,
            validity_date=optional_time(terms.validity_until),
            initial_quantity=optional_decimal(record.initial),
            comment=terms.comment,
            entry_date=optional_time(record.entered),
            state=record.state,
            action=record.action,
            iceberg_price_delta=optional_decimal(terms.delta),
            iceberg_display_quantity=optional_decimal(terms.display),
            iceberg_hidden_quantity=None if terms.display is None else decimal(record.hidden),
            **fields,
        )


def _past_trade(trade: TradeRecord) -> messages.PastTrade:
    return messages.PastTrade(
        quantity=decimal(trade.quantity),
        price=decimal(trade.price),
        trade_date=utc_text(trade.at),
        state=trade.state,
    )
