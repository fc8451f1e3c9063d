"""What a connection to GLocalFlex is told."""

import msgspec

from protocols.glocalflex import messages
from protocols.market.instruments import InstrumentSpec
from protocols.secret import Secret

TRADE_CHANNEL, BOOK_CHANNEL, TICKER_CHANNEL = messages.TRADE, messages.ORDERBOOK, messages.TICKER
ORDER_ID_KEYS = ("order_id", "id")
CONTRACT_ID_KEYS = ("contract_id", "id")
"""Which keys name an order, and which a contract, the most telling first: the venue documents none."""
SCHEME = "Bearer"
"""How the venue writes it."""


class Settings(msgspec.Struct, frozen=True):
    """One connection's settings. `http_url` and `ws_url` are the venue's origin for either, without a path."""

    name: str
    http_url: str
    ws_url: str
    user: str
    password: Secret
    spec: InstrumentSpec
    order_id_keys: tuple[str, ...] = ORDER_ID_KEYS
    contract_id_keys: tuple[str, ...] = CONTRACT_ID_KEYS

    @property
    def token_url(self) -> str:
        return self.http_url + messages.TOKEN_PATH

    @property
    def order_url(self) -> str:
        return self.http_url + messages.ORDER_PATH

    def socket_url(self, endpoint: str) -> str:
        return self.ws_url + messages.SOCKET_PATH + endpoint
