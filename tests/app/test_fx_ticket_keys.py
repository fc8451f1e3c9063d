"""The order ticket of currency pairs in the real window: no key sends another order than was meant."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from protocols.market.values import Side
from tests.app.fx_window import OTHER_PAIR, FxWindow

K = Qt.Key
FAR = {"side": "b", "quantity": "10k", "price": "1.0"}
"""So far below the market that it has to be confirmed."""


@pytest.fixture
def desk(qapp, tmp_path: Path) -> Iterator[FxWindow]:
    desk = FxWindow(tmp_path)
    yield desk
    desk.dispose()


def test_a_question_that_is_not_on_the_screen_is_asked_again(desk: FxWindow) -> None:
    desk.fill(**FAR)
    desk.enter()
    assert desk.ticket.foot.anyway.isVisible()
    desk.wait(1.0)
    desk.press(K.Key_0)
    desk.press(K.Key_Backspace)
    assert not desk.ticket.foot.anyway.isVisible()
    desk.enter()
    assert desk.placements == 0 and desk.ticket.foot.anyway.isVisible()
    desk.enter()
    assert desk.placements == 0, "it came up just now"
    desk.wait(1.0)
    desk.enter()
    assert desk.placements == 1


def test_a_question_of_the_ladder_is_not_answered_in_the_ticket(desk: FxWindow) -> None:
    desk.fill(**FAR)
    desk.press(K.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.frame()
    assert desk.window.ladder.staged is not None
    desk.enter()
    desk.wait(1.0)
    desk.focus("ticket")
    desk.fill(price="1.0")
    desk.enter()
    assert desk.placements == 0 and desk.ticket.foot.anyway.isVisible()


def test_a_market_order_is_not_taken_along_to_another_pair(desk: FxWindow) -> None:
    """Of which the quantity is counted in another unit as well."""
    desk.fill(side="b", quantity="10k", type="m")
    desk.choose(OTHER_PAIR)
    assert desk.ticket.header.note.text() == "Another contract: the side and the quantity were dropped"
    desk.enter()
    assert desk.placements == 0 and "side" in desk.ticket.rows["side"].problem.lower()
    desk.fill(side="s", quantity="10k")
    desk.enter()
    assert desk.placements == 1
    assert (desk.own[-1].key, desk.own[-1].side) == (OTHER_PAIR, Side.SELL)


def test_what_is_staged_on_a_hidden_ladder_is_seen_again_before_it_is_sent(desk: FxWindow) -> None:
    """Chosen by name in the palette, which brings the ladder to the front."""
    desk.focus("ladder")
    desk.frame()
    desk.press(K.Key_B)
    desk.frame()
    desk.focus("ticket")
    desk.wait(5.0)
    desk.window.invoke("ladder.send")
    assert desk.placements == 0 and desk.window.ladder.staged is not None
    desk.frame()
    desk.enter()
    assert desk.placements == 1


@pytest.mark.parametrize("enter", [K.Key_Return, K.Key_Enter])
def test_a_second_enter_chooses_no_side_for_the_next_order(desk: FxWindow, enter: Qt.Key) -> None:
    desk.fill(side="s", quantity="10k", price="1.2")
    desk.press(enter)
    while desk.ticket.foot.anyway.isVisible():
        desk.wait(1.0)
        desk.press(enter)
    assert desk.placements == 1
    desk.press(enter)
    desk.wait(1.0)
    desk.press(enter)
    assert desk.ticket.texts()["side"] == ""
    assert desk.placements == 1
    assert desk.ticket.rows["side"].problem
    desk.press(K.Key_Space)
    assert desk.ticket.texts()["side"] == Side.BUY.value


def test_keys_that_come_back_to_a_modified_order_go_into_its_first_open_field(desk: FxWindow) -> None:
    desk.fill(side="b", quantity="10k", price="1.0")
    desk.enter()
    desk.wait(1.0)
    desk.enter()
    desk.wait(2.0)
    (order,) = desk.own
    assert order.status.alive and desk.ticket.amend(order) == ""
    desk.focus("ladder")
    desk.press(K.Key_T, Qt.KeyboardModifier.ControlModifier)
    desk.enter()
    assert desk.ticket.header.note.text().startswith("Nothing is changed yet")
    desk.type("20000")
    assert desk.ticket.texts()["quantity"] == "20000"
    assert desk.ticket.texts()["price"] == "1.00000"
