"""The practice venue's connections: as they are shipped, or as the trader chose them in this profile."""

from collections.abc import Collection
from pathlib import Path

from app.connections import ConnectionSettings, ConnectionsRefused
from app.connections_file import ConnectionsFile, every_name
from app.fx_connections import FxConnectionSettings
from app.resources import practice_connections
from protocols.endpoints import is_loopback
from protocols.practice.offered import AREAS, PRODUCTS

NAME = "practice.toml"


def practice_file(folder: Path, port: int) -> ConnectionsFile:
    """The profile's file, or what is shipped while there is none. Its hosts are this machine; the venue's port, another
    at every start, is put behind them. A host elsewhere is refused: practice and live are never mixed."""
    path = folder / NAME

    def at_port(settings: ConnectionSettings) -> ConnectionSettings:
        if settings.tls.enabled or not is_loopback(settings.host):
            field = "orders_url, chart_url" if isinstance(settings, FxConnectionSettings) else "host"
            problem = f"{path}: connection {settings.name}: {field}: must be 127.0.0.1, where the practice venue is"
            raise ConnectionsRefused([problem])
        return settings.at_port(port)

    return ConnectionsFile(path, practice_connections(), at_port, _offered)


def _offered(settings: ConnectionSettings, key: str) -> Collection[str]:
    """What the practice venue has a market in."""
    offered = {"areas": AREAS, "products": PRODUCTS}.get(key, {}).get(settings.scope)
    return every_name(settings, key) if offered is None else offered
