"""The ticket of a currency pair, by real keys: what is typed is understood at once, and stays what it was taken for."""

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from protocols.acttrader.messages import Dialect
from protocols.market.commands import AmendOrder, Command, FxTerms, PlaceOrder
from protocols.market.events import Freshness
from protocols.market.instruments import ContractKey
from protocols.market.orders import VenueState
from protocols.market.times import DAY, HOUR, UtcNs
from protocols.market.values import Side
from tests.widgets.desk import NOON, click, press, price, quantity, show
from tests.widgets.fx_market import EURJPY, EURUSD, FX, FxMarket, form_source
from widgets.ticket import Finding, Level, OrderTicket
from widgets.ticket.editors import LineEditor, SegmentEditor

K = Qt.Key
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
NAMES = {"EURUSD": EURUSD, "EURJPY": EURJPY}


def found(text: str) -> list[tuple[ContractKey, str, str]]:
    return [(key, name, "a pair") for name, key in NAMES.items() if name.lower().startswith(text)]


@pytest.fixture
def desk() -> FxMarket:
    return FxMarket()


@pytest.fixture
def asked() -> list[Command]:
    return []


@pytest.fixture
def ticket(qtbot, desk: FxMarket, asked: list[Command]) -> OrderTicket:
    return opened(qtbot, desk, asked)


def opened(qtbot, desk: FxMarket, asked: list[Command], dialect: Dialect = Dialect.LATER) -> OrderTicket:
    ticket = OrderTicket(*desk.parts, form_source(dialect, "GTC"), found)
    ticket.submit_requested.connect(asked.append)
    show(qtbot, ticket, 400, 620)
    desk.beat()
    focus(ticket, "side")
    return ticket


def focus(ticket: OrderTicket, name: str) -> None:
    ticket.fields.focus_on(name)


def type_in(ticket: OrderTicket, name: str, text: str) -> None:
    focus(ticket, name)
    editor = ticket.rows[name].editor
    assert isinstance(editor, LineEditor)
    editor.selectAll()
    press(ticket, text)


def understood(ticket: OrderTicket, name: str) -> str:
    return ticket.rows[name].understood


def beneath(ticket: OrderTicket, name: str) -> str:
    """What stands below a field, as it is seen."""
    words = ticket.rows[name].words
    return words.text() if words.isVisible() else ""


def problems(ticket: OrderTicket) -> dict[str, str]:
    return {name: row.problem for name, row in ticket.rows.items() if row.problem}


def order(kind: str, at: str | None, stop: str | None = None, tif: str = "AON", **terms) -> PlaceOrder:
    known = FxTerms(kind, tif, None if stop is None else price(stop), **terms)
    return PlaceOrder(EURUSD, Side.BUY, quantity("1500000"), None if at is None else price(at), known)


def test_a_limit_order_by_keys_alone(ticket: OrderTicket, asked: list[Command]) -> None:
    press(ticket, "b")
    press(ticket, K.Key_Tab)
    press(ticket, "1.5m")
    press(ticket, K.Key_Tab)
    press(ticket, K.Key_Tab)
    press(ticket, "-12p")
    assert understood(ticket, "quantity") == "1_500_000 EUR".replace("_", "\N{NO-BREAK SPACE}")
    assert ticket.rows["price"].note.text() == "= 1.04880 USD"
    assert beneath(ticket, "price").startswith("12 p below the bid = ")
    assert ticket.foot.send.text().endswith("@ 1.04880")
    press(ticket, K.Key_Return)
    assert asked == [order("LIMIT", "1.0488")]


def test_the_side_is_chosen_by_its_letter(ticket: OrderTicket) -> None:
    press(ticket, "s")
    assert ticket.texts()["side"] == "Sell"
    press(ticket, "B", SHIFT)
    assert ticket.texts()["side"] == "Buy"
    press(ticket, "x")
    assert ticket.texts()["side"] == "Buy"


def test_tab_goes_on_from_either_side_and_stops_once_at_the_sides(ticket: OrderTicket) -> None:
    for letter, button in (("s", 1), ("b", 0)):
        focus(ticket, "side")
        press(ticket, letter)
        sides = ticket.rows["side"].editor
        assert isinstance(sides, SegmentEditor)
        assert QApplication.focusWidget() is sides.buttons[button]
        press(ticket, K.Key_Tab)
        assert QApplication.focusWidget() is ticket.rows["quantity"].entry
        press(ticket, K.Key_Backtab)
        assert QApplication.focusWidget() is sides.buttons[button]


