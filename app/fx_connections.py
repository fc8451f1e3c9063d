"""ActTrader's connections in the connections file: whole addresses, a login, a dialect, symbols.

[[connection]]
name = "FX"
venue = "acttrader"
orders_url = "wss://fx.example.com/orders"
chart_url = "wss://charts.example.com/ws"   # may be left out: then there are no quotes
login = 123456
dialect = "later"                           # or "seed"; left out, "later"
token_env = "FX_TOKEN"                      # may be left out: then the handshake carries no token
extra_tif = ["GTC"]                         # may be left out
symbols = ["EURUSD", "USDJPY"]
"""

import re
from typing import Any
from urllib.parse import urlsplit

import msgspec

from app.connections import ConnectionSettings, TableReading, Wrong, line, variable
from protocols.acttrader.messages import GTC, GTT, Dialect
from protocols.acttrader.settings import Settings
from protocols.endpoints import AddressRefused, Origin, origin_of
from protocols.secret import Secret
from protocols.session import Tls

EXTRA_TIF = (GTC, GTT)
"""Times in force that the vendor's documents show and don't list."""

_SYMBOL = re.compile(r"[A-Z]{3}/?[A-Z]{3}")


class FxConnectionSettings(ConnectionSettings, frozen=True, kw_only=True):
    """One connection to ActTrader, checked. `scope` is its dialect, `host` where its orders go, `user` its login."""

    orders_url: str
    chart_url: str | None
    symbols: tuple[str, ...]
    extra_tif: tuple[str, ...] = ()

    @property
    def has_password(self) -> bool:
        """Only where the file says where its token is."""
        return self.password_env is not None

    def at_port(self, port: int) -> "FxConnectionSettings":
        chart = None if self.chart_url is None else _at_port(self.chart_url, port)
        orders = _at_port(self.orders_url, port)
        return msgspec.structs.replace(self, host=f"{self.host}:{port}", orders_url=orders, chart_url=chart)


def fx_settings(reading: TableReading) -> FxConnectionSettings | None:
    """Reads one table; None when there are problems, which the reading has."""
    orders = reading.field("orders_url", _address)
    chart = reading.field("chart_url", _address, required=False)
    dialect = reading.field("dialect", _dialect, required=False) or Dialect.LATER
    login = reading.field("login", lambda value: _login(value, dialect))
    ca_file = reading.field("ca_file", reading.certificate, required=False)
    origins = [_origin(url) for url in (orders, chart) if url is not None]
    if ca_file is not None and origins and not any(origin.secure for origin in origins):
        reading.problems.append("ca_file: is of no use without wss:// addresses")
    values: dict[str, Any] = {
        "name": reading.field("name", line),
        "venue": reading.field("venue", line),
        "scope": dialect.value,
        "host": str(_origin(orders)) if orders is not None else "",
        "tls": Tls(any(origin.secure for origin in origins), ca_file),
        "contract": "",
        "client_guid": "",
        "areas": (),
        "products": (),
        "user": login or "",
        "password_env": reading.field("token_env", variable, required=False),
        "orders_url": orders or "",
        "chart_url": chart,
        "symbols": reading.field("symbols", _symbols) or (),
        "extra_tif": reading.field("extra_tif", _extra_tif, required=False) or (),
    }
    reading.refuse_the_rest()
    return None if reading.problems else FxConnectionSettings(**values)


def session_settings(settings: FxConnectionSettings, token: Secret) -> Settings:
    """What an ActTrader session wants to know of a connection."""
    return Settings(
        name=settings.name,
        orders_url=settings.orders_url,
        login=settings.user,
        symbols=settings.symbols,
        dialect=Dialect(settings.scope),
        chart_url=settings.chart_url,
        token=token if settings.has_password else None,
        extra_tif=settings.extra_tif,
    )


def _address(value: Any) -> str:
    text = line(value)
    try:
        origin_of(text, plain="ws", secure="wss")
    except AddressRefused as refused:
        raise Wrong(str(refused)) from None
    return text


def _origin(url: str) -> Origin:
    return origin_of(url, plain="ws", secure="wss")


def _at_port(url: str, port: int) -> str:
    """Whatever port the address names."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return parts._replace(netloc=f"{host}:{port}").geturl()


def _dialect(value: Any) -> Dialect:
    try:
        return Dialect(value)
    except ValueError:
        raise Wrong(f"must be {' or '.join(each.value for each in Dialect)}") from None


def _login(value: Any, dialect: Dialect) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else line(value)
    if dialect is Dialect.LATER and not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Wrong("must be a number in the later dialect")
    return text


def _symbols(value: Any) -> tuple[str, ...]:
    found = _texts(value)
    strange = [symbol for symbol in found if not _SYMBOL.fullmatch(symbol)]
    if strange:
        raise Wrong(f"{strange[0]!r} is no pair of currencies, such as EURUSD")
    return found


def _extra_tif(value: Any) -> tuple[str, ...]:
    found = _texts(value)
    unknown = [each for each in found if each not in EXTRA_TIF]
    if unknown:
        raise Wrong(f"{unknown[0]!r} is not known; known are {', '.join(EXTRA_TIF)}")
    return found


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
        raise Wrong('must be a list of text such as ["...", "..."], and not empty')
    if len(set(value)) < len(value):
        raise Wrong("the same one stands there twice")
    return tuple(value)
