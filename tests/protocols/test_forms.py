"""Order forms: what a trader types is read exactly or refused at its field, and every default is in the order."""

from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.eznergy.rules import Limits, keeps_place, order_form
from protocols.market.commands import PlaceOrder, PowerTerms
from protocols.market.form_text import TextRefused, decimal_from_text, moment_from_text, moment_text
from protocols.market.forms import Checked, OrderForm, check, understood
from protocols.market.instruments import ContractKey, InstrumentSpec, PowerContract
from protocols.market.order_texts import to_texts
from protocols.market.orders import Order, OrderStatus
from protocols.market.power_forms import to_command
from protocols.market.times import MINUTE, UtcNs, utc_from_text
from protocols.market.values import SCALE, Price, Quantity, Side, fixed_text, scaled_from_text

KEY = ContractKey("EPEX M7", "DE-AMPRION", "1")
SPEC = InstrumentSpec(Price(SCALE // 100), Quantity(SCALE // 10), 2, 1, "EUR/MWh", "MW")
PARIS = ZoneInfo("Europe/Paris")
NOON = utc_from_text("2026-11-21T11:00:00Z")
CONTRACT = PowerContract(KEY, "1", "15Q4", "QuarterHour", "Local", NOON, UtcNs(NOON + 15 * MINUTE), SPEC)
BUY = {"side": "Buy", "quantity": "10", "price": "38.40"}


EXCHANGE = Limits(Price(-9999 * SCALE), Price(9999 * SCALE), Quantity(999 * SCALE))


def form_of(scope: str, limits: Limits = EXCHANGE) -> OrderForm:
    form = order_form(msgspec.structs.replace(CONTRACT, scope=scope), limits)
    assert form is not None
    return form


def m7(limits: Limits = EXCHANGE) -> OrderForm:
    return form_of("m7", limits)


def checked(**texts: str) -> Checked:
    return check(m7(), {**BUY, **texts}, SPEC, NOON, PARIS)


def scaled(text: str) -> int:
    return scaled_from_text(text)


# Numbers


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("38.40", "38.4"), ("38,40", "38.4"), (" 38 ", "38"), ("-4,5", "-4.5"), ("\N{MINUS SIGN}4.5", "-4.5"),
        ("+7", "7"), (",5", "0.5"), ("0", "0"), ("-0", "0"), ("0.500", "0.5"), ("007", "7"), ("9999", "9999"),
    ],
)  # fmt: skip
def test_point_and_comma_are_both_the_decimal_mark(text: str, value: str) -> None:
    assert decimal_from_text(text, 2) == scaled(value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1.234,5", "group separator"), ("1,234.5", "group separator"), ("1 234", "group separator"),
        ("1\N{NO-BREAK SPACE}234,5", "group separator"), ("1'234", "group separator"), ("1_000", "group separator"),
        ("1.234", "may mean 1234 or 1.234"), ("12,000", "may mean 12000 or 12.0"), ("-1.500", "may mean"),
        ("", "not a number"), (".", "not a number"), ("5.", "not a number"), ("-", "not a number"),
        ("1e3", "not a number"), ("NaN", "not a number"), ("inf", "not a number"), ("٣", "not a number"),
        ("38.4o", "not a number"), ("--1", "not a number"), ("1..2", "not a number"),
        ("1234567890", "too many digits"), ("0.1234567891", "too many digits"), ("9" * 5000, "too many digits"),
    ],
)  # fmt: skip
def test_what_may_mean_something_else_is_refused_in_words(text: str, why: str) -> None:
    with pytest.raises(TextRefused, match=why):
        decimal_from_text(text, 2)


@given(st.integers(-(10**9), 10**9), st.integers(0, 9), st.sampled_from(".,"))
def test_every_decimal_is_read_back_as_it_is_written(hundredths: int, decimals: int, mark: str) -> None:
    value = hundredths * SCALE // 100
    text = fixed_text(value, min(decimals, 2)).replace(".", mark)
    assert decimal_from_text(text, 2) == value


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_and_none_is_rounded(text: str) -> None:
    try:
        value = decimal_from_text(text, 2)
    except TextRefused:
        return
    assert value == scaled(text.strip().replace(",", ".").replace("\N{MINUS SIGN}", "-"))


