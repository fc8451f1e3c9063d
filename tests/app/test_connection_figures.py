"""A session's counters as the connections' widgets and the state file have them."""

from app.connection_figures import channel_figures, connection_figures
from app.desk import Desk
from app.state_file import state_of
from protocols.market.events import ConnectionStatus, Feed, Freshness
from protocols.market.times import Instant, utc_from_text
from protocols.session import ChannelReport, ConnectionReport

NOW = Instant(100.0, utc_from_text("2026-11-21T12:00:00Z"))
CHANNEL = ChannelReport(
    "urn:x", Feed.ORDER_BOOKS, "FR-RTE", "Hour", Freshness.LIVE, stragglers=3, unsubscribed=2, missing=1, last_heard=NOW
)
REPORT = ConnectionReport(
    "Nord Pool", "eznergy", ConnectionStatus.LIVE, "", 7, 1, "", NOW, [CHANNEL],
    latency=0.0124,
    token_refreshes=2, unauthorised=3, slow_downs=4, heartbeats_missed=5, anomalies={"unrecognised order action": 6},
)  # fmt: skip


def test_every_counter_has_its_words() -> None:
    (connection,) = connection_figures([REPORT])
    assert connection.latency == REPORT.latency
    assert dict(connection.counts) == {
        "Reconnects": 1,
        "Tokens renewed by the venue": 2,
        "Not authorised (401, 403)": 3,
        "Asked to slow down (429)": 4,
        "Heartbeats missed": 5,
        "Lists of orders asked for": 0,
        "Lists of orders not had": 0,
        "Odd: unrecognised order action": 6,
    }
    (channel,) = channel_figures([REPORT])
    assert channel.last_heard == NOW
    assert [count for _, count in channel.counts] == [2, 1, 3]


def test_the_state_file_has_every_counter() -> None:
    desk = Desk()
    desk.add(lambda: REPORT)
    state = state_of(desk, NOW)
    (connection,), (channel,) = state["connections"], state["channels"]
    names = ("token_refreshes", "unauthorised", "slow_downs", "heartbeats_missed", "anomalies")
    assert [connection[name] for name in names] == [2, 3, 4, 5, {"unrecognised order action": 6}]
    names = ("stragglers", "unsubscribed", "missing", "last_heard")
    assert [channel[name] for name in names] == [3, 2, 1, "2026-11-21T12:00:00Z"]
