"""The order ticket: drawn from a form, refused at the field, confirmed in place, and never sending by itself."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit

from protocols.market import forms
from protocols.market.commands import PlaceOrder, PowerTerms
from protocols.market.events import ClockCompared, Feed, Freshness
from protocols.market.forms import Choice, Field, FieldKind, OrderForm
from protocols.market.power_forms import to_command
from protocols.market.times import HOUR, MINUTE, SECOND, UtcNs
from protocols.market.values import Side
from tests.widgets.desk import DARK, LIGHT, M7, NOON, Desk, click, form_of, press, price, quantity, show
from widgets.ticket import Finding, Level, OrderTicket
from widgets.ticket.editors import ChoiceEditor, LineEditor, SegmentEditor
from widgets.ticket.widget import TO_READ

A = "DE-AMPRION"
HIGH = Finding("price", Level.WARN, "Price is far above the market")
LONG = Finding("", Level.WARN, "The position would be 62 MW")
CLOSED = Finding("quantity", Level.BLOCK, "Quantity is above the limit")


class TicketDesk(Desk):
    def __init__(self) -> None:
        super().__init__(A)
        self.one = self.contract(A, "15Q4", UtcNs(NOON + 3 * HOUR))
        self.other = self.contract(A, "16Q1", UtcNs(NOON + 4 * HOUR))
        self.group.choose(self.one)
        self.submitted: list[PlaceOrder] = []
        self.staged: list[PlaceOrder] = []


@pytest.fixture
def desk() -> TicketDesk:
    return TicketDesk()


@pytest.fixture
def ticket(qtbot, desk: TicketDesk) -> OrderTicket:
    ticket = OrderTicket(*desk.parts, form_of)
    ticket.submit_requested.connect(desk.submitted.append)
    ticket.stage_requested.connect(desk.staged.append)
    show(qtbot, ticket, 380, 600)
    desk.beat()
    focus(ticket, "side")
    return ticket


def focus(ticket: OrderTicket, name: str) -> None:
    ticket.rows[name].entry.setFocus()


def line(ticket: OrderTicket, name: str) -> QLineEdit:
    editor = ticket.rows[name].editor
    assert isinstance(editor, QLineEdit)
    return editor


def type_in(ticket: OrderTicket, name: str, text: str) -> None:
    focus(ticket, name)
    line(ticket, name).selectAll()
    press(ticket, text)


def buy(desk: TicketDesk, much: str = "10", at: str = "38.40") -> PlaceOrder:
    return PlaceOrder(desk.one, Side.BUY, quantity(much), price(at))


def problems(ticket: OrderTicket) -> dict[str, str]:
    return {name: row.problem for name, row in ticket.rows.items() if row.problem}


def test_an_order_by_keys_alone(desk: TicketDesk, ticket: OrderTicket) -> None:
    press(ticket, Qt.Key.Key_Space)
    press(ticket, Qt.Key.Key_Tab)
    press(ticket, "10")
    press(ticket, Qt.Key.Key_Tab)
    press(ticket, "38,4")
    assert ticket.rows["price"].understood == "38.40 EUR/MWh"
    assert ticket.rows["price"].note.text() == "= 38.40 EUR/MWh"
    assert ticket.foot.send.text() == "Buy 10.0 MW @ 38.40"
    press(ticket, Qt.Key.Key_Return)
    assert desk.submitted == [buy(desk)]
    assert desk.staged == []


def test_tab_goes_through_every_field_and_button_in_the_order_of_the_form(ticket: OrderTicket) -> None:
    seen = []
    for _ in range(20):
        seen.append(QApplication.focusWidget())
        press(ticket, Qt.Key.Key_Tab)
        if QApplication.focusWidget() in seen:
            break
    shown = [row for row in ticket.rows.values() if row.editor.isVisible() and row.editor.isEnabled()]
    entries = [row.entry for row in shown]
    assert [widget for widget in seen if widget in entries] == entries
    assert seen[-3:] == [ticket.foot.send, ticket.foot.stage, ticket.foot.clear]


def test_defaults_are_shown_and_sent(desk: TicketDesk, ticket: OrderTicket) -> None:
    assert ticket.texts()["restriction"] == "None"
    assert ticket.texts()["validity"] == "GoodForSession"
    assert ticket.texts()["active"] == "yes"
    assert ticket.texts()["side"] == "", "a side is never assumed"
    ticket.fill(buy(desk))
    ticket.submit()
    assert desk.submitted[0].terms == PowerTerms("None", "GoodForSession")


def test_refusals_stand_at_their_fields_and_the_focus_jumps_to_the_first(desk: TicketDesk, ticket: OrderTicket) -> None:
    press(ticket, Qt.Key.Key_Space)
    type_in(ticket, "price", "38.4050")
    press(ticket, Qt.Key.Key_Return)
    assert desk.submitted == []
    assert problems(ticket) == {
        "quantity": "Quantity is missing",
        "price": "Price: 38.405 is not a multiple of the tick, 0.01",
    }
    assert line(ticket, "quantity").hasFocus()
    assert line(ticket, "quantity").accessibleDescription() == "Quantity is missing"
    press(ticket, "5")
    assert list(problems(ticket)) == ["price"], "it goes as soon as it is put right"


def test_a_field_says_what_is_wrong_when_it_is_left_and_not_while_it_is_typed(ticket: OrderTicket) -> None:
    type_in(ticket, "quantity", "1.234,5")
    assert problems(ticket) == {}
    assert ticket.rows["quantity"].understood == ""
    press(ticket, Qt.Key.Key_Tab)
    assert "group separator" in problems(ticket)["quantity"]


def test_arrows_step_by_tick_and_step(ticket: OrderTicket) -> None:
    shift = Qt.KeyboardModifier.ShiftModifier
    focus(ticket, "price")
    press(ticket, Qt.Key.Key_Up)
    assert line(ticket, "price").text() == "", "from nothing there is nowhere to step"
    type_in(ticket, "price", "0,005")
    press(ticket, Qt.Key.Key_Up)
    assert line(ticket, "price").text() == "0.01"
    press(ticket, Qt.Key.Key_Down, shift)
    assert line(ticket, "price").text() == "-0.09"
    type_in(ticket, "quantity", "0.3")
    press(ticket, Qt.Key.Key_Down, shift)
    assert line(ticket, "quantity").text() == "0.3", "never to nothing or below"
    press(ticket, Qt.Key.Key_Up)
    assert line(ticket, "quantity").text() == "0.4"


def test_a_date_is_there_with_its_validity_only(desk: TicketDesk, ticket: OrderTicket) -> None:
    ticket.fill(buy(desk))
    row = ticket.rows["validity_until"]
    assert not row.editor.isVisible()
    validity = ticket.rows["validity"].editor
    assert isinstance(validity, SegmentEditor)
    click(validity.buttons[1], validity.buttons[1].rect().center())
    assert row.editor.isVisible()
    press(ticket, Qt.Key.Key_Return)
    assert problems(ticket) == {"validity_until": "Valid until is missing"}
    press(ticket, "15:45")
    assert row.words.text() == "= Sat 2026-11-21 15:45 CET"
    press(ticket, Qt.Key.Key_Return)
    assert desk.submitted[-1].terms.validity_until == NOON + 225 * MINUTE
    click(validity.buttons[0], validity.buttons[0].rect().center())
    assert not row.editor.isVisible()
    ticket.submit()
    assert desk.submitted[-1].terms.validity_until is None


def test_a_delta_without_an_iceberg_is_refused_and_not_left_out(desk: TicketDesk, ticket: OrderTicket) -> None:
    ticket.fill(buy(desk))
    assert not line(ticket, "price_delta").isEnabled()
    type_in(ticket, "display_quantity", "2")
    assert line(ticket, "price_delta").isEnabled()
    type_in(ticket, "price_delta", "-0.5")
    type_in(ticket, "display_quantity", "")
    line(ticket, "display_quantity").clear()
    press(ticket, Qt.Key.Key_Return)
    assert desk.submitted == []
    assert problems(ticket) == {"price_delta": "Price delta goes with iceberg shows only"}


def test_escape_clears_and_control_enter_stages(desk: TicketDesk, ticket: OrderTicket) -> None:
    ticket.fill(buy(desk))
    focus(ticket, "price")
    press(ticket, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert (desk.staged, desk.submitted) == ([buy(desk)], [])
    press(ticket, Qt.Key.Key_Escape)
    assert ticket.form is not None and ticket.texts() == ticket.form.defaults()
    assert ticket.rows["side"].entry.hasFocus()
    assert problems(ticket) == {}


def test_enter_on_a_button_presses_that_button(desk: TicketDesk, ticket: OrderTicket) -> None:
    ticket.fill(buy(desk))
    ticket.foot.clear.setFocus()
    press(ticket, Qt.Key.Key_Return)
    assert desk.submitted == [] and line(ticket, "price").text() == ""
    ticket.fill(buy(desk))
    ticket.foot.stage.setFocus()
    press(ticket, Qt.Key.Key_Return)
    assert (desk.submitted, desk.staged) == ([], [buy(desk)])


def test_one_order_is_asked_for_once(desk: TicketDesk, ticket: OrderTicket) -> None:
    ticket.fill(buy(desk))
    focus(ticket, "price")
    press(ticket, Qt.Key.Key_Return)
    press(ticket, Qt.Key.Key_Return)
    assert len(desk.submitted) == 1
    ticket.taken("Sent: buy 10.0 MW @ 38.40")
    assert line(ticket, "price").text() == ""
    assert ticket.header.note.text() == "Sent: buy 10.0 MW @ 38.40"
    press(ticket, Qt.Key.Key_Return)
    assert len(desk.submitted) == 1


def test_an_answer_that_comes_late_leaves_the_next_order_alone(desk: TicketDesk, ticket: OrderTicket) -> None:
    ticket.fill(buy(desk))
    ticket.submit()
    type_in(ticket, "price", "39")
    ticket.taken("Sent")
    assert line(ticket, "price").text() == "39"


def test_a_warning_is_confirmed_by_a_second_enter_that_comes_after_it_could_be_read(
    desk: TicketDesk, ticket: OrderTicket
) -> None:
    ticket.fill(buy(desk))
    focus(ticket, "price")
    press(ticket, Qt.Key.Key_Return)
    assert ticket.confirmed == ()
    ticket.show_findings([HIGH, LONG])
    assert problems(ticket) == {"price": HIGH.words}
    assert ticket.foot.general.text() == f"▲ {LONG.words}"
    assert ticket.foot.anyway.isVisible()
    assert ticket.foot.send.text() == "Buy 10.0 MW @ 38.40 anyway"
    press(ticket, Qt.Key.Key_Return)
    assert len(desk.submitted) == 1, "a double press has read nothing"
    desk.beat(TO_READ)
    press(ticket, Qt.Key.Key_Return)
    assert desk.submitted == [buy(desk), buy(desk)]
    assert ticket.confirmed == (HIGH, LONG)


def test_a_warning_is_confirmed_by_its_box(desk: TicketDesk, ticket: OrderTicket) -> None:
    ticket.fill(buy(desk))
    ticket.submit()
    ticket.show_findings([HIGH])
    click(ticket.foot.anyway, QPoint(8, ticket.foot.anyway.height() // 2))
    assert ticket.foot.anyway.isChecked()
    press(ticket, Qt.Key.Key_Return)
    assert ticket.confirmed == (HIGH,)


def test_an_edit_takes_a_confirmation_away(desk: TicketDesk, ticket: OrderTicket) -> None:
    ticket.fill(buy(desk))
    ticket.submit()
    ticket.show_findings([HIGH])
    desk.beat(1)
    type_in(ticket, "price", "99")
    assert not ticket.foot.anyway.isVisible() and problems(ticket) == {}
    press(ticket, Qt.Key.Key_Return)
    assert desk.submitted[-1].price == price("99") and ticket.confirmed == ()


def test_a_block_can_not_be_confirmed(desk: TicketDesk, ticket: OrderTicket) -> None:
    ticket.fill(buy(desk))
    ticket.submit()
    ticket.show_findings([HIGH, CLOSED])
    assert not ticket.foot.anyway.isVisible()
    assert line(ticket, "quantity").hasFocus()
    press(ticket, Qt.Key.Key_Return)
    assert len(desk.submitted) == 1, "a double press has read nothing"
    desk.beat(1)
    press(ticket, Qt.Key.Key_Return)
    assert len(desk.submitted) == 2 and ticket.confirmed == (), "asked again, to be checked again"


def test_it_follows_the_link_group_and_drops_the_price_saying_so(desk: TicketDesk, ticket: OrderTicket) -> None:
    ticket.fill(buy(desk))
    desk.group.choose(desk.other)
    assert ticket.header.name.whole_text.startswith("16Q1")
    assert (line(ticket, "price").text(), line(ticket, "quantity").text()) == ("", "10.0")
    assert ticket.header.note.text() == "Another contract: the price was dropped"
    desk.group.choose(desk.one)
    assert ticket.header.note.text() == "", "there was no price to drop"


def test_a_ladders_stage_is_taken_over_with_its_contract(desk: TicketDesk, ticket: OrderTicket) -> None:
    ticket.fill(buy(desk))
    terms = PowerTerms("FillOrKill", "GoodUntilDate", UtcNs(NOON + HOUR), quantity("2"), price("0.5"), "wind")
    order = PlaceOrder(desk.other, Side.SELL, quantity("12.5"), price("-4.5"), terms, active=False)
    ticket.fill(order)
    assert desk.group.contract == desk.other
    assert ticket.header.note.text() == ""
    assert ticket.foot.send.text() == "Sell 12.5 MW @ −4.50 hibernated"
    assert not ticket.foot.stage.isEnabled()
    assert "a hibernated order is sent from its ticket" in ticket.foot.stage.toolTip()
    ticket.submit()
    assert desk.submitted == [order]


def test_without_a_contract_or_a_form_nothing_is_sent(qtbot, desk: TicketDesk, ticket: OrderTicket) -> None:
    desk.group.choose(None)
    assert ticket.header.name.whole_text == "No contract is chosen in link group 3"
    assert ticket.rows == {} and not ticket.foot.send.isEnabled()
    ticket.submit()
    assert desk.submitted == [] and ticket.header.note.text() == "Choose a contract first"
    desk.group.choose(desk.one)
    ticket.set_form_source(lambda contract: None)
    ticket.submit()
    assert ticket.header.note.text() == "No orders are placed here for this contract"
    ticket.set_form_source(form_of)
    assert list(ticket.rows)[:3] == ["side", "quantity", "price"]


def test_a_contract_that_is_listed_later_gets_its_form_then(qtbot) -> None:
    desk = Desk(A)
    late = TicketDesk().one
    ticket = OrderTicket(*desk.parts, form_of)
    show(qtbot, ticket)
    desk.group.choose(late)
    assert ticket.rows == {}
    desk.contract(A, "15Q4")
    desk.beat()
    assert "price" in ticket.rows


def test_only_a_live_book_shows_prices(desk: TicketDesk, ticket: OrderTicket) -> None:
    desk.book(desk.one, "38.40", "38.55")
    desk.beat()
    assert (ticket.header.bid.text(), ticket.header.ask.text()) == ("B 38.40", "S 38.55")
    desk.channel(Feed.ORDER_BOOKS, A, Freshness.STALE, "no heartbeat")
    desk.beat()
    assert (ticket.header.bid.text(), ticket.header.ask.text()) == ("B –", "S –")
    assert ticket.header.standing.whole_text == "▲ stale: no heartbeat"


@pytest.mark.parametrize(
    ("state", "phase", "said"),
    [
        ("Active", "Continuous", "● live"),
        ("Active", "Closed", "● live · Closed"),
        ("Hibernated", "Closed", "● live · Hibernated"),
        ("Frozen", "", "● live · Frozen"),
    ],
)
def test_a_live_book_in_which_nothing_trades_is_told_apart(
    desk: TicketDesk, ticket: OrderTicket, state: str, phase: str, said: str
) -> None:
    desk.book(desk.one, "38.40", "38.55")
    desk.state(desk.one, state, phase)
    desk.beat()
    assert ticket.header.standing.whole_text == said


def test_it_is_shaped_by_whatever_form_it_gets(desk: TicketDesk, ticket: OrderTicket) -> None:
    three = tuple(Choice(word, word) for word in ("Gtc", "Day", "Ioc"))
    form = OrderForm(
        "another venue",
        (
            Field(forms.QUANTITY, "Amount", FieldKind.QUANTITY, unit="lots", required=True),
            Field(forms.VALIDITY, "Time in force", FieldKind.CHOICE, three, "Day", required=True),
        ),
        to_command,
    )
    ticket.set_form_source(lambda contract: form)
    assert list(ticket.rows) == [forms.QUANTITY, forms.VALIDITY]
    assert isinstance(ticket.rows[forms.VALIDITY].editor, ChoiceEditor)
    ticket.submit()
    assert problems(ticket) == {forms.QUANTITY: "Amount is missing"}
    line(ticket, forms.QUANTITY).setText("2")
    assert ticket.rows[forms.QUANTITY].note.text() == "= 2.0 lots"


def test_the_wheel_changes_no_choice(ticket: OrderTicket) -> None:
    box = ticket.rows["restriction"].editor
    middle = QPointF(box.rect().center())
    wheel = QWheelEvent(
        middle, QPointF(box.mapToGlobal(middle)), QPoint(0, -120), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(box, wheel)
    assert ticket.texts()["restriction"] == "None"


def test_words_from_elsewhere_are_shown_and_refused_not_replaced(desk: TicketDesk, ticket: OrderTicket) -> None:
    ticket.fill(PlaceOrder(desk.one, Side.BUY, quantity("1"), price("1"), PowerTerms(restriction="Novel")))
    ticket.submit()
    assert desk.submitted == []
    assert "none of its choices" in problems(ticket)["restriction"]


def test_themes_sizes_and_names_for_those_who_do_not_see(desk: TicketDesk, ticket: OrderTicket) -> None:
    ticket.fill(buy(desk))
    tall = line(ticket, "price").height()
    for theme in (LIGHT, DARK):
        ticket.set_theme(theme)
        ticket.grab()
    ticket.set_compact(True)
    QApplication.processEvents()
    assert line(ticket, "price").height() < tall
    assert ticket.texts()["price"] == "38.40"
    for row in ticket.rows.values():
        assert row.entry.accessibleName() or row.entry.accessibleDescription()
        assert isinstance(row.editor, LineEditor) is (
            row.field.kind.value in ("price", "quantity", "text", "date and time")
        )


@pytest.mark.parametrize(
    ("left", "text", "ink"),
    [
        (16 * 60, "closes in 16:00", "text_secondary"),
        (15 * 60, "closes in 15:00", "warning"),
        (4.5, "! closes in 0:05", "danger"),
        (-1, "! closing time passed", "danger"),
    ],
)
def test_the_head_counts_down_to_the_end_of_trading_by_the_venues_clock(
    desk: TicketDesk, ticket: OrderTicket, left: float, text: str, ink: str
) -> None:
    ahead = 3 * SECOND
    desk.market.apply(ClockCompared(M7, ahead, desk.clock.now))
    desk.state(desk.one, end=round(desk.utc + ahead + left * SECOND))
    desk.beat()
    closing = ticket.header.closing
    assert (closing.whole_text, closing._ink) == (text, getattr(DARK, ink))
    desk.channel(Feed.AREA_STATES, A, Freshness.STALE, "gone")
    desk.beat()
    assert (closing.whole_text, closing._ink) == (text.removeprefix("! "), DARK.text_muted)
    desk.state(desk.one, "Inactive", "Closed", desk.utc + SECOND)
    desk.beat()
    assert closing.whole_text == ""
