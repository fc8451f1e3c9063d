"""An order that is being put together, and what every act makes of it. No Qt, no clock; nothing here sends.

A stage is what the trader meant at the moment of an act: its price is a number from then on and follows no market. What
can't be staged is refused in words (`NotStaged`), and the stage stays as it was.
"""

import re
from collections.abc import Callable
from typing import Any

import msgspec

from protocols.market.commands import (
    AmendOrder,
    Command,
    FlexTerms,
    FxTerms,
    PlaceOrder,
    PowerTerms,
    Terms,
    limit_of,
    power_of,
)
from protocols.market.forms import OrderForm
from protocols.market.instruments import ContractKey, CurrencyPair, FlexWindow, Instrument, InstrumentSpec
from protocols.market.orders import Order, OrderStatus
from protocols.market.times import utc_text
from protocols.market.values import MAXIMUM, SCALE, Price, Quantity, Side, ValueRefused, fixed_text, scaled_from_text
from widgets import fx_staging
from widgets.books import BEST, BookView, reaches
from widgets.figures import amount_text, price_figure

PRESETS = tuple(Quantity(megawatts * SCALE) for megawatts in (1, 5, 10, 25, 50))
"""Preset quantities until the trader edits them."""

HIBERNATED = "a hibernated order is sent from its ticket"
"""Why it is not staged."""

LONGEST_ENTRY = 12
"""Characters taken while a quantity is typed; more are not numbers that anybody meant."""


KeepsPlace = Callable[[Order, Price | None, Quantity | None], bool]
"""A venue's rule: whether an order amended to this price and quantity (None leaves one) keeps its place."""


class NotStaged(ValueError):
    """Why an act staged or changed nothing, in words for the trader."""


class Reference(msgspec.Struct, frozen=True):
    """The best price that a stage was put beside: what a hop keeps the distance to."""

    side: Side
    best: Price


class Stage(msgspec.Struct, frozen=True):
    """An order, or the change of one, that waits to be sent.

    `order` is the order to be amended as the trader saw it then, None for a new one; `quantity` is what is to remain.
    `price` is where it is to wait: a stop's stop price, any other's limit.
    """

    key: ContractKey
    side: Side
    price: Price
    quantity: Quantity
    terms: Terms = PowerTerms()
    order: Order | None = None
    reference: Reference | None = None

    @property
    def is_stop(self) -> bool:
        return fx_staging.is_stop(self.terms)

    @property
    def amending(self) -> str | None:
        """The client identifier of the order to be amended."""
        return None if self.order is None else self.order.client_id


# Staging


def at_best(contract: Instrument, book: BookView, side: Side, quantity: Quantity, take: bool = False) -> Stage:
    """Joins the best price of the side, or takes that of the other. Raises `NotStaged` where there is none.

    A best price off the tick is joined at the next tick away from the market, and taken at the next one beyond it.
    """
    whose = side.other if take else side
    best = book.side(whose).best
    if best is None:
        raise NotStaged(f"No {_orders_of(whose)}: nothing to {'take' if take else 'join'}")
    price = on_tick(best, side.other if take else side, contract.spec.tick)
    return Stage(contract.key, side, price, quantity, _fresh_terms(contract), reference=Reference(whose, best))


def at_price(contract: Instrument, book: BookView, side: Side, price: Price, quantity: Quantity) -> Stage:
    """At a price of the trader's choice; one off the tick goes to the next tick away from the market."""
    price = on_tick(price, side, contract.spec.tick)
    return Stage(contract.key, side, price, quantity, _fresh_terms(contract), reference=_reference(book, side))


def stop_at(contract: Instrument, book: BookView, side: Side, price: Price, quantity: Quantity) -> Stage:
    """A stop that sets off at a price of the trader's choice. Raises `NotStaged` where there are no stops, and where it
    would set off at once: that is a market order, and nobody means it by a stop."""
    if not isinstance(contract, CurrencyPair):
        raise NotStaged("This contract has no stop orders")
    price = on_tick(price, side.other, contract.spec.tick)
    bid, ask = book.bids.best, book.asks.best
    if fx_staging.sets_off(side, price, bid, ask):
        name, market = ("ask", ask) if side is Side.BUY else ("bid", bid)
        is_at = "" if market is None else f", which is {price_text(market, contract.spec)}"
        where = "above" if side is Side.BUY else "below"
        raise NotStaged(f"A {side.value.lower()} stop waits {where} the {name}{is_at}")
    return Stage(contract.key, side, price, quantity, fx_staging.fresh_terms(stop=True))


