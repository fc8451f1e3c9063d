"""Ticks of an axis of values, such as prices. Without Qt or pyqtgraph; floats are positions on the axis."""

from protocols.market.values import SCALE, plain_text
from widgets.figures import price_figure

_STEPS = (1, 2, 5)


def round_step(least: int, unit: int) -> int:
    """The smallest of 1, 2, 5, 10, ... units that is no less than `least`."""
    power = unit
    while True:
        for step in _STEPS:
            if step * power >= least:
                return step * power
        power *= 10


def value_ticks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    """Positions and texts of no more than `most` round values and one, all with the decimals of the step between them:
    `108.0`, `108.5`, `109.0`."""
    first, last = round(low * SCALE), round(high * SCALE)
    step = round_step(-(-(last - first) // max(1, most)), 1)
    decimals = len(plain_text(step).partition(".")[2])
    values = range(-(-first // step) * step, last + 1, step)
    return [(value / SCALE, price_figure(value, decimals)) for value in values]
