"""Frames a second, from the socket to the folded book: our link against the library's `async for`.

Only ratios within one run mean anything, for machines differ. No bounds yet: what is, is written down.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from websockets.asyncio.client import connect
from websockets.frames import Frame, Opcode

from protocols.eznergy import codec, messages
from protocols.link import Link
from protocols.market.book import Book
from protocols.market.events import BookChanged, BookOrder, BookReplaced
from protocols.market.instruments import ContractKey
from protocols.market.times import utc_from_text
from protocols.market.values import Price, Quantity, scaled
from protocols.session import Closed, Dropped, Open, SendId, Tls, Written
from tests.protocols.eznergy.support import SETTINGS, Conversation

PREPARED = 40_000
ROUNDS = 1
CHANNEL = "urn:ez-api:EZ4a26927fea:m7:public_order_books:6395d740-6e55-11e8-b566-0800200c9a66:DE-AMPRION:QuarterHour"

Take = Callable[[bytes], None]


def _frame(number: int) -> bytes:
    """A change of one order, on one of 40 price levels; every fifth removes one."""
    contract = messages.ContractArea(delivery_area="DE-AMPRION", identifier="DE-AMPRION-1022776")
    order = messages.PublicOrder(
        identifier=123_000_000 + number % 400,
        price=Decimal(4000 + number * 7 % 40) / 100,
        quantity=Decimal(0 if number % 5 == 4 else 1 + number % 90) / 10,
        entry_date="2026-11-21T15:00:00.123Z",
    )
    side = {"buy_orders": [order]} if number % 2 else {"sell_orders": [order]}
    change = messages.PublicOrderBook(is_delta=True, contract_area=contract, revision_number=number, **side)
    return codec.envelope(messages.EVENT, channel=CHANNEL, sequence=number + 1, payload=[change])


@pytest.fixture(scope="module")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server in a process of its own: it shares neither our lock nor, where there are two, our core."""
    prepared = tmp_path_factory.mktemp("frames") / "frames.bin"
    prepared.write_bytes(
        b"".join(Frame(Opcode.TEXT, _frame(number)).serialize(mask=False) for number in range(PREPARED))
    )
    script = Path(__file__).with_name("frame_server.py")
    with subprocess.Popen([sys.executable, script, prepared, str(ROUNDS)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield f"ws://127.0.0.1:{int(process.stdout.readline())}/ws"
        process.terminate()


class Folding:
    """What a session does to a frame, and the desk to its events, in their simplest form."""

    def __init__(self) -> None:
        self._key = ContractKey("bench", "DE-AMPRION", "DE-AMPRION-1022776")
        self.book = Book(self._key, CHANNEL)
        self.book.apply(BookReplaced(CHANNEL, self._key, (), ()))

    def take(self, frame: bytes) -> None:
        envelope = codec.decode_envelope(frame)
        for change in codec.decode_list(messages.PublicOrderBook, codec.inner_json(envelope.data)):
            bids, asks = self._orders(change.buy_orders), self._orders(change.sell_orders)
            self.book.apply(BookChanged(CHANNEL, self._key, bids, asks, change.revision_number))

    def _orders(self, orders: list[messages.PublicOrder] | None) -> tuple[BookOrder, ...]:
        return tuple(
            BookOrder(
                str(order.identifier),
                Price(scaled(order.price)),
                Quantity(scaled(order.quantity)),
                utc_from_text(order.entry_date or ""),
            )
            for order in orders or ()
        )


class Session:
    """The real session and the real market: sequence, duplicates, contracts and freshness included."""

    def __init__(self) -> None:
        settings = msgspec.structs.replace(SETTINGS, areas=("DE-AMPRION",), products=("QuarterHour",))
        self._talk = Conversation(settings)
        self._talk.connect()
        self._talk.confirm(CHANNEL)
        self._talk.raw(_snapshot())
        self._stream = self._talk.opens[-1].stream
        self.market = self._talk.market

    def take(self, frame: bytes) -> None:
        session = self._talk.session
        session.receive(self._stream, frame, self._talk.now)
        for event in session.events():
            self.market.apply(event)


def _snapshot() -> bytes:
    contract = messages.ContractArea(
        delivery_area="DE-AMPRION",
        identifier="DE-AMPRION-1022776",
        delivery_start="2026-11-21T15:00:00Z",
        delivery_end="2026-11-21T15:15:00Z",
    )
    book = messages.PublicOrderBook(is_delta=False, contract_area=contract, revision_number=0)
    return codec.envelope(messages.EVENT, channel=CHANNEL, sequence=0, payload=[book])


class Counting:
    """Hands each frame on, and is done when the server says goodbye."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self.count = 0
        self.done: asyncio.Future[Closed] = asyncio.get_running_loop().create_future()

    def opened(self, stream: str) -> None: ...
    def ponged(self, stream: str) -> None: ...
    def left(self, send_id: SendId, outcome: Written | Dropped) -> None: ...

    def frames(self, stream: str, batch: list[bytes]) -> None:
        self.count += len(batch)
        for frame in batch:
            self._take(frame)

    def closed(self, stream: str, why: Closed) -> None:
        self.done.set_result(why)


async def _with_link(url: str, take: Take) -> int:
    link = Link(Tls(enabled=False))
    counting = Counting(take)
    link.report_to(counting)
    link.execute(Open("market", url))
    await counting.done
    await link.aclose()
    return counting.count


async def _with_async_for(url: str, take: Take) -> int:
    count = 0
    async with connect(url, compression=None, proxy=None, max_size=None) as socket:
        async for frame in socket:
            take(frame)  # type: ignore[arg-type]  # the decoder takes text as well
            count += 1
    return count


async def _frames_per_second(way: Callable[[str, Take], object], url: str, make: Callable[[], Take]) -> float:
    best = 0.0
    for _ in range(3):
        take = make()
        start = time.perf_counter()
        count = await way(url, take)  # type: ignore[misc]
        best = max(best, count / (time.perf_counter() - start))
        assert count == PREPARED * ROUNDS
    return best


async def _compare(what: str, url: str, take: Callable[[], Take], theirs: Callable[[], Take] | None = None) -> float:
    ours = await _frames_per_second(_with_link, url, take)
    library = await _frames_per_second(_with_async_for, url, theirs or take)
    print(f"\n{what}: link {ours:,.0f} frames/s, async for {library:,.0f} frames/s, ratio {ours / library:.2f}")
    return ours / library


async def test_frames_reach_us_against_the_librarys_iterator(server_url: str) -> None:
    await _compare("socket to bytes", server_url, lambda: lambda frame: None)


async def test_socket_to_folded_book_against_the_librarys_iterator(server_url: str) -> None:
    await _compare("socket to book, typed decoding both ways", server_url, lambda: Folding().take)


async def test_the_whole_way_in_against_the_librarys_iterator_with_typed_decoding(server_url: str) -> None:
    """Ours with the real session (numbered, checked for repeats, contracts resolved), theirs without any of it."""
    await _compare(
        "socket to market, ours with the session", server_url, lambda: Session().take, lambda: Folding().take
    )


async def test_both_ways_end_with_the_same_book(server_url: str) -> None:
    ours, library = Folding(), Folding()
    await _with_link(server_url, ours.take)
    await _with_async_for(server_url, library.take)
    assert ours.book.bids.orders() == library.book.bids.orders()
    assert ours.book.asks.levels() == library.book.asks.levels()
