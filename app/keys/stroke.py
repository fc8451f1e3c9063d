"""One key with its modifiers: as it is written in a key map, and as Qt reports it.

Letters and signs match by the character they make, so that layouts matter. The digit row matches by scan code: a French
keyboard's `1` arrives as `&`. The keypad is apart. Shift belongs to a letter's stroke, but not to a sign's: it is
part of how the sign is made.
"""

import dataclasses
from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

_K = Qt.Key
NAMED = {
    "Up": _K.Key_Up,
    "Down": _K.Key_Down,
    "Left": _K.Key_Left,
    "Right": _K.Key_Right,
    "PgUp": _K.Key_PageUp,
    "PgDn": _K.Key_PageDown,
    "Home": _K.Key_Home,
    "End": _K.Key_End,
    "Insert": _K.Key_Insert,
    "Delete": _K.Key_Delete,
    "Backspace": _K.Key_Backspace,
    "Space": _K.Key_Space,
    "Enter": _K.Key_Return,
    "Esc": _K.Key_Escape,
    "Tab": _K.Key_Tab,
    **{f"F{number}": _K(_K.Key_F1.value + number - 1) for number in range(1, 25)},
}
KEYPAD = {
    **{f"Num{digit}": _K(_K.Key_0.value + digit) for digit in range(10)},
    "Num+": _K.Key_Plus,
    "Num-": _K.Key_Minus,
    "Num*": _K.Key_Asterisk,
    "Num/": _K.Key_Slash,
    "Num.": _K.Key_Period,
    "NumEnter": _K.Key_Enter,
}
ARROWS = frozenset({"Up", "Down", "Left", "Right"})

_NAMED_OF = {key.value: name for name, key in NAMED.items()} | {
    _K.Key_Backtab.value: "Tab",
    _K.Key_Enter.value: "NumEnter",
}
_KEYPAD_OF = {key.value: name for name, key in KEYPAD.items()} | {_K.Key_Comma.value: "Num."}
_MODIFIER_KEYS = frozenset(
    key.value
    for key in (
        _K.Key_Shift, _K.Key_Control, _K.Key_Alt, _K.Key_Meta, _K.Key_AltGr, _K.Key_Super_L, _K.Key_Super_R,
        _K.Key_Hyper_L, _K.Key_Hyper_R, _K.Key_CapsLock, _K.Key_NumLock, _K.Key_ScrollLock,
    )
)  # fmt: skip
_MODIFIERS = ("Ctrl", "Alt", "Shift", "Meta")

_EVDEV = {code: (code - 9) % 10 for code in range(10, 20)}
_SET_1 = {code: (code - 1) % 10 for code in range(2, 12)}
_NO_CHARACTER = 0x0100_0000
"""Qt's codes from here on are keys that make no character."""


class StrokeRefused(ValueError):
    """A text that names no key."""


@dataclasses.dataclass(frozen=True)
class Stroke:
    """`key` is a small character (`b`, `/`), a name (`PgUp`, `Enter`), `Digit1` of the row or `Num1` of the keypad."""

    key: str
    ctrl: bool = False
    alt: bool = False
    shift: bool = False
    meta: bool = False

    def __str__(self) -> str:
        """As it is written in a key map; `parse_stroke` reads it."""
        held = (self.ctrl, self.alt, self.shift, self.meta)
        modifiers = "".join(f"{name}+" for name, on in zip(_MODIFIERS, held, strict=True) if on)
        key = self.key.removeprefix("Digit")
        return modifiers + (key.upper() if len(key) == 1 else key)

    @property
    def shown(self) -> str:
        """As people read it: `Shift+keypad −` for `Shift+Num-`."""
        text = str(self)
        if not self.key.startswith("Num"):
            return text
        rest = self.key.removeprefix("Num").replace("-", "−")
        return text.removesuffix(self.key) + f"keypad {rest}"

    @property
    def plain(self) -> bool:
        """Without modifiers."""
        return not (self.ctrl or self.alt or self.shift or self.meta)

    @property
    def arrow(self) -> bool:
        return self.key in ARROWS

    @property
    def types(self) -> bool:
        """Whether a text field would take it for text or for moving in it."""
        return not (self.ctrl or self.alt or self.meta or (self.key[0] == "F" and self.key[1:].isdecimal()))