def staged_order(order: PlaceOrder) -> Stage:
    """An order that was made elsewhere, to be adjusted and sent. Raises `NotStaged` for what the ladder can't show."""
    if not order.active:
        raise NotStaged(f"Not staged: {HIBERNATED}")
    why = fx_staging.why_not_here(order.terms)
    if why:
        raise NotStaged(f"Not staged: {why}")
    at = order.terms.stop_price if isinstance(order.terms, FxTerms) and order.price is None else order.price
    return Stage(order.key, order.side, limit_of(at), order.quantity, order.terms)


def amendment(contract: Instrument, book: BookView, order: Order) -> Stage:
    """The order as it is, to be changed. Raises `NotStaged` when nothing may be asked of it now."""
    why = why_not_amended(order)
    if why:
        raise NotStaged(why)
    at = limit_of(order.waits_at)
    return Stage(contract.key, order.side, at, order.remaining, order.terms, order, _reference(book, order.side))


def hopped(stage: Stage, contract: Instrument, book: BookView | None) -> Stage:
    """The same order for another contract, as far from its best price. Raises `NotStaged` where that means nothing."""
    if stage.order is not None:
        raise NotStaged("The modification was dropped: its order is of another contract")
    if stage.reference is None or isinstance(contract, CurrencyPair) is not isinstance(stage.terms, FxTerms):
        raise NotStaged("The stage was dropped: there was no best price to keep the distance to")
    whose = stage.reference.side
    best = None if book is None or book.fault is not None else book.side(whose).best
    if best is None:
        raise NotStaged(f"The stage was dropped: {contract.name} has no {_orders_of(whose)}")
    price = on_tick(Price(best + stage.price - stage.reference.best), stage.side, contract.spec.tick)
    return msgspec.structs.replace(
        stage,
        key=contract.key,
        price=price,
        quantity=on_step(stage.quantity, contract.spec.step),
        reference=Reference(whose, best),
    )


# Changing what is staged


def on_tick(price: Price, side: Side, tick: int) -> Price:
    """The price, or else the next tick away from the market: down to buy, up to sell."""
    ticks = price // tick if side is Side.BUY else -(-price // tick)
    most = MAXIMUM // tick
    return Price(min(max(ticks, -most), most) * tick)


