"""Sending a pair: questions are read before they are confirmed, nothing leaves by itself, one result for both legs."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton

from app.gallery.market import FX, Exhibit
from app.gallery.oco_scenes import PAIR, answer, broken, make_oco_ticket, sent_pair, working
from protocols.market.events import Feed, Freshness
from protocols.market.pairs import PairState
from protocols.market.values import Side
from tests.widgets.desk import DARK, LIGHT, press, show
from tests.widgets.oco.hands import Hands, pair, tags
from tests.widgets.oco.test_placing import BAD
from widgets.oco.question import TO_READ
from widgets.ticket import Finding, Level

K, SHIFT = Qt.Key, Qt.KeyboardModifier.ShiftModifier
FAR = Finding("price_1", Level.WARN, "Price is far from the market")
ODD = Finding("", Level.WARN, "Pair: both legs are above the market")


def test_a_question_is_read_before_the_same_key_confirms_it(hands: Hands) -> None:
    hands.stage()
    hands.enter()
    hands.ticket.show_findings([FAR, ODD])
    assert hands.ticket.foot.general.text().count("▲") == 2
    assert hands.ticket.foot.send.text().startswith("Confirm all 2 points: Buy")
    assert hands.ticket.fields.rows["price_1"].problem == FAR.words
    hands.frame()
    hands.frame(TO_READ - 0.1)
    hands.enter()
    assert len(hands.asked) == 1
    assert "came up just now" in hands.refused.pop()
    hands.frame(0.2)
    hands.enter()
    assert hands.asked == [pair(), pair()]


def test_a_question_that_an_edit_or_esc_took_away_is_asked_again_for_the_same_pair(hands: Hands) -> None:
    hands.stage()
    hands.enter()
    for take_away in (lambda: hands.type("price_1", "1.08216"), lambda: hands.ticket.drop()):
        hands.ticket.show_findings([ODD])
        hands.read()
        take_away()
        assert hands.ticket.question == ()
        hands.read()
        hands.enter()
        assert hands.ticket.question == (ODD,)
    assert len(hands.asked) == 1
    hands.read()
    hands.enter()
    assert hands.asked == [pair(), pair()]


def test_what_blocks_meanwhile_does_not_answer_a_question(hands: Hands) -> None:
    """Asked about, denied while disarmed, armed: the question has to be read again."""
    hands.stage()
    hands.enter()
    hands.ticket.show_findings([ODD])
    hands.read()
    hands.enter()
    hands.ticket.show_findings([Finding("", Level.BLOCK, "the desk is disarmed")])
    hands.read()
    hands.enter()
    assert hands.ticket.question == (ODD,)
    hands.enter()
    assert len(hands.asked) == 2
    hands.read()
    hands.enter()
    assert len(hands.asked) == 3


def test_what_blocks_is_at_its_field_and_an_edit_takes_it_away(hands: Hands) -> None:
    hands.stage()
    hands.enter()
    hands.ticket.show_findings([Finding("quantity", Level.BLOCK, "Quantity is above the limit"), ODD])
    assert hands.ticket.fields.rows["quantity"].problem == "Quantity is above the limit"
    assert hands.ticket.fields.rows["quantity"].entry.hasFocus()
    assert not hands.ticket.foot.send.text().startswith("Confirm")
    hands.type("quantity", "10k")
    assert hands.ticket.fields.rows["quantity"].problem == ""


def test_unusual_pairs_are_named_while_they_are_typed(hands: Hands) -> None:
    hands.stage()
    hands.type("price_1", "+30p")
    assert hands.ticket.foot.general.text().splitlines() == [
        "▲ Leg 1, LIMIT 1.08716, would trade at once",
        "▲ Pair: both legs are above the market",
        "It will have to be confirmed",
    ]
    hands.type("price_1", "-30p")
    assert hands.ticket.foot.general.isHidden()


def test_legs_that_nobody_can_have_seen_are_not_sent(hands: Hands) -> None:
    hands.ticket.stage(Side.BUY)
    hands.enter()
    assert hands.asked == []
    assert "not on the screen yet" in hands.refused.pop()
    hands.frame()
    hands.enter()
    assert hands.asked == [pair()]


def test_a_pair_that_was_out_of_sight_is_seen_again_before_it_is_sent(hands: Hands) -> None:
    """Chosen by name in the palette, which brings the ticket to the front."""
    hands.stage()
    hands.ticket.hide()
    hands.ticket.show()
    hands.ticket.submit()
    assert hands.asked == []
    hands.ticket.ladder.grab()
    hands.ticket.submit()
    assert hands.asked == [pair()]


def test_a_pair_is_not_sent_while_one_of_its_legs_is_in_hand(hands: Hands) -> None:
    """The eye is on the price under the mouse, and what would go is the one that was left."""
    hands.stage()
    ladder, left = hands.ticket.ladder, Qt.MouseButton.LeftButton
    start, end = hands.at(ladder.frame.tags[1].row, 40), hands.at(hands.row_of("1.08500"), 40)
    QTest.mousePress(ladder, left, pos=start)
    QTest.mouseMove(ladder, end)
    QTest.mouseMove(ladder, end)
    hands.frame()
    hands.enter()
    assert hands.asked == [] and "in hand" in hands.refused.pop()
    QTest.mouseRelease(ladder, left, pos=end)
    hands.frame()
    hands.enter()
    assert hands.asked == [pair(high="1.08500")]


def test_problems_are_shown_at_once_when_it_is_to_be_sent(hands: Hands) -> None:
    hands.enter()
    problems = {name for name, row in hands.ticket.fields.rows.items() if row.problem}
    assert problems == {"side", "price_1", "stop_price_2"}
    assert hands.asked == []


def test_bad_input_sends_nothing_and_is_refused_at_its_field_in_the_ticket(hands: Hands) -> None:
    hands.stage()
    for name, text in BAD:
        row = hands.ticket.fields.rows[name]
        good = row.editor.text()
        row.editor.set_text(text)
        hands.ticket.ladder.grab()
        hands.enter()
        assert row.problem, (name, text[:20])
        row.editor.set_text(good)
    assert hands.asked == []
    hands.stage()
    hands.enter()
    assert hands.asked == [pair()]


def test_another_currency_pair_drops_both_legs(hands: Hands) -> None:
    hands.stage()
    hands.type("quantity", "20k")
    hands.ticket.begin_search()
    press(hands.ticket, "eurj")
    press(hands.ticket, K.Key_Return)
    hands.frame()
    assert hands.exhibit.group.contract is not None
    assert hands.exhibit.group.contract.contract_id == "EURJPY"
    assert tags(hands) == [] and hands.text("side") == "" and hands.text("quantity") == "20k"
    assert hands.ticket.notice.why == "Another pair: both legs were dropped"
    assert hands.ticket.ladder.hasFocus() and hands.asked == []
    hands.stage()
    assert tags(hands) == ["1 LIMIT 161.915", "2 STOP 162.315"]


def test_a_power_contract_takes_no_pairs(hands: Hands) -> None:
    hands.exhibit.fill()
    hands.frame()
    hands.ticket.stage(Side.BUY)
    assert "is no currency pair" in hands.refused[-1]
    hands.enter()
    assert hands.asked == []


def test_for_a_power_contract_it_says_that_pairs_are_of_currencies_and_offers_the_one_that_was_there(
    hands: Hands,
) -> None:
    hands.stage()
    euro = hands.exhibit.group.contract
    hands.exhibit.fill()
    power = hands.exhibit.group.contract
    hands.frame()
    ticket, offer = hands.ticket, hands.ticket.offer
    assert not ticket.header.isVisible(), "its prices are of nothing that is placed here"
    assert offer.title.whole_text == "No pair of orders for 14Q4 DE-AMPRION"
    assert "for currency pairs only. Link group 1 shows power" in offer.words.text()
    assert ticket.notice.words.text() == "No currency pair: both legs were dropped"
    assert offer.take.text() == "Show EURUSD" and "its ladder" in offer.take.toolTip()
    assert hands.exhibit.group.contract == power, "it goes nowhere by itself"
    offer.take.setFocus()
    press(ticket, K.Key_Return)
    hands.frame()
    assert hands.exhibit.group.contract == euro and hands.asked == []
    assert ticket.header.isVisible() and not offer.isVisible() and ticket.ladder.hasFocus()
    assert tags(hands) == [], "what was dropped is not brought back"


def test_without_a_contract_the_first_pair_that_is_quoted_live_is_offered(qtbot: object) -> None:
    exhibit = Exhibit()
    ticket = make_oco_ticket(exhibit, DARK)
    show(qtbot, ticket, 480, 860)
    exhibit.beat()
    assert ticket.offer.title.whole_text == "No currency pair is chosen"
    assert ticket.offer.words.text().endswith("No currency pair is listed here yet")
    assert not ticket.offer.take.isVisible()
    exhibit.pair("USDJPY")
    exhibit.quote("EURJPY", "162.104", "162.115")
    exhibit.quote("EURUSD", "1.08412", "1.08416")
    exhibit.beat()
    assert ticket.offer.take.isVisible() and ticket.offer.take.text() == "Show EURJPY"


def test_esc_empties_all_but_the_quantity(hands: Hands) -> None:
    hands.stage()
    hands.type("quantity", "20k")
    assert hands.ticket.can_drop
    press(hands.ticket, K.Key_Escape)
    assert not hands.ticket.can_drop
    assert (hands.text("side"), hands.text("price_1"), hands.text("quantity")) == ("", "", "20k")
    assert hands.ticket.ladder.hasFocus()


# What became of it


def test_a_pair_that_is_sent_empties_the_ticket_and_has_one_result(hands: Hands) -> None:
    hands.stage()
    hands.enter()
    sent_pair(hands.exhibit)
    hands.ticket.taken(("EPEX M7", PAIR))
    hands.enter()
    assert hands.asked == [pair()] and hands.text("side") == ""
    hands.frame()
    assert "sent; the venue has not answered yet" in hands.ticket.outcome.headline.text()
    for leg in (1, 2):
        answer(hands.exhibit, leg)
    hands.frame()
    assert hands.ticket.outcome.headline.text().endswith("both legs working")
    assert hands.ticket.outcome.cancel.isHidden()
    hands.exhibit.channel(Feed.OWN_ORDERS, Freshness.STALE, "the link is down", FX)
    hands.frame()
    words = hands.ticket.outcome.headline.text()
    assert words.startswith("▲ ") and words.endswith("both legs working · orders stale: the link is down")


def test_a_broken_pair_says_which_leg_lives_and_offers_its_cancel(hands: Hands) -> None:
    broken(hands.exhibit)
    hands.frame()
    outcome = hands.ticket.outcome
    assert outcome.pair is not None and outcome.pair.result.state is PairState.BROKEN
    assert outcome.headline.text().startswith("▲ Buy 50\N{NO-BREAK SPACE}000 EUR EURUSD: broken: leg 2 (STOP) rejected")
    assert outcome.cancel.text() == "Cancel leg 1"
    QTest.mouseClick(outcome.cancel, Qt.MouseButton.LeftButton)
    hands.ticket.cancel_survivor()
    assert [[order.client_id for order in orders] for orders in hands.cancelled] == [[f"{PAIR}.1"]] * 2


def test_nothing_is_cancelled_where_no_leg_lives_alone(hands: Hands) -> None:
    working(hands.exhibit)
    hands.frame()
    hands.ticket.cancel_survivor()
    assert hands.cancelled == [] and hands.refused[-1].startswith("Nothing to cancel")


def test_every_control_has_a_name_and_a_tip_in_both_themes(hands: Hands) -> None:
    ticket = hands.ticket
    broken(hands.exhibit)
    ticket.set_theme(LIGHT)
    ticket.set_compact(True)
    hands.frame()
    controls = [ticket.ladder, *ticket.findChildren(QPushButton), *ticket.findChildren(QLineEdit)]
    assert not [each for each in controls if not each.accessibleName()]
    assert not [
        each
        for each in (ticket.ladder, ticket.notice.keep, ticket.foot.send, ticket.foot.clear, ticket.outcome.cancel)
        if not each.toolTip()
    ]
    assert ticket.ladder.accessibleDescription()
