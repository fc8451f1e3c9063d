"""What may stand in the fields of an FX order: thousands of bad texts, each refused at its field, and every order that
passes is one that the trader wrote."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.acttrader.messages import Dialect
from protocols.acttrader.rules import order_form, to_order
from protocols.market import forms
from protocols.market.commands import AmendOrder, FxTerms, PlaceOrder
from protocols.market.events import Quote
from protocols.market.forms import Checked, check
from protocols.market.instruments import ContractKey, CurrencyPair, InstrumentSpec
from protocols.market.order_texts import amendment, texts_of, to_texts
from protocols.market.orders import Order, OrderStatus
from protocols.market.pips import Typed
from protocols.market.times import MINUTE, Instant, UtcNs
from protocols.market.values import SCALE, Price, Quantity, Side
from tests.support.fx import START, price
from tests.support.fx import settings as connection

KEY = ContractKey("FX", "FX", "EURUSD")
SPEC = InstrumentSpec(Price(10_000), Quantity(1000 * SCALE), 5, 0, "USD", "EUR")
PAIR = CurrencyPair(KEY, "EURUSD", "EUR", "USD", SPEC, Price(100_000), Quantity(100_000 * SCALE), "EUR")
QUOTE = Quote(KEY, price("1.05"), price("1.0502"), None, Instant(0.0, START))
TYPED = Typed(START, QUOTE)
FORMS = {dialect: order_form(PAIR, connection(dialect, extra_tif=("GTC", "GTT"))) for dialect in Dialect}
KINDS = ("MARKET", "LIMIT", "STOP", "STOP_LIMIT")
GOOD = {
    "MARKET": {"side": "Buy", "quantity": "10k", "type": "MARKET"},
    "LIMIT": {"side": "Sell", "quantity": "10k", "type": "LIMIT", "price": "+12p"},
    "STOP": {"side": "Buy", "quantity": "1.5m", "type": "STOP", "stop_price": "1.06"},
    "STOP_LIMIT": {"side": "Buy", "quantity": "5000", "type": "STOP_LIMIT", "stop_price": "a+3p", "price": "a+4p"},
}
NEVER = [
    "1e999",
    "-1e999",
    "NaN",
    "inf",
    "9" * 5000,
    "0x10",
    "1_000",
    "1 000",
    "--1",
    "+",
    "-",
    ".",
    "٣",
    "a b",
    "\x00",
    "1\n2",
]
BAD = {
    forms.SIDE: ["", "buy", "BUY", "Both", *NEVER],
    forms.QUANTITY: ["", "0", "0k", "-1", "-10k", "500", "1.5k", "10.000k", "1000m", "1.2345678m", *NEVER],
    forms.ORDER_TYPE: ["", "limit", "TRAILING", *NEVER],
    forms.PRICE: ["", "0", "-1", "1.050001", "+12", "12p", "+1e3p", "+0.01p", "b-99999p", "m+3p", *NEVER],
    forms.STOP_PRICE: ["", "0", "-1", "1.050001", "-12", "p", "+٣p", "a+0.05p", "b-10500p", *NEVER],
    forms.TIME_IN_FORCE: ["", "DAY", "aon", *NEVER],
    forms.VALIDITY_UNTIL: ["2026-11-20 13:29", "0m", "-90m", "1.5h", "90", "25:00", "2026-02-30 10:00", *NEVER],
    forms.COMMENT: ["x" * 251, "one\ntwo", "\x00"],
}  # fmt: skip


def checked(texts: dict[str, str], dialect: Dialect = Dialect.LATER, typed: Typed = TYPED) -> Checked:
    form = FORMS[dialect]
    return check(form, texts, SPEC, START, typed=dict.fromkeys((field.name for field in form.fields), typed))


def has_a_say(kind: str, name: str) -> bool:
    priced = {forms.PRICE: ("LIMIT", "STOP_LIMIT"), forms.STOP_PRICE: ("STOP", "STOP_LIMIT")}
    return kind in priced.get(name, KINDS)


@pytest.mark.parametrize("dialect", list(Dialect))
@pytest.mark.parametrize("kind", KINDS)
def test_every_bad_text_is_refused_at_its_own_field(kind: str, dialect: Dialect) -> None:
    assert checked(GOOD[kind], dialect).ok
    for name, texts in BAD.items():
        if FORMS[dialect].field(name) is None or not has_a_say(kind, name):
            continue
        for text in texts:
            found = checked({**GOOD[kind], name: text}, dialect)
            assert name in found.problems, (name, text[:40])
            assert name == forms.ORDER_TYPE or list(found.problems) == [name]
            assert found.problems[name].startswith(FORMS[dialect].label(name))
            assert len(found.problems[name]) < 200


@pytest.mark.parametrize(("name", "text"), [("price", "1.05"), ("stop_price", "b"), ("price", "junk")])
def test_a_price_in_a_type_that_has_none_is_refused_and_not_left_out(name: str, text: str) -> None:
    kind = "STOP" if name == "price" else "LIMIT"
    assert "goes with type" in checked({**GOOD[kind], name: text}).problems[name]


def test_a_quote_is_needed_where_something_counts_from_it_and_nowhere_else() -> None:
    silent = Typed(START, None, "no quotes")
    assert set(checked(GOOD["LIMIT"], typed=silent).problems) == {"price"}
    assert checked(GOOD["STOP"], typed=silent).ok


def numbers() -> st.SearchStrategy[str]:
    """Texts that look like numbers, and some of which are."""
    digits = st.text("0123456789", max_size=12)
    plain = st.builds(
        "{}{}{}{}".format, st.sampled_from(["", "+", "-"]), digits, st.sampled_from(["", ".", ","]), digits
    )
    ends = st.sampled_from(["", "k", "m", "p", "M", "h", "d", "kk", " k", "pips"])
    starts = st.sampled_from(["", "a", "b", "b-", "a +", "m"])
    return st.builds("{}{}{}".format, starts, plain, ends)


ANY = st.one_of(numbers(), st.text(max_size=16), st.sampled_from(NEVER))
FIELDS = [field.name for field in FORMS[Dialect.LATER].fields]


@settings(max_examples=1500)
@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(FIELDS), ANY, max_size=4))
def test_only_what_keeps_every_rule_becomes_an_order(kind: str, texts: dict[str, str]) -> None:
    found = checked({**GOOD[kind], **texts})
    assert all(words.startswith(FORMS[Dialect.LATER].label(name)) for name, words in found.problems.items())
    if found.ok:
        holds(to_order(KEY, found.values))


@settings(max_examples=2300)
@given(numbers(), st.sampled_from(["quantity", "price"]))
def test_a_number_that_is_taken_is_the_one_that_was_written(text: str, name: str) -> None:
    """Held against an oracle that reads the same in another way: decimals, not patterns."""
    found = checked({**GOOD["LIMIT"], name: text})
    if name in found.problems or not text.strip():
        return
    assert found.values[name] == by_hand(text.strip().lower().replace(",", "."), name)


def by_hand(text: str, name: str) -> Decimal:
    if name == "quantity":
        unit = {"k": 1_000, "m": 1_000_000}.get(text[-1], 1)
        return Decimal(text.rstrip("km ")) * unit * SCALE
    best = {"a": Decimal("1.0502"), "b": Decimal("1.05")}
    if text[0] in best and len(text) == 1:
        return best[text[0]] * SCALE
    if not text.endswith(("p", "pips")):
        return Decimal(text) * SCALE
    start = best[text[0]] if text[0] in best else best["a" if text[0] == "+" else "b"]
    return (start + Decimal(text.lstrip("ab ").removesuffix("pips").rstrip("p ").replace(" ", "")) / 10_000) * SCALE


def holds(order: PlaceOrder) -> None:
    """The rules of the page."""
    terms = order.terms
    assert isinstance(terms, FxTerms)
    assert order.quantity > 0
    assert order.quantity % SPEC.step == 0
    assert (order.price is not None) is (terms.type in ("LIMIT", "STOP_LIMIT"))
    assert (terms.stop_price is not None) is (terms.type in ("STOP", "STOP_LIMIT"))
    for at in (order.price, terms.stop_price):
        assert at is None or (at > 0 and at % SPEC.tick == 0)
    assert terms.until is None or terms.until > START
    assert terms.time_in_force != "TPI" or terms.type == "LIMIT"
    assert terms.time_in_force != "GTT" or terms.until is not None
    assert terms.note.isprintable()


# There and back


@st.composite
def orders(draw: st.DrawFn) -> PlaceOrder:
    kind = draw(st.sampled_from(KINDS))
    tif = draw(st.sampled_from(["AON", "FOK", "IOC", "GTC", *(["TPI"] if kind == "LIMIT" else [])]))
    prices = [Price(draw(st.integers(1, 400_000)) * SPEC.tick) for _ in range(2)]
    minutes = draw(st.integers(0, 100_000))
    terms = FxTerms(
        kind, tif, prices[0] if kind.startswith("STOP") else None, UtcNs(START + minutes * MINUTE) if minutes else None,
        draw(st.text(st.characters(categories=["L", "N", "P"]), max_size=20)),
    )  # fmt: skip
    quantity = Quantity(draw(st.integers(1, 90_000)) * SPEC.step)
    return PlaceOrder(KEY, draw(st.sampled_from(Side)), quantity, prices[1] if kind.endswith("LIMIT") else None, terms)


@given(orders())
def test_an_order_written_into_the_form_comes_out_the_same(order: PlaceOrder) -> None:
    found = checked(to_texts(FORMS[Dialect.LATER], order, SPEC))
    assert found.ok, found.problems
    assert to_order(KEY, found.values) == order


@given(orders(), orders())
def test_an_amendment_asks_for_what_differs_and_for_nothing_else(order: PlaceOrder, other: PlaceOrder) -> None:
    living = Order(
        "FX",
        "ours",
        KEY,
        order.side,
        order.price,
        order.quantity,
        order.quantity,
        order.terms,
        OrderStatus.WORKING,
        True,
    )
    form = FORMS[Dialect.LATER]
    before = texts_of(form, living, SPEC)
    assert amendment(living, before, before, checked(before).values) is None
    names = [name for name in ("quantity", "price", "stop_price", "validity_until") if before.get(name) != ""]
    wished = to_texts(form, other, SPEC)
    texts = {**before, **{name: wished[name] for name in names if wished[name]}}
    asked = amendment(living, texts, before, checked(texts).values)
    assert asked is None or asked_only(asked, living, texts, checked(texts).values)


def asked_only(asked: AmendOrder, living: Order, texts: dict[str, str], values: Any) -> bool:
    assert isinstance(living.terms, FxTerms)
    was = {
        "quantity": living.quantity, "price": living.price, "stop_price": living.terms.stop_price,
        "validity_until": living.terms.until,
    }  # fmt: skip
    now = {
        "quantity": asked.quantity,
        "price": asked.price,
        "stop_price": asked.stop_price,
        "validity_until": asked.until,
    }
    return all(
        value is None if values.get(name) == was[name] or not texts.get(name) else value == values[name]
        for name, value in now.items()
    )
