"""Which venue speaks what: a connection's settings become its session. The one place that knows every venue."""

import random
import uuid
from collections.abc import Callable, Sequence

from app import flex_connections, fx_connections
from app.connections import ConnectionSettings
from app.flex_connections import FlexConnectionSettings
from app.flex_table import flex_spec
from app.fx_connections import FxConnectionSettings
from app.fx_table import fx_table
from protocols.acttrader.session import ActTraderSession
from protocols.eznergy.channels import Settings
from protocols.eznergy.session import EzNergySession
from protocols.glocalflex.session import GLocalFlexSession
from protocols.market.instruments import InstrumentSpec
from protocols.market.orders import Order
from protocols.secret import Secret
from protocols.session import Session


def session_of(
    settings: ConnectionSettings,
    password: Secret,
    specs: Callable[[str], InstrumentSpec],
    is_ours: Callable[[str], bool],
    shown: Sequence[Order] = (),
    sent_before: bool = False,
) -> Session:
    """A session that is ready to start. `is_ours` tells our orders by client identifier; `shown` are the orders that
    the desk shows of the connection, where it was connected before; `sent_before` says that more may live at the venue,
    from before a restart."""
    randomness = random.Random()  # jitter, not secrets
    match settings:
        case FxConnectionSettings():
            fx = fx_connections.session_settings(settings, password)
            return ActTraderSession(fx, fx_table(), _new_id, randomness, is_ours, shown)
        case FlexConnectionSettings():
            flex = flex_connections.session_settings(settings, password, flex_spec())
            return GLocalFlexSession(flex, randomness, shown)
        case _:
            assert settings.venue == "eznergy", settings.venue
            power = eznergy_settings(settings, password)
            return EzNergySession(power, specs, _new_id, randomness, is_ours, sent_before)


def eznergy_settings(settings: ConnectionSettings, password: Secret) -> Settings:
    """What an eZ-nergy session wants to know of a connection."""
    secure = "s" if settings.tls.enabled else ""
    return Settings(
        name=settings.name,
        ws_url=f"ws{secure}://{settings.host}/ws",
        api_url=f"http{secure}://{settings.host}/api",
        contract=settings.contract,
        client_guid=settings.client_guid,
        scope=settings.scope,
        areas=settings.areas,
        products=settings.products,
        user=settings.user,
        password=password,
        test_channels=settings.channels,
    )


def _new_id() -> str:
    return str(uuid.uuid4())
