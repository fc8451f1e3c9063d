"""The book against a model that keeps nothing but a dictionary of orders."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.market.book import Book, Level
from protocols.market.events import BookChanged, BookOrder, BookReplaced, ContractLost, Feed
from protocols.market.instruments import ContractKey
from protocols.market.values import SCALE, Price, Quantity, Side

KEY = ContractKey("EPEX M7", "DE-AMPRION", "1")


def order(identifier: str, price: int, quantity: int, entered: int | None = None) -> BookOrder:
    return BookOrder(identifier, Price(price * SCALE), Quantity(quantity * SCALE), entered)  # type: ignore[arg-type]


def replaced(bids: list[BookOrder], asks: list[BookOrder]) -> BookReplaced:
    return BookReplaced("books", KEY, tuple(bids), tuple(asks), 1)


def changed(bids: list[BookOrder], asks: list[BookOrder]) -> BookChanged:
    return BookChanged("books", KEY, tuple(bids), tuple(asks), 2)


def test_levels_are_sums_of_orders_best_first() -> None:
    book = Book(KEY, "books")
    book.apply(replaced([order("1", 30, 5), order("2", 31, 1), order("3", 30, 7)], [order("4", 33, 2)]))
    assert book.bids.levels() == [
        Level(Price(31 * SCALE), Quantity(SCALE), 1),
        Level(Price(30 * SCALE), Quantity(12 * SCALE), 2),
    ]
    assert book.bids.best == 31 * SCALE
    assert book.asks.best == 33 * SCALE
    assert not book.crossed


def test_time_priority_inside_a_price_and_unknown_age_last() -> None:
    book = Book(KEY, "books")
    book.apply(replaced([], [order("9", 30, 1, 5), order("10", 30, 1, 4), order("2", 30, 1), order("7", 29, 1, 9)]))
    assert [entry.identifier for entry in book.asks.orders()] == ["7", "10", "9", "2"]


def test_a_change_without_a_base_leaves_the_book_faulty_and_empty() -> None:
    book = Book(KEY, "books")
    book.apply(changed([order("1", 30, 5)], []))
    assert book.fault
    assert not book.bids.levels()


def test_a_lost_contract_ignores_changes_until_the_next_whole_book() -> None:
    book = Book(KEY, "books")
    book.apply(replaced([order("1", 30, 5)], []))
    book.apply(ContractLost("books", Feed.ORDER_BOOKS, KEY, "gone"))
    book.apply(changed([order("1", 30, 0)], []))
    assert book.fault == "gone"
    assert book.bids.levels(), "what was last known stays readable"
    book.apply(replaced([], []))
    assert book.fault is None
    assert not book.bids.levels()


def test_removing_an_order_we_do_not_hold_changes_nothing() -> None:
    book = Book(KEY, "books")
    book.apply(replaced([order("1", 30, 5)], []))
    book.apply(changed([order("2", 30, 0)], []))
    assert [level.quantity for level in book.bids.levels()] == [5 * SCALE]


@pytest.mark.parametrize(("bid", "ask", "crossed"), [(30, 31, False), (30, 30, True), (31, 30, True)])
def test_crossed(bid: int, ask: int, crossed: bool) -> None:
    book = Book(KEY, "books")
    book.apply(replaced([order("1", bid, 1)], [order("2", ask, 1)]))
    assert book.crossed is crossed


entries = st.lists(st.builds(order, st.integers(1, 8).map(str), st.integers(-3, 3), st.integers(0, 3)), max_size=6)


@given(entries, st.lists(st.tuples(st.booleans(), entries), max_size=12))
def test_any_history_equals_the_model(base: list[BookOrder], history: list[tuple[bool, list[BookOrder]]]) -> None:
    book = Book(KEY, "books")
    book.apply(replaced(base, base))
    model = {entry.identifier: entry for entry in base}
    model = {name: entry for name, entry in model.items() if entry.quantity}
    for whole, changes in history:
        book.apply(replaced(changes, changes) if whole else changed(changes, changes))
        if whole:
            model = {}
        for entry in changes:
            model.pop(entry.identifier, None)
            if entry.quantity:
                model[entry.identifier] = entry
    for side, sign in ((Side.BUY, -1), (Side.SELL, 1)):
        sums: dict[int, list[int]] = {}
        for entry in model.values():
            found = sums.setdefault(entry.price, [0, 0])
            found[0] += entry.quantity
            found[1] += 1
        levels = book.side(side).levels()
        assert [(level.price, level.quantity, level.orders) for level in levels] == [
            (price, *sums[price]) for price in sorted(sums, key=lambda price: sign * price)
        ]
        assert {entry.identifier for entry in book.side(side).orders()} == set(model)
        assert book.side(side).best == (levels[0].price if levels else None)
    assert book.revision == len(history) + 1
