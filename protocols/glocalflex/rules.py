"""The order form for flexibility, the order that it comes to, and the rules that the venue's page gives.

Every default is in the form, hence shown, and always sent. A baseline is no field of the form, but a table with an
editor of its own: `with_baseline` adds it, `baseline_problem` says what is wrong with it.
"""

from collections.abc import Iterator
from itertools import pairwise

import msgspec

from protocols.glocalflex import messages
from protocols.glocalflex.ledger import CLOSING
from protocols.market import forms
from protocols.market.commands import FlexTerms, PlaceOrder
from protocols.market.flex import POWER_UNIT, PRICE_UNIT, Baseline, Delivery, Place
from protocols.market.flex_form import BASELINE, COUNTRY, DELIVERY_END, DELIVERY_START, EXPIRY, LOCATION, locations_in
from protocols.market.forms import Choice, Field, FieldKind, OrderForm, Problem, Values
from protocols.market.instruments import ContractKey, FlexMarket, FlexWindow, InstrumentSpec, window_key
from protocols.market.times import SECOND, UtcNs, utc_text
from protocols.market.values import Price, Quantity, Side

SIDES = (Choice(Side.BUY.value, "Buy"), Choice(Side.SELL.value, "Sell"))
COUNTRIES = (Choice("", "None"), *(Choice(each, each) for each in messages.COUNTRIES))
LONGEST_LOCATIONS = 400
NO_CANCEL = "GLocalFlex documents no way to take an order back: it ends when it is filled, or at its expiry"
WAITS_FOR_BASELINE = (
    "Baseline: without one this sell order waits at the venue (awaiting_baseline_data) and is not matched"
)


def order_form(instrument: FlexMarket | FlexWindow) -> OrderForm:
    """An order for one window; of a whole book, the window is to be typed."""
    delivery = instrument.delivery if isinstance(instrument, FlexWindow) else None
    start, end, latest = ("", "", "") if delivery is None else _defaults(delivery)
    return OrderForm(
        name="Flexibility order",
        fields=(
            Field(forms.SIDE, "Side", FieldKind.CHOICE, SIDES, required=True),
            Field(forms.QUANTITY, "Power", FieldKind.QUANTITY, unit=POWER_UNIT, required=True, letters=True),
            Field(forms.PRICE, "Price", FieldKind.PRICE, unit=PRICE_UNIT, required=True),
            _time(DELIVERY_START, "Delivery from", start, "When delivery begins"),
            _time(DELIVERY_END, "Delivery until", end, "When delivery ends"),
            _time(EXPIRY, "Expires", latest, "At the latest 15 min before delivery. It can't be taken back before"),
            Field(
                LOCATION, "Location", FieldKind.TEXT, max_length=LONGEST_LOCATIONS,
                tip="The venue's names of locations, with commas between them; one that has a comma in double quotes",
            ),
            Field(COUNTRY, "Country", FieldKind.CHOICE, COUNTRIES, tip="Where the location is; may be left out"),
        ),
        to_command=to_order,
        rules=(ends_after_it_begins, expires_in_time),
        cycled=COUNTRY,
    )  # fmt: skip


def to_order(key: ContractKey, values: Values) -> PlaceOrder:
    """The order that checked values come to, without a baseline. `KeyError` unless the `Checked` is ok."""
    delivery = Delivery(UtcNs(int(values[DELIVERY_START])), UtcNs(int(values[DELIVERY_END])))
    place = Place(locations_in(str(values.get(LOCATION, ""))), str(values.get(COUNTRY, "")))
    return PlaceOrder(
        key=window_key(key.connection, delivery),
        side=Side(values[forms.SIDE]),
        quantity=Quantity(int(values[forms.QUANTITY])),
        price=Price(int(values[forms.PRICE])),
        terms=FlexTerms(delivery, UtcNs(int(values[EXPIRY])), place),
    )


def with_baseline(order: PlaceOrder, baseline: Baseline | None) -> PlaceOrder:
    """The same order with a baseline, or without one."""
    assert isinstance(order.terms, FlexTerms)
    return msgspec.structs.replace(order, terms=msgspec.structs.replace(order.terms, baseline=baseline))


