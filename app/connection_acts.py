"""The acts that are about connections: which areas and products, and the password of one that lacks it."""

from collections.abc import Callable
from typing import Protocol

from app.commands import Act, Menu
from app.connections import ConnectionSettings
from protocols.market.state import MarketState


class ConnectionsPort(Protocol):
    """What they do. `name` is a connection; None leaves the choice to the dialog."""

    def settings_of(self, name: str) -> ConnectionSettings | None: ...

    def choose(self, name: str | None = None) -> None: ...

    def enter_password(self, name: str | None = None) -> None: ...


class NoConnections:
    """A window without connections of its own, as tests have it."""

    def settings_of(self, name: str) -> ConnectionSettings | None:
        return None

    def choose(self, name: str | None = None) -> None:
        pass

    def enter_password(self, name: str | None = None) -> None:
        pass


CHOOSE = "window.choose_connections"
ENTER_PASSWORD = "window.enter_password"


def connection_acts(connections: Callable[[], ConnectionsPort], market: MarketState) -> list[Act]:
    """In the menu of the desk, by themselves; the password while a connection waits for one."""
    return [
        Act(
            CHOOSE,
            "Connections, areas, products, pairs…",
            lambda: connections().choose(),
            Menu.DESK,
            "connections",
            in_text=True,
        ),
        Act(
            ENTER_PASSWORD,
            "Enter a password…",
            lambda: connections().enter_password(),
            Menu.DESK,
            "connections",
            in_text=True,
            offered=lambda: any(view.wants_password for view in market.connections.values()),
        ),
    ]
