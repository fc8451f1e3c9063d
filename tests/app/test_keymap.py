"""Keys as they are written and pressed, the key map, and the tree that leads from keys to acts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from app.commands import Act, Menu, Registry, Scope
from app.keys import Bindings, Keyboard, KeyMapRefused, Mode, Place, Stroke, StrokeRefused, parse_stroke, read_keymap
from app.keys.stroke import KEYPAD, NAMED, digit_row, is_modifier, strokes_of, typed
from app.keys.trie import What
from app.resources import keymap

NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
KEYPAD_HELD = Qt.KeyboardModifier.KeypadModifier
DIGITS = digit_row("xcb")
K = Qt.Key


def pressed(key: Qt.Key | int, held=NONE, text: str = "", scan: int = 0) -> QKeyEvent:
    code = key if isinstance(key, int) else key.value
    return QKeyEvent(QEvent.Type.KeyPress, code, held, scan, 0, 0, text)


def names(event: QKeyEvent) -> list[str]:
    return [str(stroke) for stroke in strokes_of(event, DIGITS)]


# Strokes

PLAIN = [*NAMED, *KEYPAD, *"abcxyz0123456789/+-.,;#'äé"]
MODIFIED = st.builds(
    lambda modifiers, key: "".join(f"{name}+" for name in ("Ctrl", "Alt", "Shift", "Meta") if name in modifiers) + key,
    st.sets(st.sampled_from(["Ctrl", "Alt", "Meta"])),
    st.sampled_from(PLAIN),
)


@given(MODIFIED)
def test_what_is_written_is_read_back(text: str) -> None:
    assert parse_stroke(str(parse_stroke(text))) == parse_stroke(text)


@pytest.mark.parametrize(
    "text", ["", "Ctrl+", "Ctrl", "Shift", "PageUp", "ctrl+B", "Ctrl+Ctrl+B", "Shift+/", "BB", " "]
)
def test_what_names_no_key_is_refused(text: str) -> None:
    with pytest.raises(StrokeRefused):
        parse_stroke(text)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (pressed(K.Key_B, text="b"), ["B"]),
        (pressed(K.Key_B, SHIFT, "B"), ["Shift+B"]),
        (pressed(K.Key_B, text="B"), ["B"]),  # caps lock
        (pressed(K.Key_B, CTRL, "\x02"), ["Ctrl+B"]),
        (pressed(K.Key_A, CTRL | SHIFT, "\x01"), ["Ctrl+Shift+A"]),
        (pressed(0x0411, text="б"), ["Б"]),
        (pressed(K.Key_1, text="1", scan=10), ["1"]),
        (pressed(K.Key_Ampersand, text="&", scan=10), ["1"]),  # the French row without Shift
        (pressed(K.Key_1, SHIFT, "1", scan=10), ["Shift+1"]),  # and with it
        (pressed(K.Key_Eacute, text="é", scan=11), ["2"]),
        (pressed(K.Key_Agrave, text="à", scan=19), ["0"]),
        (pressed(K.Key_Ampersand, CTRL, "", scan=10), ["Ctrl+1"]),
        (pressed(K.Key_Slash, SHIFT, "/", scan=16), ["Shift+7", "/"]),  # a German keyboard's
        (pressed(K.Key_Slash, text="/", scan=61), ["/"]),
        (pressed(K.Key_Question, SHIFT, "?", scan=61), ["?"]),
        (pressed(K.Key_1, KEYPAD_HELD, "1", scan=87), ["Num1"]),
        (pressed(K.Key_Plus, KEYPAD_HELD, "+"), ["Num+"]),
        (pressed(K.Key_Plus, text="+"), ["+"]),
        (pressed(K.Key_Comma, KEYPAD_HELD, ","), ["Num."]),
        (pressed(K.Key_Up, KEYPAD_HELD), []),  # the keypad without Num Lock is no arrow key
        (pressed(K.Key_Enter, KEYPAD_HELD, "\r"), ["NumEnter"]),
        (pressed(K.Key_Return, text="\r"), ["Enter"]),
        (pressed(K.Key_Backtab, SHIFT), ["Shift+Tab"]),
        (pressed(K.Key_Space, text=" "), ["Space"]),
        (pressed(K.Key_F11), ["F11"]),
        (pressed(K.Key_Shift, SHIFT), []),
        (pressed(K.Key_B, Qt.KeyboardModifier.GroupSwitchModifier, "”"), []),
        (pressed(K.Key_VolumeUp), []),
        (pressed(K.Key_unknown), []),
    ],
    ids=str,
)
def test_what_a_key_press_is_called(event: QKeyEvent, expected: list[str]) -> None:
    assert names(event) == expected


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (pressed(K.Key_Ampersand, text="&", scan=10), "1"),
        (pressed(K.Key_1, SHIFT, "1", scan=10), "1"),
        (pressed(K.Key_Exclam, SHIFT, "!", scan=10), ""),
        (pressed(K.Key_7, KEYPAD_HELD, "7"), "7"),
        (pressed(K.Key_Comma, text=","), "."),
        (pressed(K.Key_Period, KEYPAD_HELD, "."), "."),
        (pressed(K.Key_Backspace), "\b"),
        (pressed(K.Key_1, CTRL, "", scan=10), ""),
        (pressed(K.Key_B, text="b"), ""),
        (pressed(K.Key_Return, text="\r"), ""),
    ],
    ids=str,
)
def test_what_a_key_adds_to_a_number(event: QKeyEvent, expected: str) -> None:
    assert typed(event, DIGITS) == expected


def test_windows_numbers_its_row_otherwise() -> None:
    event = pressed(K.Key_Ampersand, text="&", scan=2)
    assert strokes_of(event, digit_row("windows")) == (Stroke("Digit1"),)


def test_modifiers_alone_are_told() -> None:
    assert is_modifier(pressed(K.Key_Control, CTRL))
    assert not is_modifier(pressed(K.Key_B, CTRL))


# The key map


def act(name: str, **how: object) -> Act:
    return Act(name, name, lambda: None, Menu.DESK, **how)  # type: ignore[arg-type]


def acts(*found: str) -> Registry:
    return Registry([act(name) for name in found])


BASIC = ("window.one", "ladder.buy", "ladder.sell", "tape.linked")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('sell = ["B"]', "B is taken by ladder.buy"),
        ('sell = ["F2"]', "F2 is taken by"),
        ('sell = ["B S"]', "B S begins with B of ladder.buy"),
        ('sell = ["Tab"]', "Tab moves the focus"),
        ('sell = ["Shift+Tab"]', "Tab moves the focus"),
        ('sell = ["Esc"]', "Esc drops"),
        ('sell = ["Enter"]', "Enter confirms"),
        ('sell = ["NumEnter"]', "Enter confirms"),
        ('sell = ["Ctrl+X"]', "clipboard"),
        ('sell = ["Alt+L"]', "opens a menu"),
        ('sell = ["S", "S"]', "twice"),
        ('sell = ["PageUp"]', "is no key"),
        ('sell = [""]', "no key"),
        ('sell = "S"', "a list"),
        ("sell = [1]", "a list"),
        ('sell = []\nshell = ["S"]', "no such act"),
        ("", "no line for ladder.sell"),
        ("sell = [", "line 7"),
    ],
)
def test_a_key_map_is_refused_by_line_and_act(line: str, words: str) -> None:
    text = f'[window]\none = ["F2"]\n[tape]\nlinked = ["L"]\n[ladder]\n{line}\nbuy = ["B"]\n'
    with pytest.raises(KeyMapRefused) as refused:
        read_keymap(text, "mine.toml").check(acts(*BASIC))
    assert words in str(refused.value)
    if "no line" not in words:
        assert "mine.toml" in str(refused.value)
        assert "line" in str(refused.value)


def test_an_unknown_scope_is_refused() -> None:
    with pytest.raises(KeyMapRefused, match="sounds"):
        read_keymap('[sounds]\nbell = ["B"]', "mine.toml")


def test_one_key_may_mean_different_things_in_different_widgets() -> None:
    text = '[window]\none = []\n[tape]\nlinked = ["B"]\n[ladder]\nbuy = ["B"]\nsell = ["Ctrl+W S"]'
    read_keymap(text, "mine.toml").check(acts(*BASIC))


def test_an_act_of_text_fields_needs_a_key_that_is_not_typed() -> None:
    registry = Registry([act("window.one", in_text=True)])
    for keys in ("B", "1", "Space", "Up"):
        with pytest.raises(KeyMapRefused, match="typed"):
            read_keymap(f'[window]\none = ["{keys}"]', "mine.toml").check(registry)
    for keys in ("Ctrl+B", "F11", "Ctrl+Alt+1"):
        read_keymap(f'[window]\none = ["{keys}"]', "mine.toml").check(registry)


def test_a_map_of_one_s_own_lies_over_the_default() -> None:
    default = read_keymap('[ladder]\nbuy = ["B"]\nsell = ["S"]', "default.toml")
    mine = read_keymap('[ladder]\nbuy = ["K"]', "mine.toml").over(default)
    assert mine.shown() == {"ladder.buy": ("K",), "ladder.sell": ("S",)}
    with pytest.raises(KeyMapRefused, match=r"default\.toml, line 3: ladder\.sell"):
        read_keymap('[ladder]\nbuy = ["S"]', "mine.toml").over(default).check(acts("ladder.buy", "ladder.sell"))


def test_the_shipped_map_says_what_its_keys_do() -> None:
    shown = read_keymap(keymap(), "default.toml").shown()
    assert shown["ladder.coarser"] == ("G", "+", "keypad +")
    assert shown["ladder.send"] == ("Enter", "keypad Enter")
    assert shown["ladder.finer"] == ("Shift+G", "-", "keypad −")
    assert shown["window.arm"] == ("Ctrl+Shift+A",)


# From keys to acts

KEYS = [parse_stroke(text) for text in ("B", "S", "Shift+B", "Ctrl+W", "F2", "1", "Up", "Num+")]
NAMES = [f"{scope}.{letter}" for scope in ("window", "ladder", "tape") for letter in "abc"]
SEQUENCES = st.lists(st.sampled_from(KEYS), min_size=1, max_size=3).map(tuple)


def strokes_text(sequence: tuple[Stroke, ...]) -> str:
    return " ".join(map(str, sequence))


@st.composite
def maps(draw: st.DrawFn) -> str:
    """Any map at all: most are refused."""
    tables: dict[str, list[str]] = {"window": [], "ladder": [], "tape": []}
    for name in NAMES:
        scope, _, letter = name.partition(".")
        written = [f'"{strokes_text(s)}"' for s in draw(st.lists(SEQUENCES, max_size=2, unique=True))]
        tables[scope].append(f"{letter} = [{', '.join(written)}]")
    return "\n".join(line for scope, lines in tables.items() for line in (f"[{scope}]", *lines))


PLACES = [
    Place("ladder", Scope.LADDER),
    Place("tape", Scope.TAPE),
    Place(),
    Place("ladder", Scope.LADDER, Mode.TEXT),
    Place(mode=Mode.COVERED),
]


@given(maps(), st.lists(st.tuples(st.sampled_from(KEYS), st.booleans(), st.sampled_from(PLACES)), max_size=25))
def test_no_sequence_of_keys_runs_two_acts(text: str, presses: list[tuple[Stroke, bool, Place]]) -> None:
    """Against a list of all sequences: what was begun, with this key, is one act's, the beginning of some, or none."""
    registry, keys = acts(*NAMES), read_keymap(text, "mine.toml")
    try:
        keyboard = Keyboard(Bindings(registry, keys))
    except KeyMapRefused:
        return
    begun: tuple[Stroke, ...] = ()
    before = Place()
    for stroke, repeat, place in presses:
        bound_here = [
            (sequence, name)
            for name in NAMES
            if registry[name].scope in (place.scope, Scope.WINDOW) and place.mode is Mode.NORMAL
            for sequence in keys.keys[name]
        ]
        begun = begun if place == before else ()
        before = place
        so_far = (*begun, stroke)
        expected = [] if repeat else [name for sequence, name in bound_here if sequence == so_far]
        assert len(expected) <= 1
        if not repeat:
            goes_on = any(sequence[: len(so_far)] == so_far for sequence, _ in bound_here)
            begun = so_far if goes_on and not expected else ()
        outcome = keyboard.press((stroke,), repeat, place)
        assert ([outcome.name] if outcome.what is What.RUN else []) == expected
        assert keyboard.begun == begun


