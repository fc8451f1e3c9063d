"""The order forms of both dialects, and the orders that they come to. "Order rules for the ticket" of the page.

Every default is in the form, hence shown, and always sent. What is unusual about a pair, and what the market says to an
order, is `market.pairs` and the desk's risk check.
"""

from protocols.acttrader import messages
from protocols.acttrader.messages import Dialect
from protocols.acttrader.settings import Settings
from protocols.market import forms
from protocols.market.commands import FxTerms, OcoLeg, PlaceOco, PlaceOrder
from protocols.market.forms import Choice, Field, FieldKind, OrderForm, Problem, Values, When
from protocols.market.instruments import ContractKey, CurrencyPair, InstrumentSpec
from protocols.market.orders import Order
from protocols.market.times import UtcNs
from protocols.market.values import Price, Quantity, Side

PRICED = (messages.LIMIT, messages.STOP_LIMIT)
STOPPED = (messages.STOP, messages.STOP_LIMIT)

SIDES = (Choice(Side.BUY.value, "Buy"), Choice(Side.SELL.value, "Sell"))
TYPES = (
    Choice(messages.MARKET, "Market"),
    Choice(messages.LIMIT, "Limit"),
    Choice(messages.STOP, "Stop"),
    Choice(messages.STOP_LIMIT, "Stop limit"),
)
_TIF_LABELS = {
    messages.AON: "All or none",
    messages.FOK: "Fill or kill",
    messages.IOC: "Immediate or cancel",
    messages.TPI: "Take profit immediately",
    messages.GTC: "Good till cancelled",
    messages.GTT: "Good till time",
}
LONGEST_NOTE = 250


def default_time_in_force(kind: str) -> str:
    """What is sent when nobody chooses: all or none, and for a market order, which never waits, immediate or cancel."""
    return messages.IOC if kind == messages.MARKET else messages.AON


def order_form(pair: CurrencyPair, settings: Settings, kind: str = messages.LIMIT) -> OrderForm:
    """A single order that begins as one of this type; another type has other defaults."""
    types = When(forms.ORDER_TYPE, PRICED), When(forms.ORDER_TYPE, STOPPED)
    return OrderForm(
        name="FX order",
        fields=(
            *_what(pair),
            Field(
                forms.ORDER_TYPE,
                "Type",
                FieldKind.CHOICE,
                TYPES,
                kind,
                required=True,
                tip="M, L and S choose; S again the stop limit",
            ),
            _price(forms.PRICE, "Price", pair, types[0], "The limit"),
            _price(forms.STOP_PRICE, "Stop price", pair, types[1], "From where it becomes an order"),
            _time_in_force(settings),
            *_lifetime(),
            *_note(forms.COMMENT, "Note", settings),
        ),
        to_command=to_order,
        rules=(forms.until_is_ahead, take_profit_is_a_limit, good_till_time_has_one),
        cycled=forms.TIME_IN_FORCE,
        locks=_seed_locks if settings.dialect is Dialect.SEED else locks,
    )


def pair_form(pair: CurrencyPair, settings: Settings) -> OrderForm:
    """Two orders of which one cancels the other: usually a limit on one side of the market and a stop on the other."""
    legs: list[Field] = []
    for number, kind in ((1, messages.LIMIT), (2, messages.STOP)):
        name = _leg(forms.ORDER_TYPE, number)
        label = f"Leg {number}"
        # A leg waits for its price: a market order does not.
        legs += [
            Field(name, f"{label} type", FieldKind.CHOICE, TYPES[1:], kind, required=True),
            _price(_leg(forms.PRICE, number), f"{label} price", pair, When(name, PRICED), "The limit"),
            _price(
                _leg(forms.STOP_PRICE, number), f"{label} stop price", pair, When(name, STOPPED), "Where it sets off"
            ),
            *_note(_leg(forms.COMMENT, number), f"{label} note", settings),
        ]
    return OrderForm(
        name="FX pair",
        fields=(*_what(pair), *legs, _time_in_force(settings, pair=True), *_lifetime()),
        to_command=to_pair,
        rules=(forms.until_is_ahead, good_till_time_has_one),
    )


def to_order(key: ContractKey, values: Values) -> PlaceOrder:
    """The order that checked values of `order_form` come to. Only for a `Checked` that is ok: `KeyError` otherwise."""
    terms = FxTerms(
        type=str(values[forms.ORDER_TYPE]),
        time_in_force=str(values[forms.TIME_IN_FORCE]),
        stop_price=_price_of(values, forms.STOP_PRICE),
        until=_until_of(values),
        note=str(values.get(forms.COMMENT, "")),
    )
    quantity = Quantity(int(values[forms.QUANTITY]))
    return PlaceOrder(key, Side(values[forms.SIDE]), quantity, _price_of(values, forms.PRICE), terms)


