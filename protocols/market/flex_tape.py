"""What the ticker told: trades, and orders that expired, in the order in which they came. Two kinds, never mixed up."""

from collections import deque
from itertools import islice

from protocols.market.flex_events import FlexExpiry, FlexExpiryPrinted, FlexTrade, FlexTradePrinted

CAPACITY = 100_000
"""Rows kept; the oldest are forgotten first."""

FlexRow = FlexTrade | FlexExpiry


class FlexTape:
    """Rows have stable numbers: `first` is the number of the oldest row kept, `end` one past the newest. The ticker
    corrects nothing: a row never changes, and `end` is the revision."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._rows: deque[FlexRow] = deque(maxlen=capacity)
        self.end = 0

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def first(self) -> int:
        return self.end - len(self._rows)

    def apply(self, event: FlexTradePrinted | FlexExpiryPrinted) -> None:
        """Folds one event."""
        self._rows.append(event.trade if isinstance(event, FlexTradePrinted) else event.expiry)
        self.end += 1

    def row(self, number: int) -> FlexRow:
        """The row, `first <= number < end`."""
        if not self.first <= number < self.end:
            raise IndexError(number)
        return self._rows[number - self.first]

    def newest(self, count: int) -> list[FlexRow]:
        """So many rows, the newest first."""
        return list(islice(reversed(self._rows), count))

    def trades(self) -> list[FlexTrade]:
        """The trades alone, oldest first."""
        return [row for row in self._rows if isinstance(row, FlexTrade)]

    def expiries(self) -> list[FlexExpiry]:
        """The expired orders alone, oldest first."""
        return [row for row in self._rows if isinstance(row, FlexExpiry)]
