"""The flexibility book as a fold: whole books, looked at through filters, as exactly as one who knows no tricks."""

from hypothesis import given
from hypothesis import strategies as st

from protocols.market.flex import Delivery, Place, delivery_of
from protocols.market.flex_book import ALL, FlexBook, FlexFilter
from protocols.market.flex_events import FlexBookLost, FlexBookOrder, FlexBookReplaced, FlexFault
from protocols.market.instruments import market_key
from protocols.market.times import HOUR, Instant, UtcNs
from protocols.market.values import Price, Quantity, Side

KEY = market_key("Flex")
NOW = Instant(1.0, UtcNs(10**18))
WINDOWS = [Delivery(UtcNs(at * HOUR), UtcNs((at + 1) * HOUR)) for at in range(3)]
COUNTRIES = ("", "FI", "DE")
LOCATIONS = ("a", "b", "c")

orders = st.builds(
    FlexBookOrder,
    side=st.sampled_from(Side),
    price=st.integers(-3, 3).map(lambda value: Price(value * 10**8)),
    power=st.integers(0, 5).map(lambda value: Quantity(value * 10**9)),
    energy=st.none(),
    delivery=st.sampled_from(WINDOWS),
    place=st.builds(
        Place, st.lists(st.sampled_from(LOCATIONS), max_size=2, unique=True).map(tuple), st.sampled_from(COUNTRIES)
    ),
)
filters = st.builds(
    FlexFilter,
    st.none() | st.sampled_from(WINDOWS),
    st.none() | st.sampled_from(COUNTRIES),
    st.none() | st.sampled_from(LOCATIONS),
)


def replaced(*orders: FlexBookOrder, faults: tuple[FlexFault, ...] = (), at: int = 1) -> FlexBookReplaced:
    return FlexBookReplaced("orderbook", KEY, UtcNs(at), orders, faults, NOW)


def plainly(orders: list[FlexBookOrder], side: Side, chosen: FlexFilter) -> list[tuple[int, int, list[FlexBookOrder]]]:
    """(price, power, orders), by going through everything once for each price."""
    taken = [
        order
        for order in orders
        if order.side is side
        and (chosen.delivery is None or order.delivery == chosen.delivery)
        and (chosen.country is None or order.place.country_code == chosen.country)
        and (chosen.location is None or chosen.location in order.place.location_ids)
    ]
    levels = []
    for price in sorted({order.price for order in taken}, key=lambda price: -price if side is Side.BUY else price):
        here = [order for order in taken if order.price == price]
        levels.append((price, sum(order.power for order in here), here))
    return levels


@given(st.lists(st.tuples(st.lists(orders, max_size=30), st.lists(filters, max_size=4)), max_size=4))
def test_every_look_at_every_book_is_exact(books: list[tuple[list[FlexBookOrder], list[FlexFilter]]]) -> None:
    book = FlexBook(KEY)
    for found, looks in books:
        book.apply(replaced(*found))
        for chosen in (ALL, *looks, *looks):  # the second time from memory
            for side in Side:
                levels = book.levels(side, chosen)
                assert [(each.price, each.power, list(each.orders)) for each in levels] == plainly(found, side, chosen)
                assert all(each.windows == len({order.delivery for order in each.orders}) for each in levels)
        assert book.deliveries() == sorted({order.delivery for order in found})
        assert book.countries() == sorted({order.place.country_code for order in found})


def test_a_fault_concerns_its_own_window_and_whoever_looks_at_all() -> None:
    book = FlexBook(KEY)
    assert book.fault_of() == "no book yet"
    book.apply(replaced(faults=(FlexFault(WINDOWS[0], "odd"),)))
    assert "odd" in (book.fault_of() or "")
    assert "odd" in (book.fault_of(FlexFilter(delivery=WINDOWS[0])) or "")
    assert book.fault_of(FlexFilter(delivery=WINDOWS[1])) is None
    book.apply(replaced(faults=(FlexFault(None, "odd"),)))
    assert book.fault_of(FlexFilter(delivery=WINDOWS[1])) is not None
    book.apply(FlexBookLost("orderbook", KEY, "unreadable"))
    assert book.fault_of(FlexFilter(delivery=WINDOWS[1])) == "unreadable"
    book.apply(replaced())
    assert book.fault_of() is None


@given(st.integers(0, 2 * 10**18), st.integers(1, 10**18))
def test_a_window_is_found_by_its_name(start: int, length: int) -> None:
    delivery = Delivery(UtcNs(start), UtcNs(start + length))
    assert delivery_of(delivery.contract_id) == delivery


def test_other_names_are_no_windows() -> None:
    assert [delivery_of(text) for text in ("all", "", "/", "a/b", "2024-05-02T13:15:00Z/soon")] == [None] * 5


def test_a_window_reads_as_people_write_it() -> None:
    midnight = delivery_of("2024-05-02T23:30:00Z/2024-05-03T00:30:00Z")
    assert midnight is not None
    assert midnight.text == "2024-05-02 23:30–2024-05-03 00:30 UTC"