# Times


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("15:45", "2026-11-21T14:45:00Z"),
        ("11:59", "2026-11-22T10:59:00Z"),
        ("12:00", "2026-11-22T11:00:00Z"),
        ("2026-11-23 08:00", "2026-11-23T07:00:00Z"),
        ("2026-11-23T08:00:30", "2026-11-23T07:00:30Z"),
        ("23.11. 08:00", "2026-11-23T07:00:00Z"),
        ("1.2. 08:00", "2027-02-01T07:00:00Z"),
        ("23.11.2026 8:00", "2026-11-23T07:00:00Z"),
        ("2026-11-21 15:45Z", "2026-11-21T15:45:00Z"),
        ("2027-10-31 02A:30", "2027-10-31T00:30:00Z"),
        ("2027-10-31 02B:30", "2027-10-31T01:30:00Z"),
    ],
)
def test_times_are_market_time_and_the_next_that_comes(text: str, utc: str) -> None:
    assert moment_from_text(text, NOON, PARIS) == utc_from_text(utc)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2027-10-31 02:30", "comes twice"),
        ("2026-11-21 15A:45", "comes once"),
        ("2027-03-28 02:30", "no 02:30"),
        ("2027-02-30 08:00", "no day or time"),
        ("25:00", "no day or time"),
        ("15.45", "not a time"),
        ("tomorrow", "not a time"),
        ("2026-11-21", "not a time"),
        ("02A:30Z", "UTC has none twice"),
    ],
)
def test_a_time_that_is_not_one_is_refused(text: str, why: str) -> None:
    with pytest.raises(TextRefused, match=why):
        moment_from_text(text, NOON, PARIS)


@given(st.integers(0, 40_000_000))
def test_every_moment_is_read_back_as_it_is_written(seconds: int) -> None:
    at = UtcNs(NOON + seconds * 1_000_000_000)
    assert moment_from_text(moment_text(at, PARIS), NOON, PARIS) == at


# The form


def test_every_default_is_sent_and_shown() -> None:
    order = to_command(KEY, checked().values)
    assert order == PlaceOrder(KEY, Side.BUY, Quantity(10 * SCALE), Price(scaled("38.4")), PowerTerms(), active=True)
    assert order.terms.restriction == "None" and order.terms.validity == "GoodForSession"
    assert m7().defaults()["restriction"] == "None"
    assert m7().defaults()["validity"] == "GoodForSession"
    assert m7().defaults()["side"] == "", "a side is never assumed"


def test_all_of_it_becomes_the_order() -> None:
    result = checked(
        side="Sell", restriction="AllOrNone", validity="GoodUntilDate", validity_until="15:45",
        display_quantity="2,5", price_delta="0,10", comment=" wind ", active="no",
    )  # fmt: skip
    assert result.ok, result.problems
    order = to_command(KEY, result.values)
    assert order.terms == PowerTerms(
        "AllOrNone", "GoodUntilDate", utc_from_text("2026-11-21T14:45:00Z"), Quantity(scaled("2.5")),
        Price(scaled("0.1")), "wind",
    )  # fmt: skip
    assert (order.side, order.active) == (Side.SELL, False)


