"""Where passwords come from, and which keyrings are not asked."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from keyring.backends import SecretService, chainer, fail, kwallet, null
from keyring.errors import KeyringLocked

from app.connections import ConnectionSettings
from app.credentials import KeyringUnusable, NoPassword, Passwords, name_of, refusal_of
from protocols.secret import Secret
from protocols.session import Tls
from tests.support.loops import both_loops

SETTINGS = ConnectionSettings(
    name="EPEX M7",
    venue="eznergy",
    scope="m7",
    host="m7.example.com",
    tls=Tls(),
    contract="EZ4a26927fea",
    client_guid="6395d740-6e55-11e8-b566-0800200c9a66",
    areas=("FR-RTE",),
    products=("Hour",),
    user="trader",
    password_env="QD_PASSWORD",
)
WITHOUT_VARIABLE = msgspec.structs.replace(SETTINGS, password_env=None)


class _Store:
    """What a real Secret Service backend would keep, without a service. `reads` and `writes` say what was asked."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Any] = {}
        self.reads: list[tuple[str, str]] = []
        self.answer: Callable[[], Any] | None = None
        self.keeps = True

    def read(self, service: str, user: str) -> Any:
        self.reads.append((service, user))
        return self.answer() if self.answer is not None else self.kept.get((service, user))

    def write(self, service: str, user: str, password: str) -> None:
        if self.keeps:
            self.kept[service, user] = password


WHERE = ("quarterdeck/EPEX M7", "trader")


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> _Store:
    store = _Store()
    monkeypatch.setattr(SecretService.Keyring, "get_password", lambda self, *where: store.read(*where))
    monkeypatch.setattr(SecretService.Keyring, "set_password", lambda self, *what: store.write(*what))
    return store


def _passwords(keyring: Callable[[], Any] = SecretService.Keyring, seconds: float = 5, **environment: str) -> Passwords:
    return Passwords(environment, keyring, seconds, seconds)


def _never() -> Any:
    raise AssertionError("the keyring was asked")


async def test_the_environment_comes_first() -> None:
    passwords = _passwords(_never, QD_PASSWORD="hunter2")
    assert await passwords.find(SETTINGS) == Secret("hunter2")
    assert passwords.variable(SETTINGS) == "QD_PASSWORD"


async def test_without_the_variable_the_keyring_is_asked(store: _Store) -> None:
    store.kept[WHERE] = "from the keyring"
    passwords = _passwords(QD_PASSWORD="")
    assert await passwords.find(SETTINGS) == Secret("from the keyring")
    assert store.reads == [WHERE]
    assert passwords.variable(SETTINGS) is None


async def test_what_was_typed_comes_before_all_until_the_venue_refuses_it() -> None:
    passwords = _passwords(_never, QD_PASSWORD="hunter2")
    passwords.remember(SETTINGS, Secret("typed"))
    assert await passwords.find(SETTINGS) == Secret("typed")
    passwords.forget(SETTINGS)
    assert await passwords.find(SETTINGS) == Secret("hunter2")


@pytest.mark.parametrize("change", [{"host": "elsewhere.example.com"}, {"user": "other"}, {"name": "Other"}])
async def test_what_was_typed_is_for_one_user_at_one_host(change: dict[str, str]) -> None:
    passwords = _passwords(fail.Keyring)
    passwords.remember(SETTINGS, Secret("typed"))
    with pytest.raises(NoPassword):
        await passwords.find(msgspec.structs.replace(SETTINGS, **change))


async def test_a_variable_that_is_no_text_is_told_without_its_content() -> None:
    with pytest.raises(NoPassword) as refused:
        await _passwords(_never, QD_PASSWORD="hunter\udcff").find(SETTINGS)
    assert refused.value.why == "the environment variable QD_PASSWORD is not UTF-8 text"
    assert "hunter" not in str(refused.value)


