"""The ticket for pairs of orders of which one cancels the other."""

from collections.abc import Callable

import msgspec
from PySide6.QtWidgets import QWidget

from app.gallery.market import FX, VENUE, Exhibit, price, quantity
from app.gallery.scenes import Scene, key_texts
from protocols.acttrader.rules import pair_form
from protocols.acttrader.settings import Settings
from protocols.market.commands import OcoLeg, PlaceOco, leg_id
from protocols.market.events import Feed, Freshness, PairListed
from protocols.market.forms import OrderForm
from protocols.market.instruments import ContractKey, CurrencyPair
from protocols.market.order_events import OrderReported, RequestDoubted
from protocols.market.orders import Order, OrderReport, VenueState, Verdict
from protocols.market.pair_book import PairBook
from protocols.market.values import Side
from widgets.oco import OcoTicket
from widgets.theme import Theme
from widgets.ticket import Finding, Level

SIZE = (480, 880)
PAIR = "0b7153aa-6e55-41e8-b566-0800200c9a66"
BUY, SELL = Side.BUY, Side.SELL

Hands = Callable[[OcoTicket], object]


def _form_of(pair: CurrencyPair) -> OrderForm:
    symbols = (pair.name,)
    return pair_form(pair, Settings(pair.key.connection, "wss://fx.example.com/orders", "700100", symbols))


def make_oco_ticket(exhibit: Exhibit, theme: Theme) -> OcoTicket:
    market = exhibit.market

    def find(text: str) -> list[tuple[ContractKey, str, str]]:
        return [
            (pair.key, pair.name, f"{VENUE}   {pair.base} in {pair.quote}")
            for pair in market.pairs.values()
            if pair.name.casefold().startswith(text.casefold())
        ]

    pairs = PairBook(market.blotter)
    ticket = OcoTicket(market, exhibit.clock, exhibit.group, theme, _form_of, find, pairs)
    ticket.set_keys(key_texts())
    return ticket


def quoted(exhibit: Exhibit) -> None:
    """Two pairs, live, and one of them chosen."""
    exhibit.channel(Feed.OWN_ORDERS, area=FX)
    exhibit.quote("EURJPY", "162.104", "162.115")
    exhibit.group.choose(exhibit.quote("EURUSD", "1.08412", "1.08416"))


def _power(exhibit: Exhibit) -> None:
    """Pairs are quoted, and the link group shows a power contract."""
    quoted(exhibit)
    exhibit.group.choose(exhibit.key)


def sent_pair(exhibit: Exhibit, side: Side = BUY) -> PlaceOco:
    """A pair of ours that the venue has not answered yet."""
    key = exhibit.group.contract
    assert key is not None
    legs = (OcoLeg("LIMIT", price("1.08212")), OcoLeg("STOP", None, price("1.08616")))
    pair = PlaceOco(key, side, quantity("50000"), legs, "AON")
    exhibit.intend(pair, PAIR)
    return pair


def answer(
    exhibit: Exhibit,
    leg: int,
    state: VenueState | None = VenueState.ACTIVE,
    left: str | None = None,
    venue_state: str = "NEW",
    reason: str = "",
) -> Order:
    """The venue's word on a leg; without a state it refuses it."""
    blotter, name = exhibit.market.blotter, leg_id(PAIR, leg)
    order = blotter.get(VENUE, name)
    assert order is not None
    known = order.version
    told = OrderReport(
        connection=VENUE, client_id=name, venue_id=f"10000{leg}", revision=known.revision + 1 if known else 1,
        key=order.key, side=order.side, price=order.price,
        quantity=order.remaining if left is None else quantity(left), initial=order.quantity, state=state,
        verdict=Verdict.REJECTED if state is None else Verdict.NONE, venue_state=venue_state, terms=order.terms,
        reason=reason,
    )  # fmt: skip
    exhibit.market.apply(OrderReported(f"{Feed.OWN_ORDERS.name}:{FX}", told, False, exhibit.clock.now))
    found = blotter.get(VENUE, name)
    assert found is not None
    return found


def working(exhibit: Exhibit) -> None:
    quoted(exhibit)
    sent_pair(exhibit)
    for leg in (1, 2):
        answer(exhibit, leg)


def _filled(exhibit: Exhibit) -> None:
    working(exhibit)
    answer(exhibit, 1, VenueState.FILLED, "0", "FILLED")
    reason = "cancelled by the venue: the other leg was executed"
    answer(exhibit, 2, VenueState.CANCELLED, None, "CANCELED/OCO_CONDITION", reason)


def broken(exhibit: Exhibit) -> None:
    quoted(exhibit)
    sent_pair(exhibit)
    answer(exhibit, 1)
    answer(exhibit, 2, None, None, "REJECTED", "rejected by the venue: too far from the market")


