"""Orders widget and ticket, brought to the window after the first paint, and what they ask of it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.commands import Trading
from app.connections import ConnectionSettings
from app.contract_search import find_instruments
from app.desk import Step
from app.findings import findings_of
from app.forms import DeskForms, power_forms
from protocols.eznergy.rules import keeps_place
from protocols.market.commands import Command, FxTerms, PlaceOrder
from protocols.market.instruments import ContractKey
from protocols.market.orders import Order
from protocols.market.state import MarketState
from widgets.docking import Place
from widgets.frame_clock import FrameClock
from widgets.orders import OrdersTable
from widgets.orders.question import DoubtQuestion
from widgets.theme import Theme
from widgets.ticket import OrderTicket

if TYPE_CHECKING:
    from app.main_window import MainWindow

FOUND = 20
"""The most that the ticket's search lists."""


def ask_what_became_of(
    order: Order, window: "MainWindow", market: MarketState, clock: FrameClock, theme: Theme, trading: Trading
) -> DoubtQuestion:
    """Opens the question; the answer goes to the desk."""
    question = DoubtQuestion(order, market, clock, theme, window)
    question.decided.connect(trading.decide)
    question.ask_requested.connect(trading.ask)
    question.show()
    return question


def begin_amendment(window: "MainWindow", order: Order) -> None:
    """An FX order in its ticket, where all its prices are; a power order on the ladder, where its place in the queue
    is."""
    window.group.choose(order.key)
    if isinstance(order.terms, FxTerms):
        window.docking.focus("ticket")
        why = window.ticket.amend(order)
        if why:
            window.notice(why)
    else:
        window.docking.focus("ladder")
        window.ladder.amend_order(order)


def add_order_widgets(
    window: "MainWindow",
    market: MarketState,
    clock: FrameClock,
    theme: Theme,
    trading: Trading,
    settings_of: Callable[[str], ConnectionSettings | None],
) -> tuple[OrdersTable, OrderTicket]:
    """Makes both, docks them beside the tape and the ladder, and connects them. `settings_of` knows the connections."""
    window.ladder.set_place_rule(keeps_place)
    orders = OrdersTable(market, clock, window.group, theme)
    forms = DeskForms(power_forms(), settings_of)

    def find(text: str) -> list[tuple[ContractKey, str, str]]:
        return find_instruments(market, text, clock.now.utc, FOUND)

    ticket = OrderTicket(market, clock, window.group, theme, forms, find)
    window.ladder.set_form_source(forms)
    window.docking.add(orders, "orders", "Orders", Place.TAB, relative_to="tape")
    window.docking.add(ticket, "ticket", "Ticket", Place.TAB, relative_to="ladder")

    def stage(order: PlaceOrder) -> None:
        window.docking.focus("ladder")
        window.ladder.stage_order(order)

    def submit(command: Command) -> None:
        """A ticket whose warnings were confirmed is the same order again: the desk compares it with what it asked."""
        submission = trading.submit(command, confirms=bool(ticket.confirmed))
        if submission.step is Step.TAKEN:
            ticket.taken("Sent: see Orders")
        else:
            ticket.show_findings(findings_of(submission))

    orders.act_requested.connect(window.registry.run)
    orders.set_keys(window.registry.key_texts)
    ticket.set_keys(window.registry.key_texts)
    ticket.stage_requested.connect(stage)
    ticket.submit_requested.connect(submit)
    return orders, ticket
