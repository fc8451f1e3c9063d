"""Which translator reads which resource."""

from typing import Any

from protocols.eznergy import channels
from protocols.eznergy.channels import Channel
from protocols.eznergy.contracts import ContractDirectory
from protocols.eznergy.dialects import TEST, dialect_of
from protocols.eznergy.private import OrderReports, OwnTrades
from protocols.eznergy.subscription import Message
from protocols.eznergy.translate import (
    AreaStates,
    Information,
    Notice,
    OrderBooks,
    Trades,
    Translated,
    Translates,
    Translator,
)
from protocols.market.times import Instant

_TRANSLATORS: dict[str, type[Translator[Any]]] = {
    channels.PUBLIC_ORDER_BOOKS: OrderBooks,
    channels.PUBLIC_TRADES: Trades,
    channels.CONTRACT_AREA_STATES: AreaStates,
    channels.MARKET_INFORMATION: Information,
    channels.PRIVATE_ORDERS: OrderReports,
    channels.PRIVATE_TRADES: OwnTrades,
}


class NoFacts:
    """Scope `test`: what its events carry means nothing; that they came, and in order, is all there is to know."""

    def translate(self, message: Message, now: Instant) -> Translated:
        return Translated([])


def translator_of(channel: Channel, connection: str, contracts: ContractDirectory, notice: Notice) -> Translates:
    """The translator of a channel's resource, in the dialect of its scope."""
    if channel.scope == TEST:
        return NoFacts()
    return _TRANSLATORS[channel.resource](channel, connection, contracts, notice, dialect_of(channel.scope))
