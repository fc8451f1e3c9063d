"""Opens the dialog that chooses areas, products and currency pairs, writes what was chosen, and connects anew what
changed. Imports the dialog when first asked: the window comes first.
"""

from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtWidgets import QWidget

from app.connections import ConnectionSettings, ConnectionsRefused
from app.connections_file import Choices, ConnectionsFile, FileChanged, NotSaved, Reading, every_name
from app.dialects import DIALECTS, Menu, readable
from app.fx_connections import FxConnectionSettings
from app.fx_table import fx_table
from protocols.market.instruments import CurrencyPair
from protocols.market.orders import Order
from protocols.market.values import plain_text
from widgets.theme import Theme

if TYPE_CHECKING:
    from widgets.connections.chooser import Choosable, ChooserDialog

CHANGED = (
    "The file was changed since it was read here. Nothing was written: read it again, then choose. "
    "What is ticked now is forgotten then."
)


class Lines(Protocol):
    """What it asks of the switchboard."""

    def settings_of(self, name: str) -> ConnectionSettings | None: ...
    async def connect(self, settings: ConnectionSettings) -> None: ...


class ConnectionChooser:
    """One dialog at most. `own_alive` are our orders that are not over, `pairs` what a connection is known to list,
    `spawn` runs what takes time, `notice` tells what passed. Nothing can be chosen before `use` said which file it is.
    """

    def __init__(
        self,
        window: QWidget,
        lines: Lines,
        own_alive: Callable[[], Sequence[Order]],
        pairs: Callable[[str], Sequence[CurrencyPair]],
        theme: Callable[[], Theme],
        spawn: Callable[[str, Coroutine[Any, Any, None]], None],
        notice: Callable[[str], None],
    ) -> None:
        self._window = window
        self._lines = lines
        self._own_alive = own_alive
        self._pairs = pairs
        self._theme = theme
        self._spawn = spawn
        self._notice = notice
        self._file: ConnectionsFile | None = None
        self._reading: Reading | None = None
        self.dialog: ChooserDialog | None = None
        """The one that is open."""

    def use(self, file: ConnectionsFile) -> None:
        """The file that this desk's connections come from."""
        self._file = file

    def open(self, name: str | None = None) -> None:
        """Shows the dialog, at one connection where it is named."""
        if self._file is None:
            self._notice("The connections are not known yet")
            return
        from widgets.connections.chooser import ChooserDialog

        if self.dialog is None:
            self.dialog = ChooserDialog(f"Kept in {self._file.path}", self._theme(), self._window)
            self.dialog.save_requested.connect(self._save)
            self.dialog.reload_requested.connect(lambda: self._show(self._file))
            self.dialog.finished.connect(self._closed)
            self._show(self._file, name)
        self.dialog.open()
        self.dialog.raise_()
        self.dialog.activateWindow()
        self.dialog.filter.setFocus()

    def _closed(self) -> None:
        self.dialog = self._reading = None

    def _show(self, file: ConnectionsFile | None, name: str | None = None) -> None:
        assert file is not None
        assert self.dialog is not None
        try:
            self._reading = file.read()
        except ConnectionsRefused as refused:
            self.dialog.show_connections([])
            self.dialog.show_problem(str(refused), reload=True)
            return
        connections = [
            choosable(settings, file.offered, self._pairs(settings.name)) for settings in self._reading.connections
        ]
        self.dialog.show_connections(connections, name)

    def _save(self, choices: Choices, agreed: bool) -> None:
        assert self._file is not None
        assert self._reading is not None
        assert self.dialog is not None
        questions = [words for name, lists in choices.items() if (words := self._question(name, lists))]
        if questions and not agreed:
            self.dialog.show_question(" ".join(questions))
            return
        try:
            reading = self._file.save(choices, self._reading)
        except FileChanged:
            self.dialog.show_problem(CHANGED, reload=True)
            return
        except NotSaved as refused:
            self.dialog.show_problem(f"Nothing was saved: {refused}")
            return
        self.dialog.saved()
        self._connect_anew([settings for settings in reading.connections if settings.name in choices])

    def _connect_anew(self, changed: Sequence[ConnectionSettings]) -> None:
        assert self._file is not None
        running = [settings for settings in changed if self._lines.settings_of(settings.name) is not None]
        for settings in running:
            self._spawn(f"connecting {settings.name}", self._lines.connect(settings))
        names = ", ".join(settings.name for settings in running)
        self._notice(f"Saved in {self._file.path}" + (f"; {names} connects anew" if names else ""))

    def _question(self, name: str, lists: Mapping[str, Sequence[str]]) -> str:
        """What becomes of our orders in what is taken off; empty when there are none."""
        before = self._lines.settings_of(name)
        if before is None:
            return ""
        if isinstance(before, FxConnectionSettings):
            dropped = set(before.symbols) - set(lists.get("symbols", before.symbols))
            left = self._orders_left(name, lambda order: order.key.contract_id, dropped)
            return f"{left}. They can be cancelled from here as before, but the pair is quoted no more." if left else ""
        dropped = set(before.areas) - set(lists.get("areas", before.areas))
        left = self._orders_left(name, lambda order: order.key.area, dropped)
        then = (
            "They stay at the venue and stay shown, but nothing more is heard of them here, and they can't be "
            "cancelled from here."
        )
        return f"{left}. {then}" if left else ""

    def _orders_left(self, name: str, where_of: Callable[[Order], str], dropped: Collection[str]) -> str:
        """How many of our orders are left alone, and where; empty when none are."""
        left = [order for order in self._own_alive() if order.connection == name and where_of(order) in dropped]
        if not left:
            return ""
        where = ", ".join(sorted({where_of(order) for order in left}))
        orders, are = ("order", "is") if len(left) == 1 else ("orders", "are")
        return f"{len(left)} own {orders} of {name} in {where} {are} not over"


