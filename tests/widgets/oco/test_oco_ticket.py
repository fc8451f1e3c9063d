"""The ticket of a pair: fields and ladder show the same pair, moved by keys and mouse; stale quotes place nothing."""

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from app.gallery.market import FX, Exhibit
from app.gallery.oco_scenes import make_oco_ticket, quoted
from protocols.market.events import Feed, Freshness
from protocols.market.values import Side
from tests.widgets.desk import DARK, press, quantity, show
from tests.widgets.oco.hands import Hands, pair, tags
from tests.widgets.oco.pairs import price

K, SHIFT = Qt.Key, Qt.KeyboardModifier.ShiftModifier


# Putting it together


def test_both_legs_are_placed_beside_the_quote_and_sent_by_enter(hands: Hands) -> None:
    hands.stage()
    assert tags(hands) == ["1 LIMIT 1.08216", "2 STOP 1.08616"]
    assert (hands.text("side"), hands.text("price_1"), hands.text("stop_price_2")) == ("Buy", "1.08216", "1.08616")
    assert hands.ticket.foot.send.text() == "Buy 50\N{NO-BREAK SPACE}000 EUR, one cancels the other"
    hands.enter()
    assert hands.asked == [pair()]


def test_what_is_typed_is_what_the_ladder_shows_and_a_staged_price_follows_no_market(hands: Hands) -> None:
    hands.stage()
    hands.type("price_1", "-15p")
    hands.type("quantity", "1.5m")
    assert tags(hands)[0] == "1 LIMIT 1.08262"
    hands.exhibit.quote("EURUSD", "1.08422", "1.08426")
    hands.frame()
    assert tags(hands) == ["1 LIMIT 1.08262", "2 STOP 1.08616"]
    hands.enter()
    (asked,) = hands.asked
    assert (asked.quantity, asked.legs[0].price) == (quantity("1500000"), price("1.08262"))


def test_keys_move_the_active_leg_and_tab_goes_through_both(hands: Hands) -> None:
    ticket = hands.ticket
    hands.stage()
    ticket.nudge_price(-10)
    press(ticket, K.Key_Tab)
    assert ticket.ladder.hasFocus()
    ticket.nudge_price(1)
    assert (hands.text("price_1"), hands.text("stop_price_2")) == ("1.08206", "1.08617")
    press(ticket, K.Key_Tab)
    assert QApplication.focusWidget() is ticket.notice.keep
    press(ticket, K.Key_Backtab, SHIFT)
    assert ticket.ladder.hasFocus() and ticket.ladder.frame.tags[1].active
    ticket.other_leg()
    assert ticket.ladder.frame.tags[0].active


def test_a_click_is_a_price_for_the_active_leg_and_a_leg_can_be_dragged(hands: Hands) -> None:
    hands.stage()
    hands.click(hands.row_of("1.08250"))
    assert hands.text("price_1") == "1.08250"
    ladder, left = hands.ticket.ladder, Qt.MouseButton.LeftButton
    start, end = hands.at(ladder.frame.tags[1].row, 40), hands.at(hands.row_of("1.08500"), 40)
    QTest.mousePress(ladder, left, pos=start)
    for step in range(1, 5):
        QTest.mouseMove(ladder, start + (end - start) * step / 4)
    assert hands.text("stop_price_2") == "1.08616"
    QTest.mouseRelease(ladder, left, pos=end)
    assert (hands.text("price_1"), hands.text("stop_price_2")) == ("1.08250", "1.08500")


def test_rows_stay_when_the_market_moves_and_while_the_mouse_is_over_them(hands: Hands) -> None:
    hands.stage()
    ladder = hands.ticket.ladder
    before = [row.text for row in ladder.frame.rows]
    hands.exhibit.quote("EURUSD", "1.07412", "1.07416")
    hands.frame()
    assert [row.text for row in ladder.frame.rows] == before
    assert "▼ bid" in ladder.frame.rows[-1].market
    at = QPointF(20, 20)
    QApplication.sendEvent(ladder, QEnterEvent(at, at, at))
    hands.ticket.nudge_price(-2_000)
    assert [row.text for row in ladder.frame.rows] == before
    assert tags(hands)[0].startswith("1 ▼ LIMIT")
    QTest.mouseMove(hands.ticket.foot)
    QApplication.sendEvent(ladder, QEvent(QEvent.Type.Leave))
    assert tags(hands)[0] == "1 LIMIT 1.06216"
    hands.ticket.fit()
    assert "▼" not in "".join(row.market for row in ladder.frame.rows)


