"""What stands around the docks: connections, lamps, notices, toasts, the palette and what is asked."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.gallery.market import AREA, VENUE, Exhibit
from app.gallery.scenes import FRESHNESS, Scene, resynchronising, stale
from protocols.market.events import ConnectionStatus, Feed
from widgets.connections import ChannelFigures, ConnectionFigures, ConnectionLamps, ConnectionsPanel
from widgets.notice_line import Offer
from widgets.notices import NoticeBar
from widgets.palette import Entry, Palette
from widgets.password import PasswordDialog
from widgets.practice_band import PracticeBand
from widgets.theme import Theme
from widgets.toasts import Toasts

PANEL, STRIP, HOST, DIALOG, LINE = (1000, 340), (620, 28), (620, 260), (480, 260), (820, 30)


def _channels(exhibit: Exhibit) -> list[ChannelFigures]:
    return [
        ChannelFigures(
            VENUE, view.channel, view.feed, AREA, "QuarterHour" if view.feed is Feed.ORDER_BOOKS else "", view.status,
            view.reason, 4_712, 18_204, 31, 2, 1, 1, exhibit.clock.now,
        )
        for view in exhibit.market.channels.values()
    ]  # fmt: skip


def _panel(exhibit: Exhibit, theme: Theme) -> QWidget:
    return ConnectionsPanel(exhibit.market, exhibit.clock, theme, lambda: _channels(exhibit))


def _lamps(exhibit: Exhibit, theme: Theme) -> QWidget:
    figures = ConnectionFigures(VENUE, 18_204, exhibit.clock.now, latency=0.0124)
    return ConnectionLamps(exhibit.market, exhibit.clock, theme, lambda: [figures])


def _another(exhibit: Exhibit) -> None:
    """A second connection that is down, a third that is off."""
    exhibit.connection(ConnectionStatus.DOWN, "user or password refused (401)", "Nord Pool")
    exhibit.connection(ConnectionStatus.OFF, "", "Practice")
    exhibit.anomaly("unknown field", "public_order_books: `venueNote` was passed over")


def _notices(exhibit: Exhibit, theme: Theme) -> QWidget:
    host = QWidget()
    column = QVBoxLayout(host)
    column.setContentsMargins(0, 0, 0, 0)
    bar = NoticeBar(theme, exhibit.clock, exhibit.market, host)
    column.addWidget(bar)
    column.addStretch(1)
    bar.block("trading", "New orders are blocked: the journal can't be written: the disk is full")
    bar.alert("EPEX M7: a modified order of DE-AMPRION lost its place in the queue, though it was foretold to keep it")
    return host


def _many_notices(exhibit: Exhibit, theme: Theme) -> QWidget:
    host = _notices(exhibit, theme)
    bar = host.findChild(NoticeBar)
    assert isinstance(bar, NoticeBar)
    orders = "3 own orders stay at their venues and are not cancelled (EPEX M7: 2 working, 1 in doubt)"
    bar.ask(
        "quit",
        f"Quit? {orders}. The desk is armed. The same again (Ctrl+Q) quits",
        Offer("Quit", "Quit", bar.dismiss_alerts),
        bar.dismiss_alerts,
    )
    bar.warn("clock", "This computer's clock is 3.2 s behind EPEX M7: countdowns follow the venue; set the clock")
    return host


def _toasts(exhibit: Exhibit, theme: Theme) -> QWidget:
    host = QWidget()
    Toasts(host, exhibit.clock, theme)
    return host


def _say(exhibit: Exhibit, host: QWidget) -> None:
    toasts = host.findChild(Toasts)
    assert isinstance(toasts, Toasts)
    toasts.say("The venue is asked for the orders of DE-AMPRION")
    for _ in range(3):
        toasts.say("Not sent: disarmed. Ctrl+Shift+A arms; the order stays staged", warning=True)


def _palette(exhibit: Exhibit, theme: Theme) -> QWidget:
    host = QWidget()
    entries = [
        Entry("Send what is staged", "Orders", "Enter", lambda: None),
        Entry("Stage a sell at the best ask", "Orders", "S", lambda: None),
        Entry("15Q4 DE-AMPRION", "Contract, Sat 21 Nov 14:45–15:00 CET", "", lambda: None),
        Entry("Show the log folder", "Window", "", lambda: None),
    ]
    Palette(host, lambda text: entries, theme).open()
    return host


def _palette_without(exhibit: Exhibit, theme: Theme) -> QWidget:
    host = QWidget()
    palette = Palette(host, lambda text: [], theme)
    palette.open()
    palette.line.setText("flex mop")
    return host


def _password(exhibit: Exhibit, theme: Theme) -> QWidget:
    return PasswordDialog(VENUE, "api.venue.example", "trader", "user or password refused (401)", theme)


def scenes() -> list[Scene]:
    return [
        *(Scene("Connections", name, PANEL, _panel, happens) for name, happens in FRESHNESS),
        Scene("Connections", "several", PANEL, _panel, _another),
        Scene("Connections", "none", PANEL, _panel, bare=True),
        Scene("Lamps", "live", STRIP, _lamps),
        Scene("Lamps", "several", STRIP, _lamps, _another),
        Scene("Lamps", "resynchronising", STRIP, _lamps, resynchronising),
        Scene("Lamps", "down", STRIP, _lamps, stale),
        Scene("Practice band", "always", LINE, lambda exhibit, theme: PracticeBand(theme)),
        Scene("Notices", "blocked, and an alert", HOST, _notices),
        Scene("Notices", "quitting is asked about", HOST, _many_notices),
        Scene("Toasts", "passed, and a warning", HOST, _toasts, hands=_say),
        Scene("Palette", "open", HOST, _palette),
        Scene("Palette", "nothing matches", HOST, _palette_without),
        Scene("Password", "refused", DIALOG, _password),
    ]