def test_what_was_understood_follows_no_market(desk: FxMarket, ticket: OrderTicket, asked: list[Command]) -> None:
    press(ticket, "b")
    type_in(ticket, "price", "a+3p")
    desk.quote("1.06000", "1.06020")
    desk.beat(1.0)
    assert understood(ticket, "price") == "1.05050 USD"
    assert beneath(ticket, "price") == "95 p below the bid", "and that it is far away by now is seen"
    type_in(ticket, "quantity", "1.5m")
    press(ticket, K.Key_Return)
    assert asked == [order("LIMIT", "1.0505")]
    asked.clear()
    type_in(ticket, "price", "a+4p")
    press(ticket, K.Key_Return)
    assert asked == [order("LIMIT", "1.0606")], "typed anew it counts from the quote of now"


def test_nothing_is_counted_from_a_stale_quote(desk: FxMarket, ticket: OrderTicket, asked: list[Command]) -> None:
    desk.quotes(Freshness.STALE, "no quote for 30 s")
    desk.beat(1.0)
    assert ticket.header.standing.whole_text == "▲ stale quote: no quote for 30 s"
    assert (ticket.header.bid.text(), ticket.header.ask.text()) == ("B –", "S –")
    press(ticket, "b")
    type_in(ticket, "quantity", "10k")
    type_in(ticket, "price", "+12p")
    press(ticket, K.Key_Return)
    assert asked == []
    assert "stale quote: no quote for 30 s" in problems(ticket)["price"]
    desk.quotes()
    desk.beat(1.0)
    press(ticket, K.Key_Return)
    assert asked == [], "a quote that comes later is not the one that was meant"
    type_in(ticket, "price", "1.06")
    assert beneath(ticket, "price").startswith("98 p above the ask")


def test_a_quote_that_goes_stale_after_it_was_counted_from_leaves_a_price(
    desk: FxMarket, ticket: OrderTicket, asked: list[Command]
) -> None:
    press(ticket, "b")
    type_in(ticket, "quantity", "1.5m")
    type_in(ticket, "price", "b")
    desk.quotes(Freshness.STALE, "silence")
    desk.beat(1.0)
    assert beneath(ticket, "price") == "not held against a market: no live quote"
    press(ticket, K.Key_Return)
    assert asked == [order("LIMIT", "1.05")], "whether it goes is the risk check's to ask"


def test_without_a_chart_connection_it_says_that_there_are_no_quotes(qtbot, asked: list[Command]) -> None:
    ticket = opened(qtbot, FxMarket(quoted=False), asked)
    assert ticket.header.standing.whole_text == "○ no quotes: market checks are skipped"
    type_in(ticket, "price", "1.05")
    assert beneath(ticket, "price") == "not held against a market: no live quote"


def test_another_type_has_other_fields_and_its_own_default_visibly(ticket: OrderTicket, asked: list[Command]) -> None:
    focus(ticket, "type")
    press(ticket, "m")
    assert ticket.texts()["type"] == "MARKET"
    assert ticket.texts()["time_in_force"] == "IOC"
    assert beneath(ticket, "time_in_force") == "changed with the type, was “All or none”"
    assert not ticket.rows["price"].editor.isVisible()
    focus(ticket, "side")
    press(ticket, "b")
    type_in(ticket, "quantity", "1.5m")
    assert ticket.foot.send.text().endswith("EUR at market")
    press(ticket, K.Key_Return)
    assert asked == [order("MARKET", None, None, "IOC")]
    focus(ticket, "type")
    press(ticket, "l")
    assert ticket.texts()["time_in_force"] == "AON"


def test_a_time_in_force_that_was_chosen_stays(ticket: OrderTicket) -> None:
    focus(ticket, "time_in_force")
    press(ticket, "f")
    assert ticket.texts()["time_in_force"] == "FOK"
    focus(ticket, "type")
    press(ticket, "m")
    assert ticket.texts()["time_in_force"] == "FOK"
    assert beneath(ticket, "time_in_force") == ""


def test_a_stop_limit_with_a_lifetime_and_a_note(desk: FxMarket, ticket: OrderTicket, asked: list[Command]) -> None:
    press(ticket, "b")
    type_in(ticket, "quantity", "1500k")
    focus(ticket, "type")
    press(ticket, "ss")
    type_in(ticket, "price", "a+15.5p")
    type_in(ticket, "stop_price", "+12p")
    type_in(ticket, "validity_until", "2h")
    until = UtcNs(desk.utc + 2 * HOUR)
    desk.beat(90.0)
    type_in(ticket, "comment", "over lunch")
    assert beneath(ticket, "validity_until") == "= Sat 2026-11-21 13:00 UTC", "as it was when it was typed"
    assert ticket.foot.send.text().endswith("@ 1.05140 → 1.05175")
    press(ticket, K.Key_Return)
    assert asked == [order("STOP_LIMIT", "1.05175", "1.0514", until=until, note="over lunch")]


