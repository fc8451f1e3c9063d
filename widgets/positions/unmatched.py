"""Executions that belong to no order known here: loud above the positions, which they are not in, until seen to."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from protocols.market.events import Unmatched
from widgets.buttons import dress_small
from widgets.delivery import UNIVERSAL, day_text, time_text
from widgets.figures import grouped
from widgets.grid import Align, Cell, Column, GridView, RowLook
from widgets.key_texts import KeyTexts
from widgets.theme import Theme
from widgets.wording import PlainLabel, plain_tip

GROUND = 6
"""Pixels of the alarming ground that stand below the list, between it and the positions."""

ROWS = 4
"""Shown at once; the others are scrolled to."""

COLUMNS = (
    Column("time", "Received UTC", 20, numbers=True, tip="When it came in, by this computer's clock"),
    Column("side", "Side", 5, tip="As the venue wrote it"),
    Column("executed", "Executed", 14, Align.RIGHT, numbers=True, tip="As the venue wrote it", vital=True),
    Column("symbol", "Pair", 8, tip="As the venue wrote it", vital=True),
    Column("status", "Status", 12, tip="As the venue wrote it"),
    Column("venue_id", "Venue's order", 16, numbers=True, tip="The venue's identifier of the order", vital=True),
    Column(
        "client_id", "Client's order", 16, numbers=True, tip="The client's identifier, where it has one",
        gives_way=1, least=11,
    ),
    Column("venue", "Venue", 12, tip="Connection", stretch=True, vital=True),
)  # fmt: skip


class UnmatchedSource:
    """The cells of the executions in `rows`, as they came."""

    def __init__(self) -> None:
        self.rows: list[Unmatched] = []

    def columns(self) -> tuple[Column, ...]:
        return COLUMNS

    def count(self) -> int:
        return len(self.rows)

    def band(self, row: int) -> None:
        return None

    def section_of(self, row: int) -> int:
        return -1

    def look(self, row: int) -> RowLook:
        return RowLook(alternate=row % 2 == 1)

    def cell(self, row: int, column: int) -> Cell:
        each = self.rows[row]
        text = (
            received_text(each), each.side, each.executed, each.symbol, each.status,
            each.venue_id, each.client_id, each.connection,
        )[column]  # fmt: skip
        return Cell(text or "–")

    def spoken(self, row: int) -> str:
        return described(self.rows[row])

    def tip(self, row: int, column: int) -> str:
        before = f"\n{BEFORE}" if self.rows[row].recalled else ""
        tip = f"{described(self.rows[row])}\nAn answer of the venue that says whose it is takes it away{before}"
        return plain_tip(tip)


BEFORE = "It came before the desk, or its connection, was started anew: the journal has kept it"


def received_text(each: Unmatched) -> str:
    """The time of day, with its date where it may be of another day."""
    time = time_text(each.at.utc, UNIVERSAL)
    return f"{day_text(each.at.utc, UNIVERSAL)} {time}" if each.recalled else time


def described(each: Unmatched) -> str:
    """One execution in a line: `SELL 50000 EURUSD FILLED, order 100123 of FX`."""
    what = " ".join(word for word in (each.side, each.executed, each.symbol, each.status) if word)
    return f"{what or 'execution'}, order {each.venue_id or each.client_id or 'without a name'} of {each.connection}"


class UnmatchedList(QWidget):
    """Not there while there is none. Who looks after it calls `show_executions`."""

    dismiss_requested = Signal(object)
    """The `Unmatched` that the trader has seen to; None where there is none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source = UnmatchedSource()
        self.grid = GridView(self._source, theme, self)
        self.words = PlainLabel("", self)
        self.words.setWordWrap(True)
        self.dismiss = QPushButton("Dismiss…", self)
        self.dismiss.setAccessibleName("Dismiss the execution that is marked")
        self.dismiss.clicked.connect(self.dismiss_current)
        self.grid.setAccessibleName("Executions that belong to no order known here")
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 4, 6, 4)
        bar.addWidget(self.words, 1)
        bar.addWidget(self.dismiss)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, GROUND)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.grid)
        self.setTabOrder(self.dismiss, self.grid)
        self.set_theme(theme)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.grid.set_theme(theme)
        self.words.setFont(theme.ui_font(weight=QFont.Weight.DemiBold))
        self.words.set_ink(theme.danger)
        dress_small(theme, self.dismiss)
        self._fit()

    def set_compact(self, compact: bool) -> None:
        self.grid.set_compact(compact)
        self._fit()

    def set_keys(self, keys: KeyTexts) -> None:
        tip = keys.tip(
            "You have seen to the marked execution: that is kept, and it is not shown here any more",
            "positions.dismiss",
        )
        self.dismiss.setToolTip(tip)

    def show_executions(self, executions: list[Unmatched]) -> None:
        """All of them, the oldest first. The marked one stays marked."""
        if executions == self._source.rows:
            return
        current = self.current
        self._source.rows = executions
        self.grid.set_count(len(executions))
        self.grid.set_current(executions.index(current) if current in executions else 0, show=False)
        self.grid.update_all()
        count = len(executions)
        belongs = "execution belongs" if count == 1 else "executions belong"
        words = f"! {grouped(count)} {belongs} to no order known here: not in these positions"
        if recalled := sum(each.recalled for each in executions):
            words += f" ({grouped(recalled)} from before the start)"
        self.words.say(words)
        self.words.setAccessibleName(words)
        self._fit()
        self.setVisible(bool(executions))

    @property
    def current(self) -> Unmatched | None:
        """The marked one."""
        rows, index = self._source.rows, self.grid.current
        return rows[index] if 0 <= index < len(rows) else None

    def dismiss_current(self) -> None:
        """Asks for the marked one to be dismissed."""
        self.dismiss_requested.emit(self.current)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.danger_surface)
        painter.end()

    def _fit(self) -> None:
        rows = 1 + min(ROWS, max(1, self._source.count()))
        self.grid.setFixedHeight(rows * self.grid.row_height + 2)
        self.grid.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
