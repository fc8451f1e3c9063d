"""An FX order modified from its ticket; and bad input in its fields, for a new order and for one that lives."""

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from protocols.acttrader.messages import Dialect
from protocols.market.commands import AmendOrder, Command
from protocols.market.orders import VenueState
from protocols.market.times import DAY, HOUR, UtcNs
from tests.widgets.desk import NOON, press, price, quantity
from tests.widgets.fx_market import EURJPY, FX, FxMarket, form_source
from tests.widgets.fx_ticket_hands import beneath, opened, order, problems, type_in
from widgets.ticket import OrderTicket
from widgets.ticket.editors import LineEditor

K = Qt.Key
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def desk() -> FxMarket:
    return FxMarket()


@pytest.fixture
def asked() -> list[Command]:
    return []


@pytest.fixture
def ticket(qtbot, desk: FxMarket, asked: list[Command]) -> OrderTicket:
    return opened(qtbot, desk, asked)


def test_an_order_is_modified_from_its_ticket(desk: FxMarket, ticket: OrderTicket, asked: list[Command]) -> None:
    known = desk.working("STOP_LIMIT", "1.06", "1.059", note="why", tif="GTC")
    assert ticket.amend(known) == ""
    assert ticket.header.name.whole_text == "Modify buy stop limit  ·  EURUSD  ·  FX"
    assert ticket.texts()["stop_price"] == "1.05900"
    locked = {name for name, row in ticket.rows.items() if row.locked}
    assert locked == {"side", "type", "time_in_force", "comment"}
    assert beneath(ticket, "type") == "can't be changed at the venue"
    assert not ticket.rows["type"].editor.isEnabled()
    assert QApplication.focusWidget() is ticket.rows["quantity"].entry
    press(ticket, K.Key_Return)
    assert asked == [], "nothing is changed"
    press(ticket, "50k")
    assert ticket.texts()["quantity"] == "50k", "what stands there is typed over"
    type_in(ticket, "quantity", "100k")
    type_in(ticket, "price", "a+100p")
    type_in(ticket, "validity_until", "1d")
    assert beneath(ticket, "price").startswith("was 1.06000  ·  100 p above the ask")
    assert ticket.foot.send.text() == "Modify price, valid until"
    press(ticket, K.Key_Return)
    until = UtcNs(NOON + DAY)
    assert asked == [AmendOrder(FX, known.client_id, price=price("1.0602"), until=until)]
    ticket.taken("Sent")
    assert ticket.modifying is None
    assert ticket.texts()["price"] == ""
    assert not any(row.locked for row in ticket.rows.values())


def test_a_lifetime_is_taken_away_and_not_in_the_seed_dialect(qtbot, desk: FxMarket, asked: list[Command]) -> None:
    known = desk.working(until=UtcNs(NOON + HOUR))
    ticket = opened(qtbot, desk, asked)
    ticket.amend(known)
    type_in(ticket, "validity_until", " ")
    press(ticket, K.Key_Return)
    assert asked == [AmendOrder(FX, known.client_id, forever=True)]
    ticket.set_form_source(form_source(Dialect.SEED))
    ticket.amend(known)
    assert "dialect" in ticket.rows["validity_until"].locked


@pytest.mark.parametrize(
    ("kind", "at", "stop", "fields"),
    [
        ("MARKET", None, None, {"quantity", "validity_until"}),
        ("LIMIT", "1.04", None, {"quantity", "price", "validity_until"}),
        ("STOP", None, "1.06", {"quantity", "stop_price", "validity_until"}),
        ("STOP_LIMIT", "1.061", "1.06", {"quantity", "price", "stop_price", "validity_until"}),
    ],
)
def test_each_type_has_what_it_can_have_changed(
    desk: FxMarket, ticket: OrderTicket, kind: str, at: str | None, stop: str | None, fields: set[str]
) -> None:
    ticket.amend(desk.working(kind, at, stop))
    assert {name for name, row in ticket.rows.items() if row.shown and not row.locked} == fields


