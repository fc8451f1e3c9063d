"""The order ticket, shaped by what its contract or pair takes."""

from PySide6.QtWidgets import QWidget

from app.contract_search import find_instruments
from app.forms import power_forms
from app.gallery.ladder_scenes import iceberg
from app.gallery.market import FX, SPEC, VENUE, Exhibit, price, quantity
from app.gallery.scenes import FRESHNESS, Scene, closed, key_texts
from protocols.acttrader import rules
from protocols.acttrader.messages import GTC, Dialect
from protocols.acttrader.settings import Settings
from protocols.eznergy.dialects import NPID
from protocols.market.commands import FxTerms, PlaceOrder
from protocols.market.events import Feed, Freshness
from protocols.market.forms import OrderForm
from protocols.market.instruments import ContractKey, CurrencyPair, Instrument, PowerContract
from protocols.market.values import Side
from widgets.theme import Theme
from widgets.ticket import Finding, Level, OrderTicket

TICKET, FX_TICKET = (380, 590), (400, 620)
LATER = Settings(VENUE, "ws://127.0.0.1/orders", "700100", ("EURUSD", "EURJPY"), extra_tif=(GTC,))
SEED = Settings(VENUE, "ws://127.0.0.1/orders", "700100", ("EURUSD", "EURJPY"), Dialect.SEED)
STOP_LIMIT = {
    "side": "Buy", "quantity": "1.5m", "type": "STOP_LIMIT", "stop_price": "+12p", "price": "a+15.5p",
    "validity_until": "90m", "comment": "over the weekend",
}  # fmt: skip


def make_ticket(exhibit: Exhibit, theme: Theme, settings: Settings = LATER) -> OrderTicket:
    power = power_forms()

    def form_of(contract: Instrument) -> OrderForm | None:
        if isinstance(contract, CurrencyPair):
            return rules.order_form(contract, settings)
        return power(contract) if isinstance(contract, PowerContract) else None

    def find(text: str) -> list[tuple[ContractKey, str, str]]:
        return find_instruments(exhibit.market, text, exhibit.clock.now.utc, 20)

    ticket = OrderTicket(exhibit.market, exhibit.clock, exhibit.group, theme, form_of, find)
    ticket.set_keys(key_texts())
    return ticket


def make_seed_ticket(exhibit: Exhibit, theme: Theme) -> OrderTicket:
    return make_ticket(exhibit, theme, SEED)


def make_npid_ticket(exhibit: Exhibit, theme: Theme) -> OrderTicket:
    exhibit.relist(NPID)
    return make_ticket(exhibit, theme)


# Power


def _fill(exhibit: Exhibit, widget: QWidget) -> None:
    assert isinstance(widget, OrderTicket)
    widget.fill(iceberg(exhibit))


def _warned(exhibit: Exhibit, widget: QWidget) -> None:
    _fill(exhibit, widget)
    assert isinstance(widget, OrderTicket)
    far = f"Price is 4.1 % away from the middle of the market, 72.13 {SPEC.price_unit}"
    widget.show_findings([Finding("price", Level.WARN, far), Finding("", Level.WARN, "This would be the 10th order")])


def _blocked(exhibit: Exhibit, widget: QWidget) -> None:
    _fill(exhibit, widget)
    assert isinstance(widget, OrderTicket)
    widget.show_findings([Finding("quantity", Level.BLOCK, "Quantity 100.0 MW is above 50.0")])


# Currency pairs


def _pair(exhibit: Exhibit) -> None:
    exhibit.quote("EURJPY", "161.231", "161.239")
    exhibit.group.choose(exhibit.quote("EURUSD", "1.08412", "1.08416"))
    exhibit.beat(1.0)


def _stale(exhibit: Exhibit) -> None:
    _pair(exhibit)
    exhibit.channel(Feed.QUOTES, Freshness.STALE, "no quote for 30 s", FX)
    exhibit.beat(12.0)


