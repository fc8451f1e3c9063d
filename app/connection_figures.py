"""Sessions' counters as the figures that the connections' widgets show."""

from collections.abc import Iterable

from protocols.session import ConnectionReport
from widgets.connections import ChannelFigures, ConnectionFigures


def connection_figures(reports: Iterable[ConnectionReport]) -> list[ConnectionFigures]:
    return [ConnectionFigures(report.name, report.messages, report.last_message) for report in reports]


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
        )
        for report in reports
        for channel in report.channels
    ]
