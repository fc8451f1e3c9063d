"""What stands in the connections panel: channels by connection, and what the venues sent that was odd."""

from collections.abc import Sequence

from protocols.market.events import AnomalyNoticed, ConnectionStatus
from protocols.market.state import ConnectionView, MarketState
from widgets.connections.figures import ChannelFigures
from widgets.delivery import CONTINENT, time_text
from widgets.grid import Align, Band, Cell, Column, RowLook
from widgets.wording import CONNECTION_INKS, CONNECTION_MARKS, INKS, MARKS, plain_tip


def _count(key: str, title: str, tip: str) -> Column:
    return Column(key, title, 6, Align.RIGHT, numbers=True, tip=tip)


CHANNEL_COLUMNS = (
    Column("channel", "Channel", 24, tip="The venue's name of the channel, a long account cut short"),
    Column("feed", "Feed", 16, tip="What the channel carries"),
    Column("status", "Status", 14, tip="How far its data may be believed"),
    Column("reason", "Reason", 24, tip="Why it is not live", stretch=True),
    Column("sequence", "Sequence", 9, Align.RIGHT, numbers=True, tip="Number of the last message taken"),
    _count("applied", "Applied", "Messages taken"),
    _count("reordered", "Reordered", "Messages that came early and were put in order"),
    _count("dropped", "Dropped", "Messages that came twice or too late"),
    _count("gaps", "Gaps", "Missing numbers that could not be filled"),
    _count("resubscribes", "Resubscribed", "How often a new snapshot was asked for"),
)

_NUMBERS = ("applied", "reordered", "dropped", "gaps", "resubscribes")
_ALARMING = frozenset({"dropped", "gaps"})


class ChannelSource:
    """A band per connection with its status and reason, a row per channel."""

    def __init__(self, market: MarketState) -> None:
        self._market = market
        self._rows: list[tuple[str, ChannelFigures | None]] = []

    def take(self, figures: Sequence[ChannelFigures]) -> None:
        """Shows these; a connection without channels has its band all the same."""
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
        return Band((Cell(name, bold=True), state, *reason))

    def look(self, row: int) -> RowLook:
        return RowLook(alternate=row % 2 == 1)

    def cell(self, row: int, column: int) -> Cell:
        figure = self._rows[row][1]
        if figure is None:
            return Cell()
        key = CHANNEL_COLUMNS[column].key
        if key == "channel":
            return Cell(short_name(figure.channel))
        if key == "feed":
            return Cell(figure.feed.value, "text_secondary")
        if key == "status":
            return Cell(figure.status.value, INKS[figure.status], MARKS[figure.status])
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
            return ", ".join(cell.text for cell in band.left)
        cells = ((column.title, self.cell(row, index)) for index, column in enumerate(CHANNEL_COLUMNS))
        return ", ".join(f"{title} {cell.text}" for title, cell in cells if cell.text)

    def tip(self, row: int, column: int) -> str:
        figure = self._rows[row][1]
        if figure is None:
            return ""
        product = f", {figure.product}" if figure.product else ""
        lines = [figure.channel, f"{figure.feed.value.capitalize()} of {figure.area}{product}"]
        return plain_tip("\n".join([*lines, figure.reason] if figure.reason else lines))


MESSAGE_COLUMNS = (
    Column("time", "Time CET", 9, numbers=True, tip="When it was noticed, in market time"),
    Column("connection", "Connection", 12),
    Column("kind", "Kind", 16, tip="What kind of oddity"),
    Column("text", "Message", 40, tip="The newest first; the log file keeps them all", stretch=True),
)


class MessageSource:
    """Anomalies, newest first, as of the last `advance`."""

    def __init__(self, market: MarketState) -> None:
        self._market = market
        self._seen = 0

    def advance(self) -> int:
        """Takes in what was noticed since; how many came on top."""
        came = self._market.anomalies_seen - self._seen
        self._seen = self._market.anomalies_seen
        return came

    def _message(self, row: int) -> AnomalyNoticed:
        late = self._market.anomalies_seen - self._seen
        anomalies = self._market.anomalies
        return anomalies[max(0, len(anomalies) - 1 - row - late)]

    def columns(self) -> tuple[Column, ...]:
        return MESSAGE_COLUMNS

    def count(self) -> int:
        return len(self._market.anomalies)

    def section_of(self, row: int) -> int:
        return -1

    def band(self, row: int) -> Band | None:
        return None

    def look(self, row: int) -> RowLook:
        return RowLook(alternate=(self._seen - row) % 2 == 1)

    def cell(self, row: int, column: int) -> Cell:
        message = self._message(row)
        if column == 0:
            return Cell(time_text(message.at.utc, CONTINENT), "text_secondary")
        if column == 1:
            return Cell(message.connection)
        return Cell(message.kind, "text_secondary") if column == 2 else Cell(message.message)

    def spoken(self, row: int) -> str:
        return ", ".join(self.cell(row, column).text for column in range(len(MESSAGE_COLUMNS)))

    def tip(self, row: int, column: int) -> str:
        message = self._message(row)
        where = f"{message.connection} {message.channel or ''}".strip()
        return plain_tip(f"{where}\n{message.message}")


def short_name(channel: str) -> str:
    """A channel's name without what identifies the account: the part before the last colon is often a long id."""
    head, colon, tail = channel.rpartition(":")
    return f"{head[:8]}…:{tail}" if colon and len(head) > 28 else channel