def _quoteless(exhibit: Exhibit) -> None:
    """As on a connection without the vendor's chart service."""
    exhibit.group.choose(exhibit.pair("EURUSD"))
    exhibit.beat(1.0)


def type_in(ticket: OrderTicket, texts: dict[str, str]) -> None:
    """As a hand would: each text in its field, in the order of the form, each field left."""
    for name, text in texts.items():
        ticket.rows[name].editor.set_text(text)
        ticket.rows[name].editor.left.emit()


def _stop_limit(exhibit: Exhibit, widget: QWidget) -> None:
    assert isinstance(widget, OrderTicket)
    type_in(widget, STOP_LIMIT)


def _market(exhibit: Exhibit, widget: QWidget) -> None:
    assert isinstance(widget, OrderTicket)
    type_in(widget, {"side": "Sell", "quantity": "250k", "type": "MARKET"})


def _refused(exhibit: Exhibit, widget: QWidget) -> None:
    assert isinstance(widget, OrderTicket)
    type_in(widget, {"quantity": "1500", "price": "+12", "validity_until": "2026-11-21 10:00"})
    widget.submit()


def _asked(exhibit: Exhibit, widget: QWidget) -> None:
    assert isinstance(widget, OrderTicket)
    type_in(widget, {"side": "Buy", "quantity": "2m", "price": "+60p"})
    far = "Price 1.09016 is 0.00602 above the mid of 1.08414: more than 0.00542"
    widget.show_findings([Finding("price", Level.WARN, far)])


def _found(exhibit: Exhibit, widget: QWidget) -> None:
    assert isinstance(widget, OrderTicket)
    widget.search.line.setText("eur")
    widget.search.line.textEdited.emit("eur")


def _modify(exhibit: Exhibit, widget: QWidget) -> None:
    assert isinstance(widget, OrderTicket)
    key = exhibit.group.contract
    assert key is not None
    terms = FxTerms("STOP_LIMIT", GTC, price("1.0850"), None, "over the weekend")
    widget.amend(exhibit.placed(PlaceOrder(key, Side.BUY, quantity("1500000"), price("1.0852"), terms)))
    type_in(widget, {"price": "a+12p", "validity_until": "1d"})


def scenes() -> list[Scene]:
    return [
        *(Scene("Ticket", name, TICKET, make_ticket, happens) for name, happens in FRESHNESS),
        Scene("Ticket", "filled in", TICKET, make_ticket, hands=_fill),
        Scene("Ticket", "warned", TICKET, make_ticket, hands=_warned),
        Scene("Ticket", "blocked", TICKET, make_ticket, hands=_blocked),
        Scene("Ticket", "closed", TICKET, make_ticket, closed),
        Scene("Ticket", "NPID", TICKET, make_npid_ticket),
        Scene("Ticket", "no contract", TICKET, make_ticket, bare=True),
        Scene("Ticket", "practice", TICKET, make_ticket, practice=True),
        Scene("Ticket", "currency pair", FX_TICKET, make_ticket, _pair),
        Scene("Ticket", "currency pair, seed dialect", FX_TICKET, make_seed_ticket, _pair),
        Scene("Ticket", "currency pair, stop limit", FX_TICKET, make_ticket, _pair, _stop_limit),
        Scene("Ticket", "currency pair, at market", FX_TICKET, make_ticket, _pair, _market),
        Scene("Ticket", "currency pair, refused", FX_TICKET, make_ticket, _pair, _refused),
        Scene("Ticket", "currency pair, to be confirmed", FX_TICKET, make_ticket, _pair, _asked),
        Scene("Ticket", "currency pair, stale quote", FX_TICKET, make_ticket, _stale, _stop_limit),
        Scene("Ticket", "currency pair, no quotes", FX_TICKET, make_ticket, _quoteless, _stop_limit),
        Scene("Ticket", "currency pair, found", FX_TICKET, make_ticket, _pair, _found),
        Scene("Ticket", "currency pair, modified", FX_TICKET, make_ticket, _pair, _modify),
    ]
