"""Whether a widget has just moved under the mouse: an alert above it, a dock beside it that opened. No Qt.

Nothing may move between aim and click. The frame tells what a row meant, not where on the screen it was; that the whole
ladder slid is known here.
"""

HOLD_SECONDS = 0.3
"""For so long after it moved a click is held: about what an eye and a hand take to notice."""


class Footing:
    """Where on the screen the widget is. `look` at every beat and at every press."""

    def __init__(self) -> None:
        self._place: tuple[int, ...] | None = None
        self._moved_at = float("-inf")
        self._was_hidden = False

    def look(self, place: tuple[int, ...], now: float) -> None:
        """`place` in the screen's pixels, `now` in monotonic seconds."""
        if place != self._place and (self._place is not None or self._was_hidden):
            self._moved_at = now
        self._place, self._was_hidden = place, False

    def firm(self, now: float) -> bool:
        """Whether it has been where it is for long enough to be aimed at."""
        return now - self._moved_at >= HOLD_SECONDS

    def lost(self) -> None:
        """It can't be seen: who clicks in the moment it comes back aimed at what was there before."""
        self._was_hidden = self._was_hidden or self._place is not None
        self._place = None