def bound(text: str, *found: Act) -> Keyboard:
    return Keyboard(Bindings(Registry(found), read_keymap(text, "mine.toml")))


LADDER = Place("ladder", Scope.LADDER)


def press(keyboard: Keyboard, text: str, place: Place = LADDER, repeat: bool = False) -> str:
    outcome = keyboard.press((parse_stroke(text),), repeat, place)
    return outcome.name if outcome.what is What.RUN else outcome.what.value


def test_a_longer_sequence_waits_and_ends_with_the_wrong_key() -> None:
    keyboard = bound('[ladder]\none = ["Ctrl+W S"]\ntwo = ["S"]\n', act("ladder.one"), act("ladder.two", trading=True))
    assert [press(keyboard, key) for key in ("Ctrl+W", "S")] == ["wait", "ladder.one"]
    assert [press(keyboard, key) for key in ("Ctrl+W", "B", "S")] == ["wait", "swallow", "ladder.two"]
    assert press(keyboard, "Ctrl+W") == "wait"
    keyboard.forget()
    assert press(keyboard, "S") == "ladder.two"
    assert press(keyboard, "Ctrl+W") == "wait"
    assert press(keyboard, "Ctrl+W", repeat=True) == "swallow"
    assert press(keyboard, "S") == "ladder.one"
    assert press(keyboard, "Ctrl+W") == "wait"
    assert press(keyboard, "Tab") == "pass"
    assert press(keyboard, "S") == "ladder.two"