def test_a_lifetime_stays_as_it_was_meant_whatever_the_ticket_is_for(desk: FxMarket, ticket: OrderTicket) -> None:
    type_in(ticket, "validity_until", "90m")
    desk.beat(600.0)
    desk.group.choose(EURJPY)
    assert ticket.texts()["validity_until"] == "90m"
    assert beneath(ticket, "validity_until") == "= Sat 2026-11-21 12:30 UTC"


def test_every_control_has_a_name_and_says_how_it_is_used(ticket: OrderTicket) -> None:
    for row in ticket.rows.values():
        assert row.editor.toolTip() or row.field.name == "comment"
        assert row.entry.accessibleName()
    assert ticket.search.line.toolTip()
    assert ticket.search.line.accessibleName()


def test_the_seed_dialect_has_no_note(qtbot, desk: FxMarket, asked: list[Command]) -> None:
    assert "comment" not in opened(qtbot, desk, asked, Dialect.SEED).rows


def test_arrows_step_from_what_was_understood(ticket: OrderTicket) -> None:
    type_in(ticket, "price", "+12p")
    press(ticket, K.Key_Up)
    assert ticket.texts()["price"] == "1.05141"
    type_in(ticket, "quantity", "1.5m")
    press(ticket, K.Key_Up, SHIFT)
    assert ticket.texts()["quantity"] == "1510000"


def test_distances_are_worth_money_only_where_it_can_be_converted(desk: FxMarket, ticket: OrderTicket) -> None:
    type_in(ticket, "quantity", "1m")
    type_in(ticket, "price", "-10p")
    assert beneath(ticket, "price") == "10 p below the bid = 952.30\N{NO-BREAK SPACE}EUR"
    desk.group.choose(EURJPY)
    desk.quote("160.000", "160.020", EURJPY)
    type_in(ticket, "price", "-10p")
    assert beneath(ticket, "price") == "10 p below the bid = 624.97\N{NO-BREAK SPACE}EUR"


def test_a_pair_is_found_and_taken_without_the_mouse(desk: FxMarket, ticket: OrderTicket, asked: list[Command]) -> None:
    ticket.begin_search()
    press(ticket, "eur")
    assert ticket.search.names == ["EURUSD", "EURJPY"]
    press(ticket, "j")
    assert ticket.search.names == ["EURJPY"]
    press(ticket, K.Key_Return)
    assert desk.group.contract == EURJPY
    assert asked == []
    assert QApplication.focusWidget() is ticket.rows["side"].entry
    assert not ticket.search.list.isVisible()


def test_a_search_is_given_up_by_escape_and_takes_by_click(desk: FxMarket, ticket: OrderTicket) -> None:
    type_in(ticket, "price", "1.05")
    ticket.begin_search()
    press(ticket, "eur")
    press(ticket, K.Key_Escape)
    assert desk.group.contract == EURUSD
    assert ticket.texts()["price"] == "1.05", "Esc ends the search and clears nothing else"
    ticket.begin_search()
    press(ticket, "zzz")
    assert ticket.search.names == []
    press(ticket, K.Key_Return)
    assert desk.group.contract == EURUSD
    ticket.search.line.selectAll()
    press(ticket, "eur")
    press(ticket, K.Key_Down)
    row = ticket.search.list.visualItemRect(ticket.search.list.item(1))
    click(ticket.search.list.viewport(), row.center())
    assert desk.group.contract == EURJPY


def test_what_the_risk_check_asks_stands_at_a_field_that_is_seen(ticket: OrderTicket) -> None:
    focus(ticket, "type")
    press(ticket, "m")
    ticket.show_findings([Finding("price", Level.WARN, "no market"), Finding("quantity", Level.WARN, "much")])
    assert problems(ticket) == {"quantity": "much"}
    assert ticket.foot.general.text() == "▲ no market", "the price is not shown: what is said of it is"
    assert ticket.foot.anyway.isVisible()


# Modifying


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
    press(ticket, K.Key_Escape)
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


def test_a_word_of_the_venue_that_no_choice_has_does_not_stand_in_the_way(
    desk: FxMarket, ticket: OrderTicket, asked: list[Command]
) -> None:
    known = desk.working()
    known = desk.report(known, terms=msgspec.structs.replace(known.terms, time_in_force="DAY"), price=price("1.040001"))
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
