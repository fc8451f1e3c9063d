"""Order forms: which fields an order of some venue has, what may stand in them, and what that means as a command.

A form is data, built by a venue's rules for one instrument. `check` reads a trader's text exactly or says why not,
naming the field; it never rounds, never guesses, and nothing that is missing becomes 0. A ticket draws the form; the
form's `to_command` turns what was checked into the wish, with every default in it.
"""

import enum
from collections.abc import Callable, Mapping
from datetime import UTC, tzinfo

import msgspec

from protocols.market.commands import PlaceOco, PlaceOrder
from protocols.market.form_text import TextRefused, decimal_from_text, moment_text, quantity_from_text, until_from_text
from protocols.market.instruments import ContractKey, InstrumentSpec
from protocols.market.orders import Order
from protocols.market.pips import Typed, price_from_text
from protocols.market.times import UtcNs
from protocols.market.values import Price, fixed_text, plain_text

SIDE = "side"
QUANTITY = "quantity"
PRICE = "price"
RESTRICTION = "restriction"
VALIDITY = "validity"
VALIDITY_UNTIL = "validity_until"
DISPLAY_QUANTITY = "display_quantity"
PRICE_DELTA = "price_delta"
COMMENT = "comment"
ACTIVE = "active"
ORDER_TYPE = "type"
STOP_PRICE = "stop_price"
TIME_IN_FORCE = "time_in_force"

YES, NO = "yes", "no"
"""What a flag's text may be."""

Value = int | str | bool
"""What a field comes to: 1e-9 units for prices and quantities, `UtcNs` for times, the venue's word for a choice."""
Values = Mapping[str, Value]
"""By field name; a field that was left empty, or has no say at present, is not in it."""


class FieldKind(enum.Enum):
    """What a field takes."""

    PRICE = "price"
    QUANTITY = "quantity"
    CHOICE = "choice"
    TEXT = "text"
    DATETIME = "date and time"
    FLAG = "flag"


class Choice(msgspec.Struct, frozen=True):
    """One of a field's choices: the venue's word, which is sent and kept, and what a trader reads."""

    value: str
    label: str


class When(msgspec.Struct, frozen=True):
    """A condition on another field: that it has one of these values, or, with none named, that it has any."""

    field: str
    values: tuple[str, ...] = ()


class Field(msgspec.Struct, frozen=True):
    """One field. `default` is the text it starts with, and the value that is sent when nobody touches it.

    A field with `only_when` has a say only then; `required_when` makes it needed then. `unit` is written behind the
    number. `minimum` and `maximum` are in units of 1e-9, both allowed. `default_when` are other defaults, each for as
    long as its condition holds. A price with a `pip` (1e-9) may be counted from the quote; a quantity with `letters`
    may end with `k` or `m`.
    """

    name: str
    label: str
    kind: FieldKind
    choices: tuple[Choice, ...] = ()
    default: str = ""
    default_when: tuple[tuple[When, str], ...] = ()
    unit: str = ""
    required: bool = False
    required_when: When | None = None
    only_when: When | None = None
    minimum: int | None = None
    maximum: int | None = None
    max_length: int = 250
    pip: Price = Price(0)
    letters: bool = False
    tip: str = ""


class Problem(msgspec.Struct, frozen=True):
    """What is wrong with a field. The words name it too, so that they can stand alone."""

    field: str
    words: str


Rule = Callable[["OrderForm", Values, InstrumentSpec, UtcNs], Problem | None]
"""A rule across fields, asked once the fields it looks at are each right by themselves."""
ToCommand = Callable[[ContractKey, Values], PlaceOrder | PlaceOco]
"""Makes the wish of checked values. Only for a `Checked` that is ok: `KeyError` otherwise."""
Locks = Callable[["OrderForm", Order], Mapping[str, str]]
"""Which fields of a living order can't be changed, by name, and why in words."""


class OrderForm(msgspec.Struct, frozen=True):
    """The fields in the order in which a trader fills them in, and the rules across them.

    `cycled` names the field of terms that a ladder's one key goes round: what becomes of what is not executed at once.
    `locks` says what can be amended; None where orders are not amended by their form.
    """

    name: str
    fields: tuple[Field, ...]
    to_command: ToCommand
    rules: tuple[Rule, ...] = ()
    cycled: str = RESTRICTION
    locks: Locks | None = None

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)

    def label(self, name: str) -> str:
        field = self.field(name)
        return field.label if field is not None else name

    def defaults(self, texts: Mapping[str, str] | None = None) -> dict[str, str]:
        """Every field's text before anyone has touched it, beside these texts in the others."""
        whole = {**{field.name: field.default for field in self.fields}, **(texts or {})}
        return {field.name: default_of(field, whole) for field in self.fields}


class Checked(msgspec.Struct, frozen=True):
    """What a trader's text came to. Values are there for each field that is right, whatever is wrong with others."""

    values: dict[str, Value]
    problems: dict[str, str]
    """Field name -> what is wrong with it; empty when the order may be made."""

    @property
    def ok(self) -> bool:
        return not self.problems


def has_a_say(field: Field, texts: Mapping[str, str]) -> bool:
    """Whether the field means anything while the others are as they are."""
    return field.only_when is None or _holds(field.only_when, texts)


def is_needed(field: Field, texts: Mapping[str, str]) -> bool:
    """Whether the field may not be left empty."""
    return field.required or (field.required_when is not None and _holds(field.required_when, texts))


def default_of(field: Field, texts: Mapping[str, str]) -> str:
    """The field's text before anyone has touched it, while the others are as they are."""
    return next((text for when, text in field.default_when if _holds(when, texts)), field.default)


