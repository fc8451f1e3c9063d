"""NPID's words on the wire (protocol page, section 6)."""

import functools
import uuid

from protocols.eznergy import messages
from protocols.market.times import UtcNs, utc_text
from protocols.practice.contracts import Contract
from protocols.practice.listing import StateRecord
from protocols.practice.market_events import BookFact
from protocols.practice.own_orders import OrderRecord, OwnTradeRecord
from protocols.practice.wire import CommonWords

_ORDERS = uuid.UUID("c5ed3ab4-6a2b-4f07-9d53-0d0d0f3a7c11")
"""The name space of the GUIDs by which trades name orders."""


@functools.lru_cache(maxsize=8192)
def _contract_area(area: str, of: Contract, market_type: str) -> messages.ContractArea:
    """Shared: not to be changed."""
    return messages.ContractArea(
        delivery_area=area,
        identifier=of.identifier(area),
        contract_name=of.name,
        delivery_start=utc_text(of.delivery_start),
        delivery_end=utc_text(of.delivery_end),
        type=market_type,
        product=of.product.granularity,
    )


class NpidWords(CommonWords):
    """See `Words`. Orders have text, such as `X213456278`."""

    def contract_area(self, area: str, of: Contract, at: UtcNs) -> messages.ContractArea:
        return _contract_area(area, of, of.market_type(at))

    def order_id(self, identifier: int) -> messages.Identifier:
        return f"X{identifier}"

    def trade_order_id(self, identifier: int) -> messages.Identifier:
        """A GUID of its own, which is neither the order's identifier nor its client's."""
        return str(uuid.uuid5(_ORDERS, f"X{identifier}"))

    def book(self, area: str, fact: BookFact, at: UtcNs) -> messages.PublicOrderBook:
        return messages.PublicOrderBook(
            is_delta=not fact.whole,
            contract_area=self.contract_area(area, fact.contract, at),
            updated_at=utc_text(fact.at),
            buy_orders=self._public_orders(fact.bids),
            sell_orders=self._public_orders(fact.asks),
        )

    def state(self, area: str, record: StateRecord, at: UtcNs) -> messages.ContractAreaState:
        return messages.ContractAreaState(
            contract_area=self.contract_area(area, record.contract, at),
            state=record.state,
            phase_start=utc_text(record.phase_start),
            phase_end=utc_text(record.phase_end),
        )

    def phase(self, record: StateRecord) -> str:
        return ""

    def order(self, record: OrderRecord) -> messages.PrivateOrder:
        reason = record.reason
        return self._private_order(
            record,
            type=record.terms.type or None,
            time_in_force=record.terms.validity,
            errors=None if reason is None else [messages.OrderFault(code=record.code, message=reason)],
        )

    def own_trade(self, record: OwnTradeRecord, at: UtcNs) -> messages.PrivateTrade:
        told = super().own_trade(record, at)
        told.currency = record.trade.contract.zone.currency
        return told
