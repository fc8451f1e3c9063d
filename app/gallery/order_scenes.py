"""The blotter: power and currency pairs side by side, pairs of orders under one header, groups, filters."""

from PySide6.QtWidgets import QWidget

from app.gallery.flex_market import FLEX, PLACES, WINDOWS, FlexDay
from app.gallery.ladder_scenes import own_orders
from app.gallery.market import FX, VENUE, Exhibit, price, quantity
from app.gallery.scenes import FRESHNESS, Scene, both, key_texts
from protocols.market.commands import FxTerms, OcoLeg, PlaceOco, PlaceOrder, leg_id
from protocols.market.events import Feed
from protocols.market.flex_events import FlexCandidate, FlexCandidatesChanged
from protocols.market.instruments import ContractKey
from protocols.market.order_events import OrderReported
from protocols.market.orders import OrderReport, OrderStatus, VenueState, Verdict
from protocols.market.times import MINUTE, UtcNs
from protocols.market.values import SCALE, Side
from widgets.delivery import CONTINENT
from widgets.orders import OrdersTable
from widgets.orders.catalogue import Col, GroupBy
from widgets.orders.conditions import Choice, Range
from widgets.orders.filter_dialog import FilterDialog
from widgets.orders.question import DoubtQuestion
from widgets.orders.sorting import Level
from widgets.theme import Theme

WIDE, DESK, DIALOG, QUESTION = (1240, 300), (1600, 520), (340, 360), (640, 440)
BUY, SELL = Side.BUY, Side.SELL


def make_orders(exhibit: Exhibit, theme: Theme) -> OrdersTable:
    table = OrdersTable(exhibit.market, exhibit.clock, exhibit.group, theme)
    table.set_keys(key_texts())
    return table


def orders(exhibit: Exhibit) -> None:
    """One of every status."""
    exhibit.ended(BUY, "71.80", "5", VenueState.FILLED, "FullyExecuted", key=3)
    exhibit.ended(SELL, "73.10", "2", VenueState.CANCELLED, "DeletedByUser", key=3)
    exhibit.ended(SELL, "73.40", "1", VenueState.EXPIRED, "DeletedBySystem", key=5)
    exhibit.beat(1.0)
    own_orders(exhibit)
    exhibit.denied(BUY, "99.00", "10")
    exhibit.rejected(SELL, "72.50", "50")


def desk(exhibit: Exhibit) -> None:
    """Power and currencies; a pair that works, one that is done, and one that is broken."""
    orders(exhibit)
    exhibit.channel(Feed.OWN_ORDERS, area=FX)
    euro, yen = exhibit.quote("EURUSD", "1.08412", "1.08416"), exhibit.quote("EURJPY", "162.104", "162.115")
    done = _pair(exhibit, euro, BUY, "1.08212", "1.08616", "50000")
    _say(exhibit, done, 1, VenueState.FILLED, "0", "FILLED")
    told = "cancelled by the venue: the other leg was executed"
    _say(exhibit, done, 2, VenueState.CANCELLED, None, "CANCELED/OCO_CONDITION", told)
    until = UtcNs(exhibit.utc + 134 * MINUTE)
    single = PlaceOrder(euro, SELL, quantity("1250000"), price("1.08550"), FxTerms("LIMIT", "GTC", None, until, "roll"))
    exhibit.placed(single)
    _pair(exhibit, yen, SELL, "162.850", "161.420", "100000")
    broken = _pair(exhibit, euro, SELL, "1.08790", "1.08105", "25000", refused=True)
    assert broken


def _pair(
    exhibit: Exhibit, key: ContractKey, side: Side, limit: str, stop: str, much: str, refused: bool = False
) -> str:
    """A limit and a stop, both working, or the stop refused. Gives the pair's name."""
    name = f"0b{exhibit.market.blotter.revision:06}-6e55-41e8-b566-0800200c9a66"
    legs = (OcoLeg("LIMIT", price(limit)), OcoLeg("STOP", None, price(stop)))
    exhibit.intend(PlaceOco(key, side, quantity(much), legs, "AON"), name)
    _say(exhibit, name, 1)
    if refused:
        _say(exhibit, name, 2, None, None, "REJECTED", "rejected by the venue: too far from the market")
    else:
        _say(exhibit, name, 2)
    exhibit.beat(1.0)
    return name


def _say(
    exhibit: Exhibit,
    pair: str,
    leg: int,
    state: VenueState | None = VenueState.ACTIVE,
    left: str | None = None,
    venue_state: str = "NEW",
    reason: str = "",
) -> None:
    """The venue's word on a leg; without a state it refuses it."""
    order = exhibit.market.blotter.get(VENUE, leg_id(pair, leg))
    assert order is not None
    known = order.version
    told = OrderReport(
        connection=VENUE, client_id=order.client_id, venue_id=f"7{pair[4:8]}{leg}",
        revision=known.revision + 1 if known else 1, key=order.key, side=order.side, price=order.price,
        quantity=order.remaining if left is None else quantity(left), initial=order.quantity, state=state,
        verdict=Verdict.REJECTED if state is None else Verdict.NONE, venue_state=venue_state, terms=order.terms,
        reason=reason,
    )  # fmt: skip
    exhibit.market.apply(OrderReported(f"{Feed.OWN_ORDERS.name}:{FX}", told, False, exhibit.clock.now))


