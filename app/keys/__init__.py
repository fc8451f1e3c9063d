"""Keys: what was pressed (`stroke`), which act that is (`keymap`, `trie`), and the filter that hears it (`router`)."""

from app.keys.keymap import KeyMap, KeyMapRefused, read_keymap
from app.keys.router import KeyRouter
from app.keys.stroke import Stroke, StrokeRefused, parse_stroke, strokes_of
from app.keys.trie import Bindings, Keyboard, Mode, Outcome, Place

__all__ = [
    "Bindings",
    "KeyMap",
    "KeyMapRefused",
    "KeyRouter",
    "Keyboard",
    "Mode",
    "Outcome",
    "Place",
    "Stroke",
    "StrokeRefused",
    "parse_stroke",
    "read_keymap",
    "strokes_of",
]
