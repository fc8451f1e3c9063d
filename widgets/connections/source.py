"""What stands in the connections panel: channels by connection, and what the venues sent that was odd."""

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from protocols.market.events import ConnectionStatus
from protocols.market.state import ConnectionView, MarketState
from protocols.market.times import Instant
from widgets.connections.figures import ChannelFigures
from widgets.delivery import CONTINENT, age_text, time_text
from widgets.grid import Align, Band, Cell, Column, RowLook
from widgets.marks import CONNECTION_INKS, CONNECTION_MARKS, INKS, MARKS
from widgets.venue_clock import clock_tip, is_skewed, offset_words
from widgets.wording import plain_tip


def _count(key: str, title: str, tip: str) -> Column:
    return Column(key, title, 6, Align.RIGHT, numbers=True, tip=tip)


CHANNEL_COLUMNS = (
    Column("feed", "Feed", 16, tip="What the channel carries"),
    Column("area", "Area", 12, tip="The delivery area it carries it for"),
    Column("product", "Product", 12, tip="The product, where a channel carries only one"),
    Column("status", "Status", 16, tip="How far its data may be believed"),
    Column("reason", "Reason", 18, tip="Why it is not live", stretch=True),
    Column("sequence", "Sequence", 9, Align.RIGHT, numbers=True, tip="Number of the last message taken"),
    _count("applied", "Applied", "Messages taken"),
    _count("reordered", "Reordered", "Messages that came early and were put in order"),
    _count("dropped", "Dropped", "Messages that came twice or too late"),
    _count("gaps", "Gaps", "Missing numbers that could not be filled"),
    _count("resubscribes", "Resub.", "How often a new snapshot was asked for"),
    Column("age", "Age", 7, Align.RIGHT, numbers=True, tip="How long ago the last event came"),
    Column("pong", "Pong", 7, Align.RIGHT, numbers=True, tip="How long ago a socket without heartbeats proved alive"),
)

_NUMBERS = ("applied", "reordered", "dropped", "gaps", "resubscribes")
_ALARMING = frozenset({"dropped", "gaps"})


class ChannelSource:
    """A band per connection with its status and reason, a row per channel."""

    def __init__(self, market: MarketState) -> None:
        self._market = market
        self._rows: list[tuple[str, ChannelFigures | None]] = []
        self._now: Instant | None = None

    def take(self, figures: Sequence[ChannelFigures], now: Instant) -> None:
        """Shows these, as old as they are `now`; a connection without channels has its band all the same."""
        self._now = now
        by_connection: dict[str, list[ChannelFigures]] = {name: [] for name in self._market.connections}
        for figure in figures:
            by_connection.setdefault(figure.connection, []).append(figure)
        self._rows = []
        for name, channels in by_connection.items():
            self._rows.append((name, None))
            self._rows.extend((name, figure) for figure in channels)

    def row_of_connection(self, name: str) -> int:
        """Where the connection's band is; -1 for none."""
        return next((i for i, row in enumerate(self._rows) if row == (name, None)), -1)

    def connection_at(self, row: int) -> str:
        """The connection that a row belongs to; empty for no row."""
        return self._rows[row][0] if 0 <= row < len(self._rows) else ""

    def columns(self) -> tuple[Column, ...]:
        return CHANNEL_COLUMNS

    def count(self) -> int:
        return len(self._rows)

    def section_of(self, row: int) -> int:
        while row > 0 and self._rows[row][1] is not None:
            row -= 1
        return row

    def band(self, row: int) -> Band | None:
        name, figure = self._rows[row]
        if figure is not None:
            return None
        view = self._market.connections.get(name) or ConnectionView(name, ConnectionStatus.OFF)
        ink = CONNECTION_INKS[view.status]
        state = Cell(view.status.value, ink, CONNECTION_MARKS[view.status])
        reason = (Cell(view.reason, "text"),) if view.reason else ()
        return Band((Cell(name, bold=True), state, *reason), self._clock(name))

    def _clock(self, name: str) -> tuple[Cell, ...]:
        """How far the venue's clock is ahead of ours; nothing where it never told the time."""
        offset = self._market.clock_offset(name)
        if offset is None:
            return ()
        skewed = is_skewed(offset, warned=False)
        return (Cell(offset_words(offset), "warning" if skewed else "text_secondary", "◆" if skewed else ""),)

    def look(self, row: int) -> RowLook:
        return RowLook(alternate=row % 2 == 1)

    def cell(self, row: int, column: int) -> Cell:
        figure = self._rows[row][1]
        if figure is None:
            return Cell()
        key = CHANNEL_COLUMNS[column].key
        if key == "feed":
            return Cell(figure.feed.value)
        if key == "area":
            return Cell(figure.area)
        if key == "product":
            return Cell(figure.product or "all", "text_secondary")
        if key == "status":
            return Cell(figure.status.value, INKS[figure.status], MARKS[figure.status])
        if key == "age":
            return Cell(self._since(figure.last_heard), "text_secondary")
        if key == "pong":
            return Cell("" if figure.last_pong is None else self._since(figure.last_pong), "text_secondary")
        if key == "sequence":
            return Cell("–" if figure.last_sequence is None else str(figure.last_sequence), "text_secondary")
        if key in _NUMBERS:
            number: int = getattr(figure, key)
            ink = "text_muted" if not number else "warning" if key in _ALARMING else "text"
            return Cell(str(number), ink)
        return Cell(figure.reason, "text")

    def spoken(self, row: int) -> str:
        band = self.band(row)
        if band is not None:
            return ", ".join(cell.text for cell in (*band.left, *band.right))
        cells = ((column.title, self.cell(row, index)) for index, column in enumerate(CHANNEL_COLUMNS))
        return ", ".join(f"{title} {cell.text}" for title, cell in cells if cell.text)

    def tip(self, row: int, column: int) -> str:
        name, figure = self._rows[row]
        if figure is None:
            offset = self._market.clock_offset(name)
            return "" if offset is None else plain_tip(clock_tip(name, offset))
        of = f" of {figure.area}" if figure.area else ""
        product = f", {figure.product}" if figure.product else ""
        lines = [figure.channel, f"{figure.feed.value.capitalize()}{of}{product}", figure.reason]
        lines += [f"{words}: {count}" for words, count in figure.counts if count]
        return plain_tip("\n".join(filter(None, lines)))

    def _since(self, at: Instant | None) -> str:
        if at is None or self._now is None:
            return "–"
        return age_text(self._now.monotonic - at.monotonic)