def test_a_held_key_repeats_on_arrows_only_and_where_it_was_pressed() -> None:
    keyboard = bound(
        '[ladder]\nup = ["Up", "K"]\nbuy = ["B"]\n', act("ladder.up", repeats=True), act("ladder.buy", trading=True)
    )
    assert press(keyboard, "Up", repeat=True) == "swallow"  # it was pressed somewhere else
    assert [press(keyboard, "Up"), press(keyboard, "Up", repeat=True)] == ["ladder.up", "ladder.up"]
    keyboard.forget()
    assert press(keyboard, "Up", repeat=True) == "swallow"
    assert [press(keyboard, "K"), press(keyboard, "K", repeat=True)] == ["ladder.up", "swallow"]
    assert [press(keyboard, "B"), press(keyboard, "B", repeat=True)] == ["ladder.buy", "swallow"]
    assert press(keyboard, "F5", repeat=True) == "pass"


def test_a_button_is_pressed_by_space_and_enter() -> None:
    keyboard = bound(
        '[ladder]\nrecentre = ["Space"]\nbuy = ["B"]\nsend = ["Enter"]',
        act("ladder.recentre"),
        act("ladder.buy"),
        act("ladder.send", confirms=True),
    )
    button = Place("ladder", Scope.LADDER, button=True)
    assert [press(keyboard, key, button) for key in ("Space", "Enter", "B")] == ["pass", "click", "ladder.buy"]


