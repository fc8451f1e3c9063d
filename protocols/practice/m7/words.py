"""M7's words on the wire (protocol page, section 6)."""

import functools

from protocols.eznergy import messages
from protocols.market.times import UtcNs, utc_text
from protocols.market.values import Side
from protocols.practice.contracts import Contract
from protocols.practice.listing import StateRecord
from protocols.practice.market_events import BookFact
from protocols.practice.own_orders import OrderRecord, OwnSide
from protocols.practice.trades import TradeRecord
from protocols.practice.wire import CommonWords


@functools.lru_cache(maxsize=4096)
def _contract_area(area: str, of: Contract, market_type: str) -> messages.ContractArea:
    """Shared: not to be changed."""
    product = of.product
    return messages.ContractArea(
        delivery_area=area,
        identifier=of.identifier(area),
        contract_name=of.name,
        delivery_start=utc_text(of.delivery_start),
        delivery_end=utc_text(of.delivery_end),
        product=messages.Product(name=product.name, granularity=product.granularity, type=market_type),
    )


class M7Words(CommonWords):
    """See `Words`. Orders have numbers."""

    def contract_area(self, area: str, of: Contract, at: UtcNs) -> messages.ContractArea:
        return _contract_area(area, of, of.market_type(at))

    def order_id(self, identifier: int) -> messages.Identifier:
        return identifier

    def trade_order_id(self, identifier: int) -> messages.Identifier:
        return identifier

    def book(self, area: str, fact: BookFact, at: UtcNs) -> messages.PublicOrderBook:
        return messages.PublicOrderBook(
            is_delta=not fact.whole,
            contract_area=self.contract_area(area, fact.contract, at),
            revision_number=fact.revision,
            buy_orders=self._public_orders(fact.bids),
            sell_orders=self._public_orders(fact.asks),
        )

    def state(self, area: str, record: StateRecord, at: UtcNs) -> messages.ContractAreaState:
        return messages.ContractAreaState(
            contract_area=self.contract_area(area, record.contract, at),
            state=record.state,
            expiration_date=utc_text(record.contract.closes_at),
            trading_phase=record.phase,
            trading_phase_start=utc_text(record.phase_start),
            trading_phase_end=utc_text(record.phase_end),
        )

    def phase(self, record: StateRecord) -> str:
        return record.phase

    def order(self, record: OrderRecord) -> messages.PrivateOrder:
        return self._private_order(
            record,
            type="Regular" if record.terms.display is None else "Iceberg",
            validity_restriction=record.terms.validity,
            metadata=None if record.reason is None else {"rejectReason": record.reason},
        )

    def _side(self, own: OwnSide, trade: TradeRecord, side: Side, at: UtcNs) -> messages.TradeSide:
        told = super()._side(own, trade, side, at)
        told.user_code = own.owner
        return told
