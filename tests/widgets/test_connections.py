"""Lamps and the connections panel: words beside colours, reasons in plain text, figures as they are handed in."""

import pytest
from PySide6.QtCore import Qt

from protocols.market.events import (
    AnomalyNoticed,
    ClockCompared,
    ConnectionChanged,
    ConnectionStatus,
    Feed,
    Freshness,
)
from protocols.market.times import SECOND, Instant
from tests.widgets.desk import DARK, LIGHT, M7, NOON, Desk, click, press, show
from widgets.connections import ChannelFigures, ConnectionFigures, ConnectionLamps, ConnectionsPanel
from widgets.connections.figures import Rate
from widgets.connections.lamps import latency_text
from widgets.wording import plain_tip


def status(desk: Desk, name: str, value: ConnectionStatus, reason: str = "") -> None:
    desk.market.apply(ConnectionChanged(name, value, reason, desk.clock.now))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (ConnectionStatus.LIVE, "EPEX M7 ● live"),
        (ConnectionStatus.RESYNCHRONISING, "EPEX M7 ↻ resynchronising"),
        (ConnectionStatus.DOWN, "EPEX M7 ▲ down"),
        (ConnectionStatus.OFF, "EPEX M7 ○ off"),
    ],
)
def test_a_lamp_has_a_glyph_and_a_word(qtbot, value: ConnectionStatus, words: str) -> None:
    desk = Desk()
    status(desk, M7, value, "because")
    lamps = ConnectionLamps(desk.market, desk.clock, DARK)
    show(qtbot, lamps)
    assert lamps.lamps[M7].words == words
    assert lamps.lamps[M7].accessibleName() == f"Connection EPEX M7, {value.value}: because"


def test_a_lamp_tells_reason_rate_age_and_latency(qtbot) -> None:
    desk = Desk()
    messages = [0]
    last = Instant(desk.monotonic, NOON)
    lamps = ConnectionLamps(
        desk.market, desk.clock, DARK, lambda: [ConnectionFigures(M7, messages[0], last, latency=0.0124)]
    )
    show(qtbot, lamps)
    for _ in range(8):
        messages[0] += 40
        desk.beat(1)
    tip = lamps.tip(M7).splitlines()
    assert tip[0] == "EPEX M7: live"
    assert tip[1:4] == ["320 messages, 40.0/s", "Last message 8 s ago", "Latency 12 ms"]


@pytest.mark.parametrize(("seconds", "words"), [(0.0004, "below 1 ms"), (0.0124, "12 ms"), (1.2, "1200 ms")])
def test_a_latency_is_never_said_to_be_none(seconds: float, words: str) -> None:
    assert latency_text(seconds) == words


def test_a_click_or_space_on_a_lamp_names_the_connection(qtbot) -> None:
    desk = Desk()
    status(desk, "Nord Pool", ConnectionStatus.DOWN, "wrong password")
    lamps = ConnectionLamps(desk.market, desk.clock, DARK)
    show(qtbot, lamps)
    heard: list[str] = []
    lamps.activated.connect(heard.append)
    lamp = lamps.lamps["Nord Pool"]
    click(lamp, lamp.rect().center())
    lamp.setFocus()
    press(lamps, Qt.Key.Key_Space)
    assert heard == ["Nord Pool", "Nord Pool"]
    lamps.set_theme(LIGHT)


def test_a_tool_tip_never_reads_html_from_a_venue() -> None:
    assert plain_tip("<b>bold</b>\nnext") == "<qt>&lt;b&gt;bold&lt;/b&gt;<br>next</qt>"


def panel_rows(panel: ConnectionsPanel) -> list[str]:
    return [panel.channels.row_text(row) for row in range(panel._source.count())]


def test_the_panel_shows_every_channel_under_its_connection(qtbot) -> None:
    desk = Desk("DE-AMPRION")
    status(desk, "Nord Pool", ConnectionStatus.DOWN, "the venue refused the password (401)")
    resynchronising = (M7, "order_books:DE", Feed.ORDER_BOOKS, "DE", "", Freshness.RESYNCHRONISING, "gap")
    heard = Instant(desk.monotonic - 12, NOON)
    counts = (("Ended by the venue", 2), ("Not listed by two heartbeats", 0))
    ponged = Instant(desk.monotonic - 3, NOON)
    figures = [ChannelFigures(*resynchronising, 1042, 7, 1, 2, 3, 4, heard, counts, ponged)]
    panel = ConnectionsPanel(desk.market, desk.clock, DARK, lambda: figures)
    show(qtbot, panel, 1200)
    assert panel_rows(panel) == [
        "EPEX M7\tlive",
        "order books\tDE\tall\tresynchronising\tgap\t1042\t7\t1\t2\t3\t4\t12 s\t3 s",
        "Nord Pool\tdown\tthe venue refused the password (401)",
    ]
    panel.show_connection("Nord Pool")
    assert panel.channels.current == 2
    tip = panel._source.tip(1, 0)
    assert "Ended by the venue: 2" in tip and "heartbeats" not in tip
    desk.beat(3)
    assert panel_rows(panel)[1].endswith("\t15 s\t6 s"), "nothing came, and it grew older all the same"