MESSAGE_COLUMNS = (
    Column("time", "Time CET", 9, numbers=True, tip="When it was noticed, in market time"),
    Column("connection", "Connection", 12),
    Column("kind", "Kind", 16, tip="What kind of oddity"),
    Column("text", "Message", 40, tip="The newest first; the log file keeps them all", stretch=True),
)


MESSAGES_KEPT = 1_000


class Message(NamedTuple):
    """A row: an oddity as the market noticed it, or a connection's status as it changed."""

    at: Instant
    connection: str
    channel: str
    kind: str
    text: str
    ink: str = "text"
    mark: str = ""


class MessageSource:
    """Messages, newest first, as of the last `advance`."""

    def __init__(self, market: MarketState) -> None:
        self._market = market
        self._anomalies = 0
        self._status = -1
        self._connections: dict[str, tuple[ConnectionStatus, str]] = {}
        self._coming: list[Message] = []
        self._kept: deque[Message] = deque(maxlen=MESSAGES_KEPT)
        self.seen = 0
        """How many there were in all, kept or forgotten."""

    def watch(self, now: Instant) -> None:
        """Notes how the connections' statuses changed since the last call, to be shown by the next `advance`."""
        if self._market.status_revision == self._status:
            return
        self._status = self._market.status_revision
        for name, view in self._market.connections.items():
            before = self._connections.get(name)
            if before == (view.status, view.reason):
                continue
            self._connections[name] = (view.status, view.reason)
            since = view.since if before is None or before[0] is not view.status else None
            text = f"{view.status.value} — {view.reason}" if view.reason else view.status.value
            ink, mark = CONNECTION_INKS[view.status], CONNECTION_MARKS[view.status]
            self._coming.append(Message(since or now, name, "", "connection", text, ink, mark))

    def advance(self) -> int:
        """Takes in what was noticed since; how many came on top."""
        late = self._market.anomalies_seen - self._anomalies
        self._anomalies = self._market.anomalies_seen
        anomalies = list(self._market.anomalies)[-late:] if late else []
        self._coming += [Message(a.at, a.connection, a.channel or "", a.kind, a.message) for a in anomalies]
        self._coming.sort(key=lambda message: message.at.utc)
        came = len(self._coming) + late - len(anomalies)  # what the market forgot already came all the same
        self.seen += came
        self._kept.extend(self._coming)
        self._coming = []
        return came

    def columns(self) -> tuple[Column, ...]:
        return MESSAGE_COLUMNS

    def count(self) -> int:
        return len(self._kept)

    def section_of(self, row: int) -> int:
        return -1

    def band(self, row: int) -> Band | None:
        return None

    def look(self, row: int) -> RowLook:
        return RowLook(alternate=(self.seen - row) % 2 == 1)

    def cell(self, row: int, column: int) -> Cell:
        message = self._kept[-1 - row]
        if column == 0:
            return Cell(time_text(message.at.utc, CONTINENT), "text_secondary")
        if column == 1:
            return Cell(message.connection)
        if column == 2:
            return Cell(message.kind, "text_secondary")
        return Cell(message.text, message.ink, message.mark)

    def spoken(self, row: int) -> str:
        return ", ".join(self.cell(row, column).text for column in range(len(MESSAGE_COLUMNS)))

    def tip(self, row: int, column: int) -> str:
        message = self._kept[-1 - row]
        where = f"{message.connection} {message.channel}".strip()
        return plain_tip(f"{where}\n{message.text}")
