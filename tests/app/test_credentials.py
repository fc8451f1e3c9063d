"""Where passwords come from, and which keyrings are not asked."""

import asyncio
import threading
from typing import Any

import pytest
from keyring.backends import SecretService, chainer, fail, kwallet, null
from keyring.errors import KeyringLocked

from app.credentials import NoPassword, find_password, refusal_of
from protocols.secret import Secret
from tests.support.loops import both_loops


class _Asked:
    """What was asked of the keyring."""

    def __init__(self) -> None:
        self.of: list[tuple[str, str]] = []


def _service(monkeypatch: pytest.MonkeyPatch, answer: Any) -> tuple[Any, _Asked]:
    """A real Secret Service backend that answers without a service."""
    asked = _Asked()

    def get_password(self: Any, service: str, user: str) -> Any:
        asked.of.append((service, user))
        return answer()

    monkeypatch.setattr(SecretService.Keyring, "get_password", get_password)
    return SecretService.Keyring(), asked


async def _find(keyring: Any, variable: str | None = "QD_PASSWORD", **environment: str) -> Secret:
    return await find_password("EPEX M7", "trader", variable, environment=environment, keyring=keyring, seconds=5)


def _never() -> Any:
    raise AssertionError("the keyring was asked")


async def test_the_environment_comes_first() -> None:
    assert await _find(_never, QD_PASSWORD="hunter2") == Secret("hunter2")


async def test_without_the_variable_the_keyring_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    backend, asked = _service(monkeypatch, lambda: "from the keyring")
    assert await _find(lambda: backend, QD_PASSWORD="") == Secret("from the keyring")
    assert asked.of == [("quarterdeck/EPEX M7", "trader")]


async def test_a_password_that_is_nowhere_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    backend, _ = _service(monkeypatch, lambda: None)
    with pytest.raises(NoPassword) as refused:
        await _find(lambda: backend)
    assert str(refused.value) == (
        "no password for EPEX M7 (the keyring has none): set the environment variable QD_PASSWORD, or store it in "
        "the keyring: keyring set 'quarterdeck/EPEX M7' 'trader'"
    )
    with pytest.raises(NoPassword, match=r"\(the keyring has none\): store it in the keyring"):
        await _find(lambda: backend, None)


async def test_a_locked_keyring_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def locked() -> None:
        raise KeyringLocked("trader's collection")

    backend, _ = _service(monkeypatch, locked)
    with pytest.raises(NoPassword, match="the keyring can't be used: KeyringLocked"):
        await _find(lambda: backend)


@both_loops
async def test_a_keyring_that_hangs_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    backend, _ = _service(monkeypatch, release.wait)
    with pytest.raises(NoPassword, match=r"the keyring did not answer within 0\.05 s"):
        await find_password("EPEX M7", "trader", None, environment={}, keyring=lambda: backend, seconds=0.05)
    (hanging,) = [thread for thread in threading.enumerate() if thread.name == "keyring"]
    assert hanging.daemon
    release.set()
    hanging.join()


async def test_a_keyring_that_breaks_is_no_password_and_a_failure_of_its_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop = asyncio.get_running_loop()
    taken: asyncio.Future[type[BaseException]] = loop.create_future()
    monkeypatch.setattr(
        threading, "excepthook", lambda args: loop.call_soon_threadsafe(taken.set_result, args.exc_type)
    )

    def broken() -> None:
        raise ZeroDivisionError

    backend, _ = _service(monkeypatch, broken)
    with pytest.raises(NoPassword, match="the keyring failed"):
        await _find(lambda: backend)
    assert await taken is ZeroDivisionError


def _named(name: str) -> Any:
    module, _, kind = name.rpartition(".")
    return type(kind, (), {"__module__": module, "get_password": _never})()


@pytest.mark.parametrize(
    "backend",
    [
        fail.Keyring(),
        null.Keyring(),
        _named("keyrings.alt.file.PlaintextKeyring"),
        _named("keyrings.alt.file.EncryptedKeyring"),
        _named("somebody.elses.Keyring"),
        type("Improved", (SecretService.Keyring,), {"__module__": "somebody.elses"})(),
    ],
    ids=lambda backend: f"{type(backend).__module__}.{type(backend).__name__}",
)
async def test_a_keyring_that_is_not_known_to_keep_secrets_is_not_asked(backend: Any) -> None:
    name = f"{type(backend).__module__}.{type(backend).__qualname__}"
    with pytest.raises(NoPassword) as refused:
        await _find(lambda: backend)
    assert f"the keyring in use, {name}, is not one of Secret Service, KWallet" in str(refused.value)


@pytest.mark.parametrize(
    ("members", "refused"),
    [
        ([SecretService.Keyring(), kwallet.DBusKeyring()], None),
        ([SecretService.Keyring(), _named("keyrings.alt.file.PlaintextKeyring")], "a chain with keyrings.alt.file"),
        ([], "an empty chain"),
    ],
    ids=["all allowed", "one plain", "empty"],
)
def test_a_chain_is_as_good_as_its_worst_member(
    monkeypatch: pytest.MonkeyPatch, members: list[Any], refused: str | None
) -> None:
    monkeypatch.setattr(chainer.ChainerBackend, "backends", members)
    why = refusal_of(chainer.ChainerBackend())
    assert why is None if refused is None else refused in str(why)
