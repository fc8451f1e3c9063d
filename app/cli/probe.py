"""`quarterdeck probe`: connects without a window, says how it went, and writes the desk's state."""

import argparse
import asyncio
import contextlib
import os
import signal
import sys

from app.clock import SystemClock
from app.connections import ConnectionSettings, ConnectionsRefused, read_connections
from app.credentials import Passwords
from app.desk import Desk
from app.failures import FailureHandler
from app.logs import Logs, Masker
from app.resources import power_specs
from app.state_file import write_state
from app.switchboard import Switchboard
from protocols.market.events import ConnectionStatus, Freshness
from protocols.session import ConnectionReport


def run(options: argparse.Namespace) -> int:
    """0 when every connection was live at the end, 1 when not, 2 when it could not begin."""
    try:
        connections = read_connections(options.connections)
    except ConnectionsRefused as refused:
        print(refused, file=sys.stderr)
        return 2
    masker = Masker()
    logs = Logs(masker)
    try:
        return asyncio.run(_probe(options, connections, masker))
    finally:
        logs.close()


async def _probe(options: argparse.Namespace, connections: tuple[ConnectionSettings, ...], masker: Masker) -> int:
    clock = SystemClock()
    failures = FailureHandler(lambda failure: print(failure, file=sys.stderr), masker.mask)
    failures.attach(asyncio.get_running_loop())
    desk = Desk()
    switchboard = Switchboard(desk, clock, failures, power_specs(), masker.know, Passwords(os.environ))
    try:
        await switchboard.connect_all(connections)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(_interrupted(), options.seconds)
        reports = desk.reports()
        print("\n".join(line for report in reports for line in summary(report)))
        write_state(options.state, desk, clock())
        return 0 if all(report.status is ConnectionStatus.LIVE for report in reports) else 1
    except OSError as error:
        print(f"{options.state}: can't be written: {error.strerror}", file=sys.stderr)
        return 2
    finally:
        await switchboard.stop()


async def _interrupted() -> None:
    """Returns at Ctrl+C or a polite kill: what was seen until then is told all the same."""
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda number, frame: loop.call_soon_threadsafe(stopped.set))
    loop = asyncio.get_running_loop()
    await stopped.wait()


def summary(report: ConnectionReport) -> list[str]:
    """A connection in a few lines: its status and why, and every channel that is not well."""
    lines = [
        f"{report.name} ({report.venue}): {report.status.value}" + (f", {report.reason}" if report.reason else ""),
        f"  {report.messages} messages, {report.reconnects} reconnects"
        + (f", last error: {report.last_error}" if report.last_error not in ("", report.reason) else ""),
    ]
    live = [channel for channel in report.channels if channel.status is Freshness.LIVE]
    lines.append(
        f"  {len(live)} of {len(report.channels)} channels live: "
        f"{sum(channel.applied for channel in report.channels)} events applied, "
        f"{sum(channel.reordered for channel in report.channels)} reordered, "
        f"{sum(channel.dropped for channel in report.channels)} dropped, "
        f"{sum(channel.gaps for channel in report.channels)} gaps, "
        f"{sum(channel.resubscribes for channel in report.channels)} resubscribes"
    )
    lines += [
        f"  {' '.join(filter(None, (channel.feed.value, channel.area, channel.product)))}: "
        f"{channel.status.value}, {channel.reason}"
        for channel in report.channels
        if channel.status is not Freshness.LIVE
    ]
    return lines
