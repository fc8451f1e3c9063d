"""GLocalFlex's connections in the connections file: a host, a user, and where his password is.

[[connection]]
name = "Flex"
venue = "glocalflex"
host = "test.glocalflexmarket.com"
user = "trader@example.com"
password_env = "FLEX_PASSWORD"              # may be left out: then it is looked for in the keyring, or asked for
order_id_keys = ["order_id", "id"]          # may be left out: which keys of an order's updates name it
contract_id_keys = ["contract_id", "id"]    # may be left out: which keys of a contract's updates name it
"""

import re
from typing import Any

from app.connections import ConnectionSettings, TableReading, Wrong, host, line, variable
from protocols.glocalflex.settings import CONTRACT_ID_KEYS, ORDER_ID_KEYS, Settings
from protocols.market.instruments import InstrumentSpec
from protocols.secret import Secret

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")


class FlexConnectionSettings(ConnectionSettings, frozen=True, kw_only=True):
    """One connection to GLocalFlex, checked."""

    order_id_keys: tuple[str, ...] = ORDER_ID_KEYS
    contract_id_keys: tuple[str, ...] = CONTRACT_ID_KEYS


def flex_settings(reading: TableReading) -> FlexConnectionSettings | None:
    """Reads one table; None when there are problems, which the reading has."""
    where = reading.field("host", host)
    values: dict[str, Any] = {
        "name": reading.field("name", line),
        "venue": reading.field("venue", line),
        "scope": "flexibility",
        "host": where,
        "tls": reading.tls(where),
        "contract": "",
        "client_guid": "",
        "areas": (),
        "products": (),
        "user": reading.field("user", line),
        "password_env": reading.field("password_env", variable, required=False),
        "order_id_keys": reading.field("order_id_keys", _keys, required=False) or ORDER_ID_KEYS,
        "contract_id_keys": reading.field("contract_id_keys", _keys, required=False) or CONTRACT_ID_KEYS,
    }
    reading.refuse_the_rest()
    return None if reading.problems else FlexConnectionSettings(**values)


def session_settings(settings: FlexConnectionSettings, password: Secret, spec: InstrumentSpec) -> Settings:
    """What a GLocalFlex session wants to know of a connection."""
    secure = "s" if settings.tls.enabled else ""
    return Settings(
        name=settings.name,
        http_url=f"http{secure}://{settings.host}",
        ws_url=f"ws{secure}://{settings.host}",
        user=settings.user,
        password=password,
        spec=spec,
        order_id_keys=settings.order_id_keys,
        contract_id_keys=settings.contract_id_keys,
    )


def _keys(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
        raise Wrong('must be a list of text such as ["order_id", "id"], and not empty')
    strange = [key for key in value if not _KEY.fullmatch(key)]
    if strange:
        raise Wrong(f"{strange[0][:40]!r} is no name of a key")
    if len(set(value)) < len(value):
        raise Wrong("the same one stands there twice")
    return tuple(value)
