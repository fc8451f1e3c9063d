"""The positions: pairs and power, with what is not known, and with executions that belong to no order."""

from PySide6.QtWidgets import QWidget

from app.gallery.market import FX, VENUE, Exhibit, price, quantity
from app.gallery.scenes import FRESHNESS, Scene, both
from app.gallery.table_scenes import own_trades
from protocols.market.commands import FxTerms, OcoLeg, PlaceOco, PlaceOrder, leg_id
from protocols.market.events import Feed, Freshness, Unmatched, UnmatchedChanged, UnmatchedRecalled
from protocols.market.instruments import ContractKey
from protocols.market.order_events import OwnExecuted, OwnExecutionsRecalled
from protocols.market.orders import VenueState
from protocols.market.times import DAY, HOUR, Instant, UtcNs
from protocols.market.values import Quantity, Side
from widgets.positions import Positions
from widgets.theme import Theme

SIZE = (1240, 420)
PAIR = "0b7153aa-6e55-41e8-b566-0800200c9a67"

DONE = (
    ("EURUSD", Side.BUY, "150000", "1.08350"),
    ("EURUSD", Side.SELL, "50000", "1.08477"),
    ("USDJPY", Side.SELL, "80000", "149.821"),
    ("EURGBP", Side.BUY, "25000", None),
    ("GBPUSD", Side.BUY, "20000", "1.27010"),
    ("GBPUSD", Side.SELL, "20000", "1.26955"),
)


def _positions(exhibit: Exhibit, theme: Theme) -> QWidget:
    return Positions(exhibit.market, exhibit.clock, exhibit.group, theme)


def held(exhibit: Exhibit) -> None:
    """Long, short and flat; of one the venue did not say what was paid."""
    own_trades(exhibit)
    exhibit.channel(Feed.OWN_ORDERS, area=FX)
    for symbol, bid, ask in (
        ("EURUSD", "1.08412", "1.08416"),
        ("USDJPY", "149.570", "149.576"),
        ("EURGBP", "0.85290", "0.85299"),
        ("GBPUSD", "1.27101", "1.27108"),
    ):
        exhibit.quote(symbol, bid, ask)
    for symbol, side, much, paid in DONE:
        _executed(exhibit, symbol, side, quantity(much), paid)


def _executed(exhibit: Exhibit, symbol: str, side: Side, much: Quantity, paid: str | None) -> None:
    key = ContractKey(VENUE, FX, symbol)
    order = exhibit.placed(PlaceOrder(key, side, much, None, FxTerms("MARKET", "IOC")))
    exhibit.report(order, VenueState.FILLED, action="FILLED")
    at = None if paid is None else price(paid)
    told = OwnExecuted(key, order.client_id, side, much, much, at, UtcNs(exhibit.utc))
    exhibit.market.apply(told)


def unmatched(exhibit: Exhibit) -> None:
    held(exhibit)
    rows = tuple(
        Unmatched(VENUE, identifier, "", symbol, side, much, status, exhibit.clock.now)
        for identifier, symbol, side, much, status in (
            ("100482", "EURUSD", "SELL", "50000", "FILLED"),
            ("100519", "USDJPY", "BUY", "12000", "PARTIAL_FILL"),
        )
    )
    exhibit.market.apply(UnmatchedChanged(VENUE, rows))


def restarted(exhibit: Exhibit) -> None:
    """What an earlier run left: executions that the venue has listed since, or not, and an unmatched one."""
    held(exhibit)
    earlier = exhibit.utc - 20 * HOUR
    names = ("EURUSD", Side.SELL, "30000", "1.08390"), ("AUDUSD", Side.BUY, "40000", "0.65210")
    told = tuple(
        OwnExecuted(
            ContractKey(VENUE, FX, symbol), f"before-{symbol}", side, quantity(much), quantity(much), price(paid),
            UtcNs(earlier),
        )
        for symbol, side, much, paid in names
    )  # fmt: skip
    exhibit.quote("AUDUSD", "0.65302", "0.65309")
    exhibit.market.apply(OwnExecutionsRecalled(VENUE, told, UtcNs(exhibit.utc // DAY * DAY - DAY)))
    at = Instant(0.0, UtcNs(earlier))
    stray = Unmatched(VENUE, "99871", "", "GBPUSD", "SELL", "15000", "FILLED", at, recalled=True)
    exhibit.market.apply(UnmatchedRecalled(VENUE, (stray,), ()))


def doubted(exhibit: Exhibit) -> None:
    """Orders in doubt, of what is held and of what may be held since."""
    held(exhibit)
    for key, side, at, much in (
        (4, Side.SELL, "72.18", "5"),
        (4, Side.SELL, "72.20", "5"),
        (6, Side.BUY, "70.10", "3"),
    ):
        exhibit.in_doubt(side, at, much, key)
    legs = (OcoLeg("LIMIT", price("1.08612")), OcoLeg("STOP", None, price("1.08212")))
    pair = PlaceOco(ContractKey(VENUE, FX, "EURUSD"), Side.SELL, quantity("50000"), legs, "AON")
    exhibit.intend(pair, PAIR)
    for number in (1, 2):
        exhibit.doubt(leg_id(PAIR, number))


def no_quotes(exhibit: Exhibit) -> None:
    held(exhibit)
    exhibit.channel(Feed.QUOTES, Freshness.STALE, "no quote for 30 s", FX)


def _compact(exhibit: Exhibit, widget: QWidget) -> None:
    assert isinstance(widget, Positions)
    widget.set_compact(True)


def _open_only(exhibit: Exhibit, widget: QWidget) -> None:
    assert isinstance(widget, Positions)
    widget.toggle_open()


def scenes() -> list[Scene]:
    return [
        *(Scene("Positions", name, SIZE, _positions, both(held, happens)) for name, happens in FRESHNESS),
        Scene("Positions", "nothing traded", SIZE, _positions),
        Scene("Positions", "quotes stale", SIZE, _positions, no_quotes),
        Scene("Positions", "unmatched executions", SIZE, _positions, unmatched),
        Scene("Positions", "after a restart", SIZE, _positions, restarted),
        Scene("Positions", "orders in doubt", SIZE, _positions, doubted),
        Scene("Positions", "open only", SIZE, _positions, held, _open_only),
        Scene("Positions", "compact", SIZE, _positions, unmatched, _compact),
        Scene("Positions", "practice", SIZE, _positions, held, practice=True),
    ]