def test_esc_ends_the_innermost_thing_that_can_be_ended() -> None:
    staged, toasts = True, True
    keyboard = bound(
        '[window]\ndismiss = ["Esc"]\n[ladder]\ndrop = ["Esc"]',
        act("window.dismiss", drops=True, ready=lambda: toasts),
        act("ladder.drop", drops=True, ready=lambda: staged),
    )
    assert press(keyboard, "Esc") == "ladder.drop"
    staged = False
    assert press(keyboard, "Esc") == "window.dismiss"
    toasts = False
    assert press(keyboard, "Esc") == "pass"


def test_while_a_quantity_is_typed_the_ladder_s_other_keys_rest() -> None:
    keyboard = bound(
        '[window]\nfocus = ["Ctrl+1"]\n[ladder]\ncancel = ["X"]\nsend = ["Enter"]',
        act("window.focus", in_text=True),
        act("ladder.cancel", trading=True),
        act("ladder.send", trading=True, confirms=True, while_typing=True),
    )
    typing = Place("ladder", Scope.LADDER, Mode.TYPING)
    assert [press(keyboard, key, typing) for key in ("X", "Enter", "Ctrl+1", "F7")] == [
        "swallow",
        "ladder.send",
        "window.focus",
        "pass",
    ]


def test_an_order_key_in_the_wrong_widget_is_told_and_passes() -> None:
    keyboard = bound('[ladder]\nbuy = ["B"]', act("ladder.buy", trading=True))
    outcome = keyboard.press((parse_stroke("B"),), False, Place("tape", Scope.TAPE))
    assert (outcome.what, outcome.name) == (What.PASS, "ladder.buy")
    assert keyboard.press((parse_stroke("B"),), False, Place("tape", Scope.TAPE, Mode.TEXT)).name == ""
