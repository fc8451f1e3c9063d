"""A reader that remembers the books before reads each as one that has seen none."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.glocalflex.books import FAULTS_KEPT, BookReader
from protocols.glocalflex.codec import Contradictory, Unreadable, decode_message
from protocols.market.flex_events import FlexBookOrder, FlexFault
from protocols.market.values import Side, plain_text

WINDOW = ("2026-11-21T13:00:00Z", "2026-11-21T13:15:00Z")
LATER = ("2026-11-21T14:00:00Z", "2026-11-21T14:15:00Z")
Books = dict[str, dict[str, list[dict[str, Any]]]]
Outcome = tuple[tuple[FlexBookOrder, ...], tuple[FlexFault, ...]]


def entry(side: str = "buy", price: Any = 0.25, window: tuple[str, str] = WINDOW, **changes: Any) -> dict[str, Any]:
    usual = {"side": side, "power": 1000, "price": price, "delivery_start": window[0], "delivery_end": window[1]}
    return {**usual, **changes}


def frame(bids: str, asks: str = "{}") -> bytes:
    return f'{{"type": "orderbook_update", "data": {{"bids": {bids}, "asks": {asks}}}}}'.encode()


def read(reader: BookReader, document: bytes) -> Outcome | str:
    try:
        return reader.book(decode_message(document))
    except Unreadable as error:
        return str(error)


class Hearing:
    """A reader with what it noticed."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.reader = BookReader(lambda kind, message: self.heard.append((kind, message)))

    def read(self, document: bytes) -> Outcome | str:
        self.heard.clear()
        return read(self.reader, document)


entries = st.builds(
    entry,
    side=st.sampled_from(["buy", "sell", "sell", "both"]),
    price=st.sampled_from([0.25, "0.25", "0.250", 0.3, -1, "NaN", 1e-10]),
    window=st.sampled_from([WINDOW, LATER, ("2026-11-21T13:00:00Z", "yesterday")]),
    power=st.sampled_from([1, "1.0", 2.5, -1, None]),
    energy=st.sampled_from([None, 1, "x"]),
    location=st.sampled_from([None, {}, {"location_id": ["a", None], "country_code": "FI"}, {"location_id": "a"}]),
)
sides = st.dictionaries(st.sampled_from(["0.25", "0.250", "0.3", "-1", "much"]), st.lists(entries, max_size=4))
sound = st.builds(entry, side=st.just("buy"), price=st.sampled_from([0.25, 0.3]), power=st.integers(1, 3))
books = st.builds(
    lambda bids, asks: frame(json.dumps(bids), json.dumps(asks)),
    sides | st.dictionaries(st.just("0.25"), st.lists(sound, max_size=6)),
    sides,
)


@given(
    st.lists(books, max_size=5).flatmap(
        lambda some: st.lists(st.sampled_from(some), max_size=12) if some else st.just([])
    )
)
def test_what_is_remembered_changes_nothing_of_what_is_read(frames: list[bytes]) -> None:
    remembering = Hearing()
    for document in frames:
        fresh = Hearing()
        assert remembering.read(document) == fresh.read(document)
        assert remembering.heard == fresh.heard


def test_the_same_words_on_the_other_side_are_read_for_that_side() -> None:
    hearing, level = Hearing(), json.dumps({"0.25": [entry("buy")]})
    (order,), no_faults = hearing.read(frame(level))
    assert (order.side, no_faults) == (Side.BUY, ())
    no_orders, (fault,) = hearing.read(frame("{}", level))
    assert no_orders == ()
    assert "'buy' among the asks" in fault.reason


def test_no_more_is_remembered_than_two_books() -> None:
    hearing = Hearing()
    for number in range(50):
        hearing.read(frame(json.dumps({"0.25": [entry(power=10 * number + each) for each in range(1, 11)]})))
    assert hearing.reader.remembered <= 20


@pytest.mark.parametrize(
    "words",
    [
        '"price": 0.25, "price": 0.26',
        '"price": 0.25, "delivery_start": "2026-11-21T12:00:00Z"',
        '"price": 0.25, "location": {"location_id": ["a"]}, "location": null',
        '"price": 0.25, "location": {"country_code": "FI", "country_code": "DE"}',
    ],
)
def test_an_order_that_says_two_things_is_not_believed_and_its_window_is_not_known(words: str) -> None:
    odd = f"""{{"side": "buy", "power": 1, "delivery_start": "{WINDOW[0]}", "delivery_end": "{WINDOW[1]}", {words}}}"""
    orders, (fault,) = Hearing().read(frame(f'{{"0.25": [{json.dumps(entry())}, {odd}]}}'))
    assert [plain_text(order.power) for order in orders] == ["1000"]
    assert fault.delivery is None
    assert "stands there twice" in fault.reason


def test_an_order_that_says_one_thing_twice_is_believed() -> None:
    odd = json.dumps(entry())[:-1] + ', "price": 0.25}'
    (order,), faults = Hearing().read(frame(f'{{"0.25": [{odd}]}}'))
    assert (plain_text(order.price), faults) == ("0.25", ())


def test_a_level_twice_loses_no_order() -> None:
    one, other = json.dumps([entry()]), json.dumps([entry(power=1)])
    with pytest.raises(Contradictory, match="stands there twice"):
        BookReader(lambda kind, message: None).book(decode_message(frame(f'{{"0.25": {one}, "0.25": {other}}}')))


def test_very_many_orders_that_cant_be_read_make_one_fault_of_the_whole_book() -> None:
    wrong = [entry(power=-each) for each in range(1, FAULTS_KEPT + 2)]
    orders, (fault,) = Hearing().read(frame(json.dumps({"0.25": [entry(), *wrong]})))
    assert len(orders) == 1
    assert fault.delivery is None
    assert fault.reason.startswith(f"{FAULTS_KEPT + 1} orders, the first: power")