def problems(order: PlaceOrder, now: UtcNs) -> Iterator[Problem]:
    """What the venue would refuse an order for, by its page."""
    terms = order.terms
    assert isinstance(terms, FlexTerms)
    yield from _of_window(terms.delivery)
    if terms.expiry is None:
        yield Problem(EXPIRY, "Expires is missing")
    else:
        yield from _of_expiry(terms.expiry, terms.delivery, now)
    if terms.place.country_code not in ("", *messages.COUNTRIES):
        words = f"Country {terms.place.country_code[:20]!r} is none of {', '.join(messages.COUNTRIES)}"
        yield Problem(COUNTRY, words)
    if order.quantity <= 0:
        yield Problem(forms.QUANTITY, "Power must be above zero")
    if terms.baseline is not None:
        if order.side is Side.BUY:
            yield Problem(BASELINE, "Baseline: a buy order has none")
        elif words := baseline_problem(terms.baseline):
            yield Problem(BASELINE, f"Baseline: {words}")


def concerns(order: PlaceOrder) -> Iterator[Problem]:
    """What the venue takes and the trader should know."""
    terms = order.terms
    assert isinstance(terms, FlexTerms)
    if order.side is Side.BUY:
        return
    if terms.baseline is None:
        yield Problem(BASELINE, WAITS_FOR_BASELINE)
    elif terms.baseline.reading_start > terms.delivery.start or terms.baseline.reading_end < terms.delivery.end:
        yield Problem(BASELINE, "Baseline: it does not cover the whole delivery window")


def baseline_problem(baseline: Baseline) -> str:
    """What is wrong with a baseline's shape, in words; empty where nothing is."""
    times = [reading.at for reading in baseline.readings]
    words = ("direction", "quality", "energy_product", "unit_measured")
    missing = [name.replace("_", " ") for name in ("metering_id", *words) if not getattr(baseline, name).strip()]
    if missing:
        return f"{missing[0]} is missing"
    if baseline.reading_end <= baseline.reading_start:
        return "its reading ends before it has begun"
    if not times:
        return "it has no values"
    if any(later <= earlier for earlier, later in pairwise(times)):
        return "its values are not in order of time, each time once"
    if times[0] < baseline.reading_start or times[-1] > baseline.reading_end:
        return "it has values from outside its reading"
    if baseline.resolution <= 0:
        return "its resolution must be above zero"
    return ""


# Rules across fields


def ends_after_it_begins(form: OrderForm, values: Values, spec: InstrumentSpec, now: UtcNs) -> Problem | None:
    """A window has a length."""
    start, end = values.get(DELIVERY_START), values.get(DELIVERY_END)
    if start is None or end is None:
        return None
    return next(_of_window(Delivery(UtcNs(int(start)), UtcNs(int(end)))), None)


def expires_in_time(form: OrderForm, values: Values, spec: InstrumentSpec, now: UtcNs) -> Problem | None:
    """An order expires in the future, and at the latest a quarter of an hour before delivery."""
    start, expiry = values.get(DELIVERY_START), values.get(EXPIRY)
    if start is None or expiry is None:
        return None
    delivery = Delivery(UtcNs(int(start)), UtcNs(int(start)))
    return next(_of_expiry(UtcNs(int(expiry)), delivery, now), None)


# Within


def _of_window(delivery: Delivery) -> Iterator[Problem]:
    if delivery.end <= delivery.start:
        yield Problem(DELIVERY_END, "Delivery until must be after delivery from")


def _of_expiry(expiry: UtcNs, delivery: Delivery, now: UtcNs) -> Iterator[Problem]:
    latest = UtcNs(delivery.start - CLOSING)
    if latest <= now:
        yield Problem(DELIVERY_START, "Delivery from is too soon: orders end 15 min before it")
    elif expiry <= now:
        yield Problem(EXPIRY, "Expires must be in the future")
    elif expiry > latest:
        yield Problem(EXPIRY, f"Expires must be at {utc_text(latest)} at the latest, 15 min before delivery")


def _time(name: str, label: str, default: str, tip: str) -> Field:
    return Field(name, label, FieldKind.DATETIME, default=default, required=True, tip=tip)


def _defaults(delivery: Delivery) -> tuple[str, str, str]:
    """Start, end and the latest expiry, as text that says its zone."""
    start, end, latest = (_moment(at) for at in (delivery.start, delivery.end, UtcNs(delivery.start - CLOSING)))
    return start, end, latest


def _moment(at: UtcNs) -> str:
    text = utc_text(UtcNs(at // SECOND * SECOND))
    return f"{text[:10]} {text[11:16]}{'' if text[17:19] == '00' else text[16:19]} UTC"
