"""Ticks of a time axis in market time. Without Qt or pyqtgraph; floats are positions, in seconds of UTC."""

from zoneinfo import ZoneInfo

from protocols.market.times import SECOND, UtcNs
from widgets.delivery import time_text

_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 14400, 21600, 43200, 86400)
HOUR = 3600


def step_for(span: float, ticks: int) -> int:
    """The finest step, in seconds, that needs no more than `ticks` ticks for `span` seconds."""
    for step in _STEPS:
        if span / step <= max(1, ticks):
            return step
    return _STEPS[-1]


def ticks_between(begin: float, end: float, step: int, zone: ZoneInfo) -> list[tuple[float, str]]:
    """Positions and texts. Steps above an hour stand on hours of the local clock, on odd days too.

    Every zone that power is traded in is a whole number of hours from UTC, so UTC's hours and minutes are theirs.
    """
    stride = min(step, HOUR)
    position = -(-int(begin) // stride) * stride
    found: list[tuple[float, str]] = []
    while position <= end:
        text = time_text(UtcNs(position * SECOND), zone, seconds=step < 60)
        if step <= HOUR or (int(text[:2]) % (step // HOUR) == 0 and text[2] != "B"):
            found.append((float(position), text))
        position += stride
    return found
