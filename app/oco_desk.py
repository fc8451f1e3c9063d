"""The ticket for pairs of which one cancels the other, brought to the window, and what it asks of the desk."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.commands import Trading
from app.connection_acts import ConnectionsPort
from app.connections import ConnectionSettings
from app.contract_search import find_pairs, pair_words
from app.desk import Desk, Step
from app.findings import findings_of
from app.fx_connections import FxConnectionSettings, session_settings
from app.oco_acts import DOCK
from protocols.acttrader import rules
from protocols.market.commands import PlaceOco
from protocols.market.forms import OrderForm
from protocols.market.instruments import ContractKey, CurrencyPair
from protocols.secret import Secret
from widgets.docking import Place
from widgets.frame_clock import FrameClock
from widgets.oco import OcoTicket
from widgets.theme import Theme

if TYPE_CHECKING:
    from app.main_window import MainWindow

SettingsOf = Callable[[str], ConnectionSettings | None]


def pair_forms(settings_of: SettingsOf) -> Callable[[CurrencyPair], OrderForm | None]:
    """The form of a pair of orders, by what the currency pair's connection may send."""

    def form_of(pair: CurrencyPair) -> OrderForm | None:
        settings = settings_of(pair.key.connection)
        if not isinstance(settings, FxConnectionSettings):
            return None
        return rules.pair_form(pair, session_settings(settings, Secret("")))

    return form_of


def add_oco_ticket(
    window: "MainWindow",
    desk: Desk,
    clock: FrameClock,
    theme: Theme,
    trading: Trading,
    connections: Callable[[], ConnectionsPort],
) -> OcoTicket:
    """Makes the ticket, docks it beside the ladder, and connects it. `connections` know what may be sent over each."""
    market = desk.market
    form_of = pair_forms(lambda name: connections().settings_of(name))

    def find(text: str) -> list[tuple[ContractKey, str, str]]:
        return [(pair.key, pair.name, pair_words(pair)) for pair in find_pairs(market.pairs.values(), text)]

    ticket = OcoTicket(market, clock, window.group, theme, form_of, find, desk.pairs)

    def submit(pair: PlaceOco) -> None:
        submission = trading.submit(pair, confirms=ticket.confirmed)
        if submission.step is Step.TAKEN and submission.intent is not None:
            ticket.taken((pair.key.connection, submission.intent.client_id))
        else:
            ticket.show_findings(findings_of(submission))

    ticket.set_keys(window.registry.key_texts)
    ticket.submit_requested.connect(submit)
    ticket.cancel_requested.connect(trading.cancel)
    ticket.refused.connect(window.status.hint)
    window.docking.add(ticket, DOCK, "Pair (OCO)", Place.TAB, relative_to="ladder")
    return ticket