@pytest.mark.parametrize(
    ("texts", "field", "why"),
    [
        ({"side": ""}, "side", "Side is missing"),
        ({"side": "buy"}, "side", "none of its choices"),
        ({"quantity": ""}, "quantity", "Quantity is missing"),
        ({"quantity": "0"}, "quantity", "above zero"),
        ({"quantity": "-1"}, "quantity", "above zero"),
        ({"quantity": "0.05"}, "quantity", "not a multiple of the step, 0.1"),
        ({"quantity": "999.1"}, "quantity", "above the most, 999.0"),
        ({"price": ""}, "price", "Price is missing"),
        ({"price": "38.4050"}, "price", "not a multiple of the tick, 0.01"),
        ({"price": "10000"}, "price", "above the most, 9999.00"),
        ({"price": "-9999.01"}, "price", "below the least, -9999.00"),
        ({"restriction": "Whatever"}, "restriction", "none of its choices"),
        ({"restriction": ""}, "restriction", "Restriction is missing"),
        ({"validity": "GoodUntilDate"}, "validity_until", "Valid until is missing"),
        ({"validity": "GoodUntilDate", "validity_until": "2026-11-21 11:59"}, "validity_until", "in the future"),
        ({"validity": "GoodUntilDate", "validity_until": "soon"}, "validity_until", "not a time"),
        ({"validity_until": "15:45"}, "validity_until", "goes with validity “Good until date” only"),
        ({"display_quantity": "10"}, "display_quantity", "below the quantity of 10.0"),
        ({"display_quantity": "0"}, "display_quantity", "above zero"),
        ({"display_quantity": "0.55"}, "display_quantity", "multiple of the step"),
        ({"price_delta": "-0.1"}, "price_delta", "goes with iceberg shows only"),
        ({"display_quantity": "5", "price_delta": "0.1"}, "price_delta", "buy order must be zero or negative"),
        (
            {"side": "Sell", "display_quantity": "5", "price_delta": "-0.1"},
            "price_delta",
            "sell order must be zero or positive",
        ),
        ({"display_quantity": "5", "price_delta": "-0.1050"}, "price_delta", "multiple of the tick"),
        ({"comment": "x" * 251}, "comment", "250 at most"),
        ({"comment": "one\ntwo"}, "comment", "can't be printed"),
        ({"active": "maybe"}, "active", "yes or no"),
    ],
)
def test_each_refusal_is_at_its_field_and_names_it(texts: dict[str, str], field: str, why: str) -> None:
    result = checked(**texts)
    assert list(result.problems) == [field]
    assert why in result.problems[field]
    assert result.problems[field].startswith(m7().label(field))


def test_zero_delta_suits_both_sides() -> None:
    assert checked(display_quantity="5", price_delta="0").ok
    assert checked(side="Sell", display_quantity="5", price_delta="0").ok


def test_every_problem_is_shown_at_once_and_what_is_right_is_still_understood() -> None:
    result = checked(quantity="x", price="-4,5", validity="GoodUntilDate")
    assert set(result.problems) == {"quantity", "validity_until"}
    field = m7().field("price")
    assert field is not None
    assert understood(field, result.values["price"], SPEC) == "-4.50 EUR/MWh"


def test_a_field_the_form_has_not_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError, match="no field"):
        check(m7(), {"stop": "1"}, SPEC, NOON)


def test_a_scope_whose_orders_are_not_offered_has_no_form() -> None:
    assert order_form(msgspec.structs.replace(CONTRACT, scope="test"), EXCHANGE) is None


def test_nord_pools_form_starts_with_what_is_safe_and_has_its_own_words() -> None:
    """The venue's own defaults are immediate-or-cancel and all-or-none: an order that nobody meant."""
    form = form_of("npid")
    result = check(form, BUY, SPEC, NOON)
    assert result.ok
    assert to_command(KEY, result.values).terms == PowerTerms("None", "GoodForSession")
    validity, restriction = form.field("validity"), form.field("restriction")
    assert validity is not None and restriction is not None
    words = {choice.value for choice in validity.choices}
    assert words == {"ImmediateOrCancel", "FillOrKill", "GoodToDate", "GoodForSession"}
    assert validity.label == form.label(form.cycled) == "Time in force"
    assert {choice.value for choice in restriction.choices} == {"None", "Aon"}


def test_good_to_date_needs_its_date_and_no_other_has_one() -> None:
    form = form_of("npid")
    assert set(check(form, {**BUY, "validity": "GoodToDate"}, SPEC, NOON, PARIS).problems) == {"validity_until"}
    assert check(form, {**BUY, "validity": "GoodToDate", "validity_until": "15:45"}, SPEC, NOON, PARIS).ok
    assert set(check(form, {**BUY, "validity_until": "15:45"}, SPEC, NOON, PARIS).problems) == {"validity_until"}


