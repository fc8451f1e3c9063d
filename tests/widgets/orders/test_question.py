"""The question what became of an order in doubt: what it states, what it offers; nothing is decided by chance."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QRadioButton

from protocols.market.commands import CancelOrder
from protocols.market.events import Feed, Freshness
from protocols.market.flex import Place
from protocols.market.flex_events import FlexCandidate, FlexCandidatesChanged
from protocols.market.order_events import OrderDecided, RequestDoubted
from protocols.market.orders import Decision, Order, OrderStatus, VenueState
from protocols.market.times import HOUR, UtcNs
from tests.widgets.desk import DARK, LIGHT, M7, NOON, click, press, show
from tests.widgets.orders.market import OrderDesk
from widgets.orders.doubt_words import CANDIDATES_OFFERED
from widgets.orders.question import DoubtQuestion

K = Qt.Key


class Bench:
    """A desk with one order in doubt, and the question about it on the screen."""

    def __init__(self, qtbot, cancel: bool = False, theme=DARK) -> None:
        self.desk = OrderDesk()
        if cancel:
            client_id = self.desk.working()
            self.intent = self.desk.ask(client_id, CancelOrder(M7, client_id))
        else:
            self.intent = self.desk.place()
        self.doubt("the link was lost")
        self.decided: list[tuple[Order, Decision, str, str, str | None]] = []
        self.asked: list[Order] = []
        self.question = DoubtQuestion(self.order, self.desk.market, self.desk.clock, theme)
        self.question.decided.connect(lambda *what: self.decided.append(what))
        self.question.ask_requested.connect(self.asked.append)
        self.question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        show(qtbot, self.question, 640, 420)

    @property
    def order(self) -> Order:
        found = self.desk.market.blotter.get(M7, self.intent.client_id)
        assert found is not None
        return found

    def doubt(self, reason: str) -> None:
        names = (M7, self.intent.client_id, self.intent.intent_id)
        self.desk.market.apply(RequestDoubted(*names, reason, self.desk.clock.now))

    def offer(self, *venue_ids: str, status: str = "accepted") -> None:
        """The venue shows orders that it may be."""
        place, expiry = Place(("loc1",), "FI"), UtcNs(NOON + HOUR)
        since = self.desk.clock.now
        found = tuple(FlexCandidate(each, status, expiry, place, since, "{}") for each in venue_ids)
        self.desk.market.apply(FlexCandidatesChanged(M7, ((self.intent.client_id, found),)))

    def words(self) -> str:
        """Everything that is written on it."""
        labels = [
            child.accessibleName() for child in self.question.findChildren(object) if hasattr(child, "whole_text")
        ]
        return "\n".join([*labels, *(radio.text() for radio in self.question.radios), self.question.foot.whole_text])

    def click(self, button: QPushButton | QRadioButton) -> None:
        click(button, QPoint(12, button.height() // 2))


def test_it_states_what_is_known_of_a_new_order(qtbot) -> None:
    bench = Bench(qtbot)
    words = bench.words()
    for known in (
        "Order: Buy 15Q4 DE-AMPRION, 10.0 MW at 38.40 EUR/MWh",
        f"Client id: {bench.order.client_id}",
        "Sent: Sat 21 Nov 12:00:00 CET",
        "The venue said: nothing of it yet",
        "In doubt: the link was lost",
        "The order never reached the venue",
        "It is over at the venue",
        "Nothing is sent",
    ):
        assert known in words, known
    assert "not sent" in bench.question.radios[0].accessibleDescription()
    assert "Orders feed" not in words


def test_it_states_what_is_known_of_a_request(qtbot) -> None:
    bench = Bench(qtbot, cancel=True)
    words = bench.words()
    assert "Then asked: cancel, Sat 21 Nov 12:00:00 CET" in words
    assert f"The venue said: active · added by user; 10.0 MW left; id v{bench.order.client_id}, revision 1" in words
    assert "The cancel request never reached the venue" in words
    assert "working" in bench.question.radios[0].accessibleDescription()


def test_a_feed_that_is_not_live_is_said(qtbot) -> None:
    bench = Bench(qtbot)
    bench.desk.channel(Feed.OWN_ORDERS, "DE-AMPRION", Freshness.STALE, "the link is down")
    bench.desk.beat()
    assert "Orders feed: stale: the link is down" in bench.words()


@pytest.mark.parametrize(("number", "decision"), [(0, Decision.NEVER_ARRIVED), (1, Decision.GONE)])
def test_a_decision_is_chosen_and_recorded_with_what_was_known(qtbot, number: int, decision: Decision) -> None:
    bench = Bench(qtbot)
    bench.click(bench.question.radios[number])
    QTest.keyClicks(bench.question.note, "phoned, 14:03")
    shown = bench.order
    bench.click(bench.question.record)
    ((order, decided, note, known, venue_id),) = bench.decided
    assert (order, decided, note, venue_id) == (shown, decision, "phoned, 14:03", None)
    assert "In doubt: the link was lost" in known and "Sent: Sat" in known
    assert not bench.question.isVisible()


def test_nothing_is_chosen_before_somebody_chooses_and_enter_decides_nothing(qtbot) -> None:
    bench = Bench(qtbot)
    assert not any(radio.isChecked() for radio in bench.question.radios)
    assert not bench.question.record.isEnabled()
    assert bench.question.focusWidget() is bench.question.leave
    bench.question.note.setFocus()
    press(bench.question, K.Key_Return)
    bench.click(bench.question.radios[0])
    bench.question.note.setFocus()
    press(bench.question, K.Key_Return)
    assert bench.decided == [] and bench.question.isVisible()
    press(bench.question, K.Key_Escape)
    assert bench.decided == [] and not bench.question.isVisible()


def test_it_can_be_answered_by_the_keyboard_alone(qtbot) -> None:
    bench = Bench(qtbot)
    alt = Qt.KeyboardModifier.AltModifier
    press(bench.question, K.Key_2, alt)
    qtbot.waitUntil(bench.question.radios[1].isChecked)  # Qt shows the button pressed before it clicks it
    press(bench.question, K.Key_A, alt)
    qtbot.waitUntil(lambda: bench.asked == [bench.order])
    press(bench.question, K.Key_R, alt)
    qtbot.waitUntil(lambda: [decided[1] for decided in bench.decided] == [Decision.GONE])


def test_what_becomes_known_meanwhile_is_shown_and_has_to_be_chosen_on_anew(qtbot) -> None:
    bench = Bench(qtbot)
    bench.click(bench.question.radios[0])
    bench.doubt("the link was lost; the venue's list does not have it")
    bench.desk.beat()
    assert "the venue's list does not have it" in bench.words()
    assert not bench.question.record.isEnabled()
    bench.click(bench.question.radios[0])
    bench.click(bench.question.record)
    assert "does not have it" in bench.decided[0][3]
    assert bench.decided[0][0] == bench.order


@pytest.mark.parametrize("how", ["answered", "decided elsewhere", "another doubt"])
def test_once_the_doubt_is_over_nothing_can_be_decided(qtbot, how: str) -> None:
    bench = Bench(qtbot)
    bench.click(bench.question.radios[0])
    order = bench.order
    match how:
        case "answered":
            bench.desk.report(order.client_id)
        case "decided elsewhere":
            names = (M7, order.client_id, order.intent_id)
            bench.desk.market.apply(OrderDecided(*names, Decision.GONE, "by hand", bench.desk.clock.now))
        case "another doubt":
            bench.desk.report(order.client_id)
            bench.intent = bench.desk.ask(order.client_id, CancelOrder(M7, order.client_id))
            bench.doubt("no answer")
    bench.desk.beat()
    assert not bench.question.record.isEnabled()
    press(bench.question, K.Key_R, Qt.KeyboardModifier.AltModifier)
    assert bench.decided == []
    said = {"answered": "working", "decided elsewhere": "closed by hand", "another doubt": "another doubt"}[how]
    assert said in bench.question.foot.whole_text
    bench.click(bench.question.leave)
    assert not bench.question.isVisible()


def test_only_what_may_be_decided_is_offered(qtbot) -> None:
    bench = Bench(qtbot, cancel=True)
    bench.question.close()
    bench.desk.report(bench.order.client_id, state=VenueState.REPLACED, revision=2)
    assert bench.order.status is OrderStatus.IN_DOUBT
    question = DoubtQuestion(bench.order, bench.desk.market, bench.desk.clock, LIGHT)
    qtbot.addWidget(question)
    assert [radio.accessibleName().split(":")[0] for radio in question.radios] == ["It is over at the venue"]


def about(bench: Bench, qtbot) -> DoubtQuestion:
    """A question that is asked now."""
    question = DoubtQuestion(bench.order, bench.desk.market, bench.desk.clock, DARK)
    question.decided.connect(lambda *what: bench.decided.append(what))
    question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    show(qtbot, question, 640, 480)
    bench.question = question
    return question


def test_it_may_be_one_of_the_venues_orders(qtbot) -> None:
    bench = Bench(qtbot)
    bench.offer("o1", "o2")
    question = about(bench, qtbot)
    named = "It is the venue's order o2"
    assert [radio.accessibleName() for radio in question.radios[2:]] == ["It is the venue's order o1", named]
    assert "May be o2: accepted; first told of Sat 21 Nov 12:00:00 CET; expires Sat 21 Nov 13:00" in bench.words()
    assert "FI · loc1" in bench.words()
    press(question, K.Key_4, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(question.radios[3].isChecked)
    bench.click(question.record)
    ((order, decision, _, known, venue_id),) = bench.decided
    assert (order, decision, venue_id) == (bench.order, Decision.NAMED, "o2")
    assert "May be o2: accepted" in known


@pytest.mark.parametrize("how", ["another", "none left", "further on"])
def test_what_it_may_be_changes_under_the_traders_eyes(qtbot, how: str) -> None:
    bench = Bench(qtbot)
    bench.offer("o1")
    question = about(bench, qtbot)
    bench.click(question.radios[2])
    match how:
        case "another":
            bench.offer("o1", "o2")
        case "none left":
            bench.offer()
        case "further on":
            bench.offer("o1", status="filled")
    bench.desk.beat()
    assert not question.record.isEnabled()
    if how == "further on":  # the same order, and more is known of it: to be chosen anew
        assert "May be o1: filled" in bench.words()
        bench.click(question.radios[2])
        bench.click(question.record)
        assert [decided[4] for decided in bench.decided] == ["o1"]
    else:
        assert "look again" in question.foot.whole_text
        assert bench.decided == []


def test_of_very_many_some_are_offered_and_the_others_told_of(qtbot) -> None:
    bench = Bench(qtbot)
    bench.offer(*(f"o{number}" for number in range(CANDIDATES_OFFERED + 3)))
    assert len(about(bench, qtbot).radios) == 2 + CANDIDATES_OFFERED
    assert "3 more of the venue's orders" in bench.words()


def test_what_the_venue_calls_it_is_plain_text(qtbot) -> None:
    bench = Bench(qtbot)
    bench.offer("<b>o&1</b>\n" + 70 * "x")
    radio = about(bench, qtbot).radios[2]
    assert radio.accessibleName().startswith("It is the venue's order <b>o&1</b> xxx")
    assert radio.text().startswith("&3  It is the venue's order <b>o&&1</b> xxx")
    assert radio.text().endswith("…")


def test_an_order_that_the_venue_has_named_is_none_of_the_others(qtbot) -> None:
    bench = Bench(qtbot, cancel=True)
    bench.offer("o1")
    assert all("venue's order" not in radio.accessibleName() for radio in about(bench, qtbot).radios)


def test_every_control_says_what_it_does_and_has_its_place_in_the_tab_order(qtbot) -> None:
    question = Bench(qtbot).question
    controls = [*question.radios, question.note, question.ask, question.record, question.leave]
    assert all(control.toolTip() and control.accessibleName() for control in controls)
    question.radios[0].setFocus()
    question.radios[0].click()
    reached = []
    for _ in range(4):
        press(question, K.Key_Tab)
        reached.append(question.focusWidget())
    assert reached == [question.note, question.ask, question.record, question.leave]
