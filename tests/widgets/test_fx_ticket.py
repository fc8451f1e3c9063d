"""The ticket of a currency pair, by real keys: what is typed is understood at once, and stays what it was taken for."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from protocols.acttrader.messages import Dialect
from protocols.market.commands import Command
from protocols.market.events import Freshness
from protocols.market.times import HOUR, UtcNs
from tests.widgets.desk import click, press
from tests.widgets.fx_market import EURJPY, EURUSD, FxMarket
from tests.widgets.fx_ticket_hands import beneath, focus, opened, order, problems, type_in, understood
from widgets.ticket import Finding, Level, OrderTicket
from widgets.ticket.editors import SegmentEditor

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


def test_a_limit_order_by_keys_alone(ticket: OrderTicket, asked: list[Command]) -> None:
    press(ticket, "b")
    press(ticket, K.Key_Tab)
    press(ticket, "1.5m")
    press(ticket, K.Key_Tab)
    press(ticket, K.Key_Tab)
    press(ticket, "-12p")
    assert understood(ticket, "quantity") == "1_500_000 EUR".replace("_", "\N{NO-BREAK SPACE}")
    assert ticket.rows["price"].note.text() == "= 1.04880 USD"
    assert beneath(ticket, "price").startswith("12 p below the bid =")
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


def test_what_is_wrong_with_a_field_that_comes_back_is_said_again(ticket: OrderTicket) -> None:
    press(ticket, K.Key_Return)
    assert beneath(ticket, "price") == "■ Price is missing"
    focus(ticket, "type")
    press(ticket, "m")
    assert beneath(ticket, "price") == ""
    press(ticket, "l")
    assert beneath(ticket, "price") == "■ Price is missing"


@pytest.mark.parametrize(("letter", "kind"), [("ss", "stop limit"), ("m", "market")])
def test_what_the_ladder_has_no_row_for_is_not_staged_and_says_why_beforehand(
    ticket: OrderTicket, asked: list[Command], letter: str, kind: str
) -> None:
    staged: list[object] = []
    ticket.stage_requested.connect(staged.append)
    stage = ticket.foot.stage
    assert stage.isEnabled() and "Not this one" not in stage.toolTip() and not stage.accessibleDescription()
    focus(ticket, "type")
    press(ticket, letter)
    why = f"A {kind} order has more than one price, or none"
    assert not stage.isEnabled(), "whatever else is still to be filled in"
    assert why in stage.toolTip() and "Ctrl+Enter" in stage.toolTip() and why in stage.accessibleDescription()
    click(stage, stage.rect().center())
    press(ticket, K.Key_Return, CTRL)
    assert ticket.header.note.text().startswith(f"Not staged: {why}")
    assert (staged, asked) == ([], [])
    press(ticket, "l")
    assert stage.isEnabled() and "Not this one" not in stage.toolTip() and not stage.accessibleDescription()


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
    assert beneath(ticket, "price") == "10 p below the bid =\N{NO-BREAK SPACE}952.30\N{NO-BREAK SPACE}EUR"
    desk.group.choose(EURJPY)
    desk.quote("160.000", "160.020", EURJPY)
    type_in(ticket, "price", "-10p")
    assert beneath(ticket, "price") == "10 p below the bid =\N{NO-BREAK SPACE}624.97\N{NO-BREAK SPACE}EUR"


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
