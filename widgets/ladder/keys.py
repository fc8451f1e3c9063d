"""The ladder's acts and their default keys."""

import enum

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent


class Act(enum.Enum):
    """What a key makes the ladder do: its name, how its keys are written, and whether holding the key repeats it."""

    RECENTRE = ("Recentre on the market", "Space", False)
    FIT = ("Recentre and choose the bucket anew", "Shift+Space", False)
    CUMULATIVE = ("Cumulative depth", "V", False)
    COLLAPSED = ("Occupied levels only", "C", False)
    COARSER = ("Wider bucket", "G or +", True)
    FINER = ("Narrower bucket", "Shift+G or −", True)
    ROW_UP = ("Axis up by a row", "Up", True)
    ROW_DOWN = ("Axis down by a row", "Down", True)
    TOP = ("To the highest price", "Home", False)
    BOTTOM = ("To the lowest price", "End", False)

    def __init__(self, title: str, keys: str, repeats: bool) -> None:
        self.title = title
        self.keys = keys
        self.repeats = repeats


_NAMED = {
    (Qt.Key.Key_Space, False, False): Act.RECENTRE,
    (Qt.Key.Key_Space, True, False): Act.FIT,
    (Qt.Key.Key_Up, False, False): Act.ROW_UP,
    (Qt.Key.Key_Up, False, True): Act.ROW_UP,
    (Qt.Key.Key_Down, False, False): Act.ROW_DOWN,
    (Qt.Key.Key_Down, False, True): Act.ROW_DOWN,
    (Qt.Key.Key_Home, False, False): Act.TOP,
    (Qt.Key.Key_End, False, False): Act.BOTTOM,
}
_LETTERS = {"v": Act.CUMULATIVE, "c": Act.COLLAPSED, "g": Act.COARSER, "G": Act.FINER}
_SIGNS = {"+": Act.COARSER, "-": Act.FINER}
"""On the main row with or without Shift, as the layout has it, and on the keypad."""


def act_for(event: QKeyEvent) -> Act | None:
    """The act of a key press. Letters and signs match by the character they make, whatever key makes it."""
    modifiers = event.modifiers()
    shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
    control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
    if modifiers & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier):
        return None
    key = Qt.Key(event.key())
    act: Act | None = None
    if not control:
        act = _SIGNS.get(event.text())
    if act is None:
        act = _NAMED.get((key, shift, control))
    if act is None and not control:
        # Caps lock must not turn wider into narrower: the Shift key decides, not the letter's case.
        letter = event.text().casefold()
        act = _LETTERS.get(letter.upper() if shift else letter)
    if act is None or (event.isAutoRepeat() and not act.repeats):
        return None
    return act
