"""A flexibility book of 5,000 orders in 200 windows, whole, once a second: from its bytes to three filtered looks."""

import random
import time
from decimal import Decimal
from statistics import median

import pytest

from protocols.glocalflex import codec, messages
from protocols.glocalflex.books import BookReader
from protocols.market.flex_book import ALL, FlexBook, FlexFilter
from protocols.market.flex_events import FlexBookReplaced
from protocols.market.instruments import market_key
from protocols.market.times import MINUTE, SECOND, Instant, UtcNs, utc_from_text
from protocols.market.values import Side

START = utc_from_text("2026-11-21T18:00:00Z")
ORDERS, WINDOWS, BOOKS = 5_000, 200, 20
A_TENTH, ALL_OF_IT = ORDERS // 10, ORDERS
"""So many orders of a book are not those of the book before."""
BUDGETS = {A_TENTH: 0.030, ALL_OF_IT: 0.080}
"""Seconds of the processor for a book, on the median."""
pytestmark = pytest.mark.bench


def _order(rng: random.Random, side: str) -> messages.BookOrder:
    start = UtcNs(START + rng.randrange(WINDOWS) * 15 * MINUTE)
    price = Decimal(rng.randrange(1, 40) if side == "buy" else rng.randrange(41, 80)) / 100
    power = Decimal(rng.randrange(1, 100_000)) / 10
    return messages.BookOrder(
        side=side,
        power=power,
        price=price,
        energy=power / 4,
        delivery_start=codec.time_text(start),
        delivery_end=codec.time_text(UtcNs(start + 15 * MINUTE)),
        location=messages.Location(
            location_id=[f"loc{rng.randrange(300)}"], country_code=rng.choice(messages.COUNTRIES)
        ),
    )


def books(changed: int) -> list[bytes]:
    """Whole books as they come, each with so many orders that the one before it had not."""
    rng = random.Random(1)
    orders = [_order(rng, "buy" if count % 2 else "sell") for count in range(ORDERS)]
    frames = []
    for number in range(BOOKS):
        for place in rng.sample(range(ORDERS), changed):
            orders[place] = _order(rng, orders[place].side)
        sides: dict[str, dict[str, list[messages.BookOrder]]] = {"buy": {}, "sell": {}}
        for order in orders:
            sides[order.side].setdefault(str(order.price), []).append(order)
        book = messages.Book(bids=sides["buy"], asks=sides["sell"])
        at = codec.time_text(UtcNs(START + number * SECOND))
        frames.append(codec.message(messages.ORDERBOOK_UPDATE, book, at))
    return frames


@pytest.mark.parametrize("changed", [A_TENTH, ALL_OF_IT])
def test_a_whole_book_costs_what_is_new_in_it(changed: int) -> None:
    book, reader = FlexBook(market_key("Flex")), BookReader(lambda kind, message: None)
    read: list[float] = []
    looked: list[float] = []
    frames = books(changed)
    for frame in frames:
        begun = time.process_time()
        orders, faults = reader.book(codec.decode_message(frame))
        read.append(time.process_time() - begun)
        book.apply(FlexBookReplaced("orderbook", book.key, START, orders, faults, Instant(0.0, START)))
        delivery = book.deliveries()[3]
        for chosen in (ALL, FlexFilter(delivery=delivery), FlexFilter(country="DE", location="loc7")):
            for side in Side:
                book.levels(side, chosen)
        looked.append(time.process_time() - begun - read[-1])
    taken = median(map(sum, zip(read[1:], looked[1:], strict=True)))
    print(
        f"{len(frames[0]) / 1e6:.1f} MB, {changed} of {ORDERS} orders new: read {median(read[1:]) * 1e3:.1f} ms, "
        f"three looks {median(looked[1:]) * 1e3:.1f} ms on the median; the first of all read in {read[0] * 1e3:.1f} ms"
    )
    assert len(book) == ORDERS
    assert taken < BUDGETS[changed]