def on_step(quantity: int, step: int) -> Quantity:
    """The quantity in whole steps, rounded down; never less than one step."""
    return Quantity(min(max(1, quantity // step), MAXIMUM // step) * step)


def nudged_price(price: Price, ticks: int, tick: int) -> Price:
    """Up (positive) or down by ticks; from a price off the tick the first one leads to its neighbour."""
    if ticks == 0:
        return price
    from_below = price // tick if ticks > 0 else -(-price // tick)
    most = MAXIMUM // tick
    return Price(min(max(from_below + ticks, -most), most) * tick)


def nudged_quantity(quantity: Quantity, steps: int, step: int) -> Quantity:
    """More or less by steps, never below one."""
    if steps == 0:
        return quantity
    whole = quantity // step if steps > 0 else -(-quantity // step)
    return on_step((whole + steps) * step, step)


def moved(stage: Stage, price: Price, tick: int) -> Stage:
    """At another price, off the tick or not."""
    away = stage.side.other if stage.is_stop else stage.side
    return msgspec.structs.replace(stage, price=on_tick(price, away, tick))


def with_price(stage: Stage, ticks: int, tick: int) -> Stage:
    return msgspec.structs.replace(stage, price=nudged_price(stage.price, ticks, tick))


def with_quantity(stage: Stage, quantity: Quantity) -> Stage:
    return msgspec.structs.replace(stage, quantity=quantity)


def with_display(stage: Stage, display: Quantity | None) -> Stage:
    """An iceberg that shows so much at a time; None shows everything. Raises `NotStaged`."""
    if stage.order is not None:
        raise NotStaged("A modification changes price and quantity only")
    if not isinstance(stage.terms, PowerTerms):
        raise NotStaged("An FX order shows nothing to others: there is no iceberg")
    why = "" if display is None else _too_much_shown(stage.quantity, display)
    if why:
        raise NotStaged(why)
    return msgspec.structs.replace(stage, terms=msgspec.structs.replace(stage.terms, display_quantity=display))


def next_terms(stage: Stage, form: OrderForm) -> Stage:
    """The next choice of the field that the contract's form has one key go round: a restriction here, a time in force
    there. One that needs a date is passed over. Raises `NotStaged` for an amendment, which can't change it."""
    if stage.order is not None:
        raise NotStaged("A modification changes price and quantity only")
    field = form.field(form.cycled)
    dated = {word for other in form.fields if other.required_when is not None for word in other.required_when.values}
    dated |= fx_staging.passed_over(stage.terms)
    words = [choice.value for choice in field.choices if choice.value not in dated] if field is not None else []
    if not words:
        raise NotStaged("This contract's orders have no terms to go round")
    known = getattr(stage.terms, form.cycled)
    changed: dict[str, Any] = {form.cycled: words[(words.index(known) + 1) % len(words) if known in words else 0]}
    if known in dated and isinstance(stage.terms, PowerTerms):
        changed["validity_until"] = None
    return msgspec.structs.replace(stage, terms=msgspec.structs.replace(stage.terms, **changed))


# Typing a quantity


class Entry(msgspec.Struct, frozen=True):
    """A quantity that is being typed."""

    text: str = ""

    def typed(self, characters: str) -> "Entry":
        """With more characters: digits, either decimal mark, backspace. Others change nothing."""
        text = self.text
        for character in characters:
            if character == "\b":
                text = text[:-1]
            elif (character in ".," or character in "0123456789") and len(text) < LONGEST_ENTRY:
                text += "." if character == "," else character
        return Entry(text)

    def read(self, spec: InstrumentSpec) -> Quantity:
        """The quantity that the text says. Raises `NotStaged` with what is wrong."""
        text, unit = self.text, spec.quantity_unit
        if not text:
            raise NotStaged("No quantity was typed")
        try:
            value = scaled_from_text(text.rstrip(".") if text.count(".") == 1 else text)
        except ValueRefused as error:
            raise NotStaged(f"{text} is not a quantity" if "not a number" in str(error) else str(error)) from error
        if value <= 0:
            raise NotStaged("A quantity must be more than 0")
        if value % spec.step:
            raise NotStaged(f"{text} is not a multiple of {quantity_text(spec.step, spec)} {unit}")
        return Quantity(value)

    def fault(self, spec: InstrumentSpec) -> str:
        """What is wrong with it as it stands; empty when nothing is, or nothing was typed yet."""
        try:
            self.read(spec)
        except NotStaged as why:
            return str(why) if self.text else ""
        return ""


# What it says, and what it asks for


def preview(
    stage: Stage, contract: Instrument, now: Order | None = None, keeps_place: KeepsPlace | None = None, title: str = ""
) -> str:
    """`BUY 10.0 MW 15Q4 DE-AMPRION @ 38.40 GFS`; of an amendment what becomes of the order as it is `now`."""
    spec = contract.spec
    if stage.order is not None:
        order = now or stage.order
        what = f"MODIFY {stage.side.value.upper()}"
        before = f"{quantity_text(order.remaining, spec)} @ {price_text(limit_of(order.waits_at), spec)}"
        if not changes(stage, order):
            return f"{what} {before}: nothing changed yet"
        after = f"{quantity_text(_remaining(stage, order), spec)} @ {price_text(stage.price, spec)}"
        place = place_words(stage, order, keeps_place)
        return f"{what} {before} → {after}{place and f': {place}'}"
    what = f"{stage.side.value.upper()} {quantity_text(stage.quantity, spec)} {spec.quantity_unit}"
    return f"{what} {title or contract.title} @ {price_text(stage.price, spec)} {terms_text(stage.terms, spec)}"


def terms_text(terms: Terms, spec: InstrumentSpec) -> str:
    """`GFS`, `GFS IOC`, `GFS shows 5.0`: validity, restriction if any, iceberg if any. FX: `AON`, `STOP AON`."""
    if isinstance(terms, FxTerms):
        return fx_staging.terms_words(terms)
    if isinstance(terms, FlexTerms):
        return "" if terms.expiry is None else f"until {utc_text(terms.expiry)}"
    words = [initials(word) for word in (terms.validity, terms.restriction) if word not in ("", "None")]
    if terms.display_quantity is not None:
        words.append(f"shows {quantity_text(terms.display_quantity, spec)}")
    if terms.price_delta is not None:
        words.append(f"Δ {price_text(terms.price_delta, spec)}")
    return " ".join(words)


def place_words(stage: Stage, order: Order, keeps_place: KeepsPlace | None) -> str:
    """What an amendment does to the order's place in the queue; empty where there is no queue."""
    if isinstance(order.terms, FxTerms):
        return ""
    if order.status is OrderStatus.HIBERNATED:
        return "hibernated, has no place"
    keeps = foretold(stage, order, keeps_place)
    if keeps is None:
        return "may lose its place"
    return "keeps its place" if keeps else "loses its place"


def foretold(stage: Stage, order: Order, keeps_place: KeepsPlace | None) -> bool | None:
    """Whether the order will keep its place; None where it has none, or nothing is known of the venue's rule."""
    if keeps_place is None or order.status is OrderStatus.HIBERNATED or isinstance(order.terms, FxTerms):
        return None
    return keeps_place(order, stage.price, _remaining(stage, order))


def new_place(stage: Stage, order: Order | None, book: BookView, spec: InstrumentSpec) -> str:
    """Where an order that is new, or loses its place, comes to stand: `trades at once: the best ask is 65.98`, `first
    in the queue`, or behind what rests at its price now: `behind 25.0 / 6`. Of a pair's queue nothing is known."""
    opposite = book.side(stage.side.other).best
    if opposite is not None and reaches(stage.side, stage.price, opposite):
        return f"trades at once: the {BEST[stage.side.other]} is {price_text(opposite, spec)}"
    if isinstance(stage.terms, FxTerms):
        return ""
    known = "" if order is None else order.venue_id
    others = [each for each in book.side(stage.side).at(stage.price) if each.identifier != known]
    if not others:
        return "first in the queue"
    return f"behind {quantity_text(sum(each.quantity for each in others), spec)} / {len(others)}"


def why_not_amended(order: Order) -> str:
    """Why nothing may be asked of an order now; empty when it may."""
    if order.status.over:
        return f"The order is {order.status.value}"
    if order.status is OrderStatus.IN_DOUBT:
        return "The order is in doubt: ask the venue first"
    if order.status is OrderStatus.PENDING or not order.status.alive:
        return "The order is pending: the venue has not taken it yet"
    why = fx_staging.why_not_here(order.terms)
    if why:
        return why
    if isinstance(order.terms, PowerTerms) and order.terms.kind:
        return f"A {order.terms.kind} order is not modified from here"
    if order.request is not None:
        return f"The order's {order.request.word} request is not answered yet"
    return ""


def to_command(stage: Stage, now: Order | None = None) -> Command:
    """What is asked of the venue. `now` is the order to be amended as it stands.

    Raises `NotStaged` when that is no longer what the trader saw: a fill came in between, or another change.
    """
    if stage.order is None and isinstance(stage.terms, FxTerms):
        return fx_staging.placement(stage.key, stage.side, stage.quantity, stage.price, stage.terms)
    if stage.order is None:
        display = power_of(stage.terms).display_quantity
        why = "" if display is None else _too_much_shown(stage.quantity, display)
        if why:
            raise NotStaged(why)
        return PlaceOrder(stage.key, stage.side, stage.quantity, stage.price, stage.terms)
    before = stage.order
    if now is None:
        raise NotStaged("The order is not known any more")
    why = why_not_amended(now)
    if why:
        raise NotStaged(why)
    resized = stage.quantity != before.remaining
    if now.waits_at != before.waits_at or (resized and now.remaining != before.remaining):
        raise NotStaged("The order changed meanwhile: stage the modification anew")
    if not changes(stage, now):
        raise NotStaged("Nothing is changed")
    quantity = stage.quantity if resized else None
    price = None if stage.price == now.waits_at else stage.price
    if stage.is_stop:
        return AmendOrder(now.connection, now.client_id, quantity=quantity, stop_price=price)
    return AmendOrder(now.connection, now.client_id, quantity=quantity, price=price)


def price_text(price: int, spec: InstrumentSpec) -> str:
    """With a true minus, and with every digit."""
    return price_figure(price, spec.price_decimals)


def quantity_text(quantity: int, spec: InstrumentSpec) -> str:
    """With its thousands set apart: a zero too many is seen before it is sent."""
    return amount_text(quantity, spec.quantity_decimals)


def initials(word: str) -> str:
    """`GoodForSession` is `GFS`; a word of one part stays."""
    letters = re.findall(r"[A-Z](?=[a-z])", word)
    return "".join(letters) if len(letters) > 1 else word


# Within


def _orders_of(side: Side) -> str:
    return "bids" if side is Side.BUY else "asks"


def _fresh_terms(contract: Instrument) -> Terms:
    if isinstance(contract, FlexWindow):
        return FlexTerms(contract.delivery, None)
    return fx_staging.fresh_terms(stop=False) if isinstance(contract, CurrencyPair) else PowerTerms()


def _reference(book: BookView, side: Side) -> Reference | None:
    for whose in (side, side.other):
        best = book.side(whose).best
        if best is not None:
            return Reference(whose, best)
    return None


def _remaining(stage: Stage, order: Order) -> Quantity:
    """What is to remain: of a quantity that was not touched, what remains now."""
    untouched = stage.order is not None and stage.quantity == stage.order.remaining
    return order.remaining if untouched else stage.quantity


def changes(stage: Stage, order: Order) -> bool:
    """Whether an amendment asks for anything that the order, as it stands now, is not already."""
    return stage.price != order.waits_at or _remaining(stage, order) != order.remaining


def _too_much_shown(quantity: Quantity, display: Quantity) -> str:
    if display < quantity:
        return ""
    shown, whole = (fixed_text(value, 1) for value in (display, quantity))
    return f"An iceberg that shows {shown} must be for more than {whole}"
