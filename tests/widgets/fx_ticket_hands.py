"""Hands on the ticket of a currency pair, for its tests."""

from protocols.acttrader.messages import Dialect
from protocols.market.commands import Command, FxTerms, PlaceOrder
from protocols.market.instruments import ContractKey
from protocols.market.values import Side
from tests.widgets.desk import press, price, quantity, show
from tests.widgets.fx_market import EURJPY, EURUSD, FxMarket, form_source
from widgets.ticket import OrderTicket
from widgets.ticket.editors import LineEditor

NAMES = {"EURUSD": EURUSD, "EURJPY": EURJPY}


def found(text: str) -> list[tuple[ContractKey, str, str]]:
    return [(key, name, "a pair") for name, key in NAMES.items() if name.lower().startswith(text)]


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
