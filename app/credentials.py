"""Where a connection's password comes from: an environment variable, else the operating system's keyring.

Only keyrings that keep secrets are asked. `keyring` would otherwise choose silently among whatever is installed, and
some of that writes plain text or forgets at once.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Mapping
from typing import Any

from protocols.secret import Secret

KEYRING_SECONDS = 3.0
"""How long the keyring may take. Some services never answer; the thread that waits for one is left behind."""

_ALLOWED = {
    "keyring.backends.SecretService.Keyring": "Secret Service",
    "keyring.backends.kwallet.DBusKeyring": "KWallet",
    "keyring.backends.kwallet.DBusKeyringKWallet4": "KWallet",
    "keyring.backends.macOS.Keyring": "macOS Keychain",
    "keyring.backends.Windows.WinVaultKeyring": "Windows Credential Manager",
}
_CHAIN = "keyring.backends.chainer.ChainerBackend"


class NoPassword(LookupError):
    """No password was found. The text says where it was looked for and what to do."""


def system_keyring() -> Any:
    """The keyring that the `keyring` library chooses here. Slow: imports it, and may ask the session's services."""
    import keyring

    return keyring.get_keyring()


async def find_password(
    connection: str,
    user: str,
    variable: str | None,
    *,
    environment: Mapping[str, str],
    keyring: Callable[[], Any] = system_keyring,
    seconds: float = KEYRING_SECONDS,
) -> Secret:
    """The password of `user` on `connection`. Raises `NoPassword`, within `seconds` if the keyring hangs."""
    if variable is not None and (text := environment.get(variable)):
        try:
            text.encode()
        except UnicodeEncodeError:
            raise NoPassword(f"the environment variable {variable} is not UTF-8 text") from None
        return Secret(text)
    service = f"quarterdeck/{connection}"
    found = await _ask_in_thread(lambda: _ask(keyring, service, user), seconds)
    if isinstance(found, Secret):
        return found
    advice = f"store it in the keyring: keyring set '{service}' '{user}'"
    if variable is not None:
        advice = f"set the environment variable {variable}, or {advice}"
    raise NoPassword(f"no password for {connection} ({found}): {advice}")


def refusal_of(backend: Any) -> str | None:
    """Why this keyring is not asked, in words; None when it is one that keeps secrets."""
    name = _name_of(backend)
    if name == _CHAIN:
        members = list(backend.backends)
        refused = [_name_of(member) for member in members if _name_of(member) not in _ALLOWED]
        if members and not refused:
            return None
        name = f"a chain with {refused[0]}" if refused else "an empty chain"
    elif name in _ALLOWED:
        return None
    return f"the keyring in use, {name}, is not one of {', '.join(dict.fromkeys(_ALLOWED.values()))}"


def _ask(keyring: Callable[[], Any], service: str, user: str) -> Secret | str:
    """The secret, or why there is none. Runs in the thread. Raises whatever a broken keyring raises."""
    from keyring.errors import KeyringError

    try:
        backend = keyring()
        refusal = refusal_of(backend)
        if refusal is not None:
            return refusal
        text = backend.get_password(service, user)
    except (KeyringError, OSError) as error:
        return f"the keyring can't be used: {type(error).__name__}"
    return Secret(text) if text else "the keyring has none"


async def _ask_in_thread(ask: Callable[[], Secret | str], seconds: float) -> Secret | str:
    """Runs `ask` in a thread of its own: the loop's pool would wait for it when the program ends, and Qt's logs
    results. An exception that `ask` raises goes to `threading.excepthook`."""
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[Secret | str] = loop.create_future()

    def take(answer: Secret | str) -> None:
        if not answered.done():
            answered.set_result(answer)

    def run() -> None:
        answer: Secret | str = "the keyring failed"
        try:
            answer = ask()
        finally:
            # The loop is closed when the program has ended while the keyring hung.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(take, answer)

    threading.Thread(target=run, name="keyring", daemon=True).start()
    await asyncio.wait([answered], timeout=seconds)
    return answered.result() if answered.done() else f"the keyring did not answer within {seconds:g} s"


def _name_of(backend: Any) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"
