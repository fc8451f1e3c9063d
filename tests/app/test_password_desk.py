"""Who is asked for a password, when, and what becomes of the answer."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
import pytest
from keyring.backends import SecretService, null
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from app.connections import ConnectionSettings
from app.credentials import NoPassword, Passwords
from app.password_desk import NOT_GIVEN, PasswordDesk
from protocols.secret import Secret
from tests.app.hands import send_key
from tests.app.test_credentials import SETTINGS
from tests.widgets.desk import DARK

pytestmark = pytest.mark.qt_loop
SECOND = msgspec.structs.replace(SETTINGS, name="Nord Pool", user="other")
WHY = "No password was found: the keyring has none."


class Asking:
    """A desk that asks, what it led to, and the tasks it started."""

    def __init__(self, keyring: Callable[[], Any] = null.Keyring) -> None:
        self.passwords = Passwords({}, keyring, 5, 5)
        self.refuses = False
        self.connected: list[tuple[str, Secret]] = []
        self.settings: list[ConnectionSettings] = []
        self.left: list[tuple[str, str]] = []
        self.known: list[Secret] = []
        self.said: list[str] = []
        self.tasks: set[asyncio.Task[None]] = set()
        self.window = QWidget()
        self.window.show()
        self.window.activateWindow()
        self.desk = PasswordDesk(
            self.window, self.passwords, self, self.known.append, lambda: DARK, self.spawn, self.said.append
        )

    async def connect(self, settings: ConnectionSettings) -> None:
        self.settings.append(settings)
        self.connected.append((settings.name, await self.passwords.find(settings)))

    async def until_live(self, name: str) -> None:
        """Live in the end, by this password or, where the venue refuses it, by another one."""
        if self.refuses:
            self.passwords.remember(SETTINGS, Secret("another one"))

    async def leave_off(self, name: str, reason: str) -> None:
        self.left.append((name, reason))

    def spawn(self, what: str, work: Coroutine[Any, Any, None]) -> None:
        self.tasks.add(asyncio.get_running_loop().create_task(work))

    async def settle(self) -> None:
        """Until nothing is under way: Qt's own events, and every task."""
        while True:
            idle: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            QTimer.singleShot(0, lambda idle=idle: idle.set_result(None))
            await idle
            waiting = [task for task in self.tasks if not task.done()]
            if not waiting:
                return
            await asyncio.gather(*waiting)

    async def press(self, text: str, *keys: Qt.Key) -> None:
        """Keys on the dialog that is open. Sent, not QTest's: those let Qt run tasks within the running one."""
        assert self.desk.dialog is not None
        handle = self.desk.dialog.windowHandle()
        for letter in text:
            send_key(handle, Qt.Key(ord(letter.upper())), text=letter)
        for key in keys:
            send_key(handle, key, release=key is Qt.Key.Key_Space)  # the others may end the window
        await self.settle()

    @property
    def title(self) -> str:
        return "" if self.desk.dialog is None else self.desk.dialog.windowTitle()


def asks(test: Callable[[Asking], Any]) -> Callable[[], Any]:
    async def run() -> None:
        asking = Asking()
        try:
            await test(asking)
        finally:
            asking.window.close()
            asking.window.deleteLater()
            await asking.settle()

    run.__name__ = test.__name__
    return run


@asks
async def test_what_is_typed_connects_and_is_masked(asking: Asking) -> None:
    asking.desk.ask(SETTINGS, WHY)
    await asking.settle()
    assert asking.title == "Password for EPEX M7"
    assert asking.desk.dialog.keeping.text().startswith("Kept in memory until Quarterdeck closes: no keyring")
    await asking.press("hunter2", Qt.Key.Key_Return)
    assert asking.connected == [("EPEX M7", Secret("hunter2"))]
    assert asking.known == [Secret("hunter2")]
    assert (asking.title, asking.desk.wanted, asking.left) == ("", (), [])


@asks
async def test_cancel_leaves_it_off_and_it_can_be_asked_again(asking: Asking) -> None:
    asking.desk.ask(SETTINGS, WHY)
    await asking.settle()
    await asking.press("hunter2", Qt.Key.Key_Escape)
    assert asking.left == [("EPEX M7", NOT_GIVEN)]
    assert (asking.connected, asking.title, asking.desk.wanted) == ([], "", ("EPEX M7",))
    asking.desk.ask_again()
    await asking.settle()
    await asking.press("hunter3", Qt.Key.Key_Return)
    assert asking.connected == [("EPEX M7", Secret("hunter3"))]


