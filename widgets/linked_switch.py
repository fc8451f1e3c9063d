"""The switch above a table between everything and what belongs to the link group's contract."""

from PySide6.QtWidgets import QWidget

from widgets.fields import Toggle
from widgets.key_texts import NO_KEYS, KeyTexts
from widgets.theme import Theme
from widgets.wording import plain_tip


class LinkedSwitch(Toggle):
    """It says what is shown now; its tip says what it would show. Its owner tells it the contract's name."""

    def __init__(self, act: str, what: str, everything: str, theme: Theme, parent: QWidget | None = None) -> None:
        """`act` is the named act that throws it; `what` the table shows, of `everything`: `Trades`, `all contracts`."""
        super().__init__(theme, parent)
        self._act = act
        self._what = what
        self._everything = everything
        self._contract = ""
        self._keys = NO_KEYS

    def set_keys(self, keys: KeyTexts) -> None:
        self._keys = keys
        self.name_contract(self._contract)

    def name_contract(self, contract: str) -> None:
        """`contract` is the link group's, in words."""
        self._contract = contract
        one = self.isChecked()
        self.set_words(f"Only {contract}" if one else self._everything.capitalize())
        self.setToolTip(plain_tip(self._keys.tip(f"Show {self._everything if one else f'only {contract}'}", self._act)))
        self.setAccessibleName(f"{self._what} of {contract} only" if one else f"{self._what} of {self._everything}")
