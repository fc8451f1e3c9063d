"""What an order for flexibility has beside its fields, and the editor of its baseline."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.gallery.flex_scenes import make_flex_ticket
from protocols.eznergy.rules import Limits
from protocols.eznergy.rules import order_form as eznergy_form
from protocols.glocalflex.rules import order_form as glocalflex_form
from protocols.market import flex_form, forms
from protocols.market.baseline_text import METERING_ID, READING_END, TABLE, UNIT, check_baseline
from protocols.market.commands import Command, FlexTerms, PlaceOrder
from protocols.market.flex import Baseline, Place
from protocols.market.forms import OrderForm
from protocols.market.instruments import FlexMarket, FlexWindow, Instrument, PowerContract
from protocols.market.times import MINUTE, UtcNs, utc_text
from protocols.market.values import SCALE, Price, Quantity, Side, plain_text
from tests.widgets.desk import DARK, press, price, quantity, show
from tests.widgets.flex.flex_desk import PLACES, WINDOWS, FlexDesk
from widgets.delivery import CONTINENT
from widgets.flex.baseline_editor import BaselineEditor, baseline_words
from widgets.flex.ticket_section import FlexTicketSection
from widgets.ticket import OrderTicket

K = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
WINDOW = WINDOWS[1]
QUARTERS = [utc_text(UtcNs(WINDOW.start + step * 15 * MINUTE)) for step in range(4)]
ROWS = "\n".join(f"{at}\t{value}" for at, value in zip(QUARTERS, ("1.5", "1.25", "0", "-2.125"), strict=True))


def baseline() -> Baseline:
    made = check_baseline({METERING_ID: "m-1", TABLE: ROWS}, WINDOW.start).baseline
    assert made is not None
    return made


@pytest.fixture
def ticket(qtbot, desk: FlexDesk) -> OrderTicket:
    ticket = make_flex_ticket(desk.exhibit, DARK)
    show(qtbot, ticket, 420, 640)
    desk.look_at(1)
    return ticket


def section_of(ticket: OrderTicket) -> FlexTicketSection:
    section = ticket.findChild(FlexTicketSection)
    assert isinstance(section, FlexTicketSection)
    return section


def write(ticket: OrderTicket, **texts: str) -> None:
    for name, text in texts.items():
        ticket.rows[name].editor.set_text(text)


def asked(ticket: OrderTicket) -> list[Command]:
    orders: list[Command] = []
    ticket.submit_requested.connect(orders.append)
    ticket.submit()
    return orders


def test_a_window_brings_its_times_and_the_latest_expiry(ticket: OrderTicket) -> None:
    texts = ticket.texts()
    assert texts[flex_form.DELIVERY_START] == "2026-11-21 13:00 UTC"
    assert texts[flex_form.EXPIRY] == "2026-11-21 12:45 UTC"
    assert section_of(ticket).end.text() == (
        "This venue takes no order back: it ends when filled, or in 1:44:59, at 13:45 CET."
    )


def test_it_is_not_staged_and_the_button_says_so_beforehand(ticket: OrderTicket) -> None:
    stage = ticket.foot.stage
    assert not stage.isEnabled()
    assert "it is made in its ticket" in stage.toolTip() and "it is made in its ticket" in stage.accessibleDescription()
    ticket.stage()
    assert ticket.header.note.text().startswith("Not staged: An order for flexibility")


def test_the_end_counts_down_and_turns_amber(desk: FlexDesk, ticket: OrderTicket) -> None:
    write(ticket, expiry="12:14:59")
    assert "in 14:58" in section_of(ticket).end.text()
    assert section_of(ticket).end._ink == "warning"
    desk.beat(60.0)
    assert "in 13:58" in section_of(ticket).end.text()


def test_a_sell_without_a_baseline_says_that_it_waits_for_one_and_a_buy_needs_none(ticket: OrderTicket) -> None:
    section = section_of(ticket)
    write(ticket, side="Buy")
    assert not section.edit.isVisible()
    write(ticket, side="Sell")
    assert "waits for its baseline" in section.words.text()
    assert section.edit.isVisible()
    section.set_baseline(baseline())
    assert section.words.text() == "4 readings in kWh, 14:00–15:00"
    write(ticket, side="Buy")
    assert section.words.text() == "■ a buy order has none"


def test_the_order_has_the_baseline_to_the_last_digit(ticket: OrderTicket) -> None:
    write(ticket, side="Sell", quantity="4500", price="0.215", location="Hamburg-Altona, x", country="DE")
    section_of(ticket).set_baseline(baseline())
    (order,) = asked(ticket)
    assert isinstance(order, PlaceOrder)
    assert isinstance(order.terms, FlexTerms)
    assert order.terms.baseline == baseline()
    assert [plain_text(reading.value) for reading in order.terms.baseline.readings] == ["1.5", "1.25", "0", "-2.125"]
    assert order.terms.place == Place(("Hamburg-Altona", "x"), "DE")
    assert order.terms.delivery == WINDOW


def test_another_window_drops_the_baseline_and_says_so_clearing_does_not(desk: FlexDesk, ticket: OrderTicket) -> None:
    section = section_of(ticket)
    write(ticket, side="Sell")
    section.set_baseline(baseline())
    desk.look_at(2)
    assert section.baseline is None
    assert "it was made for another window" in section.words.text()
    section.set_baseline(baseline())
    ticket.clear()
    assert section.baseline is None
    write(ticket, side="Sell")
    assert "waits for its baseline" in section.words.text()


def test_a_quantity_is_not_taken_along_to_another_unit(desk: FlexDesk, qtbot) -> None:
    exhibit = desk.exhibit
    limits = Limits(Price(-9_999 * SCALE), Price(9_999 * SCALE), Quantity(999 * SCALE))

    def form_of(instrument: Instrument) -> OrderForm | None:
        if isinstance(instrument, PowerContract):
            return eznergy_form(instrument, limits)
        return glocalflex_form(instrument) if isinstance(instrument, FlexMarket | FlexWindow) else None

    ticket = OrderTicket(exhibit.market, exhibit.clock, exhibit.group, DARK, form_of)
    show(qtbot, ticket, 420, 640)
    desk.look_at(1)
    write(ticket, side="Sell", quantity="7", price="0.2")
    exhibit.fill()
    exhibit.relist("m7")
    exhibit.group.choose(exhibit.key)
    assert (ticket.texts()["side"], ticket.texts()["quantity"]) == ("Sell", "")
    assert ticket.header.note.text() == "Another contract: the price and the quantity were dropped"
    write(ticket, quantity="7")
    desk.look_at(1)
    assert ticket.texts()["quantity"] == ""
    assert ticket.header.note.text() == "Another contract: the quantity was dropped"
    desk.look_at(2)
    assert ticket.header.note.text() == ""


def test_power_is_typed_in_thousands_where_there_are_many(desk: FlexDesk, ticket: OrderTicket) -> None:
    write(ticket, side="Buy", quantity="250k", price="0.2")
    (order,) = asked(ticket)
    assert isinstance(order, PlaceOrder)
    assert plain_text(order.quantity) == "250000"


@pytest.mark.parametrize("begun", [None, 1])
def test_another_window_brings_its_own_times_whatever_was_typed(
    desk: FlexDesk, ticket: OrderTicket, begun: int | None
) -> None:
    desk.look_at(begun)
    write(ticket, side="Buy", quantity="100", location="x", price="0.2")
    write(ticket, delivery_start="13:05 UTC", delivery_end="15:30 UTC", expiry="12:30 UTC")
    desk.look_at(3)
    assert "the times were dropped" in ticket.header.note.text()
    write(ticket, price="0.2")
    (order,) = asked(ticket)
    assert isinstance(order, PlaceOrder)
    assert isinstance(order.terms, FlexTerms)
    assert order.key == desk.group.contract
    assert order.terms.delivery == WINDOWS[3]
    assert order.terms.expiry == WINDOWS[3].start - 15 * MINUTE
    assert order.terms.place.location_ids == ("x",), "the place is no matter of the window"


def test_a_changed_baseline_is_another_order(ticket: OrderTicket) -> None:
    write(ticket, side="Sell", quantity="4500", price="0.215")
    first = asked(ticket)
    ticket.submit()
    assert len(first) == 1, "the same order is asked for once"
    section_of(ticket).set_baseline(baseline())
    ticket.submit()
    assert len(first) == 2


def test_a_place_of_the_book_goes_into_location_and_country(ticket: OrderTicket) -> None:
    section = section_of(ticket)
    taken: list[Place] = []
    section.place_chosen.connect(taken.append)
    section.places.setFocus()
    press(ticket, "DE  Aachen")
    assert taken[-1] == Place(PLACES[1].location_ids, "DE")
    assert section.places.value is None, "it is a way in, not a choice that stays"


def test_what_is_aimed_at_on_the_ladder_leaves_the_rest_of_the_ticket_as_it_is(ticket: OrderTicket) -> None:
    write(ticket, location="Hamburg-Altona", country="DE")
    section_of(ticket).set_baseline(baseline())
    ticket.begin({forms.SIDE: "Sell", forms.PRICE: "0.215"})
    texts = ticket.texts()
    assert (texts[forms.SIDE], texts[forms.PRICE], texts[flex_form.LOCATION]) == ("Sell", "0.215", "Hamburg-Altona")
    assert section_of(ticket).baseline == baseline()
    assert QApplication.focusWidget() is ticket.rows[forms.QUANTITY].entry
    press(ticket, "4500")
    (order,) = asked(ticket)
    assert isinstance(order, PlaceOrder)
    assert (order.side, order.quantity) == (Side.SELL, quantity("4500"))


def test_a_filled_ticket_shows_the_order_as_it_is(ticket: OrderTicket) -> None:
    expiry = UtcNs(WINDOW.start - 20 * MINUTE)
    terms = FlexTerms(WINDOW, expiry, Place(("Hamburg-Altona",), "DE"), baseline())
    order = PlaceOrder(FlexDesk().window(1), Side.SELL, quantity("4500"), price("0.215"), terms)
    ticket.fill(order)
    assert asked(ticket) == [order]


# The editor


@pytest.fixture
def editor(qtbot, desk: FlexDesk) -> BaselineEditor:
    editor = BaselineEditor(desk.exhibit.clock, DARK)
    qtbot.addWidget(editor, before_close_func=lambda widget: widget.release())
    editor.edit(WINDOW, CONTINENT, None)
    qtbot.waitUntil(lambda: editor.isActiveWindow())
    return editor


def paste(editor: BaselineEditor, text: str) -> None:
    QApplication.clipboard().setText(text)
    editor.table.setFocus()
    QTest.keyClick(editor.windowHandle(), K.Key_A, CTRL)
    QTest.keyClick(editor.windowHandle(), K.Key_V, CTRL)


def said(editor: BaselineEditor) -> list[str]:
    return [editor.problems.item(row).text() for row in range(editor.problems.count())]


def test_a_pasted_table_is_taken_by_keys_and_shown_exactly(editor: BaselineEditor) -> None:
    taken: list[Baseline] = []
    editor.taken.connect(taken.append)
    press(editor, "m-1")
    paste(editor, ROWS)
    assert said(editor) == []
    assert editor.summary.text() == "4 readings in kWh, every 15 min, 14:00–15:00 CET: the whole delivery window"
    QTest.keyClick(editor.windowHandle(), K.Key_Return, CTRL)
    assert [each.readings for each in taken] == [baseline().readings]
    assert not editor.isVisible()
    editor.edit(WINDOW, CONTINENT, taken[0])
    assert editor.table.toPlainText() == ROWS
    assert editor.fields[READING_END].text() == utc_text(WINDOW.end)
    QTest.keyClick(editor.windowHandle(), K.Key_Escape)
    assert not editor.isVisible()
    assert len(taken) == 1


def test_a_mistake_is_named_and_enter_goes_to_its_row(editor: BaselineEditor) -> None:
    taken: list[Baseline] = []
    editor.taken.connect(taken.append)
    press(editor, "m-1")
    paste(editor, f"{QUARTERS[0]}\t1\n{QUARTERS[1]}\tx\n{QUARTERS[2]}\t3")
    assert said(editor) == ["■ Row 2, value: “x” is not a number"]
    assert not editor.use.isEnabled()
    QTest.keyClick(editor.windowHandle(), K.Key_Return, CTRL)
    assert taken == []
    assert editor.isVisible()
    editor.problems.setFocus()
    press(editor, K.Key_Down)
    editor.problems.setCurrentRow(0)
    press(editor, K.Key_Return)
    assert editor.table.hasFocus()
    assert editor.table.textCursor().selectedText() == f"{QUARTERS[1]}\tx"


def test_times_without_a_zone_are_in_the_one_that_is_named(editor: BaselineEditor) -> None:
    paste(editor, "2026-11-21 14:00\t1\n2026-11-21 14:30\t2")
    press_toggle = editor.utc.text()
    assert press_toggle == "Times are CET where they name no zone"
    readings = editor._check().table.readings
    assert readings[0].at == WINDOW.start
    editor.utc.toggle()
    assert editor.utc.text() == "Times are UTC where they name no zone"
    assert editor._check().table.readings[0].at == WINDOW.end


def test_what_the_readings_do_not_cover_is_said(editor: BaselineEditor) -> None:
    press(editor, "m-1")
    paste(editor, "\n".join(ROWS.split("\n")[:2]))
    assert editor.summary.text().startswith("▲ 2 readings in kWh, every 15 min, 14:00–14:30 CET: not the whole")
    assert editor.use.isEnabled(), "the venue takes it: the trader decides"


def test_the_end_of_another_windows_readings_does_not_stay(desk: FlexDesk, editor: BaselineEditor) -> None:
    editor.fields[READING_END].setText(utc_text(WINDOWS[3].end))
    editor.prepare(WINDOW, CONTINENT, None)
    assert editor.fields[READING_END].text() == utc_text(WINDOWS[3].end), "the same window, opened again"
    editor.prepare(WINDOWS[2], CONTINENT, None)
    editor.fields[METERING_ID].setText("m-1")
    editor.take_text(ROWS)
    assert editor.fields[READING_END].text() == ""
    assert "not the whole delivery window" in editor.summary.text()


def test_a_unit_is_never_converted(editor: BaselineEditor) -> None:
    editor.fields[UNIT].setText("Wh")
    checked = check_baseline({METERING_ID: "m", UNIT: "Wh", TABLE: ROWS}, WINDOW.start)
    assert baseline_words(checked, "Wh", WINDOW, CONTINENT)[0].startswith("4 readings in Wh")
    assert checked.baseline is not None
    assert checked.baseline.readings == baseline().readings