def choosable(
    settings: ConnectionSettings,
    offered: Callable[[ConnectionSettings, str], Collection[str]] = every_name,
    pairs: Sequence[CurrencyPair] = (),
) -> "Choosable":
    """A connection as the dialog lists it: what is offered, and what it has. `pairs` are what its venue lists, as far
    as that is known."""
    from widgets.connections.chooser import Choosable, ChoosableList

    if isinstance(settings, FxConnectionSettings):
        menu, chosen = pairs_menu(settings.symbols, pairs), frozenset(settings.symbols)
        names = {name: readable(name, meaning) for name, meaning in menu.names.items()}
        lists = [ChoosableList("symbols", menu.title, names, chosen)]
        return Choosable(
            settings.name, f"{settings.scope} dialect at {settings.host}, login {settings.user}", (*lists,)
        )
    lists = []
    for key, menu in DIALECTS.get((settings.venue, settings.scope), {}).items():
        chosen = frozenset(getattr(settings, key))
        shown = chosen.union(offered(settings, key))
        names = {name: readable(name, meaning) for name, meaning in menu.names.items() if name in shown}
        lists.append(ChoosableList(key, menu.title, names, chosen))
    return Choosable(settings.name, f"{settings.scope} at {settings.host}, user {settings.user}", tuple(lists))


def pairs_menu(chosen: Sequence[str], listed: Sequence[CurrencyPair]) -> Menu:
    """What a connection may choose: what it has, what its venue lists, and what the shipped table knows; a pair that is
    spelt in two ways (`EUR/USD`) as the connection or its venue spells it."""
    figures = fx_table().pairs
    spelt: dict[str, str] = {}
    for name in (*chosen, *(pair.name for pair in listed), *figures):
        spelt.setdefault(name.replace("/", ""), name)
    return Menu(
        "Currency pairs",
        {
            name: f"pip {plain_text(figures[bare].pip)}" if bare in figures else "pip and tick assumed"
            for bare, name in sorted(spelt.items())
        },
    )
