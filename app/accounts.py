"""Whose orders a window sends: the user of each connection, named where a practice window says PRACTICE."""

from collections.abc import Callable, Iterable

from app.connection_acts import ConnectionsPort
from app.connections import ConnectionSettings
from widgets.practice_band import WORD as PRACTICE


class Accounts:
    """What is known of the connections' users; `names` gives the connections there are."""

    def __init__(
        self, names: Callable[[], Iterable[str]], connections: Callable[[], ConnectionsPort], *, practice: bool
    ) -> None:
        self._names = names
        self._connections = connections
        self._practice = practice

    def words_of(self, connection: str) -> str:
        """Of one connection: `User 700100 at fx.example`; empty while it has no settings."""
        settings = self._connections().settings_of(connection)
        if settings is None:
            return ""
        return f"{f'{PRACTICE}: user' if self._practice else 'User'} {settings.user} at {settings.host}"

    def title(self) -> str:
        """Before the program's name in the window's title: `trader (EPEX M7, Nord Pool), 700100 (FX)`."""
        if self._practice:
            return PRACTICE
        return ", ".join(f"{user} ({', '.join(names)})" for user, names in self._by_user().items())

    def short(self) -> str:
        """For the status line: `Account trader`, `Accounts trader, 700100`; empty in a practice window, whose band says
        what it is."""
        users = [] if self._practice else list(self._by_user())
        return f"Account{'s' * (len(users) > 1)} {', '.join(users)}" if users else ""

    def tip(self) -> str:
        """A line for each connection."""
        return "\n".join(f"{name}: {words}" for name in self._names() if (words := self.words_of(name)))

    def _by_user(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for settings in self._settings():
            found.setdefault(settings.user, []).append(settings.name)
        return found

    def _settings(self) -> list[ConnectionSettings]:
        known = (self._connections().settings_of(name) for name in self._names())
        return [settings for settings in known if settings is not None]
