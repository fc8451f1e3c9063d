"""Child of test_kill: a desk without a window that trades until it is killed, or looks at what an earlier one left.

`windowless_desk.py trade|look PORT PROFILE`. Prints `sent CLIENT_ID` before each submission returns, and for `look`
what it restored and how every own order stands in the end, as JSON.
"""

import asyncio
import itertools
import json
import os
import sys
from pathlib import Path

import msgspec

from app.clock import SystemClock
from app.credentials import Passwords
from app.desk import Desk, Ordering, Step
from app.failures import FailureHandler
from app.journal import Journal
from app.limits import shipped_limits
from app.logs import Masker
from app.practice_file import practice_file
from app.profile import Profile
from app.resources import power_specs
from app.switchboard import Switchboard
from protocols.market.commands import CancelOrder, Command, PlaceOrder
from protocols.market.events import ConnectionStatus
from protocols.market.orders import OrderStatus
from protocols.market.values import SCALE, Price, Quantity, Side
from protocols.secret import Secret

SETTLE_TICKS = 60


async def main(mode: str, port: int, folder: Path) -> None:
    clock, masker, profile = SystemClock(), Masker(), Profile(folder)
    journal = Journal(profile.folder / "journal", masker.mask)
    desk = Desk(Ordering(journal, shipped_limits(), clock))
    desk.restore()
    failures = FailureHandler(lambda failure: print(failure, file=sys.stderr), masker.mask)
    switchboard = Switchboard(desk, clock, failures, power_specs(), masker.know, Passwords(os.environ), journal)
    ticks = Ticks()
    switchboard.each_tick(ticks.tick)
    in_doubt = [order.client_id for order in desk.market.blotter.rows() if order.status is OrderStatus.IN_DOUBT]
    shipped = practice_file(folder, port).read().connections[0]
    settings = msgspec.structs.replace(shipped, areas=("DE-AMPRION",), products=("Hour",))
    await switchboard.connect(settings, Secret("practice"))
    while desk.market.connections["Practice"].status is not ConnectionStatus.LIVE:
        await ticks.next()
    if mode == "trade":
        await trade(desk, ticks)
    for _ in range(SETTLE_TICKS):
        await ticks.next()
    orders = {order.client_id: order.status.value for order in desk.market.blotter.rows() if order.ours}
    print(json.dumps({"restored": in_doubt, "orders": orders}), flush=True)
    await switchboard.stop()
    journal.close()
    profile.close()


class Ticks:
    """The desk's own ticks, to wait for."""

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []

    def tick(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def next(self) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        await future


async def trade(desk: Desk, ticks: Ticks) -> None:
    """Places and cancels, one after the other, until somebody ends it."""
    books = [book for book in desk.market.books.values() if book.bids.best is not None and book.asks.best is not None]
    for number in itertools.count():
        book = books[number % len(books)]
        best = book.bids.best
        if best is not None:
            price = Price(best // (SCALE // 100) * (SCALE // 100) - SCALE // 5)
            submit(desk, PlaceOrder(book.key, Side.BUY, Quantity(SCALE), price))
        for order in desk.market.blotter.own_alive()[:-3]:
            if order.status.alive and order.request is None:
                submit(desk, CancelOrder(order.connection, order.client_id))
        await ticks.next()


def submit(desk: Desk, command: Command) -> None:
    submission = desk.submit(command)
    if submission.step is Step.ASKS:
        submission = desk.submit(command, confirmed=submission)
    if submission.intent is not None and submission.step is Step.TAKEN and isinstance(command, PlaceOrder):
        print("sent", submission.intent.client_id, flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])))
