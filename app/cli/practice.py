"""`quarterdeck practice`: the practice venue on its own, or as the desk's own process."""

import argparse
import asyncio
import contextlib
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from app.clock import Clock, SystemClock
from app.profile import profile_folder
from protocols.practice.faults import Faults
from protocols.practice.glocalflex.settings import FlexSettings
from protocols.practice.server import Address, serve
from protocols.practice.settings import PracticeSettings


def run(options: argparse.Namespace) -> int:
    """Serves until interrupted, or until standard input closes with `--with-parent`."""
    clock, authority = SystemClock(), None
    try:
        settings = _settings(options)
        if options.tls:
            settings, authority = _secured(settings, profile_folder(os.environ), clock)
    except (msgspec.ValidationError, _NoCertificates) as error:
        print(f"quarterdeck practice: {error}", file=sys.stderr)
        return 2
    with contextlib.suppress(KeyboardInterrupt):
        return asyncio.run(_serve(settings, clock, options.with_parent, authority))
    return 0


def _settings(options: argparse.Namespace) -> PracticeSettings:
    """The switches that were given; the rest keeps the venue's defaults. Raises msgspec.ValidationError."""
    given = {name: value for name, value in vars(options).items() if value is not None}
    faults = {name: given[name] for name in Faults.__struct_fields__ if name in given}
    chosen = {name: given[name] for name in ("port", "seed", "rate", "token_lifetime") if name in given}
    return PracticeSettings(
        **chosen,
        faults=msgspec.convert(faults, Faults),
        flex=_flex(given),
        ahead=options.with_parent,  # a desk that starts its venue connects to all of it
    )


def _flex(given: dict[str, Any]) -> FlexSettings:
    size = {name: given[f"flex_{name}"] for name in ("orders", "windows", "pace") if f"flex_{name}" in given}
    try:
        return msgspec.convert(size, FlexSettings)
    except msgspec.ValidationError as error:
        raise msgspec.ValidationError(str(error).replace("$.", "--flex-")) from error


class _NoCertificates(Exception):
    """Without them there is no TLS; says why."""


def _secured(settings: PracticeSettings, profile: Path, clock: Clock) -> tuple[PracticeSettings, Path]:
    """The settings with the profile's certificates, and where its authority's is. Raises `_NoCertificates`."""
    # Imported by need: a tenth of the venue's start, for who asks for it.
    from app.certificates import CertificatesRefused, server_certificate

    try:
        made = server_certificate(profile / "practice-tls", clock())
    except CertificatesRefused as refused:
        raise _NoCertificates(str(refused)) from refused
    secured = msgspec.structs.replace(settings, tls_certificate=str(made.certificate), tls_key=str(made.key))
    return secured, made.authority


async def _serve(settings: PracticeSettings, clock: Clock, with_parent: bool, authority: Path | None) -> int:
    def listening(address: Address) -> None:
        print(
            f"practice venue listening on {address.host}:{address.port} "
            f"(user {settings.username}, password {settings.password})",
            flush=True,
        )
        if authority is not None:
            print(f"TLS: clients trust it by ca_file = {str(authority)!r}", flush=True)

    serving = asyncio.create_task(serve(settings, clock, listening))
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