def to_pair(key: ContractKey, values: Values) -> PlaceOco:
    """The pair that checked values of `pair_form` come to. Likewise."""
    one, other = (
        OcoLeg(
            type=str(values[_leg(forms.ORDER_TYPE, number)]),
            price=_price_of(values, _leg(forms.PRICE, number)),
            stop_price=_price_of(values, _leg(forms.STOP_PRICE, number)),
            note=str(values.get(_leg(forms.COMMENT, number), "")),
        )
        for number in (1, 2)
    )
    return PlaceOco(
        key=key,
        side=Side(values[forms.SIDE]),
        quantity=Quantity(int(values[forms.QUANTITY])),
        legs=(one, other),
        time_in_force=str(values[forms.TIME_IN_FORCE]),
        until=_until_of(values),
    )


def locks(form: OrderForm, order: Order) -> dict[str, str]:
    """What can't be changed of a living order in the later dialect, and why."""
    fixed = (forms.SIDE, forms.ORDER_TYPE, forms.TIME_IN_FORCE)
    locked = dict.fromkeys(fixed, "can't be changed at the venue")
    locked[forms.COMMENT] = "went with the order and stays as it is"
    if order.filled:
        locked[forms.QUANTITY] = "a part is executed: cancel the rest to change it"
    if order.pair is not None:
        locked[forms.QUANTITY] = "both legs of a pair are for one quantity"
        locked[forms.VALIDITY_UNTIL] = "both legs of a pair live equally long"
    return locked


def _seed_locks(form: OrderForm, order: Order) -> dict[str, str]:
    return {**locks(form, order), forms.VALIDITY_UNTIL: "can't be changed in this connection's dialect"}


# Rules across fields


def take_profit_is_a_limit(form: OrderForm, values: Values, spec: InstrumentSpec, now: UtcNs) -> Problem | None:
    """TPI goes with LIMIT only."""
    if values.get(forms.TIME_IN_FORCE) != messages.TPI or values.get(forms.ORDER_TYPE) in (None, messages.LIMIT):
        return None
    return Problem(forms.TIME_IN_FORCE, "Time in force: take profit immediately goes with limit orders only")


def good_till_time_has_one(form: OrderForm, values: Values, spec: InstrumentSpec, now: UtcNs) -> Problem | None:
    """GTT, where a connection allows it, means the lifetime."""
    if values.get(forms.TIME_IN_FORCE) != messages.GTT or values.get(forms.VALIDITY_UNTIL) is not None:
        return None
    return Problem(forms.VALIDITY_UNTIL, "Valid until is missing: good till time needs it")


# Within


def _what(pair: CurrencyPair) -> tuple[Field, ...]:
    return (
        Field(forms.SIDE, "Side", FieldKind.CHOICE, SIDES, required=True, tip="B buys, S sells"),
        Field(
            forms.QUANTITY,
            "Quantity",
            FieldKind.QUANTITY,
            unit=pair.base,
            required=True,
            letters=True,
            tip="25000, 25k or 1.5m",
        ),
    )


def _price(name: str, label: str, pair: CurrencyPair, when: When, tip: str) -> Field:
    """Needed where the type has it, and out of place elsewhere."""
    return Field(
        name,
        label,
        FieldKind.PRICE,
        unit=pair.quote,
        required_when=when,
        only_when=when,
        minimum=pair.spec.tick,
        pip=pair.pip,
        tip=f"{tip}. +12p is 12 pips above the ask, -12p below the bid; b-3p and a+3p count from bid and ask",
    )


def _time_in_force(settings: Settings, *, pair: bool = False) -> Field:
    offered = [each for each in settings.times_in_force if not (pair and each == messages.TPI)]
    choices = tuple(Choice(each, _TIF_LABELS.get(each, each)) for each in offered)
    tip = "What becomes of the part that is not executed at once"
    # A leg waits for its price: only single orders have a type that never waits.
    market = () if pair else ((When(forms.ORDER_TYPE, (messages.MARKET,)), default_time_in_force(messages.MARKET)),)
    return Field(
        forms.TIME_IN_FORCE,
        "Time in force",
        FieldKind.CHOICE,
        choices,
        default_time_in_force(messages.LIMIT),
        default_when=market,
        required=True,
        tip=tip,
    )


def _lifetime() -> tuple[Field, ...]:
    tip = "15:45, 2026-11-21 15:45, 90m, 2h or 1d. Empty: until it is executed or cancelled"
    return (Field(forms.VALIDITY_UNTIL, "Valid until", FieldKind.DATETIME, tip=tip),)


def _note(name: str, label: str, settings: Settings) -> tuple[Field, ...]:
    if settings.dialect is Dialect.SEED:
        return ()
    return (Field(name, label, FieldKind.TEXT, max_length=LONGEST_NOTE, tip="Goes to the venue with the order"),)


def _leg(name: str, number: int) -> str:
    return f"{name}_{number}"


def _price_of(values: Values, name: str) -> Price | None:
    value = values.get(name)
    return None if value is None else Price(int(value))


def _until_of(values: Values) -> UtcNs | None:
    value = values.get(forms.VALIDITY_UNTIL)
    return None if value is None else UtcNs(int(value))