async def test_a_password_that_is_nowhere_says_what_to_do(store: _Store) -> None:
    with pytest.raises(NoPassword) as refused:
        await _passwords().find(SETTINGS)
    assert refused.value.why == "the environment variable QD_PASSWORD is empty, and the keyring has none"
    assert str(refused.value) == (
        "no password for EPEX M7 (the environment variable QD_PASSWORD is empty, and the keyring has none): "
        "set the environment variable QD_PASSWORD, or store it in "
        "the keyring: keyring set 'quarterdeck/EPEX M7' 'trader'"
    )
    with pytest.raises(NoPassword, match=r"\(the keyring has none\): store it in the keyring"):
        await _passwords().find(WITHOUT_VARIABLE)


async def test_a_locked_keyring_is_told(store: _Store) -> None:
    def locked() -> None:
        raise KeyringLocked("trader's collection")

    store.answer = locked
    with pytest.raises(NoPassword, match="the keyring can't be used: KeyringLocked"):
        await _passwords().find(SETTINGS)
    with pytest.raises(KeyringUnusable, match="the keyring can't be used: KeyringLocked"):
        await _passwords().keyring_name(SETTINGS)


@both_loops
async def test_a_keyring_that_hangs_is_left_behind(store: _Store) -> None:
    release = threading.Event()
    store.answer = release.wait
    passwords = _passwords(seconds=0.05)
    with pytest.raises(NoPassword, match=r"the keyring did not answer within 0\.05 s"):
        await passwords.find(WITHOUT_VARIABLE)
    with pytest.raises(KeyringUnusable, match=r"the keyring did not answer within 0\.05 s"):
        await passwords.keyring_name(WITHOUT_VARIABLE)
    with pytest.raises(KeyringUnusable, match=r"the keyring did not answer within 0\.05 s"):
        await passwords.store(WITHOUT_VARIABLE, Secret("hunter2"))
    hanging = [thread for thread in threading.enumerate() if thread.name == "keyring"]
    assert len(hanging) == 3
    assert all(thread.daemon for thread in hanging)
    release.set()
    for thread in hanging:
        thread.join()


async def test_a_keyring_that_breaks_is_no_password_and_a_failure_of_its_thread(
    monkeypatch: pytest.MonkeyPatch, store: _Store
) -> None:
    loop = asyncio.get_running_loop()
    taken: asyncio.Future[type[BaseException]] = loop.create_future()
    monkeypatch.setattr(
        threading, "excepthook", lambda args: loop.call_soon_threadsafe(taken.set_result, args.exc_type)
    )

    def broken() -> None:
        raise ZeroDivisionError

    store.answer = broken
    with pytest.raises(NoPassword, match="the keyring failed"):
        await _passwords().find(SETTINGS)
    assert await taken is ZeroDivisionError


async def test_a_keyring_that_keeps_secrets_takes_the_password(store: _Store) -> None:
    store.kept[WHERE] = "an old one"
    assert await _passwords().keyring_name(SETTINGS) == "Secret Service"
    await _passwords().store(SETTINGS, Secret("typed"))
    assert await _passwords().find(SETTINGS) == Secret("typed")


async def test_a_keyring_that_forgets_at_once_is_found_out(store: _Store) -> None:
    store.keeps = False
    with pytest.raises(KeyringUnusable, match="the keyring did not keep it"):
        await _passwords().store(SETTINGS, Secret("typed"))


def _named(name: str) -> Any:
    module, _, kind = name.rpartition(".")
    return type(kind, (), {"__module__": module, "get_password": _never, "set_password": _never})()


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
    words = f"the keyring in use, {name}, is not one of Secret Service, KWallet"
    with pytest.raises(NoPassword) as refused:
        await _passwords(lambda: backend).find(SETTINGS)
    assert refused.value.why.startswith(f"the environment variable QD_PASSWORD is empty, and {words}")
    for ask in (Passwords.keyring_name, lambda passwords, settings: passwords.store(settings, Secret("hunter2"))):
        with pytest.raises(KeyringUnusable) as unusable:
            await ask(_passwords(lambda: backend), SETTINGS)
        assert str(unusable.value).startswith(words)


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


def test_a_chain_is_called_by_the_keyring_that_it_writes_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [kwallet.DBusKeyring(), SecretService.Keyring()])
    assert name_of(chainer.ChainerBackend()) == "KWallet"
