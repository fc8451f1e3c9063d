"""The registry of named acts. Menus, command palette, tool tips, keys and the status line all read from it.

An act is one thing the terminal does at a trader's word: a name that key maps and workspaces keep (`ladder.stage_buy`),
a title that people read, and what is run. Its keys are not written here but in `resources/keymaps/default.toml`, one
readable file that can be shared; a key map that misses an act or names an unknown one is refused at start-up.
"""

import dataclasses
import enum
import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from app.desk import Step, Submission
from protocols.market.commands import Command, Seen
from protocols.market.orders import Decision, Order
from widgets.key_texts import NO_KEYS, KeyTexts


class Scope(enum.Enum):
    """Where an act's keys work: anywhere, or in the docked widget of one kind that has the keyboard."""

    WINDOW = "window"
    LADDER = "ladder"
    ORDERS = "orders"
    TICKET = "ticket"
    OCO = "oco"
    TAPE = "tape"
    OWN_TRADES = "own_trades"
    TICKER = "ticker"
    CONTRACTS = "contracts"
    POSITIONS = "positions"
    PANEL = "panel"
    CHART = "chart"


class Menu(enum.Enum):
    """The menus, in their order, with the letter that opens each."""

    DESK = "&Desk"
    VIEW = "&View"
    LADDER = "&Ladder"
    CHART = "&Chart"
    ORDERS = "&Orders"
    WIDGETS = "&Widgets"


class Trading(Protocol):
    """What acts ask of the desk. Staging is the ladder's; whatever reaches a venue goes through here."""

    @property
    def armed(self) -> bool:
        """Whether sending is allowed; off at start, and whenever nobody may be at the desk."""

    def arm(self) -> None: ...

    def disarm(self) -> None: ...

    def may_send(self) -> str | None:
        """Why nothing can be sent now, in words for the trader; None when it can. Says so when it is disarmed."""

    def send(self, command: Command, seen: Seen | None) -> str:
        """Sends what was staged and confirmed; says and returns what stands against it, empty when it was taken. Only
        ever called while armed and with `may_send` None. `seen` is what was on the screen, kept with the intent."""

    def submit(self, command: Command, *, confirms: bool = False) -> Submission:
        """Like `send`, for a ticket that shows findings at its fields; denied while disarmed. `confirms` when the
        trader had the question about this very command before him: it is asked again otherwise."""

    def cancel(self, orders: Sequence[Order]) -> None:
        """Pulls orders of ours. Needs no arming and is never refused for stale data."""

    def set_active(self, order: Order, active: bool) -> None:
        """Puts an order of ours back into the book, which needs arming, or takes it out and keeps it hibernated."""

    def ask(self, order: Order) -> None:
        """Asks the venue what became of an order in doubt, and says so. Needs no arming: nothing is ordered."""

    def decide(self, order: Order, decision: Decision, note: str, known: str, venue_id: str | None) -> None:
        """Ends an order's doubt as a person decided, or says why not. Sends nothing. `venue_id` is which of the venue's
        orders he found it to be."""

    def hop(self, step: int) -> None:
        """The link group's contract becomes the next (1) or previous (-1) delivery period of its area and product,
        the stage keeping its price offset and quantity."""


class NoTrading:
    """A desk that only looks."""

    armed = False

    def arm(self) -> None:
        pass

    def disarm(self) -> None:
        pass

    def may_send(self) -> str | None:
        return "this desk has no connection that takes orders"

    def send(self, command: Command, seen: Seen | None) -> str:
        raise RuntimeError("nothing can be sent: this desk only looks")

    def submit(self, command: Command, *, confirms: bool = False) -> Submission:
        return Submission(Step.DENIED, command, "this desk only looks")

    def set_active(self, order: Order, active: bool) -> None:
        pass

    def cancel(self, orders: Sequence[Order]) -> None:
        raise RuntimeError("nothing can be cancelled: this desk only looks")

    def ask(self, order: Order) -> None:
        pass

    def decide(self, order: Order, decision: Decision, note: str, known: str, venue_id: str | None) -> None:
        pass

    def hop(self, step: int) -> None:
        pass


