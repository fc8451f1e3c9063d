"""What every test stands on: a Qt without a screen, fonts and folders of our own, no network but loopback.

The environment is set when this file is imported, before Qt is loaded and before any module under test looks
up a folder. Async tests run on asyncio's own loop; one that needs Qt's event loop says
``@pytest.mark.qt_loop`` and gets qasync's (never call ``qtbot.wait*`` in it: await a future instead).
"""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.support import last_words

_FONTS = Path(__file__).resolve().parents[1] / "resources" / "fonts"
_HOME = Path(tempfile.mkdtemp(prefix="quarterdeck-tests-"))


def _set_environment() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["FONTCONFIG_FILE"] = str(_FONTS / "fonts.conf")
    os.environ["QT_LOGGING_RULES"] = ""
    for name in ("QT_SCALE_FACTOR", "QT_FONT_DPI", "QT_STYLE_OVERRIDE", "QT_QPA_PLATFORMTHEME"):
        os.environ.pop(name, None)

    # The trader's settings, journal and key ring are out of a test's reach.
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
        folder = _HOME / name.lower()
        folder.mkdir(mode=0o700)
        os.environ[name] = str(folder)
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    os.environ.pop("DBUS_SESSION_BUS_ADDRESS", None)

    # Proxies would turn a connection to loopback into one to somewhere else.
    for name in ("http_proxy", "https_proxy", "all_proxy", "ws_proxy", "wss_proxy"):
        os.environ.pop(name, None)
        os.environ.pop(name.upper(), None)


_set_environment()

# Without deadlines, since machines differ; the same examples each time, so that a red run can be repeated.
# `make soak` looks further: other examples each time, and many more.
settings.register_profile("default", deadline=None, derandomize=True, database=None)
settings.register_profile("soak", deadline=None, max_examples=20_000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("default")


def pytest_configure(config: pytest.Config) -> None:
    last_words.register(config)


def pytest_unconfigure() -> None:
    shutil.rmtree(_HOME, ignore_errors=True)


def _uses_qt(item: pytest.Item) -> bool:
    loops = item.get_closest_marker("asyncio")
    return (
        "qapp" in getattr(item, "fixturenames", ())
        or item.get_closest_marker("qt_loop") is not None
        or (loops is not None and "qt" in loops.kwargs.get("loop_factories", ()))
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # pytest-timeout's signal waits for Python code to run, which a C++ event loop with nothing to do never
    # does. For tests that touch Qt a thread ends the run instead, with every stack printed.
    for item in items:
        if _uses_qt(item) and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(method="thread"))


def pytest_collection_finish() -> None:
    # What is here before the first test is no garbage: to look through it after each one would take minutes.
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    # As in the program (`app.collector`): Qt's objects die on the thread that made them, not on the one in which a
    # worker of pytest-xdist, a keyring or a practice venue happens to allocate.
    if not _uses_qt(item):
        return (yield)
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    # What a test logs goes from its worker to the one that reports as UTF-8, and half a surrogate pair is none.
    report = yield
    report.sections = [(name, text.encode("utf-8", "backslashreplace").decode()) for name, text in report.sections]
    return report


# --- event loops -----------------------------------------------------------------------------------------


def _qt_event_loop() -> asyncio.AbstractEventLoop:
    from PySide6.QtWidgets import QApplication  # PySide6 first: qasync takes the Qt it finds loaded

    import qasync  # isort: skip

    application = QApplication.instance() or QApplication(["quarterdeck"])
    loop = qasync.QEventLoop(application, already_running=False, set_running_loop=False)
    assert isinstance(loop, asyncio.AbstractEventLoop)
    return loop


def pytest_asyncio_loop_factories(
    item: pytest.Item,
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    if item.get_closest_marker("qt_loop"):
        return {"qt": _qt_event_loop}
    return {"asyncio": asyncio.new_event_loop}


# --- the network -----------------------------------------------------------------------------------------


class NetworkRefused(RuntimeError):
    """A test reached for the network. Not an OSError, so that no reconnect logic mistakes it for weather."""


_refused: list[str] = []


def _is_local(address: Any) -> bool:
    """Loopback by number or name; a Unix socket's path (str or bytes) is local too."""
    if isinstance(address, str | bytes):
        return True
    host = address[0]
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    return host in (None, "", "localhost", "::1") or str(host).startswith("127.")


def _check(address: Any) -> None:
    if not _is_local(address):
        _refused.append(repr(address))
        raise NetworkRefused(f"tests reach loopback only, not {address!r}")


@pytest.fixture(scope="session", autouse=True)
def _loopback_only() -> Iterator[None]:
    connect, connect_ex, sendto = socket.socket.connect, socket.socket.connect_ex, socket.socket.sendto
    getaddrinfo = socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _check(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _check(address)
        return connect_ex(self, address)

    def guarded_sendto(self: socket.socket, data: Any, *where: Any) -> int:
        _check(where[-1])
        return sendto(self, data, *where)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        _check((host,))
        return getaddrinfo(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket.socket, "sendto", guarded_sendto)
        patch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
        yield


@pytest.fixture(autouse=True)
def _network_untouched(_loopback_only: None) -> Iterator[None]:
    """Fails the test even if the code under test swallowed the refusal, or met it in another thread."""
    _refused.clear()
    yield
    assert not _refused, f"tests reach loopback only, not {', '.join(_refused)}"
