"""Sessions' counters as the figures that the connections' widgets show."""

from collections.abc import Callable, Iterable

from protocols.session import ConnectionReport
from widgets.connections import ChannelFigures, ConnectionFigures


def connection_figures(
    reports: Iterable[ConnectionReport], account_of: Callable[[str], str] = lambda name: ""
) -> list[ConnectionFigures]:
    """`account_of` tells whose a connection is, in words."""
    return [
        ConnectionFigures(
            report.name,
            report.messages,
            report.last_message,
            latency=report.latency,
            counts=_counts(report),
            account=account_of(report.name),
        )
        for report in reports
    ]


def _counts(report: ConnectionReport) -> tuple[tuple[str, int], ...]:
    return (
        ("Reconnects", report.reconnects),
        ("Heartbeats missed", report.heartbeats_missed),
        ("Tokens renewed by the venue", report.token_refreshes),
        ("Not authorised (401, 403)", report.unauthorised),
        ("Asked to slow down (429)", report.slow_downs),
        ("Lists of orders asked for", report.lists_asked),
        ("Lists of orders not had", report.lists_failed),
        *((f"Odd: {kind}", count) for kind, count in report.anomalies.items()),
    )


def channel_figures(reports: Iterable[ConnectionReport]) -> list[ChannelFigures]:
    return [
        ChannelFigures(
            report.name,
            channel.channel,
            channel.feed,
            channel.area,
            channel.product,
            channel.status,
            channel.reason,
            channel.last_sequence,
            channel.applied,
            channel.reordered,
            channel.dropped,
            channel.gaps,
            channel.resubscribes,
            channel.last_heard,
            (
                ("Ended by the venue", channel.unsubscribed),
                ("Not listed by two heartbeats", channel.missing),
                ("Events of an earlier subscription dropped", channel.stragglers),
            ),
            channel.last_pong,
        )
        for report in reports
        for channel in report.channels
    ]
