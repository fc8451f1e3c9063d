"""Leaving the desk: what stays behind is said once, by whatever way the window is closed."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QToolButton

from app.commands import Menu
from app.quitting import left_behind
from app.trading import CONFIRM_SECONDS
from protocols.market.order_events import OrderReported, RequestDoubted
from protocols.market.orders import Order, VenueState
from tests.app import trading_desk as td
from tests.app.hands import CTRL, Hands
from tests.widgets.desk import M7

K = Qt.Key


def work(hands: Hands, client_id: str = "own-1") -> Order:
    """An order of ours works at the venue."""
    for event in td.working(client_id):
        hands.desk.market.apply(event)
    order = hands.desk.market.blotter.get(M7, client_id)
    assert order is not None
    return order


def asked(hands: Hands) -> str:
    return next((text for text in hands.window.notices.texts() if text.startswith("Quit?")), "")


def test_who_leaves_nothing_behind_is_not_asked(hands: Hands) -> None:
    hands.press(K.Key_Q, CTRL)
    assert not hands.window.isVisible()


@pytest.mark.parametrize("way", ["key", "menu", "palette", "close button"])
def test_with_an_own_order_every_way_asks_once_and_the_second_time_quits(hands: Hands, way: str) -> None:
    work(hands)

    def quit_by() -> None:
        match way:
            case "key":
                hands.press(K.Key_Q, CTRL)
            case "menu":
                next(a for a in hands.window.menus.fill(Menu.DESK) if a.objectName() == "window.quit").trigger()
            case "palette":
                hands.press(K.Key_K, CTRL)
                for letter in "quit":
                    hands.press(K.Key_unknown, text=letter)
                hands.press(K.Key_Return)
            case _:
                hands.window.close()

    quit_by()
    assert hands.window.isVisible()
    assert asked(hands) == (
        "Quit? 1 own order ends with the practice venue (EPEX M7: 1 working). The same again (Ctrl+Q) quits"
    )
    hands.desk.beat()
    hands.desk.beat(0.6)
    quit_by()
    assert not hands.window.isVisible()


def test_a_bounced_key_has_read_nothing(hands: Hands) -> None:
    work(hands)
    for seconds in (0.0, 0.1, 0.3):
        hands.desk.beat(seconds)
        hands.press(K.Key_Q, CTRL)
        assert hands.window.isVisible()
    hands.desk.beat(0.2)
    hands.press(K.Key_Q, CTRL)
    assert not hands.window.isVisible()


def test_armed_alone_is_asked_about(hands: Hands) -> None:
    hands.journal.armed = True
    hands.press(K.Key_Q, CTRL)
    assert asked(hands) == "Quit? The desk is armed. The same again (Ctrl+Q) quits"
    hands.journal.armed = False
    hands.desk.beat()
    assert asked(hands) == "", "nothing is left to ask about"
    hands.press(K.Key_Q, CTRL)
    assert not hands.window.isVisible()


def test_the_question_follows_what_happens_to_the_orders(hands: Hands) -> None:
    order = work(hands)
    hands.press(K.Key_Q, CTRL)
    hands.desk.beat()
    work(hands, "own-2")
    hands.desk.market.apply(RequestDoubted(M7, order.client_id, order.intent_id or "i", "no answer", td.NOW))
    hands.desk.beat()
    assert "2 own orders end with the practice venue (EPEX M7: " in asked(hands)
    for client_id in ("own-1", "own-2"):
        gone: OrderReported = td.report(client_id, VenueState.CANCELLED, revision=2)
        hands.desk.market.apply(gone)
    hands.desk.beat()
    assert asked(hands) == ""


def test_the_question_goes_with_esc_with_its_cross_and_by_itself(hands: Hands) -> None:
    work(hands)
    for end in ("esc", "cross", "time"):
        hands.press(K.Key_Q, CTRL)
        hands.desk.beat()
        assert asked(hands)
        if end == "esc":
            hands.press(K.Key_Escape)
        elif end == "cross":
            bar = hands.window.notices
            cross = next(b for b in bar.findChildren(QToolButton) if b.accessibleName() == "Leave it")
            QTest.mouseClick(cross, Qt.MouseButton.LeftButton)
        else:
            hands.desk.beat(CONFIRM_SECONDS)
        assert not asked(hands)
        hands.desk.beat(1)
        hands.press(K.Key_Q, CTRL)
        assert hands.window.isVisible(), "asked anew"
        hands.press(K.Key_Escape)


def test_the_question_has_a_button_and_stands_above_all_else(hands: Hands) -> None:
    work(hands)
    hands.press(K.Key_Q, CTRL)
    hands.window.notices.block("trading", "New orders are blocked")
    hands.window.notices.alert("Read me")
    assert hands.window.notices.texts()[0].startswith("Quit?")
    hands.desk.beat()
    hands.desk.beat(0.6)
    button = next(b for b in hands.window.notices.findChildren(QPushButton) if b.text() == "Quit")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not hands.window.isVisible()


def test_a_terminal_that_ends_asks_nobody(hands: Hands) -> None:
    work(hands)
    hands.journal.armed = True
    hands.window.quitting.at_once()
    hands.window.close()
    assert not hands.window.isVisible()


def test_at_a_live_venue_orders_stay_and_are_not_cancelled(hands: Hands) -> None:
    first, second = work(hands), work(hands, "own-2")
    assert left_behind([first], practice=False) == (
        "1 own order stays at its venue and is not cancelled (EPEX M7: 1 working)"
    )
    assert left_behind([first, second], practice=False) == (
        "2 own orders stay at their venues and are not cancelled (EPEX M7: 2 working)"
    )