@asks
async def test_one_connection_is_asked_for_at_a_time(asking: Asking) -> None:
    asking.desk.ask(SETTINGS, WHY)
    asking.desk.ask(SECOND, WHY)
    asking.desk.ask(SECOND, "another reason")
    await asking.settle()
    assert asking.title == "Password for EPEX M7"
    await asking.press("", Qt.Key.Key_Escape)
    assert asking.title == "Password for Nord Pool"
    assert asking.desk.dialog.why.text() == "Another reason"
    await asking.press("hunter2", Qt.Key.Key_Return)
    assert (asking.connected, asking.title) == ([("Nord Pool", Secret("hunter2"))], "")
    asking.desk.ask_again("EPEX M7")
    await asking.settle()
    assert asking.title == "Password for EPEX M7"


@asks
async def test_what_was_changed_while_it_was_asked_holds(asking: Asking) -> None:
    asking.desk.ask(SETTINGS, WHY)
    await asking.settle()
    asking.desk.ask(msgspec.structs.replace(SETTINGS, areas=("AT-APG",)), WHY)
    await asking.settle()
    await asking.press("hunter2", Qt.Key.Key_Return)
    assert [settings.areas for settings in asking.settings] == [("AT-APG",)]
    assert asking.title == ""


@asks
async def test_a_refused_password_is_asked_for_again_saying_so(asking: Asking) -> None:
    asking.desk.ask(SETTINGS, WHY)
    await asking.settle()
    await asking.press("wrong", Qt.Key.Key_Return)
    asking.passwords.forget(SETTINGS)
    asking.desk.ask(SETTINGS, "the venue refused the user name or the password of 'trader'")
    await asking.settle()
    assert asking.desk.dialog.why.text() == "The venue refused the user name or the password of 'trader'"
    with pytest.raises(NoPassword):
        await asking.passwords.find(SETTINGS)


@asks
async def test_a_question_that_nobody_expects_leaves_the_keyboard_where_it_is(asking: Asking) -> None:
    # The offscreen platform gives every new window the focus; what a real one is asked for can be seen all the same.
    asking.desk.ask(SETTINGS, WHY, expected=False)
    await asking.settle()
    assert asking.desk.dialog.isVisible()
    assert asking.desk.dialog.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    asking.desk.ask_again("EPEX M7")
    await asking.settle()
    assert not asking.desk.dialog.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)


async def test_a_password_that_the_venue_refuses_is_not_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {("quarterdeck/EPEX M7", "trader"): "a good one"}
    monkeypatch.setattr(SecretService.Keyring, "get_password", lambda self, *where: kept.get(where))
    monkeypatch.setattr(SecretService.Keyring, "set_password", lambda self, a, b, text: kept.update({(a, b): text}))
    asking = Asking(SecretService.Keyring)
    asking.refuses = True
    asking.desk.ask(SETTINGS, WHY)
    await asking.settle()
    await asking.press("wrong", Qt.Key.Key_Tab, Qt.Key.Key_Space, Qt.Key.Key_Return)
    assert asking.connected == [("EPEX M7", Secret("wrong"))]
    assert list(kept.values()) == ["a good one"] and asking.said == []
    asking.window.close()
    asking.window.deleteLater()
    await asking.settle()


@pytest.mark.parametrize("keeps", [True, False])
async def test_it_is_stored_when_the_tick_says_so(monkeypatch: pytest.MonkeyPatch, keeps: bool) -> None:
    kept: dict[tuple[str, str], str] = {}
    monkeypatch.setattr(SecretService.Keyring, "get_password", lambda self, *where: kept.get(where))
    monkeypatch.setattr(
        SecretService.Keyring, "set_password", lambda self, a, b, text: kept.update({(a, b): text} if keeps else {})
    )
    asking = Asking(SecretService.Keyring)
    asking.desk.ask(SETTINGS, WHY)
    await asking.settle()
    await asking.press("hunter2", Qt.Key.Key_Tab, Qt.Key.Key_Space, Qt.Key.Key_Return)
    assert asking.connected == [("EPEX M7", Secret("hunter2"))]
    if keeps:
        assert kept == {("quarterdeck/EPEX M7", "trader"): "hunter2"}
        assert asking.said == ["The password of EPEX M7 is in the keyring"]
    else:
        assert asking.said == ["The password of EPEX M7 is kept in memory only: the keyring did not keep it"]
    asking.window.close()
    asking.window.deleteLater()
    await asking.settle()
