"""`quarterdeck practice`: the practice venue on its own, or as the desk's own process."""

import argparse
import asyncio
import contextlib
import sys
import threading
from collections.abc import Callable

import msgspec

from app.clock import SystemClock
from protocols.practice.faults import Faults
from protocols.practice.server import Address, serve
from protocols.practice.settings import PracticeSettings


def run(options: argparse.Namespace) -> int:
    """Serves until interrupted, or until standard input closes with `--with-parent`."""
    try:
        settings = _settings(options)
    except msgspec.ValidationError as error:
        print(f"quarterdeck practice: {error}", file=sys.stderr)
        return 2
    with contextlib.suppress(KeyboardInterrupt):
        return asyncio.run(_serve(settings, options.with_parent))
    return 0


def _settings(options: argparse.Namespace) -> PracticeSettings:
    """The switches that were given; the rest keeps the venue's defaults. Raises msgspec.ValidationError."""
    given = {name: value for name, value in vars(options).items() if value is not None}
    faults = {name: given[name] for name in Faults.__struct_fields__ if name in given}
    chosen = {name: given[name] for name in ("port", "seed", "rate", "token_lifetime") if name in given}
    return PracticeSettings(**chosen, faults=msgspec.convert(faults, Faults))


async def _serve(settings: PracticeSettings, with_parent: bool) -> int:
    def listening(address: Address) -> None:
        print(
            f"practice venue listening on {address.host}:{address.port} "
            f"(user {settings.username}, password {settings.password})",
            flush=True,
        )

    serving = asyncio.create_task(serve(settings, SystemClock(), listening))
    if with_parent:
        loop = asyncio.get_running_loop()
        _at_end_of_input(lambda: loop.call_soon_threadsafe(serving.cancel))
    try:
        await serving
    except asyncio.CancelledError:
        return 0
    except OSError as error:
        print(f"quarterdeck practice: port {settings.port} of {settings.host}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def _at_end_of_input(act: Callable[[], object]) -> None:
    """Standard input is the pipe that the desk holds: it ends when the desk does, however that ends."""

    def wait() -> None:
        while sys.stdin.buffer.read(4096):
            pass
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            act()

    threading.Thread(target=wait, name="parent", daemon=True).start()
