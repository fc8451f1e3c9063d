"""Asks the trader for passwords that are found nowhere or that a venue refused: one connection at a time."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from app.connections import ConnectionSettings
from app.credentials import KeyringUnusable, Passwords
from protocols.secret import Secret
from widgets.theme import Theme

if TYPE_CHECKING:
    from widgets.password import PasswordDialog

NOT_GIVEN = "no password was given; “Enter a password” asks again"


class Lines(Protocol):
    """What it asks of the switchboard."""

    async def connect(self, settings: ConnectionSettings) -> None: ...
    async def until_live(self, name: str) -> None: ...
    async def leave_off(self, name: str, reason: str) -> None: ...


class Asked(msgspec.Struct, frozen=True):
    """One connection that lacks its password, and why. `expected` when the trader waits for it to connect."""

    settings: ConnectionSettings
    why: str
    expected: bool


class PasswordDesk(QObject):
    """`ask` may be called at any time; the dialog opens when Qt is next idle. `know` masks a password in logs,
    `spawn` runs what takes time, `notice` tells what passed."""

    def __init__(
        self,
        window: QWidget,
        passwords: Passwords,
        lines: Lines,
        know: Callable[[Secret], None],
        theme: Callable[[], Theme],
        spawn: Callable[[str, Coroutine[Any, Any, None]], None],
        notice: Callable[[str], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._passwords = passwords
        self._lines = lines
        self._know = know
        self._theme = theme
        self._spawn = spawn
        self._notice = notice
        self._wanted: dict[str, Asked] = {}
        self._queue: list[str] = []
        self._shown = ""
        self.dialog: PasswordDialog | None = None
        """The question that is open."""

    @property
    def wanted(self) -> tuple[str, ...]:
        """The connections that lack their password."""
        return tuple(self._wanted)

    def ask(self, settings: ConnectionSettings, why: str, expected: bool = True) -> None:
        """A connection lacks its password. Asked again for the same one, the newest reason holds."""
        self._wanted[settings.name] = Asked(settings, why, expected)
        self._line_up(settings.name)

    def ask_again(self, name: str | None = None) -> None:
        """At the trader's word: for one connection, or for the first that lacks its password."""
        found = name if name in self._wanted else next(iter(self._wanted), None)
        if found is None:
            return
        self._wanted[found] = msgspec.structs.replace(self._wanted[found], expected=True)
        if self.dialog is not None:
            self.dialog.ask(activate=True)
        self._line_up(found)

    def _line_up(self, name: str) -> None:
        if name not in self._queue and not (self.dialog is not None and self._shown == name):
            self._queue.append(name)
        # Not at once: the news may come from the middle of a session's turn.
        QTimer.singleShot(0, self, self._next)

    def _next(self) -> None:
        while self.dialog is None and self._queue:
            asked = self._wanted.get(self._queue.pop(0))
            if asked is not None:
                self._open(asked)

    def _open(self, asked: Asked) -> None:
        from widgets.password import PasswordDialog

        settings = asked.settings
        why = asked.why[:1].upper() + asked.why[1:]
        dialog = PasswordDialog(settings.name, settings.host, settings.user, why, self._theme(), self._window)
        self.dialog, self._shown = dialog, settings.name
        dialog.given.connect(lambda password, store: self._given(asked, password, store))
        dialog.rejected.connect(lambda: self._declined(asked))
        dialog.ask(asked.expected)
        self._spawn("looking for a keyring", self._say_keeping(dialog, settings))

    def _given(self, asked: Asked, password: Secret, store: bool) -> None:
        # It may have been asked for once more meanwhile, with other areas.
        settings = self._wanted.get(asked.settings.name, asked).settings
        self._know(password)
        self._passwords.remember(settings, password)
        self._wanted.pop(settings.name, None)
        self._closed()
        self._spawn(f"connecting {settings.name}", self._connect(settings, password if store else None))

    def _declined(self, asked: Asked) -> None:
        name = asked.settings.name
        self._closed()
        if name in self._wanted:
            self._spawn(f"leaving {name} off", self._lines.leave_off(name, NOT_GIVEN))

    def _closed(self) -> None:
        self.dialog, self._shown = None, ""
        QTimer.singleShot(0, self, self._next)

    async def _say_keeping(self, dialog: "PasswordDialog", settings: ConnectionSettings) -> None:
        try:
            name = await self._passwords.keyring_name(settings)
        except KeyringUnusable as unusable:
            if self.dialog is dialog:
                dialog.show_no_keyring(str(unusable))
            return
        if self.dialog is dialog:
            dialog.show_keyring(name, self._passwords.variable(settings))

    async def _connect(self, settings: ConnectionSettings, to_store: Secret | None) -> None:
        await self._lines.connect(settings)
        if to_store is not None:
            # What the venue refuses must not take the place of a good one, to be refused again at every start.
            await self._lines.until_live(settings.name)
            if self._passwords.remembers(settings, to_store):
                await self._store(settings, to_store)

    async def _store(self, settings: ConnectionSettings, password: Secret) -> None:
        try:
            await self._passwords.store(settings, password)
        except KeyringUnusable as unusable:
            self._notice(f"The password of {settings.name} is kept in memory only: {unusable}")
        else:
            self._notice(f"The password of {settings.name} is in the keyring")