def _question(exhibit: Exhibit, theme: Theme) -> QWidget:
    order = exhibit.in_doubt(BUY, "71.95", "5")
    assert order.status is OrderStatus.IN_DOUBT
    return DoubtQuestion(order, exhibit.market, exhibit.clock, theme)


def _twin_question(exhibit: Exhibit, theme: Theme) -> QWidget:
    """Of flexibility: no answer named it, and two orders of the venue say the same."""
    day = FlexDay(exhibit)
    order = day.lost("1", SELL, "0.221", "4500", window=1)
    found = []
    for number, status in (("6f1d-02", "accepted"), ("6f1d-07", "matching_active")):
        exhibit.beat(1.0)
        told = (number, status, UtcNs(WINDOWS[1].start - 15 * MINUTE), PLACES[0], exhibit.clock.now, "{}")
        found.append(FlexCandidate(*told))
    exhibit.market.apply(FlexCandidatesChanged(FLEX, ((order.client_id, tuple(found)),)))
    return DoubtQuestion(order, exhibit.market, exhibit.clock, theme)


def _table(widget: QWidget) -> OrdersTable:
    assert isinstance(widget, OrdersTable)
    return widget


def _compact(exhibit: Exhibit, widget: QWidget) -> None:
    _table(widget).set_compact(True)


def _working_only(exhibit: Exhibit, widget: QWidget) -> None:
    _table(widget).only_working.setChecked(True)


def _grouped(exhibit: Exhibit, widget: QWidget) -> None:
    """By status, the first group with the keys and the last ones folded."""
    table = _table(widget)
    table.choosing.set_group(GroupBy.STATUS)
    for row in range(table.model.rowCount() - 1, -1, -1):
        band = table.model.band(row)
        if band is not None and band.header and band.left[0].text in ("filled", "cancelled", "expired"):
            table.view.fold_asked.emit(row, True)
    table.view.setCurrentIndex(table.model.index(0, 0))


def _by_contract(exhibit: Exhibit, widget: QWidget) -> None:
    _table(widget).choosing.set_group(GroupBy.CONTRACT)


def _filtered(exhibit: Exhibit, widget: QWidget) -> None:
    """Two columns filtered, sorted by two, a row selected."""
    table = _table(widget)
    table.choosing.set_condition(Col.STATUS, Choice(("working", "partly filled", "pending", "in doubt")))
    table.choosing.set_condition(Col.QUANTITY, Range(5 * SCALE, None))
    table.choosing.sort_by((Level(Col.SIDE), Level(Col.PRICE, True)))
    table.view.selectRow(2)


def _all_columns(exhibit: Exhibit, widget: QWidget) -> None:
    table = _table(widget)
    for column in Col:
        table.view.choice.show(column, True)
    table.view.arrange_columns()


def _choice(exhibit: Exhibit, theme: Theme) -> QWidget:
    offered = [("in doubt", 1), ("pending", 1), ("working", 7), ("filled", 2), ("cancelled", 12)]
    chosen = Choice(("in doubt", "pending", "working"))
    return _dialog(exhibit, theme, Col.STATUS, chosen, offered)


def _range(exhibit: Exhibit, theme: Theme) -> QWidget:
    dialog = _dialog(exhibit, theme, Col.PRICE, Range(70 * SCALE, None), [])
    dialog.fields[1].setText("69,5")
    dialog.fields[1].textEdited.emit("69,5")
    return dialog


def _dialog(
    exhibit: Exhibit, theme: Theme, column: Col, condition: Choice | Range, offered: list[tuple[str, int]]
) -> FilterDialog:
    time = (UtcNs(exhibit.utc), CONTINENT)
    return FilterDialog(column, condition, offered, time, lambda condition: None, theme, None)


def scenes() -> list[Scene]:
    return [
        *(Scene("Orders", name, WIDE, make_orders, both(orders, happens)) for name, happens in FRESHNESS),
        Scene("Orders", "nothing received", WIDE, make_orders, bare=True),
        Scene("Orders", "practice", WIDE, make_orders, orders, practice=True),
        Scene("Orders", "no orders", WIDE, make_orders),
        Scene("Orders", "only working", WIDE, make_orders, orders, _working_only),
        Scene("Orders", "compact", WIDE, make_orders, desk, _compact),
        Scene("Orders", "power and currencies, pairs", DESK, make_orders, desk),
        Scene("Orders", "grouped by status", DESK, make_orders, desk, _grouped),
        Scene("Orders", "grouped by contract", DESK, make_orders, desk, _by_contract),
        Scene("Orders", "filtered and sorted", WIDE, make_orders, desk, _filtered),
        Scene("Orders", "all columns", (2700, 520), make_orders, desk, _all_columns),
        Scene("Orders: filter of a column", "a choice", DIALOG, _choice),
        Scene("Orders: filter of a column", "a range, refused", (360, 170), _range),
        Scene("What became of it?", "in doubt", QUESTION, _question),
        Scene("What became of it?", "may be one of two of the venue's", (640, 600), _twin_question),
    ]