def parse_stroke(text: str) -> Stroke:
    """`Ctrl+Shift+B`, `PgUp`, `1` (of the digit row), `Num+`, `/`. Raises `StrokeRefused`."""
    rest, held = text, set[str]()
    while True:
        name = next((name for name in _MODIFIERS if rest.startswith(f"{name}+") and rest != f"{name}+"), None)
        if name is None:
            break
        if name in held:
            raise StrokeRefused(f"{text!r} has {name} twice")
        held.add(name)
        rest = rest[len(name) + 1 :]
    modifiers = {name.lower(): True for name in held}
    if rest in NAMED or rest in KEYPAD:
        return Stroke(rest, **modifiers)
    if rest in "0123456789" and len(rest) == 1:
        return Stroke(f"Digit{rest}", **modifiers)
    if len(rest) == 1 and rest.isprintable() and rest != " ":
        if "Shift" in held and not rest.isalpha():
            raise StrokeRefused(f"{text!r}: write the sign that Shift makes, without Shift")
        return Stroke(rest.lower(), **modifiers)
    raise StrokeRefused(f"{text!r} is no key; keys are letters, signs, {', '.join([*NAMED, *KEYPAD])}")


def digit_row(platform: str) -> Mapping[int, int]:
    """The scan codes of the digit row, with their digits, on a Qt platform."""
    return _SET_1 if platform == "windows" else _EVDEV


def is_modifier(event: QKeyEvent) -> bool:
    """Whether a modifier was pressed, and nothing with it."""
    return event.key() in _MODIFIER_KEYS


def strokes_of(event: QKeyEvent, digits: Mapping[int, int]) -> tuple[Stroke, ...]:
    """What a key event may be called in a key map, the first that is bound counts; nothing for keys without a name."""
    held = event.modifiers()
    modifier = Qt.KeyboardModifier
    if is_modifier(event) or held & modifier.GroupSwitchModifier:
        return ()
    ctrl, alt = bool(held & modifier.ControlModifier), bool(held & modifier.AltModifier)
    shift, meta = bool(held & modifier.ShiftModifier), bool(held & modifier.MetaModifier)
    key = event.key()
    if held & modifier.KeypadModifier:
        name = _KEYPAD_OF.get(key)
        return (Stroke(name, ctrl, alt, shift, meta),) if name else ()
    name = _NAMED_OF.get(key)
    if name is not None:
        return (Stroke(name, ctrl, alt, shift or key == _K.Key_Backtab.value, meta),)
    found: list[Stroke] = []
    digit = _digit(event, digits)
    if digit is not None:
        found.append(Stroke(f"Digit{digit}", ctrl, alt, shift, meta))
    character = _character(event, plain=not (ctrl or alt))
    # On the digit row the key is the digit, whatever it makes; with Shift it may make a sign that is bound.
    if character and not character.isdecimal() and (digit is None or shift):
        found.append(Stroke(character, ctrl, alt, shift and character.isalpha(), meta))
    return tuple(found)


def typed(event: QKeyEvent, digits: Mapping[int, int]) -> str:
    """What a key adds to a number: a digit, `.` for either decimal mark, backspace; empty for any other."""
    held = event.modifiers()
    modifier = Qt.KeyboardModifier
    if held & (modifier.ControlModifier | modifier.AltModifier | modifier.MetaModifier):
        return ""
    if event.key() == _K.Key_Backspace.value:
        return "\b"
    text = event.text()
    if text in (".", ","):
        return "."
    if len(text) == 1 and text in "0123456789":
        return text
    digit = None if held & (modifier.ShiftModifier | modifier.KeypadModifier) else _digit(event, digits)
    return "" if digit is None else str(digit)


def _digit(event: QKeyEvent, digits: Mapping[int, int]) -> int | None:
    code = event.nativeScanCode()
    if code:
        return digits.get(code)
    digit = event.key() - _K.Key_0.value  # events that were made, not pressed, have no scan code
    return digit if 0 <= digit <= 9 else None


def _character(event: QKeyEvent, plain: bool) -> str:
    text = event.text()
    if plain and len(text) == 1 and text.isprintable():
        return text.lower()
    key = event.key()
    if 0x20 < key < _NO_CHARACTER and chr(key).isprintable():
        return chr(key).lower()
    return ""
