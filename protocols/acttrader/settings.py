"""What a connection to ActTrader is told."""

import msgspec

from protocols.acttrader.messages import AON, FOK, IOC, TPI, Dialect
from protocols.secret import Secret

ORDERS_CHANNEL = "orders"
QUOTES_CHANNEL = "quotes"
AREA = "FX"
"""The area in the key of every pair: currencies are delivered nowhere in particular."""


class Settings(msgspec.Struct, frozen=True):
    """One connection's settings. `orders_url` and `chart_url` are whole WebSocket addresses; without the second one
    there are no quotes. `extra_tif` are times in force that the venue's documents show but don't list (`GTC`)."""

    name: str
    orders_url: str
    login: str
    symbols: tuple[str, ...]
    dialect: Dialect = Dialect.LATER
    chart_url: str | None = None
    token: Secret | None = None
    extra_tif: tuple[str, ...] = ()

    @property
    def times_in_force(self) -> tuple[str, ...]:
        """What may be sent in this dialect."""
        listed = (AON, FOK, IOC) if self.dialect is Dialect.SEED else (AON, FOK, IOC, TPI)
        return (*listed, *(each for each in self.extra_tif if each not in listed))
