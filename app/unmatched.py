"""Executions that belong to no order known here: an alert for each, and a person's word that it has been seen to.

An execution may come before the order's acknowledgement, and the session asks the venue whose it is: what is still
unmatched after that is worth an alert. It stays in the list above the positions until the venue's evidence takes it
away, or a person dismisses it, after a restart too: journal and log keep both. The frame itself is in the record of
frames.
"""

import logging
from collections.abc import Callable

import msgspec

from app.trading import CONFIRM_SECONDS, TO_READ
from protocols.market.events import Event, Feed, Freshness, Unmatched, UnmatchedDismissed
from protocols.market.state import MarketState
from protocols.market.times import Instant
from widgets.positions.unmatched import described

_LOG = logging.getLogger("quarterdeck")

GRACE = 3.0
"""Seconds that an execution may be unmatched in the normal course of things: the session asks after two."""


class UnmatchedAlerts:
    """`alert` shows words until they are dismissed, and logs them. Call `look` with every tick."""

    def __init__(self, market: MarketState, alert: Callable[[str], None]) -> None:
        self._market = market
        self._alert = alert
        self._told: set[Unmatched] = set()

    def look(self, now: Instant) -> None:
        """Tells of what has been unmatched for long enough, each once."""
        left = {msgspec.structs.replace(each, recalled=False): each for each in self._market.strays.left()}
        self._told.intersection_update(left)
        for name, each in left.items():
            if name not in self._told and now.monotonic - self._since(each, now) >= GRACE:
                self._told.add(name)
                before = "from before the restart " if each.recalled else ""
                self._alert(f"An execution {before}belongs to no order known here: {described(each)}. See Positions")

    def _since(self, execution: Unmatched, now: Instant) -> float:
        """When the venue could begin to say whose it is, by our monotonic clock: for one of an earlier run, which had
        another clock, once its orders are listed."""
        if not execution.recalled:
            return execution.at.monotonic
        channels = self._market.channels.values()
        lists = [each for each in channels if each.connection == execution.connection and each.feed is Feed.OWN_ORDERS]
        live = [each.since.monotonic for each in lists if each.status is Freshness.LIVE]
        return min(live, default=now.monotonic)


class Dismissals:
    """The same asked twice dismisses: `say` puts the question in between. `apply` takes the event."""

    def __init__(
        self, apply: Callable[[Event], object], now: Callable[[], Instant], say: Callable[[str], object]
    ) -> None:
        self._apply = apply
        self._now = now
        self._say = say
        self._asked: tuple[Unmatched, float] | None = None

    def dismiss(self, execution: Unmatched | None) -> None:
        """Asks, or takes the same again for the answer; None where there is nothing to dismiss."""
        if execution is None:
            self._say("No execution is unmatched")
            return
        now = self._now()
        if self._asked is not None and self._asked[0] == execution:
            age = now.monotonic - self._asked[1]
            if age < TO_READ:
                return
            if age <= CONFIRM_SECONDS:
                self._asked = None
                _LOG.warning("unmatched execution dismissed by hand: %s: %s", described(execution), execution)
                self._apply(UnmatchedDismissed(execution, now))
                self._say(f"Dismissed, and logged: {described(execution)}")
                return
        self._asked = (execution, now.monotonic)
        self._say(
            f"Have you seen to {described(execution)}? It stays out of the positions. The same again dismisses it"
        )
