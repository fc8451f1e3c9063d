"""Which candles are asked for, and when: at first, at the end of each interval, after a reconnect, and older ones where
somebody looks. At most one question for the newest and one for older ones is open at a time. No Qt, no clock."""

import dataclasses
from collections.abc import Callable

from protocols.market.candles import Series
from protocols.market.instruments import ContractKey
from protocols.market.intervals import CandleQuery, candles_between, start_of
from protocols.market.times import SECOND, Instant, UtcNs

Ask = Callable[[CandleQuery], str | None]
"""Asks the venue. Why it can't be asked now, in words; None when it is: what comes of it is in the market."""

FIRST, OLDER, MOST, FEWEST = 300, 500, 1_000, 3
"""Candles asked for at first, towards the past, and at most and at least when the newest are renewed."""
GRACE = 1.5
"""Seconds after an interval's end until its candle is asked for: the venue has to make it first."""
NO_ANSWER = 90.0
"""Seconds after which no answer is expected any more. An instrument that is initialising takes a minute."""
PATIENCE = (5.0, 10.0, 20.0, 60.0)
"""Seconds until the next try after one, two, ... failures in a row; the last goes on."""


@dataclasses.dataclass(slots=True)
class _Question:
    """One of the two that may be open. `answers` is what the series had counted when it was asked."""

    asked_at: float | None = None
    answers: int = 0
    failures: int = 0
    again_at: float = 0.0
    said: str = ""
    """Why the last one could not be asked, or was not answered."""

    def put(self, why_not: str | None, answers: int, now: float) -> None:
        if why_not is None:
            self.asked_at, self.answers, self.said = now, answers, ""
        else:
            self.fail(why_not, now)

    def fail(self, why: str, now: float) -> None:
        self.asked_at, self.said = None, why
        self.again_at = now + PATIENCE[min(self.failures, len(PATIENCE) - 1)]
        self.failures += 1

    def heard(self, answers: int, problem: str, now: float) -> None:
        """Looks whether the answer has come."""
        if self.asked_at is None:
            return
        if answers > self.answers:
            self.asked_at = None
            if problem:
                self.fail("", now)
            else:
                self.failures = 0
        elif now - self.asked_at > NO_ANSWER:
            self.fail(f"the venue has not answered for {NO_ANSWER:.0f} s", now)


class Asking:
    """For one pair and interval at a time. Call `look` with every frame."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._key: ContractKey | None = None
        self._interval = ""
        self._live = False
        self._renewed: UtcNs | None = None
        """The beginning of the interval in which the newest were asked for last; None: they have to be."""
        self._newest = _Question()
        self._older = _Question()

    @property
    def waiting(self) -> bool:
        """Whether an answer about the newest is still to come."""
        return self._newest.asked_at is not None

    @property
    def fetching(self) -> bool:
        """Whether older ones are on their way."""
        return self._older.asked_at is not None

    @property
    def said(self) -> str:
        """Why the newest could not be asked for, or were not told; empty where the venue itself said why."""
        return self._newest.said

    @property
    def older_said(self) -> str:
        return self._older.said

    def again_in(self, now: Instant) -> int:
        """Whole seconds until the newest are asked for again after a failure; 0 where they are not waiting for that."""
        if self._newest.asked_at is not None or not self._newest.failures:
            return 0
        return max(0, int(self._newest.again_at - now.monotonic + 0.999))

    def follow(self, key: ContractKey | None, interval: str) -> None:
        """What is looked at from now on."""
        if (key, interval) != (self._key, self._interval):
            self._key, self._interval = key, interval
            self._renewed = None
            self._newest, self._older = _Question(), _Question()

    def look(self, series: Series | None, now: Instant, venue_now: UtcNs, live: bool) -> None:
        """Asks for the newest where they are due. `live` whether quotes are: when they become so, what was missed
        meanwhile is asked for."""
        key = self._key
        if key is None:
            return
        if series is not None:
            self._newest.heard(series.answers, series.problem, now.monotonic)
            self._older.heard(series.older_answers, series.older_problem, now.monotonic)
        if live and not self._live:
            self._renewed, self._newest.again_at = None, 0.0
        self._live = live
        if self.waiting or now.monotonic < self._newest.again_at:
            return
        current = self._current(series, venue_now)
        if self._renewed is None or self._newest.failures or (current is not None and current > self._renewed):
            answers = 0 if series is None else series.answers
            why_not = self._ask(CandleQuery(key, self._interval, self._count(series, venue_now)))
            self._newest.put(why_not, answers, now.monotonic)
            self._renewed = venue_now if current is None else current

    def look_back(self, series: Series | None, now: Instant) -> None:
        """Asks for older ones, where there may be any."""
        if self._key is None or series is None or not series.candles or series.complete or series.full:
            return
        if not self.fetching and now.monotonic >= self._older.again_at:
            why_not = self._ask(CandleQuery(self._key, self._interval, OLDER, series.candles[0].at))
            self._older.put(why_not, series.older_answers, now.monotonic)

    def _current(self, series: Series | None, venue_now: UtcNs) -> UtcNs | None:
        """When the interval began that ended last, or the one that runs; None without a candle to count from."""
        if series is None or not series.candles:
            return None
        settled = UtcNs(venue_now - int(GRACE * SECOND))
        return start_of(series.interval, series.candles[0].at, settled)

    def _count(self, series: Series | None, venue_now: UtcNs) -> int:
        """Enough to close the gap since the venue's own newest."""
        if series is None or not series.candles:
            return FIRST
        last = series.candles[-1].at if series.built_from is None else series.built_from
        return min(MOST, max(FEWEST, candles_between(series.interval, last, venue_now) + 2))
