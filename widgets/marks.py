"""The glyph and the theme's ink of every freshness and connection status: one place for all widgets. No Qt."""

from protocols.market.events import ConnectionStatus, Freshness

MARKS = {
    Freshness.LIVE: "●",
    Freshness.STALE: "▲",
    Freshness.RESYNCHRONISING: "↻",
    Freshness.UNSYNCHRONISED: "○",
}
INKS = {
    Freshness.LIVE: "live",
    Freshness.STALE: "danger",
    Freshness.RESYNCHRONISING: "warning",
    Freshness.UNSYNCHRONISED: "warning",
}
CONNECTION_MARKS = {
    ConnectionStatus.LIVE: "●",
    ConnectionStatus.RESYNCHRONISING: "↻",
    ConnectionStatus.DOWN: "▲",
    ConnectionStatus.OFF: "○",
}
CONNECTION_INKS = {
    ConnectionStatus.LIVE: "live",
    ConnectionStatus.RESYNCHRONISING: "warning",
    ConnectionStatus.DOWN: "danger",
    ConnectionStatus.OFF: "text_muted",
}