def test_a_stop_limit_gets_its_limit_beyond_its_stop_once(hands: Hands) -> None:
    hands.stage()
    hands.ticket.change_stop_kind()
    assert (hands.text("type_2"), hands.text("price_2")) == ("STOP_LIMIT", "1.08636")
    hands.type("price_2", "1.0870")
    assert hands.text("price_2") == "1.0870"
    editor = hands.ticket.fields.rows["price_2"].editor
    assert isinstance(editor, QLineEdit)
    editor.clear()
    hands.frame()
    assert hands.text("price_2") == ""
    hands.ticket.change_stop_kind()
    assert hands.text("type_2") == "STOP"


def test_pairs_begin_as_the_legs_lie_once_that_is_wanted(hands: Hands) -> None:
    hands.stage()
    hands.type("price_1", "a-31p")
    hands.ticket.keep_distances()
    assert "limit 31 p, stop 20 p off the ask or bid" in hands.ticket.notice.words.text()
    hands.stage(Side.SELL)
    assert (hands.text("price_1"), hands.text("stop_price_2")) == ("1.08722", "1.08212")


def test_a_workspace_keeps_how_pairs_begin_and_never_a_pair(hands: Hands) -> None:
    hands.stage()
    hands.type("price_1", "a-31p")
    hands.type("quantity", "20k")
    hands.ticket.keep_distances()
    kept = hands.ticket.state()
    hands.ticket.restore({"distances": {"limit": "1e999", "stop": "NaN", "beyond": "-1"}, "texts": {"side": "Buy"}})
    assert hands.ticket.state() == kept
    assert hands.text("side") == "" and tags(hands) == []
    hands.ticket.restore({"distances": {"limit": "5"}, "texts": {"quantity": "7k", "type_2": "STOP_LIMIT"}})
    hands.stage()
    assert (hands.text("price_1"), hands.text("quantity"), hands.text("type_2")) == ("1.08366", "7k", "STOP_LIMIT")


def test_what_a_workspace_kept_waits_for_a_currency_pair_and_keys_go_to_the_search_till_then(qtbot: object) -> None:
    exhibit = Exhibit()
    ticket = make_oco_ticket(exhibit, DARK)
    show(qtbot, ticket, 480, 860)
    ticket.restore({"texts": {"quantity": "7k"}})
    ticket.setFocus()
    assert ticket.search.line.hasFocus()
    quoted(exhibit)
    exhibit.beat()
    assert ticket.fields.texts()["quantity"] == "7k"
    ticket.setFocus()
    assert ticket.ladder.hasFocus()


def test_quantity_and_terms_by_keys(hands: Hands) -> None:
    hands.ticket.nudge_quantity(10)
    assert hands.text("quantity") == "60000"
    hands.ticket.nudge_quantity(-1_000)
    assert hands.text("quantity") == "1000"
    hands.ticket.cycle_terms()
    assert hands.text("time_in_force") == "FOK"


def test_a_quantity_that_can_not_be_read_is_not_made_another_by_a_key(hands: Hands) -> None:
    hands.type("quantity", "1.500")
    hands.ticket.nudge_quantity(1)
    assert hands.text("quantity") == "1.500" and "may mean 1500 or 1.5" in hands.refused.pop()


# Stale, or no quotes


@pytest.mark.parametrize("freshness", [Freshness.STALE, Freshness.UNSYNCHRONISED, Freshness.RESYNCHRONISING])
def test_nothing_is_placed_by_a_quote_that_is_not_live(hands: Hands, freshness: Freshness) -> None:
    hands.exhibit.channel(Feed.QUOTES, freshness, "no quote for 30 s", FX)
    hands.frame()
    row = hands.row_of("1.08250")
    for act in (lambda: hands.stage(), lambda: hands.click(row), lambda: hands.ticket.nudge_price(1)):
        act()
        assert hands.refused.pop().startswith("Nothing is placed: ")
    assert tags(hands) == [] and hands.text("price_1") == ""
    assert not hands.ticket.ladder.frame.live
    hands.enter()
    assert hands.asked == []


def test_without_quotes_prices_are_typed_in_full(hands: Hands) -> None:
    hands.exhibit.channel(Feed.QUOTES, Freshness.STALE, "no quote for 30 s", FX)
    hands.ticket.fields.rows["side"].editor.set_text("Buy")
    hands.type("price_1", "1.08216")
    hands.type("stop_price_2", "+20p")
    hands.enter()
    assert hands.asked == []
    assert "no quote for 30 s" in hands.ticket.fields.rows["stop_price_2"].problem
    hands.type("stop_price_2", "1.08616")
    hands.enter()
    assert hands.asked == [pair()]
