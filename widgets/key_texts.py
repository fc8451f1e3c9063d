"""How the keys of named acts are written in tool tips, menus and hints.

Widgets know acts by their names alone (`ladder.recentre`). Which keys those have is the key map's, which a trader may
change: whoever builds the window hands the texts to each widget with `set_keys`.
"""

from collections.abc import Mapping, Sequence


class KeyTexts:
    """The keys of each act, by its name, as people read them. An act without keys leaves its words as they are."""

    def __init__(self, keys: Mapping[str, Sequence[str]] | None = None) -> None:
        self._keys = keys or {}

    def of(self, act: str) -> str:
        """All of them: `G or keypad +`; empty without any."""
        return " or ".join(self._keys.get(act, ()))

    def first(self, act: str) -> str:
        """The one that a hint names; empty without any."""
        return next(iter(self._keys.get(act, ())), "")

    def tip(self, words: str, act: str, more: str = "") -> str:
        """`Recentre on the market (Space)`; `more` stands in the brackets too."""
        within = "; ".join(part for part in (self.of(act), more) if part)
        return f"{words} ({within})" if within else words

    def entry(self, words: str, act: str) -> str:
        """For a menu, which shows what stands behind a tab at its right edge: written there, not bound."""
        keys = self.of(act)
        return f"{words}\t{keys}" if keys else words


NO_KEYS = KeyTexts()
"""What a widget has until it is told."""
