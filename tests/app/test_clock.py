"""The system's clocks."""

import time

from app.clock import SystemClock
from protocols.market.times import SECOND


def test_two_readings_are_in_order_and_utc_is_the_machines() -> None:
    clock = SystemClock()
    first, second = clock(), clock()
    assert first.monotonic <= second.monotonic
    assert abs(first.utc - time.time_ns()) < 60 * SECOND


def test_monotonic_goes_on_while_the_machine_sleeps_where_the_system_can_tell() -> None:
    boot_time = getattr(time, "CLOCK_BOOTTIME", None)
    expected = time.monotonic() if boot_time is None else time.clock_gettime(boot_time)
    assert 0 <= SystemClock()().monotonic - expected < 60
