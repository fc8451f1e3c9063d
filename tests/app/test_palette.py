"""The command palette by keyboard and mouse, and the menus: both show every act, and neither goes around arming."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.commands import Menu
from app.palette import score
from protocols.market.events import PairListed
from protocols.market.instruments import ContractKey, CurrencyPair, InstrumentSpec, PowerContract
from protocols.market.times import MINUTE, UtcNs
from protocols.market.values import SCALE, Price, Quantity, Side
from tests.app.hands import CTRL, NONE, Hands
from tests.widgets.desk import NOON
from widgets.palette import Palette

K = Qt.Key


def opened(hands: Hands, text: str = "") -> Palette:
    hands.press(K.Key_K, CTRL)
    found = hands.window.palettes.palette
    assert found is not None
    for letter in text:
        QTest.keyClick(hands.window.windowHandle(), letter)
    return found


def listed(hands: Hands, area: str, name: str, start: int = NOON + 60 * MINUTE) -> PowerContract:
    return hands.desk.market.contracts[hands.desk.contract(area, name, UtcNs(start))]


@pytest.mark.parametrize(
    ("text", "better", "worse"),
    [
        ("comp", "Compact rows", "Command palette of companies"),
        ("rec", "Recentre on the market", "Next direction"),
        ("arm", "Arm: allow sending", "Disarm"),
        ("arm", "Disarm", "Axis up by a row, more"),
        ("can bid", "Cancel own bids of this contract", "Cancel own asks of this contract"),
    ],
)
def test_the_beginning_of_words_counts_most(text: str, better: str, worse: str) -> None:
    assert score(text, better) >= score(text, worse)
    assert score(text, better) > 0


def test_what_lacks_a_letter_is_not_found() -> None:
    assert score("xyz", "Cancel own bids") < 0
    assert score("", "Cancel own bids") == 0


def test_every_act_is_on_offer(hands: Hands) -> None:
    offered = opened(hands).titles
    registry = hands.window.registry
    wanted = {act.words for act in registry if act.offered() and act.name != "window.palette"}
    assert set(offered) == wanted
    assert len(offered) == len(wanted)


def test_keys_choose_and_run_and_the_keyboard_goes_back(hands: Hands) -> None:
    palette = opened(hands, "cumul")
    assert palette.titles[0] == "Cumulative depth"
    assert hands.status == "Keys go to the command palette"
    hands.press(K.Key_Return)
    assert hands.notebook.notes == ["cumulative"]
    assert hands.window.ladder.hasFocus()
    assert hands.window.palettes.palette is None
    assert hands.status.startswith("Keys go to 1 Ladder")


@pytest.mark.parametrize("text", ["arm: allow", "Arm: allow sending", "arm, sending"])
def test_what_a_title_has_between_its_words_may_be_typed(hands: Hands, text: str) -> None:
    assert opened(hands, text).titles[0] == "Arm: allow sending"


def test_arrows_go_around_the_list(hands: Hands) -> None:
    palette = opened(hands)
    rows = []
    for key in (K.Key_Down, K.Key_Down, K.Key_Up, K.Key_Up, K.Key_PageUp, K.Key_PageDown, K.Key_Tab):
        hands.press(key)
        rows.append(palette.list.currentRow())
    last = len(palette.titles) - 1
    assert rows == [0, 1, 0, last, last - 11, last, 0]


def test_enter_runs_nothing_while_nothing_was_asked(hands: Hands) -> None:
    opened(hands)
    hands.press(K.Key_Return)
    assert not hands.journal.armed
    assert hands.window.palettes.palette is not None
    hands.press(K.Key_Escape)
    assert hands.window.palettes.palette is None
    assert hands.window.ladder.hasFocus()


def test_its_key_closes_it_again(hands: Hands) -> None:
    opened(hands)
    hands.press(K.Key_K, CTRL)
    assert hands.window.palettes.palette is None
    assert hands.window.ladder.hasFocus()


def test_a_click_elsewhere_closes_it_and_keeps_the_keyboard_there(hands: Hands) -> None:
    opened(hands)
    grid = hands.window.tape.grid
    grid.setFocus(Qt.FocusReason.MouseFocusReason)
    assert hands.window.palettes.palette is None
    assert grid.hasFocus()
    assert hands.status.startswith("Keys go to 3 Trade tape")


def test_a_click_runs_an_entry(hands: Hands) -> None:
    palette = opened(hands, "recentre on")
    row = palette.list.visualItemRect(palette.list.item(0)).center()
    place = palette.list.viewport().mapTo(hands.window, row)
    QTest.mouseClick(hands.window.windowHandle(), Qt.MouseButton.LeftButton, NONE, QPoint(place))
    assert hands.notebook.notes == ["recentre"]


def test_contracts_are_found_and_chosen(hands: Hands) -> None:
    listed(hands, "DE-AMPRION", "18-19_XB")
    french = listed(hands, "FR-RTE", "18-19_XB")
    palette = opened(hands, "fr 18-19")
    assert palette.titles == ["18-19_XB"]
    hands.press(K.Key_Return)
    assert hands.window.group.contract == french.key
    assert hands.notebook.notes == []


def test_pairs_are_found_by_their_currencies_and_chosen(hands: Hands) -> None:
    spec = InstrumentSpec(Price(10_000), Quantity(1_000 * SCALE), 5, 0, "USD", "EUR")
    for name in ("EURUSD", "USDJPY"):
        key = ContractKey("FX", "FX", name)
        pair = CurrencyPair(key, name, name[:3], name[3:], spec, Price(100_000), Quantity(100_000 * SCALE), "EUR")
        hands.desk.market.apply(PairListed(pair))
    palette = opened(hands, "usd eur")
    assert palette.titles[0] == "EURUSD"
    assert "USDJPY" not in palette.titles
    hands.press(K.Key_Return)
    assert hands.window.group.contract == ContractKey("FX", "FX", "EURUSD")
    assert hands.window.docking.title("ladder").endswith("Ladder EURUSD")


def test_sending_from_the_palette_needs_arming_as_well(hands: Hands) -> None:
    hands.notebook.stage(Side.BUY, False)
    opened(hands, "send what")
    hands.press(K.Key_Return)
    assert hands.journal.sent == []
    assert "disarmed" in hands.said
    hands.journal.arm()
    opened(hands, "send what")
    hands.press(K.Key_Return, repeat=True)
    assert hands.journal.sent == []
    hands.press(K.Key_Return)
    assert len(hands.journal.sent) == 1


def test_an_act_of_another_widget_takes_the_keyboard_there(hands: Hands) -> None:
    hands.focus("tape")
    opened(hands, "stage a buy at the best bid")
    hands.press(K.Key_Return)
    assert hands.notebook.notes == [("stage", Side.BUY, False)]
    assert hands.window.target.name == "ladder"


def test_letters_in_it_never_trade(hands: Hands) -> None:
    palette = opened(hands)
    for key in (K.Key_B, K.Key_S, K.Key_X, K.Key_1):
        hands.press(key)
    assert palette.line.text() == "bsx1"
    assert hands.notebook.notes == []


def test_the_menus_list_every_act_with_its_keys(hands: Hands) -> None:
    registry, menus = hands.window.registry, hands.window.menus
    found = {
        action.objectName(): action for kind in menus.menus for action in menus.fill(kind) if not action.isSeparator()
    }
    assert set(found) == {act.name for act in registry if act.offered()}
    for name, action in found.items():
        assert action.text() == f"{registry[name].words}\t{registry.keys(name)}".rstrip("\t")
        assert action.toolTip() == registry.tip(name)
        assert action.shortcut().isEmpty()  # keys are heard by the filter alone
    found["ladder.fit"].trigger()
    assert hands.notebook.notes == ["fit"]


def test_a_menu_shows_how_things_are_as_it_opens(hands: Hands) -> None:
    menus = hands.window.menus
    for on in (True, False):
        hands.window.toggle_compact()
        ticks = {action.objectName(): action.isChecked() for kind in menus.menus for action in menus.fill(kind)}
        assert ticks["window.compact"] is on
        assert ticks["window.theme_dark"]
        assert not ticks["window.theme_light"]


def test_every_widget_is_gone_to_from_palette_and_menu_closed_or_without_a_key(hands: Hands) -> None:
    window = hands.window
    window.add_late_widgets()
    docks = {window.docking.title(name) for name in window.docking.names()}
    assert len(docks) == 13
    for name in ("map", "own_trades"):
        window.docking.close_dock(name)
    gone_to = {action.text().partition("\t")[0] for action in window.menus.fill(Menu.WIDGETS)}
    assert {f"Go to {title}" for title in docks} <= gone_to
    for text, name in (("flex map", "map"), ("own trades", "own_trades"), ("go to 12", "contracts")):
        hands.focus("ladder")
        palette = opened(hands, text)
        for _ in range(palette.titles[:3].index(f"Go to {window.docking.title(name)}")):
            hands.press(K.Key_Down)
        hands.press(K.Key_Return)
        assert window.docking.is_open(name) and window.target.name == name


def test_an_empty_list_says_that_nothing_matches(hands: Hands) -> None:
    palette = opened(hands, "xyzzy")
    assert (palette.titles, palette.nothing.text()) == ([], "Nothing matches “xyzzy”")
    assert palette.nothing.isVisible() and not palette.list.isVisible()
    assert palette.line.accessibleDescription() == "Nothing matches “xyzzy”"
    hands.press(K.Key_Return)
    assert hands.window.palettes.palette is palette
    for _ in "xyzzy":
        hands.press(K.Key_Backspace)
    assert palette.list.isVisible() and not palette.nothing.isVisible()
