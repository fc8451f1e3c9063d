"""The key map: which keys do which act, read from one TOML file and checked as a whole.

One table per scope, one line per act: `stage_buy = ["B"]`. Keys pressed one after the other are parted by a space
(`"Ctrl+W S"`). A map is refused where one key would do two things, where a key is the beginning of another's (that
would take a time-out to decide), and where a key is not free to give.
"""

import dataclasses
import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from app.commands import Act, Registry, Scope
from app.keys.stroke import Stroke, StrokeRefused, parse_stroke

Sequence = tuple[Stroke, ...]

CLIPBOARD = frozenset("acvxyz")
"""With Ctrl these copy, cut, paste, select and undo, in every text field and table."""


class KeyMapRefused(ValueError):
    """A key map can't be used; the text names file, line and act."""


@dataclasses.dataclass(frozen=True)
class KeyMap:
    """The keys of each act, by its name. `where` says in which file and line they stand."""

    keys: Mapping[str, tuple[Sequence, ...]]
    where: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def over(self, other: "KeyMap") -> "KeyMap":
        """This map, and the other's keys for the acts that this one does not name."""
        return KeyMap({**other.keys, **self.keys}, {**other.where, **self.where})

    def shown(self) -> dict[str, tuple[str, ...]]:
        """The keys as people read them."""
        return {
            name: tuple(" ".join(stroke.shown for stroke in sequence) for sequence in sequences)
            for name, sequences in self.keys.items()
        }

    def check(self, registry: Registry) -> None:
        """Raises `KeyMapRefused` unless the map names every act, and each key does one thing wherever it is pressed."""
        for name in self.keys:
            if name not in registry:
                raise self._refused(name, "there is no such act")
        for act in registry:
            if act.name not in self.keys:
                raise KeyMapRefused(f"the key map has no line for {act.name}; without keys it is []")
            for sequence in self.keys[act.name]:
                why = _not_free(sequence, act)
                if why:
                    raise self._refused(act.name, f"{_text(sequence)}: {why}")
        for scope in Scope:
            self._check_chain([act for act in registry if act.scope in (scope, Scope.WINDOW)])

    def _check_chain(self, acts: Iterable[Act]) -> None:
        taken: dict[Sequence, Act] = {}
        for act in acts:
            for sequence in self.keys[act.name]:
                other = taken.get(sequence)
                if other is not None and not (act.drops and other.drops and other is not act):
                    raise self._refused(act.name, f"{_text(sequence)} is taken by {other.name}")
                taken[sequence] = act
        for sequence, act in taken.items():
            for length in range(1, len(sequence)):
                shorter = taken.get(sequence[:length])
                if shorter is not None:
                    raise self._refused(
                        act.name, f"{_text(sequence)} begins with {_text(sequence[:length])} of {shorter.name}"
                    )

    def _refused(self, name: str, why: str) -> KeyMapRefused:
        where = self.where.get(name)
        return KeyMapRefused(f"{where}: {name}: {why}" if where else f"{name}: {why}")


def read_keymap(text: str, source: str) -> KeyMap:
    """Reads a key map; `source` is its name in refusals. Raises `KeyMapRefused`; `check` does the rest."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise KeyMapRefused(f"{source}: {error}") from error
    keys: dict[str, tuple[Sequence, ...]] = {}
    where: dict[str, str] = {}
    lines = _lines(text)
    for scope, table in tables.items():
        if scope not in {known.value for known in Scope} or not isinstance(table, dict):
            raise KeyMapRefused(f"{source}: {scope!r} is none of {', '.join(known.value for known in Scope)}")
        for act, written in table.items():
            name = f"{scope}.{act}"
            where[name] = f"{source}, line {lines.get(name, 1)}"
            try:
                keys[name] = _sequences(written)
            except StrokeRefused as error:
                raise KeyMapRefused(f"{where[name]}: {name}: {error}") from error
    return KeyMap(keys, where)


def _sequences(written: Any) -> tuple[Sequence, ...]:
    if not isinstance(written, list) or not all(isinstance(text, str) for text in written):
        raise StrokeRefused('keys are a list of texts, such as ["Shift+B"]')
    found = tuple(tuple(parse_stroke(part) for part in text.split()) for text in written)
    if not all(found):
        raise StrokeRefused("an empty text is no key")
    if len(set(found)) < len(found):
        raise StrokeRefused("the same key stands there twice")
    return found


def _not_free(sequence: Sequence, act: Act) -> str:
    for stroke in sequence:
        if stroke.key == "Tab":
            return "Tab moves the focus"
        if stroke.key in CLIPBOARD and stroke == Stroke(stroke.key, ctrl=True):
            return "it belongs to the clipboard and to undoing"
        if stroke.alt and not stroke.ctrl and not stroke.meta and len(stroke.key) == 1:
            return "Alt with a letter opens a menu"
        if stroke.key == "Esc" and not (act.drops and len(sequence) == 1):
            return "Esc drops and dismisses, nothing else"
        if stroke.key in ("Enter", "NumEnter") and not (act.confirms and len(sequence) == 1):
            return "Enter confirms, nothing else"
    if (act.in_text or act.under_dialogs) and sequence[0].types:
        return "it would be typed: this act also works in text fields and dialogs, and needs Ctrl, Alt or an F key"
    return ""


def _text(sequence: Sequence) -> str:
    return " ".join(map(str, sequence))


_HEADING = re.compile(r"\s*\[\s*\"?(\w+)\"?\s*\]")
_ACT = re.compile(r"\s*\"?(\w+)\"?\s*=")
_DOTTED = re.compile(r"\s*\"?(\w+)\"?\s*\.\s*\"?(\w+)\"?\s*=")


def _lines(text: str) -> dict[str, int]:
    """Where each act's line stands; TOML's reader does not say."""
    found: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if heading := _HEADING.match(line):
            table = heading[1]
        elif act := _ACT.match(line):
            found.setdefault(f"{table}.{act[1]}", number)
        elif dotted := _DOTTED.match(line):
            found.setdefault(f"{dotted[1]}.{dotted[2]}", number)
    return found
