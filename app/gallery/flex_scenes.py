"""Flexibility: the ladder behind its filter, the list of its orders, ticker, contracts and ticket."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.gallery.flex_market import FLEX, PLACES, WINDOWS, FlexDay
from app.gallery.ladder_scenes import make_ladder
from app.gallery.market import Exhibit, price, quantity
from app.gallery.scenes import Scene
from protocols.glocalflex.rules import order_form
from protocols.market import forms
from protocols.market.baseline_text import METERING_ID, TABLE, check_baseline
from protocols.market.commands import FlexTerms, PlaceOrder
from protocols.market.events import ChannelChanged, ConnectionStatus, Feed, Freshness
from protocols.market.flex import AREA, Baseline
from protocols.market.flex_book import FlexFilter
from protocols.market.forms import OrderForm
from protocols.market.instruments import FlexMarket, FlexWindow, Instrument, market_key, window_key
from protocols.market.order_events import RequestDoubted
from protocols.market.times import MINUTE, UtcNs
from protocols.market.values import Side
from widgets.delivery import CONTINENT
from widgets.flex.baseline_editor import BaselineEditor
from widgets.flex.contracts import FlexContracts
from widgets.flex.map import FlexMap
from widgets.flex.order_list import OrderList
from widgets.flex.ticker import FlexTicker
from widgets.flex.ticket_section import FlexTicketSection
from widgets.ladder import Ladder
from widgets.theme import Theme
from widgets.ticket import Finding, Level, OrderTicket

LADDER, LIST, TAPE, CONTRACTS, TICKET = (560, 640), (800, 380), (820, 330), (980, 430), (420, 660)
NARROW = (432, 560)
EDITOR, MAP = (880, 560), (560, 420)


def _ladder(exhibit: Exhibit, theme: Theme) -> QWidget:
    return make_ladder(exhibit, theme)


def _window(exhibit: Exhibit) -> None:
    FlexDay(exhibit).look_at(1)


def _whole(exhibit: Exhibit) -> None:
    FlexDay(exhibit).look_at(None)


def own_orders(exhibit: Exhibit) -> None:
    """Own orders of several windows, in one row and in several; one of them is in doubt."""
    day = FlexDay(exhibit)
    day.order("o1", Side.BUY, "0.212", "1200", "matching_active", 0)
    day.order("o2", Side.BUY, "0.210", "25000", "matching_active", 1)
    day.order("o3", Side.BUY, "0.210", "800", "matching_active", 1)
    day.order("o4", Side.BUY, "0.200", "3700", "matching_active", 2)
    day.order("o5", Side.BUY, "0.200", "900", "matching_active", 4)
    day.order("o6", Side.SELL, "0.224", "4500", "matching_active", 3)
    day.order("o8", Side.BUY, "0.190", "2200", "matching_active", 4)
    day.order("o9", Side.BUY, "0.190", "700", "matching_active", 4)
    day.order("o7", Side.SELL, "0.235", "11000", "matching_active", 5)
    exhibit.market.apply(RequestDoubted(FLEX, "0bo7", None, "expiry passed, unconfirmed", exhibit.clock.now))
    day.look_at(None)


def _stale(exhibit: Exhibit) -> None:
    day = FlexDay(exhibit)
    day.look_at(1)
    exhibit.connection(ConnectionStatus.DOWN, "the link was lost", FLEX)
    day.channels(Freshness.STALE, "the link was lost")
    exhibit.beat(12.0)


def _empty(exhibit: Exhibit) -> None:
    day = FlexDay(exhibit)
    day.look_at(1)
    day.book(())
    exhibit.beat(1.0)


def _in_germany(exhibit: Exhibit, widget: QWidget) -> None:
    assert isinstance(widget, Ladder)
    widget.choose_place(FlexFilter(country="DE"))


def _list(exhibit: Exhibit, theme: Theme) -> QWidget:
    """The popup by itself, as it lies over the ladder of all windows."""
    FlexDay(exhibit).look_at(None)
    orders = OrderList(exhibit.market, exhibit.clock, exhibit.group, theme)
    orders.show_orders(market_key(FLEX), FlexFilter(), price("0.212"))
    return orders


def _map(exhibit: Exhibit, theme: Theme) -> QWidget:
    return FlexMap(exhibit.market, exhibit.clock, exhibit.group, theme)


def _look_at_a_place(exhibit: Exhibit, widget: QWidget) -> None:
    assert isinstance(widget, FlexMap)
    widget.look_at(1)


def _ticker(exhibit: Exhibit, theme: Theme) -> QWidget:
    return FlexTicker(exhibit.market, exhibit.clock, exhibit.group, theme)


def _told(exhibit: Exhibit) -> None:
    day = FlexDay(exhibit)
    day.ticker()
    day.look_at(0)


def _told_and_stale(exhibit: Exhibit) -> None:
    _told(exhibit)
    exhibit.market.apply(
        ChannelChanged(FLEX, "ticker", Feed.TICKER, AREA, "", Freshness.STALE, "the link was lost", exhibit.clock.now)
    )
    exhibit.beat(1.0)


def _trades_of_one_window(exhibit: Exhibit, widget: QWidget) -> None:
    assert isinstance(widget, FlexTicker)
    widget.next_kind()
    widget.toggle_linked()


def _contracts(exhibit: Exhibit, theme: Theme) -> QWidget:
    return FlexContracts(exhibit.market, exhibit.clock, exhibit.group, theme)


def _matched(exhibit: Exhibit) -> None:
    """Contracts at every station, one that failed, one with a word that no page names."""
    day = FlexDay(exhibit)
    begun = ("verification_initiated", "", "")
    verified = ("verification_completed_success", "", "")
    settling, settled = ("settlement_initiated", "", ""), ("settlement_completed_success", "", "")
    day.contract("C-1007", begun, verified, settling, settled)
    day.contract("C-1008", begun, verified, settling, much="25000", window=1)
    day.contract("C-1009", begun, side=Side.BUY, at="0.214", window=2)
    day.contract("C-1010", ("", "awaiting_metering_data", "awaiting_verification_completion"), window=3)
    day.contract("C-1011", begun, ("", "completed_failed", ""), window=3)
    day.contract("C-1012", ("paused_by_operator", "", ""), side=None, window=4)
    day.order("order-C-1007", Side.SELL, "0.230", "4500", "matching_active", window=1)
    day.order("o-2", Side.SELL, "0.210", "11000", "awaiting_baseline_data", window=2)
    exhibit.beat(1.0)


def _choose(name: str) -> Callable[[Exhibit, QWidget], None]:
    def choose(exhibit: Exhibit, widget: QWidget) -> None:
        assert isinstance(widget, FlexContracts)
        widget.grid.set_current(next(row for row, each in enumerate(widget.rows) if each.name[2] == name))

    return choose


def make_flex_ticket(exhibit: Exhibit, theme: Theme) -> OrderTicket:
    def form(contract: Instrument) -> OrderForm | None:
        return order_form(contract) if isinstance(contract, FlexMarket | FlexWindow) else None

    ticket = OrderTicket(exhibit.market, exhibit.clock, exhibit.group, theme, form)
    section = FlexTicketSection(exhibit.market, exhibit.clock, theme, ticket)
    section.changed.connect(ticket.changed_beside)
    ticket.add_section(section)
    return ticket


def _order(exhibit: Exhibit, side: Side, baseline: Baseline | None = None) -> PlaceOrder:
    delivery, place = WINDOWS[1], PLACES[0]
    terms = FlexTerms(delivery, UtcNs(delivery.start - 15 * MINUTE), place, baseline)
    return PlaceOrder(window_key(FLEX, delivery), side, quantity("4500"), price("0.225"), terms)


def _fill(side: Side) -> Callable[[Exhibit, QWidget], None]:
    def fill(exhibit: Exhibit, widget: QWidget) -> None:
        assert isinstance(widget, OrderTicket)
        widget.fill(_order(exhibit, side))

    return fill


def _sell_with_baseline(exhibit: Exhibit, widget: QWidget) -> None:
    assert isinstance(widget, OrderTicket)
    baseline = check_baseline({METERING_ID: "ce15bc33-2bda", TABLE: _TABLE}, exhibit.clock.now.utc).baseline
    widget.fill(_order(exhibit, Side.SELL, baseline))


def _refused(exhibit: Exhibit, widget: QWidget) -> None:
    _sell_with_baseline(exhibit, widget)
    assert isinstance(widget, OrderTicket)
    widget.show_findings([Finding(forms.QUANTITY, Level.BLOCK, "power: ensure this value is at most 4000")])
    widget.say(f"Refused by {FLEX}: mend it and send it anew", "danger")


_TABLE = "\n".join(
    f"2026-11-21T{13 + number // 4}:{15 * (number % 4):02}:00Z\t{value}"
    for number, value in enumerate(("1.5", "1.25", "1.75", "2.125"))
)


def _editor(exhibit: Exhibit, theme: Theme) -> QWidget:
    FlexDay(exhibit)
    editor = BaselineEditor(exhibit.clock, theme)
    editor.prepare(WINDOWS[1], CONTINENT, None)
    return editor


def _pasted(exhibit: Exhibit, widget: QWidget) -> None:
    assert isinstance(widget, BaselineEditor)
    widget.fields[METERING_ID].setText("ce15bc33-2bda-4d26-8ddd-b958b22b569b")
    widget.take_text(_TABLE)


def _mistaken(exhibit: Exhibit, widget: QWidget) -> None:
    assert isinstance(widget, BaselineEditor)
    widget.take_text("time;kWh\n2026-11-21 14:00;1,5\n2026-11-21 14:15;abc\n14:30;2\n2026-11-21 14:45;2,25;x")


def _nothing(exhibit: Exhibit, widget: QWidget) -> None:
    """Hands that stay off."""


def _scene(
    state: str, happens: Callable[[Exhibit], object], hands: Callable[[Exhibit, QWidget], object] = _nothing
) -> Scene:
    return Scene("Flexibility book", state, LADDER, _ladder, happens, hands)


def scenes() -> list[Scene]:
    tape, contracts, ticket, editor = "Flexibility tape", "Flexibility contracts", "Flexibility ticket", "Baseline"
    return [
        _scene("one window", _window),
        _scene("all windows mixed", _whole),
        _scene("all windows, own orders", own_orders),
        Scene("Flexibility book", "all windows, own orders, narrow", NARROW, _ladder, own_orders),
        _scene("one country", _window, hands=_in_germany),
        _scene("stale", _stale),
        _scene("empty", _empty),
        Scene("Flexibility orders", "by price", LIST, _list),
        Scene("Flexibility map", "one window", MAP, _map, _window),
        Scene("Flexibility map", "all windows, a place chosen", MAP, _map, _whole, _look_at_a_place),
        Scene("Flexibility map", "stale", MAP, _map, _stale),
        Scene(tape, "trades and expiries", TAPE, _ticker, _told),
        Scene(tape, "trades of one window", TAPE, _ticker, _told, _trades_of_one_window),
        Scene(tape, "stale", TAPE, _ticker, _told_and_stale),
        Scene(contracts, "settled", CONTRACTS, _contracts, _matched, _choose("C-1007")),
        Scene(contracts, "failed", CONTRACTS, _contracts, _matched, _choose("C-1011")),
        Scene(contracts, "nothing yet", CONTRACTS, _contracts, _window),
        Scene(ticket, "empty", TICKET, make_flex_ticket, _window),
        Scene(ticket, "buy", TICKET, make_flex_ticket, _window, _fill(Side.BUY)),
        Scene(ticket, "sell without baseline", TICKET, make_flex_ticket, _window, _fill(Side.SELL)),
        Scene(ticket, "sell with baseline", TICKET, make_flex_ticket, _window, _sell_with_baseline),
        Scene(ticket, "refused", TICKET, make_flex_ticket, _window, _refused),
        Scene(editor, "empty", EDITOR, _editor),
        Scene(editor, "pasted", EDITOR, _editor, hands=_pasted),
        Scene(editor, "mistaken", EDITOR, _editor, hands=_mistaken),
    ]
