"""The desk: what comes in is folded into the market here, and what is known can be asked for. No Qt."""

from collections.abc import Callable

from protocols.market.events import Event
from protocols.market.state import MarketState
from protocols.session import ConnectionReport


class Desk:
    """Owns the market that widgets read. `add` tells it whom to ask for a connection's counters."""

    def __init__(self) -> None:
        self.market = MarketState()
        self._reports: list[Callable[[], ConnectionReport]] = []

    def add(self, report: Callable[[], ConnectionReport]) -> None:
        """A connection whose `report` counts with the others, in this order."""
        self._reports.append(report)

    def apply(self, event: Event) -> None:
        """Folds one event; the only way anything becomes known."""
        self.market.apply(event)

    def reports(self) -> list[ConnectionReport]:
        """The counters of every connection as they stand."""
        return [report() for report in self._reports]
