"""Executions on their way into the journal, on the loop's thread, and back at a restart; wall time, with the disk."""

import time
from pathlib import Path
from statistics import median, quantiles

from protocols.market.order_events import OwnExecuted
from protocols.market.values import SCALE, Price, Quantity, Side
from tests.support.fx import FxDesk, key

EXECUTIONS = 10_000
MUCH = Quantity(10_000 * SCALE)

USUAL = 0.001
"""Seconds that the median may take: what is written waits for no disk."""
RARELY = 0.033
"""Seconds that one of a hundred may take: now and then SQLite moves its log into the file, which does wait."""
RESTART = 2.0
"""Seconds until all of them are back."""


def test_an_execution_waits_for_no_disk_and_all_are_back_soon(tmp_path: Path) -> None:
    desk = FxDesk(tmp_path)
    took = []
    for number in range(EXECUTIONS):
        name = f"{number * 7_919 % EXECUTIONS:036}"  # like identifiers, in no order
        event = OwnExecuted(key(), name, Side.BUY, MUCH, MUCH, Price(SCALE), desk.now.utc)
        begun = time.perf_counter()
        desk.desk.apply(event)
        took.append(time.perf_counter() - begun)
    begun = time.perf_counter()
    desk.restart()
    back = time.perf_counter() - begun
    worst = quantiles(took, n=100)[-1]
    print(
        f"\nan execution: median {median(took) * 1e6:.0f} µs, one of a hundred {worst * 1e3:.2f} ms, worst"
        f" {max(took) * 1e3:.1f} ms; {EXECUTIONS} back after {back * 1e3:.0f} ms"
    )
    assert desk.desk.market.executions.turnover(key()).bought == EXECUTIONS * MUCH
    assert median(took) < USUAL
    assert worst < RARELY
    assert back < RESTART
