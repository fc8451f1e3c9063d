"""Where a connection's password comes from, and where one that was typed is kept.

In this order: what was typed since the desk started, an environment variable, the operating system's keyring. Only
keyrings that keep secrets are asked: `keyring` would otherwise choose silently among whatever is installed, and some of
that writes plain text or forgets at once.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from app.connections import ConnectionSettings
from protocols.secret import Secret

KEYRING_SECONDS = 3.0
"""How long the keyring may take. Some services never answer; the thread that waits for one is left behind."""

STORE_SECONDS = 60.0
"""How long it may take to store: the system may ask the trader to unlock the keyring. Nothing waits for it."""

_ALLOWED = {
    "keyring.backends.SecretService.Keyring": "Secret Service",
    "keyring.backends.kwallet.DBusKeyring": "KWallet",
    "keyring.backends.kwallet.DBusKeyringKWallet4": "KWallet",
    "keyring.backends.macOS.Keyring": "macOS Keychain",
    "keyring.backends.Windows.WinVaultKeyring": "Windows Credential Manager",
}
_CHAIN = "keyring.backends.chainer.ChainerBackend"

T = TypeVar("T")


class NoPassword(LookupError):
    """No password was found. The text says where it was looked for and what to do; `why` only what was not found."""

    def __init__(self, connection: str, why: str, advice: str) -> None:
        super().__init__(f"no password for {connection} ({why}): {advice}")
        self.why = why


class KeyringUnusable(LookupError):
    """No keyring that keeps secrets answers, or it did not do what it was asked. The text says why."""


def system_keyring() -> Any:
    """The keyring that the `keyring` library chooses here. Slow: imports it, and may ask the session's services."""
    import keyring

    return keyring.get_keyring()


class Passwords:
    """The passwords of one run of the desk. `keyring` is called in a thread."""

    def __init__(
        self,
        environment: Mapping[str, str],
        keyring: Callable[[], Any] = system_keyring,
        seconds: float = KEYRING_SECONDS,
        store_seconds: float = STORE_SECONDS,
    ) -> None:
        self._environment = environment
        self._keyring = keyring
        self._seconds = seconds
        self._store_seconds = store_seconds
        self._typed: dict[tuple[str, str, str], Secret] = {}

    async def find(self, settings: ConnectionSettings) -> Secret:
        """The connection's password. Raises `NoPassword`, within the time limit if the keyring hangs."""
        typed = self._typed.get(_whose(settings))
        if typed is not None:
            return typed
        service = _service(settings)
        advice = f"store it in the keyring: keyring set '{service}' '{settings.user}'"
        variable = self.variable(settings)
        if variable is not None:
            text = self._environment[variable]
            try:
                text.encode()
            except UnicodeEncodeError:
                why = f"the environment variable {variable} is not UTF-8 text"
                raise NoPassword(settings.name, why, f"set it to text, or {advice}") from None
            return Secret(text)
        empty = ""
        if settings.password_env is not None:
            empty = f"the environment variable {settings.password_env} is empty, and "
            advice = f"set the environment variable {settings.password_env}, or {advice}"
        try:
            text = await self._ask(lambda backend: backend.get_password(service, settings.user), self._seconds)
        except KeyringUnusable as unusable:
            raise NoPassword(settings.name, f"{empty}{unusable}", advice) from None
        if not text:
            raise NoPassword(settings.name, f"{empty}the keyring has none", advice)
        return Secret(text)

    def variable(self, settings: ConnectionSettings) -> str | None:
        """The environment variable that holds the connection's password, None when none does."""
        variable = settings.password_env
        return variable if variable is not None and self._environment.get(variable) else None

    def remember(self, settings: ConnectionSettings, password: Secret) -> None:
        """Keeps it in memory until the desk closes, for this user at this host."""
        self._typed[_whose(settings)] = password

    def remembers(self, settings: ConnectionSettings, password: Secret) -> bool:
        """Whether this is the one in memory."""
        return self._typed.get(_whose(settings)) == password

    def forget(self, settings: ConnectionSettings) -> None:
        """The venue does not want the one in memory."""
        self._typed.pop(_whose(settings), None)

    async def keyring_name(self, settings: ConnectionSettings) -> str:
        """The keyring that would keep the password, which answered just now. Raises `KeyringUnusable`."""

        def look(backend: Any) -> str:
            backend.get_password(_service(settings), settings.user)
            return name_of(backend)

        return await self._ask(look, self._seconds)

    async def store(self, settings: ConnectionSettings, password: Secret) -> None:
        """Puts it into the keyring, in place of the one that was there. Raises `KeyringUnusable`."""
        service = _service(settings)

        def put(backend: Any) -> bool:
            backend.set_password(service, settings.user, password.reveal())
            return bool(backend.get_password(service, settings.user) == password.reveal())

        if not await self._ask(put, self._store_seconds):
            raise KeyringUnusable("the keyring did not keep it")

    async def _ask(self, act: Callable[[Any], T], seconds: float) -> T:
        """What `act` makes of the keyring. In a thread of its own: the loop's pool would wait for it when the program
        ends, and Qt's logs results. An unexpected exception goes to `threading.excepthook`."""
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[T | KeyringUnusable] = loop.create_future()

        def take(answer: T | KeyringUnusable) -> None:
            if not answered.done():
                answered.set_result(answer)

        def run() -> None:
            answer: T | KeyringUnusable = KeyringUnusable("the keyring failed")
            try:
                answer = _use(self._keyring, act)
            finally:
                # The loop is closed when the program has ended while the keyring hung.
                with contextlib.suppress(RuntimeError):
                    loop.call_soon_threadsafe(take, answer)

        threading.Thread(target=run, name="keyring", daemon=True).start()
        await asyncio.wait([answered], timeout=seconds)
        if not answered.done():
            raise KeyringUnusable(f"the keyring did not answer within {seconds:g} s")
        answer = answered.result()
        if isinstance(answer, KeyringUnusable):
            raise answer
        return answer


def refusal_of(backend: Any) -> str | None:
    """Why this keyring is not asked, in words; None when it is one that keeps secrets."""
    name = _class_of(backend)
    if name == _CHAIN:
        members = list(backend.backends)
        refused = [_class_of(member) for member in members if _class_of(member) not in _ALLOWED]
        if members and not refused:
            return None
        name = f"a chain with {refused[0]}" if refused else "an empty chain"
    elif name in _ALLOWED:
        return None
    return f"the keyring in use, {name}, is not one of {', '.join(dict.fromkeys(_ALLOWED.values()))}"


def name_of(backend: Any) -> str:
    """What people call an allowed keyring; of a chain, the one that is written to."""
    first = backend.backends[0] if _class_of(backend) == _CHAIN else backend
    return _ALLOWED[_class_of(first)]


def _use(keyring: Callable[[], Any], act: Callable[[Any], T]) -> T | KeyringUnusable:
    """Runs in the thread. Raises whatever a broken keyring raises."""
    from keyring.errors import KeyringError

    try:
        backend = keyring()
        refusal = refusal_of(backend)
        return act(backend) if refusal is None else KeyringUnusable(refusal)
    except (KeyringError, OSError) as error:
        return KeyringUnusable(f"the keyring can't be used: {type(error).__name__}")


def _service(settings: ConnectionSettings) -> str:
    return f"quarterdeck/{settings.name}"


def _whose(settings: ConnectionSettings) -> tuple[str, str, str]:
    """A password is for one user at one host: it is never sent to another that the connection may be given."""
    return settings.name, settings.host, settings.user


def _class_of(backend: Any) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"