def _always() -> bool:
    return True


@dataclasses.dataclass(frozen=True)
class Act:
    """One named act.

    `ready` False lets the key through to whatever is below (Esc with nothing staged); `offered` False keeps the act out
    of menus and palette for now. `label` is a title that changes (`Go to 3 Trade tape`).
    """

    name: str
    title: str
    run: Callable[[], object]
    menu: Menu
    group: str = ""
    """Acts of one group stand together in their menu, parted from others by a line."""
    trading: bool = False
    """Stages, changes, sends or pulls an order: never from a text field, under a dialog, or by a held key."""
    repeats: bool = False
    """A held arrow key repeats it. No other key repeats anything."""
    in_text: bool = False
    """Works while a text field has the keyboard."""
    under_dialogs: bool = False
    """Works while a modal dialog or a menu is open."""
    while_typing: bool = False
    """Works while a quantity is typed into the stage."""
    drops: bool = False
    """May have Esc, which ends things and never begins one."""
    confirms: bool = False
    """May have Enter."""
    ready: Callable[[], bool] = _always
    offered: Callable[[], bool] = _always
    checked: Callable[[], bool] | None = None
    label: Callable[[], str] | None = None

    @functools.cached_property
    def scope(self) -> Scope:
        return Scope(self.name.partition(".")[0])

    @property
    def words(self) -> str:
        """The title as it reads now."""
        return self.title if self.label is None else self.label()


class ActsRefused(ValueError):
    """The acts contradict each other: a mistake in the program, found when it starts."""


_NAME = re.compile(r"[a-z_]+\.[a-z][a-z0-9_]*")


class Registry:
    """Every act by name. `key_texts` are put there once the key map is read."""

    def __init__(self, acts: Iterable[Act]) -> None:
        self._acts: dict[str, Act] = {}
        self.key_texts = NO_KEYS
        titles: dict[tuple[Scope, str], str] = {}
        for act in acts:
            _check(act)
            if act.name in self._acts:
                raise ActsRefused(f"there are two acts named {act.name}")
            other = titles.setdefault((act.scope, act.title.casefold()), act.name)
            if other != act.name:
                raise ActsRefused(f"{other} and {act.name} have the same title")
            self._acts[act.name] = act

    def __iter__(self) -> Iterator[Act]:
        return iter(self._acts.values())

    def __getitem__(self, name: str) -> Act:
        return self._acts[name]

    def __contains__(self, name: str) -> bool:
        return name in self._acts

    def show_keys(self, keys: Mapping[str, Sequence[str]]) -> None:
        """How each act's keys are written, by name."""
        self.key_texts = KeyTexts(keys)

    def keys(self, name: str) -> str:
        """The act's keys as menus and tips show them, such as `G or keypad +`; empty without any."""
        return self.key_texts.of(name)

    def tip(self, name: str) -> str:
        """Title and keys: `Recentre on the market (Space)`."""
        return self.key_texts.tip(self[name].words, name)

    def run(self, name: str) -> None:
        """Does it."""
        self._acts[name].run()


def _check(act: Act) -> None:
    if not _NAME.fullmatch(act.name) or act.name.partition(".")[0] not in {scope.value for scope in Scope}:
        raise ActsRefused(f"{act.name!r} is no name for an act: a scope, a point, and small letters")
    if not act.title.strip():
        raise ActsRefused(f"{act.name} has no title")
    if act.trading and (act.in_text or act.under_dialogs):
        raise ActsRefused(f"{act.name} trades: it can't work in text fields or under dialogs")
    if act.scope is not Scope.WINDOW and (act.in_text or act.under_dialogs):
        raise ActsRefused(f"{act.name} works in text fields or under dialogs: it has to be the window's")