DATED = {"m7": "GoodUntilDate", "npid": "GoodToDate"}
WORDS = {
    "m7": [(word, "GoodForSession") for word in ("None", "ImmediateOrCancel", "FillOrKill", "AllOrNone")],
    "npid": [
        (word, time) for word in ("None", "Aon") for time in ("GoodForSession", "ImmediateOrCancel", "FillOrKill")
    ],
}


@st.composite
def orders(draw: st.DrawFn, scope: str) -> PlaceOrder:
    side, steps, ticks = draw(st.sampled_from(Side)), draw(st.integers(1, 9990)), draw(st.integers(-999_900, 999_900))
    (restriction, validity), minutes = draw(st.sampled_from(WORDS[scope])), draw(st.integers(0, 100_000))
    shown, delta = draw(st.integers(0, 9990)), draw(st.integers(0, 500))
    terms = PowerTerms(
        restriction, DATED[scope] if minutes else validity, UtcNs(NOON + minutes * MINUTE) if minutes else None,
        Quantity(shown * SPEC.step) if 0 < shown < steps else None,
        Price((-delta if side is Side.BUY else delta) * SPEC.tick) if 0 < shown < steps else None,
        draw(st.text(st.characters(categories=["L", "N", "P"]), max_size=20)),
    )  # fmt: skip
    active = draw(st.booleans())
    return PlaceOrder(KEY, side, Quantity(steps * SPEC.step), Price(ticks * SPEC.tick), terms, active)


@pytest.mark.parametrize("scope", ["m7", "npid"])
@given(st.data())
def test_an_order_written_into_the_form_comes_out_the_same(scope: str, data: st.DataObject) -> None:
    form, order = form_of(scope), data.draw(orders(scope))
    result = check(form, to_texts(form, order, SPEC, PARIS), SPEC, NOON, PARIS)
    assert result.ok, result.problems
    assert to_command(KEY, result.values) == order


@given(st.dictionaries(st.sampled_from([field.name for field in m7().fields]), st.text(max_size=12)))
def test_no_text_breaks_the_check_and_only_whole_orders_pass(texts: dict[str, str]) -> None:
    result = check(m7(), {**BUY, **texts}, SPEC, NOON, PARIS)
    for name, words in result.problems.items():
        assert words.startswith(m7().label(name))
    if result.ok:
        order = to_command(KEY, result.values)
        assert order.quantity > 0 and order.quantity % SPEC.step == 0 and order.price % SPEC.tick == 0
        assert (order.terms.validity_until is not None) == (order.terms.validity == "GoodUntilDate")
        assert order.terms.display_quantity is None or order.terms.display_quantity < order.quantity


def test_limits_come_from_outside() -> None:
    small = m7(msgspec.structs.replace(EXCHANGE, largest_quantity=Quantity(5 * SCALE)))
    assert "above the most, 5.0" in check(small, BUY, SPEC, NOON).problems["quantity"]


@pytest.mark.parametrize(
    ("price", "quantity", "kept"),
    [
        (None, None, True), (None, 3, True), (38, 4, True), (38, None, True),
        (39, None, False), (37, 3, False), (None, 5, False), (38, 5, False),
    ],
)  # fmt: skip
def test_less_of_the_same_price_keeps_its_place(price: int | None, quantity: int | None, kept: bool) -> None:
    order = Order(
        "EPEX M7", "me", KEY, Side.BUY, Price(38 * SCALE), Quantity(10 * SCALE), Quantity(4 * SCALE), PowerTerms(),
        OrderStatus.PARTLY_FILLED, True,
    )  # fmt: skip
    at = None if price is None else Price(price * SCALE)
    much = None if quantity is None else Quantity(quantity * SCALE)
    assert keeps_place(order, at, much) is kept