def check(
    form: OrderForm,
    texts: Mapping[str, str],
    spec: InstrumentSpec,
    now: UtcNs,
    zone: tzinfo = UTC,
    typed: Mapping[str, Typed] | None = None,
) -> Checked:
    """Reads every field's text, then asks the rules. `zone` is the one in which times of day are meant, `typed` what
    there was when each field's text was typed, by name: now, and no quote, where it is not given.

    A name that the form does not have is a mistake of the caller: `KeyError`.
    """
    for name in texts:
        if form.field(name) is None:
            raise KeyError(f"{form.name} has no field {name!r}")
    whole = {**form.defaults(texts), **texts}
    now_typed = Typed(now)
    values: dict[str, Value] = {}
    problems: dict[str, str] = {}
    for field in form.fields:
        text = whole[field.name].strip()
        if not has_a_say(field, whole):
            # What stands in a field that has no say is not silently left out: the trader meant something by it.
            if text and text != default_of(field, whole):
                problems[field.name] = _no_say(form, field)
            continue
        if not text:
            if is_needed(field, whole):
                problems[field.name] = f"{field.label} is missing"
            continue
        try:
            values[field.name] = _read(field, text, spec, zone, (typed or {}).get(field.name, now_typed))
        except TextRefused as refused:
            problems[field.name] = f"{field.label}: {refused}"
    for rule in form.rules:
        problem = rule(form, values, spec, now)
        if problem is not None:
            problems.setdefault(problem.field, problem.words)
    return Checked(values, problems)


def understood(field: Field, value: Value, spec: InstrumentSpec, zone: tzinfo = UTC) -> str:
    """What the text was taken for, as the trader should read it: `38.40 EUR/MWh`. Empty where the text says it."""
    match field.kind:
        case FieldKind.PRICE:
            return f"{fixed_text(int(value), spec.price_decimals)} {field.unit}".rstrip()
        case FieldKind.QUANTITY:
            text = fixed_text(int(value), spec.quantity_decimals)
            return f"{grouped_text(text) if field.letters else text} {field.unit}".rstrip()
        case FieldKind.DATETIME:
            return moment_text(UtcNs(int(value)), zone, named=True)
        case FieldKind.CHOICE | FieldKind.TEXT | FieldKind.FLAG:
            return ""


def grouped_text(text: str) -> str:
    """With the thousands set apart: how many zeros a million has is not to be counted."""
    whole, point, part = text.partition(".")
    return f"{int(whole):,}".replace(",", "\N{NO-BREAK SPACE}") + point + part


# Rules across fields


def until_is_ahead(form: OrderForm, values: Values, spec: InstrumentSpec, now: UtcNs) -> Problem | None:
    """An order can't be valid until a time that has passed."""
    until = values.get(VALIDITY_UNTIL)
    if until is None or int(until) > now:
        return None
    return Problem(VALIDITY_UNTIL, f"{form.label(VALIDITY_UNTIL)} must be in the future")


# Within


def _holds(when: When, texts: Mapping[str, str]) -> bool:
    text = texts.get(when.field, "").strip()
    return text in when.values if when.values else bool(text)


def _no_say(form: OrderForm, field: Field) -> str:
    assert field.only_when is not None
    other = form.field(field.only_when.field)
    if other is None or not field.only_when.values:
        return f"{field.label} goes with {form.label(field.only_when.field).lower()} only"
    labels = {choice.value: choice.label for choice in other.choices}
    words = " or ".join(labels.get(value, value) for value in field.only_when.values)
    return f"{field.label} goes with {other.label.lower()} “{words}” only"


def _read(field: Field, text: str, spec: InstrumentSpec, zone: tzinfo, typed: Typed) -> Value:
    match field.kind:
        case FieldKind.PRICE:
            price = price_from_text(text, spec, field.pip, typed)
            return _in_range(field, _multiple(price, spec.tick, "tick"), spec.price_decimals)
        case FieldKind.QUANTITY:
            read = quantity_from_text if field.letters else decimal_from_text
            quantity = read(text, spec.quantity_decimals)
            if quantity <= 0:
                raise TextRefused("must be above zero")
            return _in_range(field, _multiple(quantity, spec.step, "step"), spec.quantity_decimals)
        case FieldKind.CHOICE:
            if text not in {choice.value for choice in field.choices}:
                raise TextRefused(f"“{text[:40]}” is none of its choices")
            return text
        case FieldKind.TEXT:
            if len(text) > field.max_length:
                raise TextRefused(f"{len(text)} characters, {field.max_length} at most")
            if not text.isprintable():
                raise TextRefused("has a character that can't be printed")
            return text
        case FieldKind.DATETIME:
            return until_from_text(text, typed.at, zone)
        case FieldKind.FLAG:
            if text not in (YES, NO):
                raise TextRefused(f"is {YES} or {NO}")
            return text == YES


def _multiple(value: int, unit: int, name: str) -> int:
    if value % unit:
        raise TextRefused(f"{plain_text(value)} is not a multiple of the {name}, {plain_text(unit)}")
    return value


def _in_range(field: Field, value: int, decimals: int) -> int:
    if field.minimum is not None and value < field.minimum:
        raise TextRefused(f"{fixed_text(value, decimals)} is below the least, {fixed_text(field.minimum, decimals)}")
    if field.maximum is not None and value > field.maximum:
        raise TextRefused(f"{fixed_text(value, decimals)} is above the most, {fixed_text(field.maximum, decimals)}")
    return value
