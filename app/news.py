"""What the log says of the connections: every change of status, every channel that is not well, every anomaly.

Market data is not logged: there is too much of it, and the state of a book is no news an hour later.
"""

import logging

from protocols.market.events import (
    AnomalyNoticed,
    ChannelChanged,
    ConnectionChanged,
    ConnectionStatus,
    Event,
    Freshness,
)
from protocols.market.order_events import OrderEvent, OrdersListed

_LOG = logging.getLogger("quarterdeck")


def log_news(event: Event | OrderEvent) -> None:
    """Logs an event if it is news. The handlers mask secrets."""
    match event:
        case ConnectionChanged():
            level = logging.WARNING if event.status is ConnectionStatus.DOWN else logging.INFO
            _LOG.log(level, "%s: %s%s", event.connection, event.status.value, _why(event.reason))
        case ChannelChanged() if event.status is not Freshness.LIVE:
            _LOG.info("%s: %s: %s%s", event.connection, event.channel, event.status.value, _why(event.reason))
        case AnomalyNoticed():
            _LOG.warning("%s: %s%s", event.connection, event.kind, _why(event.message))
        case OrdersListed():
            counts = f"the venue's list settled {event.settled} orders in doubt, {event.left} are left"
            _LOG.info("%s: %s: %s", event.connection, event.area, event.problem or counts)


def _why(reason: str) -> str:
    return f": {reason}" if reason else ""
