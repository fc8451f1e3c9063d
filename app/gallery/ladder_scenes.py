"""The ladder, where orders are staged."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.forms import DeskForms, power_forms
from app.gallery.market import FX, Exhibit, price, quantity
from app.gallery.scenes import FRESHNESS, Scene, both, closed, hibernated, key_texts, stale
from protocols.eznergy.rules import keeps_place
from protocols.market.commands import FxTerms, PlaceOrder, PowerTerms
from protocols.market.events import Feed, Freshness
from protocols.market.values import Side
from widgets.ladder import Ladder
from widgets.theme import Theme

LADDER = (560, 640)


def make_ladder(exhibit: Exhibit, theme: Theme) -> Ladder:
    ladder = Ladder(exhibit.market, exhibit.clock, exhibit.group, theme)
    ladder.set_form_source(DeskForms(power_forms(), lambda name: None))
    ladder.set_place_rule(keeps_place)
    ladder.set_keys(key_texts())
    return ladder


def own_orders(exhibit: Exhibit) -> None:
    """One of every state, and one that has moved up: what was ahead of it traded and was pulled."""
    exhibit.working(Side.BUY, "72.10", "10")
    exhibit.beat(1.0)
    exhibit.trade("72.10", "5")
    exhibit.levels({"72.10": "5.4"})
    exhibit.working(Side.BUY, "72.00", "25", left="6")
    exhibit.pending(Side.BUY, "71.90", "1")
    exhibit.in_doubt(Side.BUY, "71.80", "5")
    exhibit.hibernated(Side.BUY, "71.70", "10")
    exhibit.working(Side.SELL, "72.20", "4")
    exhibit.cancelling(exhibit.working(Side.SELL, "72.30", "7.5"))
    exhibit.amending(exhibit.working(Side.SELL, "72.40", "2"))
    exhibit.working(Side.SELL, "72.50", "3")
    exhibit.working(Side.SELL, "72.50", "3")


def _scene(
    state: str,
    happens: Callable[[Exhibit], object] = lambda exhibit: None,
    hands: Callable[[Exhibit, Ladder], object] = lambda exhibit, ladder: None,
    size: tuple[int, int] = LADDER,
    practice: bool = False,
    bare: bool = False,
) -> Scene:
    def on_ladder(exhibit: Exhibit, widget: QWidget) -> None:
        assert isinstance(widget, Ladder)
        hands(exhibit, widget)

    return Scene("Ladder", state, size, make_ladder, happens, on_ladder, bare, practice)


def _amend(exhibit: Exhibit, ladder: Ladder) -> None:
    ladder.next_own(1)
    ladder.amend_selected()


def _lose_place(exhibit: Exhibit, ladder: Ladder) -> None:
    _amend(exhibit, ladder)
    ladder.nudge_price(-5)


def _keep_place(exhibit: Exhibit, ladder: Ladder) -> None:
    _amend(exhibit, ladder)
    ladder.nudge_quantity(-10)


def _held(exhibit: Exhibit, ladder: Ladder) -> None:
    """The market moves between the frame and the key."""
    exhibit.levels({"72.10": "0"})
    ladder.stage(Side.BUY)


def _type(exhibit: Exhibit, ladder: Ladder) -> None:
    ladder.stage(Side.SELL)
    ladder.begin_quantity()
    for figure in "12.55":
        ladder.type_quantity(figure)


def iceberg(exhibit: Exhibit) -> PlaceOrder:
    terms = PowerTerms("FillOrKill", display_quantity=quantity("2.5"), price_delta=price("-0.05"))
    return PlaceOrder(exhibit.key, Side.BUY, quantity("10"), price("72.05"), terms)


def _fx(exhibit: Exhibit) -> None:
    """A pair, quoted both ways, with a limit and a stop of ours."""
    key = exhibit.quote("EURUSD", "1.08412", "1.08416")
    limit = PlaceOrder(key, Side.BUY, quantity("25000"), price("1.0836"), FxTerms("LIMIT", "AON"))
    stop = PlaceOrder(key, Side.SELL, quantity("100000"), None, FxTerms("STOP", "GTC", price("1.0835")))
    for command in (limit, stop):
        exhibit.placed(command)
    exhibit.group.choose(key)
    exhibit.beat(1.0)


def _fx_stop(exhibit: Exhibit, ladder: Ladder) -> None:
    assert exhibit.group.contract is not None
    terms = FxTerms("STOP", "AON", price("1.0846"))
    ladder.stage_order(PlaceOrder(exhibit.group.contract, Side.BUY, quantity("50000"), None, terms))


def _fx_silent(exhibit: Exhibit) -> None:
    _fx(exhibit)
    exhibit.channel(Feed.QUOTES, Freshness.STALE, "no quote for 30 s", FX)
    exhibit.beat(12.0)


def _ladders() -> list[Scene]:
    return [
        *(_scene(name, happens) for name, happens in FRESHNESS),
        _scene("crossed", lambda exhibit: exhibit.levels({"73.00": "1"})),
        _scene("empty", lambda exhibit: exhibit.book({}, {})),
        _scene("closed", closed),
        _scene("hibernated", hibernated),
        _scene("standby", lambda exhibit: exhibit.state("Standby", "Continuous")),
        _scene("frozen (NPID: no phase)", lambda exhibit: exhibit.state("Frozen", "")),
        _scene("no contract", hands=lambda exhibit, ladder: exhibit.group.choose(None)),
        _scene("no connection", bare=True),
        _scene("practice", practice=True),
        _scene("own orders", own_orders),
        _scene("own orders, stale", both(own_orders, stale)),
        _scene("staged", hands=lambda exhibit, ladder: ladder.stage(Side.BUY)),
        _scene("staged iceberg", hands=lambda exhibit, ladder: ladder.stage_order(iceberg(exhibit))),
        _scene("typing a quantity", hands=_type),
        _scene("held: the market moved", hands=_held),
        _scene("amending, keeps its place", own_orders, _keep_place),
        _scene("amending, loses its place", own_orders, _lose_place),
        _scene("cumulative", hands=lambda exhibit, ladder: ladder.toggle_cumulative()),
        _scene("collapsed", own_orders, lambda exhibit, ladder: ladder.toggle_collapsed()),
        _scene("compact", own_orders, lambda exhibit, ladder: ladder.set_compact(True)),
        _scene("narrow", own_orders, size=(480, 560)),
        _scene("wide", own_orders, size=(720, 480)),
        _scene("currency pair", _fx),
        _scene("currency pair, stop staged", _fx, _fx_stop),
        _scene("currency pair, stale", _fx_silent),
    ]


def scenes() -> list[Scene]:
    return _ladders()
