"""The real window's frame rate, beside the real practice venue: 5,000 orders in 200 windows, whole, each second."""

import itertools
import time
from collections.abc import Iterator
from statistics import median, quantiles

import pytest

from protocols.market.instruments import market_key
from tests.endtoend.support import Desk, VenueProcess, connection, on_a_desk

NAME = "Practice Flex"
ORDERS, WINDOWS = 5_000, 200
BEATS = 600
FRAME = 1 / 30
pytestmark = pytest.mark.qt_loop


@pytest.fixture
def venue() -> Iterator[VenueProcess]:
    venue = VenueProcess("--flex-orders", str(ORDERS), "--flex-windows", str(WINDOWS), "--flex-pace", "8")
    yield venue
    venue.stop()


@on_a_desk
async def test_a_whole_book_each_second_leaves_the_beats_where_they_are(desk: Desk, venue: VenueProcess) -> None:
    await desk.connect(connection(venue.port, "flexibility"))
    await desk.until(lambda: desk.market.flex_standing(NAME).live)
    book = desk.market.flex.books[NAME]
    await desk.until(lambda: len(book) > 0.9 * ORDERS)
    desk.window.group.choose(market_key(NAME))
    for _ in range(3 * 30):  # the first book, and the first picture of it, are for those who connect
        await desk.frame()
    before = book.revision
    beats: list[float] = []
    desk.terminal.frames.pulse.connect(lambda: beats.append(time.perf_counter()))
    for _ in range(BEATS):
        await desk.frame()
    gaps = [later - earlier for earlier, later in itertools.pairwise(beats)]
    last_hundredth, seen = quantiles(gaps, n=100)[-1], book.revision - before
    print(
        f"{seen} books of {len(book)} orders: {len(gaps) / sum(gaps):.1f} beats a second, "
        f"{median(gaps) * 1e3:.1f} ms apart on the median, 99 of 100 within {last_hundredth * 1e3:.1f} ms, "
        f"{max(gaps) * 1e3:.1f} ms at worst"
    )
    assert desk.market.flex_standing(NAME).live
    assert seen > 15
    assert len(gaps) / sum(gaps) > 29
    assert last_hundredth < 2 * FRAME
