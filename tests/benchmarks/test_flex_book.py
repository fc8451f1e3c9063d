"""A flexibility book of 5,000 orders in 200 windows, whole, once a second: from its bytes to three filtered looks."""

import random
import time
from decimal import Decimal

import pytest

from protocols.glocalflex import codec, messages
from protocols.glocalflex.books import FlexReader
from protocols.market.flex_book import ALL, FlexBook, FlexFilter
from protocols.market.flex_events import FlexBookReplaced
from protocols.market.instruments import market_key
from protocols.market.times import MINUTE, SECOND, Instant, UtcNs, utc_from_text
from protocols.market.values import Side

START = utc_from_text("2026-11-21T18:00:00Z")
ORDERS, WINDOWS, BOOKS = 5_000, 200, 20
BUDGET = 0.060
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


def _frame(rng: random.Random, number: int) -> bytes:
    sides: dict[str, dict[str, list[messages.BookOrder]]] = {"buy": {}, "sell": {}}
    for count in range(ORDERS):
        order = _order(rng, "buy" if count % 2 else "sell")
        sides[order.side].setdefault(str(order.price), []).append(order)
    book = messages.Book(bids=sides["buy"], asks=sides["sell"])
    return codec.message(messages.ORDERBOOK_UPDATE, book, codec.time_text(UtcNs(START + number * SECOND)))


def test_a_whole_book_costs_a_frame_or_two() -> None:
    rng = random.Random(1)
    frames = [_frame(rng, number) for number in range(BOOKS)]
    book, reader = FlexBook(market_key("Flex")), FlexReader(lambda kind, message: None)
    taken: list[float] = []
    for frame in frames:
        begun = time.process_time()
        orders, faults = reader.book(codec.decode_message(frame))
        book.apply(FlexBookReplaced("orderbook", book.key, START, orders, faults, Instant(0.0, START)))
        delivery = book.deliveries()[3]
        for chosen in (ALL, FlexFilter(delivery=delivery), FlexFilter(country="DE", location="loc7")):
            for side in Side:
                book.levels(side, chosen)
        taken.append(time.process_time() - begun)
    median = sorted(taken)[len(taken) // 2]
    print(f"{len(frames[0]) / 1e6:.1f} MB, {median * 1e3:.1f} ms on the median, {max(taken) * 1e3:.1f} ms at worst")
    assert len(book) == ORDERS
    assert median < BUDGET
