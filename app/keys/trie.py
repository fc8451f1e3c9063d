"""Which act a key is: a tree of keys for each scope and mode, and the place in it that the keys pressed so far led to.

No Qt here: whatever the event filter finds out arrives as strokes and a `Place`, so that every order of keys and focus
changes can be tried by machine.
"""

import dataclasses
import enum

from app.commands import Act, Registry, Scope
from app.keys.keymap import KeyMap
from app.keys.stroke import Stroke


class Mode(enum.Enum):
    """Which acts may have keys now."""

    NORMAL = "normal"
    TYPING = "typing"
    """A quantity is typed into the stage: only what ends that, and the window's acts."""
    TEXT = "text"
    """A text field has the keyboard."""
    COVERED = "covered"
    """A modal dialog or a menu is open."""


@dataclasses.dataclass(frozen=True)
class Place:
    """Where keys go: the dock with the focus, its kind, and what stands between it and them."""

    target: str | None = None
    scope: Scope = Scope.WINDOW
    mode: Mode = Mode.NORMAL
    button: bool = False
    """A button has the focus: Space and Enter press it. By Enter most styles don't, and it would go on to whatever is
    around the button, so that is the router's doing."""
    choice: bool = False
    """The button is one of several of which one is chosen, such as a side: Space chooses it, and Enter never does. It
    is for the form around: a second Enter after an order was sent must not begin the next one with a side."""


class What(enum.Enum):
    RUN = "run"
    WAIT = "wait"
    """The beginning of a longer sequence."""
    CLICK = "click"
    """The focused button's."""
    SWALLOW = "swallow"
    PASS = "pass"
    """Not ours: Qt and the widget may have it."""


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What becomes of a key. `name` is the act to run or, of a key that passes, the act of another widget that it
    would have been."""

    what: What
    name: str = ""
    words: str = ""


PASS = Outcome(What.PASS)
SWALLOW = Outcome(What.SWALLOW)


class _Node:
    __slots__ = ("acts", "children")

    def __init__(self) -> None:
        self.children: dict[Stroke, _Node] = {}
        self.acts: list[Act] = []

    def step(self, strokes: tuple[Stroke, ...]) -> "tuple[Stroke, _Node] | None":
        for stroke in strokes:
            if stroke in self.children:
                return stroke, self.children[stroke]
        return None


class Bindings:
    """The trees of a checked key map: for each scope and mode its own acts and the window's, the scope's first."""

    def __init__(self, registry: Registry, keymap: KeyMap) -> None:
        keymap.check(registry)
        self._roots = {(scope, mode): _Node() for scope in Scope for mode in Mode}
        self._elsewhere: dict[Stroke, Act] = {}
        for act in sorted(registry, key=lambda act: act.scope is Scope.WINDOW):
            for (scope, mode), root in self._roots.items():
                if act.scope in (scope, Scope.WINDOW) and _works(act, mode):
                    for sequence in keymap.keys[act.name]:
                        node = root
                        for stroke in sequence:
                            node = node.children.setdefault(stroke, _Node())
                        node.acts.append(act)
            if act.trading:
                for sequence in keymap.keys[act.name]:
                    if len(sequence[0].key) == 1 or sequence[0].key.startswith("Digit"):
                        self._elsewhere.setdefault(sequence[0], act)

    def root(self, scope: Scope, mode: Mode) -> _Node:
        return self._roots[scope, mode]

    def elsewhere(self, strokes: tuple[Stroke, ...]) -> Act | None:
        """The trading act that a letter or digit is in the widget it belongs to."""
        return next((self._elsewhere[stroke] for stroke in strokes if stroke in self._elsewhere), None)


def _works(act: Act, mode: Mode) -> bool:
    match mode:
        case Mode.NORMAL:
            return True
        case Mode.TYPING:
            return act.while_typing or (act.scope is Scope.WINDOW and not act.trading)
        case Mode.TEXT:
            return act.in_text
        case Mode.COVERED:
            return act.under_dialogs


_ENTERS = frozenset({"Enter", "NumEnter"})
_PRESSES = _ENTERS | {"Space"}


class Keyboard:
    """Follows the keys. Each press runs at most one act; a change of place forgets what was begun."""

    def __init__(self, bindings: Bindings) -> None:
        self._bindings = bindings
        self._place = Place()
        self._node: _Node | None = None
        self._held: Stroke | None = None
        self.begun: tuple[Stroke, ...] = ()
        """The keys of a sequence that waits for more."""

    def forget(self) -> None:
        """The focus moved, or may have: nothing is begun, and no key counts as held."""
        self._node = self._held = None
        self.begun = ()

    def press(self, strokes: tuple[Stroke, ...], repeat: bool, place: Place) -> Outcome:
        """What becomes of a key press that may be any of `strokes`. Modifiers alone are not for here."""
        if place != self._place:
            self.forget()
            self._place = place
        if any(stroke.key == "Tab" for stroke in strokes):
            self.forget()
            return PASS
        enters = any(stroke.key in _ENTERS for stroke in strokes)
        if enters and repeat and place.mode is Mode.COVERED:
            return SWALLOW  # nothing is confirmed by a key that was never let go, whatever has come up under it
        if place.button and self._node is None and any(stroke.plain and stroke.key in _PRESSES for stroke in strokes):
            self.forget()
            if not enters:
                return PASS
            return SWALLOW if repeat else PASS if place.choice else Outcome(What.CLICK)
        waiting = self._node is not None
        if waiting and repeat:
            return SWALLOW  # the key that began a sequence, still held
        found = (self._node or self._bindings.root(place.scope, place.mode)).step(strokes)
        if found is not None:
            return self._found(*found, repeat)
        begun = " ".join(stroke.shown for stroke in self.begun)
        self.forget()
        if waiting:
            # Not looked up anew: the key was meant to go on with what was begun.
            return Outcome(What.SWALLOW, words=f"No keys begin with {begun} and go on like this")
        if place.mode is Mode.TYPING and self._bindings.root(place.scope, Mode.NORMAL).step(strokes) is not None:
            return SWALLOW if repeat else Outcome(What.SWALLOW, words="A quantity is being typed: Enter ends it")
        if place.mode is Mode.NORMAL and not repeat:
            other = self._bindings.elsewhere(strokes)
            if other is not None:
                return Outcome(What.PASS, other.name)
        return PASS

    def _found(self, stroke: Stroke, node: _Node, repeat: bool) -> Outcome:
        if repeat:
            act = next((act for act in node.acts if act.ready()), None)
            if act is not None and act.repeats and stroke.arrow and stroke == self._held:
                return Outcome(What.RUN, act.name)
            return SWALLOW
        if node.children:
            self._node, self._held = node, None
            self.begun = (*self.begun, stroke)
            return Outcome(What.WAIT)
        self.forget()
        for act in node.acts:
            if act.ready():
                self._held = stroke
                return Outcome(What.RUN, act.name)
        return PASS
