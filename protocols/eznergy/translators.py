"""Which translator reads which resource."""

from typing import Any

from protocols.eznergy import channels
from protocols.eznergy.channels import Channel
from protocols.eznergy.contracts import ContractDirectory
from protocols.eznergy.private import OrderReports, OwnTrades
from protocols.eznergy.translate import AreaStates, Information, Notice, OrderBooks, Trades, Translator

_TRANSLATORS: dict[str, type[Translator[Any]]] = {
    channels.PUBLIC_ORDER_BOOKS: OrderBooks,
    channels.PUBLIC_TRADES: Trades,
    channels.CONTRACT_AREA_STATES: AreaStates,
    channels.MARKET_INFORMATION: Information,
    channels.PRIVATE_ORDERS: OrderReports,
    channels.PRIVATE_TRADES: OwnTrades,
}


def translator_of(channel: Channel, connection: str, contracts: ContractDirectory, notice: Notice) -> Translator[Any]:
    """The translator of a channel's resource."""
    return _TRANSLATORS[channel.resource](channel, connection, contracts, notice)