def test_without_counters_the_panel_shows_the_channels_status_at_once(qtbot) -> None:
    desk = Desk("DE-AMPRION")
    panel = ConnectionsPanel(desk.market, desk.clock, DARK)
    show(qtbot, panel, 1200)
    assert len(panel_rows(panel)) == 1 + len(Feed)
    desk.channel(Feed.TRADES, "DE-AMPRION", Freshness.STALE, "nothing heard")
    desk.beat()
    assert any("stale\tnothing heard" in row for row in panel_rows(panel))


def test_messages_are_listed_newest_first_and_stay_put_while_scrolled(qtbot) -> None:
    desk = Desk()
    panel = ConnectionsPanel(desk.market, desk.clock, DARK)
    show(qtbot, panel, 900, 500)
    for number in range(60):
        desk.market.apply(AnomalyNoticed(M7, None, "odd", f"<i>number {number}</i>", Instant(0, NOON)))
    desk.beat()
    assert panel.messages.row_text(0) == "12:00:00\tEPEX M7\todd\t<i>number 59</i>"
    panel.messages.verticalScrollBar().setValue(10 * panel.messages.row_height)
    top = panel.messages.row_text(panel.messages.visible_rows().start)
    desk.market.apply(AnomalyNoticed(M7, None, "odd", "one more", Instant(0, NOON)))
    desk.beat()
    assert panel.messages.row_text(panel.messages.visible_rows().start) == top
    for number in range(1000):
        desk.market.apply(AnomalyNoticed(M7, None, "odd", str(number), Instant(0, NOON)))
    desk.beat()
    assert panel._heading.whole_text == "Messages: the last 1000 of 1062"
    panel.set_theme(LIGHT)
    panel.set_compact(True)


def test_a_rate_looks_at_the_last_seconds_only() -> None:
    rate = Rate()
    assert rate.per_second is None
    for second, messages in enumerate((0, 1000, 1000, 1000, 1000, 1000, 1000, 1000)):
        rate.sample(float(second), messages)
    assert rate.per_second == 0


def test_a_status_change_is_listed_though_the_panel_was_hidden(qtbot) -> None:
    desk = Desk()
    panel = ConnectionsPanel(desk.market, desk.clock, DARK)
    qtbot.addWidget(panel)
    desk.beat()
    status(desk, M7, ConnectionStatus.DOWN, "the link is down")
    desk.beat(5)
    status(desk, M7, ConnectionStatus.LIVE)
    desk.beat(5)
    show(qtbot, panel, 900, 500)
    rows = [panel.messages.row_text(row) for row in range(3)]
    assert [row.split("\t", 1)[1] for row in rows] == [
        "EPEX M7\tconnection\tlive",
        "EPEX M7\tconnection\tdown — the link is down",
        "EPEX M7\tconnection\tlive",
    ]


def test_the_venues_clock_stands_beside_the_connection(qtbot) -> None:
    desk = Desk("FR-RTE")
    panel = ConnectionsPanel(desk.market, desk.clock, DARK)
    show(qtbot, panel, 1200)
    assert panel_rows(panel)[0] == "EPEX M7\tlive"
    for offset, text, ink in (
        (-SECOND // 4, "clock −0.2 s", "text_secondary"),
        (-SECOND // 100, "clock ±0.0 s", "text_secondary"),
        (3 * SECOND, "clock +3.0 s", "warning"),
    ):
        desk.market.apply(ClockCompared(M7, offset, desk.clock.now))
        desk.beat(1)
        assert panel_rows(panel)[0] == f"EPEX M7\tlive\t{text}"
        band = panel._source.band(0)
        assert band is not None and band.right[0].ink == ink
        assert text in panel._source.spoken(0)
    assert "3.0 s ahead of this computer" in panel._source.tip(0, 0)
