"""What the window says of itself: whose orders leave it, where keys go, what a held modifier makes of a click."""

from typing import TYPE_CHECKING

from app.chosen_words import chosen_words
from app.commands import Scope
from app.keys.router import NO_MODIFIER
from app.target import scope_of
from protocols.market.state import MarketState

if TYPE_CHECKING:
    from app.main_window import MainWindow


NAME = "Quarterdeck"


class Naming:
    """Follows target, palette and key router of one window, and writes its status line."""

    def __init__(self, window: "MainWindow", market: MarketState) -> None:
        self._window = window
        self._market = market
        self._seen = -1
        window.target.changed.connect(self.name_target)
        window.palettes.changed.connect(self.name_target)
        window.router.missed.connect(self._missed)
        window.router.begun.connect(self._begun)
        window.router.modifiers_changed.connect(self._name_held)

    def watch(self) -> None:
        """On each frame: connections that came have users."""
        revision = self._market.status_revision
        if revision != self._seen:
            self._seen = revision
            self.name_window()

    def name_window(self) -> None:
        """Names whose orders leave it, in the title and in the status line."""
        window, accounts = self._window, self._window.accounts
        title = accounts.title()
        # The name last: Qt puts it behind a title that does not end with it.
        window.setWindowTitle(f"{title} — {NAME}" if title else NAME)
        window.status.show_account(accounts.short(), accounts.tip())

    def name_target(self) -> None:
        """Names the widget that keys go to (ux: no hover targets)."""
        window = self._window
        name = window.target.name
        if window.palettes.palette is not None:
            window.status.show_target("Keys go to the command palette")
        elif name is None:
            first = window.registry.keys("window.focus_1")
            window.status.show_target(f"Keys go to no widget; {first} focuses {window.dock_words(1)}")
        else:
            within = ", into its text field" if window.target.in_text else ""
            title = window.docking.title(name)
            chosen = chosen_words(window.chosen, title)
            window.status.show_target(f"Keys go to {title}{within}{chosen}")

    def _name_held(self) -> None:
        window = self._window
        held, name = window.router.modifiers, window.target.name
        on_ladder = name is not None and scope_of(name) is Scope.LADDER and not window.target.in_text
        window.status.show_held(window.ladder.click_words(held) if on_ladder and held != NO_MODIFIER else "")

    def _missed(self, name: str) -> None:
        """An order key was pressed where it is none: the commonest complaint about ladders is keys that go nowhere."""
        window = self._window
        act = window.registry[name]
        dock = window.target.dock_of(act.scope)
        if dock is not None:
            here = window.docking.title(window.target.name) if window.target.name else "no widget"
            focus = f"window.focus_{window.docking.numeral(dock)}"
            there = window.registry.key_texts.tip(window.docking.title(dock), focus)
            window.status.hint(f"“{act.title}” is a key of {there}; keys go to {here}")

    def _begun(self, keys: str) -> None:
        self._window.status.hint(f"{keys} …" if keys else "")