def test_escape_leaves_the_order_as_it_is(desk: FxMarket, ticket: OrderTicket, asked: list[Command]) -> None:
    ticket.amend(desk.working())
    type_in(ticket, "price", "1.041")
    press(ticket, K.Key_Return, CTRL)
    assert "a modification is sent from here" in ticket.header.note.text()
    assert not ticket.foot.stage.isEnabled()
    assert "a modification is sent from here" in ticket.foot.stage.toolTip()
    press(ticket, K.Key_Escape)
    assert ticket.foot.stage.isEnabled()
    assert (ticket.modifying, ticket.texts()["price"], asked) == (None, "", [])
    assert ticket.header.name.whole_text == "EURUSD  ·  FX"


def test_what_happens_to_the_order_meanwhile_is_shown_and_has_to_be_seen(
    desk: FxMarket, ticket: OrderTicket, asked: list[Command]
) -> None:
    known = desk.working()
    ticket.amend(known)
    type_in(ticket, "price", "1.041")
    desk.report(known, left="60000")
    press(ticket, K.Key_Return)
    assert asked == [], "it changed before the key, and after the frame"
    assert "changed meanwhile" in ticket.header.note.text()
    assert (ticket.texts()["price"], ticket.texts()["quantity"]) == ("1.041", "60000")
    assert "a part is executed" in ticket.rows["quantity"].locked
    press(ticket, K.Key_Return)
    assert asked == [], "nobody can have read that yet"
    desk.beat(0.6)
    press(ticket, K.Key_Return)
    assert asked == [AmendOrder(FX, known.client_id, price=price("1.041"))]


def test_figures_typed_into_a_quantity_that_is_locked_meanwhile_land_nowhere(
    desk: FxMarket, ticket: OrderTicket, asked: list[Command]
) -> None:
    known = desk.working()
    ticket.amend(known)
    type_in(ticket, "quantity", "5")
    desk.report(known, left="60000")
    desk.beat()
    assert "a part is executed" in ticket.rows["quantity"].locked
    before = ticket.texts()
    press(ticket, "0000")
    assert ticket.texts() == before
    desk.beat(0.6)
    press(ticket, K.Key_Return)
    assert asked == []


def test_an_order_that_is_over_is_not_modified(desk: FxMarket, ticket: OrderTicket, asked: list[Command]) -> None:
    known = desk.working()
    ticket.amend(known)
    type_in(ticket, "price", "1.041")
    desk.report(known, VenueState.FILLED)
    desk.beat()
    assert ticket.modifying is None
    assert ticket.header.note.text() == "The order is filled: there is nothing to modify"
    press(ticket, K.Key_Return)
    assert asked == []
    assert ticket.amend(desk.order(known.client_id)) == "The order is filled: there is nothing to modify"


def test_another_contract_leaves_the_order_as_it_is(desk: FxMarket, ticket: OrderTicket) -> None:
    ticket.amend(desk.working())
    desk.group.choose(EURJPY)
    assert ticket.modifying is None
    assert ticket.texts()["price"] == ""
    assert ticket.header.note.text() == "Another contract: the order is left as it is"


def test_what_nobody_touched_does_not_stand_in_the_way_and_is_not_changed(
    desk: FxMarket, ticket: OrderTicket, asked: list[Command]
) -> None:
    known = desk.working()
    odd = msgspec.structs.replace(known.terms, time_in_force="DAY", until=UtcNs(NOON + HOUR + 250_000_000))
    known = desk.report(known, terms=odd, price=price("1.040001"))
    ticket.amend(known)
    type_in(ticket, "quantity", "50k")
    press(ticket, K.Key_Return)
    assert asked == [AmendOrder(FX, known.client_id, quantity=quantity("50000"))], problems(ticket)


def test_a_leg_of_a_pair_keeps_what_it_shares_with_the_other(desk: FxMarket, ticket: OrderTicket) -> None:
    known = msgspec.structs.replace(desk.working(), client_id="ours-9.1")
    assert ticket.form is not None and ticket.form.locks is not None
    locks = ticket.form.locks(ticket.form, known)
    assert "both legs" in locks["quantity"] and "both legs" in locks["validity_until"]
    assert "price" not in locks


