"""What the trader does to connections: chooses what they subscribe to, and gives passwords."""

from collections.abc import Callable, Coroutine
from typing import Any

from app.connection_chooser import ConnectionChooser
from app.connections import ConnectionSettings
from app.connections_file import ConnectionsFile
from app.credentials import Passwords
from app.main_window import MainWindow
from app.password_desk import PasswordDesk
from app.switchboard import Switchboard
from protocols.market.instruments import CurrencyPair
from protocols.market.state import MarketState
from protocols.secret import Secret
from widgets.theme import Theme


class ConnectionDesk:
    """`app.connection_acts.ConnectionsPort` of a window. `know` masks a password in logs, `spawn` runs what takes
    time and shows its failures."""

    def __init__(
        self,
        window: MainWindow,
        switchboard: Switchboard,
        passwords: Passwords,
        market: MarketState,
        know: Callable[[Secret], None],
        spawn: Callable[[str, Coroutine[Any, Any, None]], None],
    ) -> None:
        self._switchboard = switchboard

        def theme() -> Theme:
            return window.theme

        self.passwords = PasswordDesk(window, passwords, switchboard, know, theme, spawn, window.notice)

        def pairs(connection: str) -> list[CurrencyPair]:
            return [pair for key, pair in market.pairs.items() if key.connection == connection]

        self.chooser = ConnectionChooser(
            window, switchboard, market.blotter.own_alive, pairs, theme, spawn, window.notice
        )

    def use(self, file: ConnectionsFile) -> None:
        """The file that the connections come from, and that choices are kept in."""
        self.chooser.use(file)

    def settings_of(self, name: str) -> ConnectionSettings | None:
        """What a connection was last connected with; None for one that never was."""
        return self._switchboard.settings_of(name)

    def choose(self, name: str | None = None) -> None:
        self.chooser.open(name)

    def enter_password(self, name: str | None = None) -> None:
        self.passwords.ask_again(name)
