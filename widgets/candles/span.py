"""Which candles are in view, counted from the newest: older ones put before them move nothing. No Qt.

Candles stand side by side whatever time lies between them: a weekend takes no room.
"""

import dataclasses
import math

NARROWEST, USUAL, WIDEST = 1.5, 8.0, 60.0
"""Pixels from one candle to the next."""
NOTCH = 1.2
"""How much a notch of the wheel, or a key, zooms."""
ROOM = 40.0
"""Pixels that are free to the right of the newest while it is followed: so that it is seen to be the newest."""
KEPT = 5
"""Candles that stay in view wherever one moves."""


@dataclasses.dataclass(frozen=True, slots=True)
class Span:
    """`back` is how many candles, and parts of one, lie beyond the right edge; below 0 there is room. None follows the
    newest."""

    step: float = USUAL
    back: float | None = None

    @property
    def following(self) -> bool:
        return self.back is None

    @property
    def offset(self) -> float:
        return -ROOM / self.step if self.back is None else self.back

    def x(self, behind: float, right: float) -> float:
        """The middle of the candle that is `behind` the newest (0), in a plot that ends at `right`."""
        return right - (behind - self.offset + 0.5) * self.step

    def behind(self, x: float, right: float) -> int:
        """How far behind the newest the candle at a place is; below 0 there is none yet."""
        return math.floor((right - x) / self.step + self.offset)

    def first_and_last(self, count: int, width: float) -> tuple[int, int]:
        """Of `count` candles, counted from the oldest, those that any part of a plot shows: from the first, up to but
        without the last."""
        last = count - max(0, math.floor(self.offset))
        first = count - math.ceil(self.offset + width / self.step) - 1
        return min(max(0, first), count), min(max(0, last), count)

    def panned(self, candles: float, count: int) -> "Span":
        """Towards the past, or with less than 0 towards the newest."""
        return _held(Span(self.step, self.offset + candles), count)

    def zoomed(self, factor: float, x: float, right: float, count: int) -> "Span":
        """More (above 1) or less room for each candle; what is at `x` stays there. One that follows goes on."""
        step = min(max(self.step * factor, NARROWEST), WIDEST)
        if self.back is None:
            return Span(step)
        place = (right - x) / self.step + self.offset
        return _held(Span(step, place - (right - x) / step), count)

    def grown(self, candles: int) -> "Span":
        """So many candles are newer than the newest was: what is in view stays, unless the newest is followed."""
        return self if self.back is None else Span(self.step, self.back + candles)

    def followed(self) -> "Span":
        """Back to the newest."""
        return Span(self.step)


FOLLOWING = Span()


def _held(span: Span, count: int) -> Span:
    """Some candles stay in view, and at the newest it is followed again."""
    back = min(span.offset, max(0, count - KEPT))
    return span.followed() if back * span.step <= -ROOM else Span(span.step, back)