def test_who_comes_back_to_an_order_that_is_changed_types_into_its_first_open_field(
    desk: FxMarket, ticket: OrderTicket, asked: list[Command]
) -> None:
    """Of a leg the side, the quantity and the type are locked: what is locked takes no keys."""
    leg = desk.report(msgspec.structs.replace(desk.working("STOP", None, "1.06"), client_id="ours-9.2"))
    ticket.amend(leg)
    first = ticket.rows["stop_price"].entry
    assert QApplication.focusWidget() is first
    ticket.search.line.setFocus()
    ticket.setFocus(Qt.FocusReason.ShortcutFocusReason)
    assert QApplication.focusWidget() is first
    press(ticket, K.Key_Return)
    assert ticket.header.note.text() == "Nothing is changed yet: Esc leaves the order as it is"
    press(ticket, "1.07")
    press(ticket, K.Key_Return)
    assert asked == [AmendOrder(FX, leg.client_id, stop_price=price("1.07"))]
    press(ticket, K.Key_Escape)
    ticket.search.line.setFocus()
    ticket.setFocus(Qt.FocusReason.ShortcutFocusReason)
    assert QApplication.focusWidget() is ticket.rows["side"].entry, "of a new order nothing is locked"


def test_seconds_are_part_of_what_is_shown(desk: FxMarket, ticket: OrderTicket) -> None:
    desk.beat(7.0)
    type_in(ticket, "validity_until", "90m")
    assert beneath(ticket, "validity_until") == "= Sat 2026-11-21 12:30:07 UTC"


# Bad input, in the widget itself; thousands more are tried below it (tests/protocols/acttrader/test_fx_form_input.py)

NEVER = [
    "0",
    "-1",
    "text",
    "1e999",
    "-1e999",
    "NaN",
    "inf",
    "9" * 5000,
    "+",
    "--1",
    "1 000",
    "\N{ARABIC-INDIC DIGIT THREE}",
]
BAD = {
    "quantity": ["", "0k", "-10k", "500", "1.5k", "10.000k", "1000m", "0.0000001m", *NEVER],
    "price": ["", "1.050001", "+12", "12p", "+1e3p", "+0.01p", "b-99999p", "m+3p", "b--1p", *NEVER],
    "stop_price": ["", "1.060001", "-12", "p", "a+0.05p", "b-10500p", "a+NaNp", *NEVER],
    "validity_until": ["2026-11-21 10:59", "10:5", "0m", "-90m", "1.5h", "90", "99999h", "25:00", *NEVER],
    "comment": ["x" * 251],
}


@pytest.mark.parametrize("modifying", [False, True])
@pytest.mark.parametrize("name", list(BAD))
def test_bad_input_is_refused_at_its_field_and_nothing_is_asked_for(
    desk: FxMarket, ticket: OrderTicket, asked: list[Command], name: str, modifying: bool
) -> None:
    if modifying:
        ticket.amend(desk.working("STOP_LIMIT", "1.061", "1.06"))
    for text in BAD[name]:
        if not modifying:
            ticket.fill(order("STOP_LIMIT", "1.061", "1.06"))
        elif ticket.rows[name].locked:
            return
        editor = ticket.rows[name].editor
        assert isinstance(editor, LineEditor)
        editor.setText(text)
        press(ticket, K.Key_Return)
        assert asked == [], text[:40]
        assert list(problems(ticket)) == [name], text[:40]
        assert editor.hasFocus()
        press(ticket, K.Key_Return, CTRL)
        assert asked == []
    good = {"quantity": "5k", "price": "1.07", "stop_price": "a+7p", "validity_until": "2h", "comment": "why"}[name]
    type_in(ticket, name, good)
    press(ticket, K.Key_Return)
    assert len(asked) == 1, "and put right it goes"