def _both_filled(exhibit: Exhibit) -> None:
    working(exhibit)
    for leg in (1, 2):
        answer(exhibit, leg, VenueState.FILLED, "0", "FILLED")


def _in_doubt(exhibit: Exhibit) -> None:
    quoted(exhibit)
    sent_pair(exhibit)
    for leg in (1, 2):
        order = exhibit.market.blotter.get(VENUE, leg_id(PAIR, leg))
        assert order is not None
        assert order.intent_id is not None
        why = "no answer within 10 s: the link may have been lost"
        exhibit.market.apply(RequestDoubted(VENUE, order.client_id, order.intent_id, why, exhibit.clock.now))


def _stale(exhibit: Exhibit) -> None:
    quoted(exhibit)
    exhibit.beat(1.0)
    exhibit.channel(Feed.QUOTES, Freshness.STALE, "no quote for 30 s", FX)


def _unquoted(exhibit: Exhibit) -> None:
    """A pair of a connection without a chart service."""
    quoted(exhibit)
    listed = exhibit.market.pairs[exhibit.quote("USDCHF", "0.8835", "0.8836")]
    elsewhere = msgspec.structs.replace(listed.key, connection="FX elsewhere")
    exhibit.market.apply(PairListed(msgspec.structs.replace(listed, key=elsewhere)))
    exhibit.group.choose(elsewhere)


def _sell_stop_limit(ticket: OcoTicket) -> None:
    ticket.change_stop_kind()
    ticket.stage(SELL)
    ticket.other_leg()
    ticket.nudge_price(-85)
    _type(ticket, "quantity", "1.5m")
    _type(ticket, "validity_until", "2h")
    _type(ticket, "comment_1", "hedge")


def _refused(ticket: OcoTicket) -> None:
    ticket.stage(BUY)
    for name, text in (("quantity", "1234"), ("price_1", "1.082125"), ("validity_until", "25:99")):
        _type(ticket, name, text)
    ticket.fields.touch_all()
    ticket.submit()


def _asked(ticket: OcoTicket) -> None:
    ticket.stage(BUY)
    _type(ticket, "price_1", "+30p")
    ticket.fit()
    words = "Price 1.08716 is 0.00302 above the mid of 1.08414: more than 0.00200"
    assert ticket.draft is not None
    concerns = [Finding("", Level.WARN, concern.words) for concern in ticket.draft.concerns]
    ticket.show_findings([*concerns, Finding("price_1", Level.WARN, words)])


def _type(ticket: OcoTicket, name: str, text: str) -> None:
    ticket.fields.rows[name].editor.set_text(text)


def _scene(
    state: str,
    happens: Callable[[Exhibit], object] = quoted,
    hands: Hands = lambda ticket: None,
    size: tuple[int, int] = SIZE,
    practice: bool = False,
    bare: bool = False,
) -> Scene:
    def on_ticket(exhibit: Exhibit, widget: QWidget) -> None:
        assert isinstance(widget, OcoTicket)
        hands(widget)

    return Scene("Pair (OCO)", state, size, make_oco_ticket, happens, on_ticket, bare, practice)


def scenes() -> list[Scene]:
    return [
        _scene("fresh"),
        _scene("buy, both legs placed", hands=lambda ticket: ticket.stage(BUY)),
        _scene("sell, stop limit, terms", hands=_sell_stop_limit),
        _scene("refused at the fields", hands=_refused),
        _scene("to be confirmed", hands=_asked),
        _scene("both working", working),
        _scene("filled, the other cancelled", _filled, lambda ticket: ticket.taken((VENUE, PAIR))),
        _scene("broken", broken, lambda ticket: ticket.stage(SELL)),
        _scene("both executed", _both_filled),
        _scene("in doubt", _in_doubt),
        _scene("stale quote", _stale, lambda ticket: ticket.stage(BUY)),
        _scene("no quotes", _unquoted, lambda ticket: ticket.stage(BUY)),
        _scene("searching", hands=lambda ticket: _search(ticket, "eur")),
        _scene("compact", working, _compact),
        _scene("low", broken, lambda ticket: ticket.stage(BUY), size=(440, 620)),
        _scene("power contract", _power),
        _scene("no contract", bare=True, happens=lambda exhibit: None),
        _scene("practice", practice=True, hands=lambda ticket: ticket.stage(BUY)),
    ]


def _compact(ticket: OcoTicket) -> None:
    ticket.set_compact(True)
    ticket.stage(SELL)


def _search(ticket: OcoTicket, text: str) -> None:
    ticket.search.line.setText(text)
    ticket.search.line.textEdited.emit(text)
