"""Which venue speaks what: a connection's settings become its session. The one place that knows every venue."""

import random
import uuid
from collections.abc import Callable

from app.connections import ConnectionSettings
from protocols.eznergy.channels import Settings
from protocols.eznergy.session import EzNergySession
from protocols.market.instruments import InstrumentSpec
from protocols.secret import Secret
from protocols.session import Session


def session_of(
    settings: ConnectionSettings,
    password: Secret,
    specs: Callable[[str], InstrumentSpec],
    is_ours: Callable[[str], bool],
) -> Session:
    """A session that is ready to start. `is_ours` tells our orders by client identifier."""
    return _BUILDERS[settings.venue](settings, password, specs, is_ours)


def _eznergy(
    settings: ConnectionSettings,
    password: Secret,
    specs: Callable[[str], InstrumentSpec],
    is_ours: Callable[[str], bool],
) -> Session:
    return EzNergySession(
        eznergy_settings(settings, password),
        specs,
        lambda: str(uuid.uuid4()),
        random.Random(),  # jitter, not secrets
        is_ours,
    )


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


_BUILDERS: dict[str, Callable[..., Session]] = {
    "eznergy": _eznergy,
}
