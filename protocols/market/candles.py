"""The fold of candles: what the venue told, and what live quotes have made of the newest one since.

The venue's candles are of the bid, as far as anyone says, so it is the bid that builds on. What was built here is
replaced by the venue's own as soon as it is asked again.
"""

from collections.abc import Sequence

import msgspec

from protocols.market.events import Candle, CandlesArrived
from protocols.market.instruments import ContractKey
from protocols.market.intervals import INTERVALS, Interval, next_start, start_of
from protocols.market.times import Instant, UtcNs
from protocols.market.values import Price

MOST_KEPT = 20_000
"""Candles of one pair and interval. Older ones than these are not asked for; while it grows at its new end, the oldest
tenth is forgotten (the venue has them)."""


class Series:
    """One pair's candles of one interval, the oldest first, each beginning once. To read only.

    `answers` and `older_answers` count what came to questions for the newest, and for older ones. `problem` says why
    the last question for the newest brought none, or that the venue is not ready yet; `older_problem` likewise.
    """

    def __init__(self, interval: Interval) -> None:
        self.interval = interval
        self.candles: list[Candle] = []
        self.built_from: UtcNs | None = None
        """Where the candles begin that quotes have changed since the venue told them; None when all are the venue's."""
        self.complete = False
        """Whether the venue has none that are older."""
        self.problem = ""
        self.older_problem = ""
        self.answers = 0
        self.older_answers = 0
        self.told: Instant | None = None
        """When the venue's newest came."""
        self.revision = 0

    @property
    def full(self) -> bool:
        """Whether no older ones are kept."""
        return len(self.candles) >= MOST_KEPT

    def take(self, event: CandlesArrived) -> None:
        """An answer, or the news that it has to be waited for."""
        self.revision += 1
        older = event.query.till is not None
        if event.waiting:
            self._say(event.problem, older)
            return
        self._say(event.problem, older)
        if older:
            self.older_answers += 1
            self._take_older(event)
        else:
            self.answers += 1
            if event.candles:
                self._take_newest(event.candles)
                self.told = event.at

    def build(self, bid: Price, at: UtcNs) -> None:
        """A live quote: the newest candle grows, or the next begins. Without a candle of the venue's there is nothing
        to build on, and what is older than the newest is history."""
        if not self.candles or at < self.candles[-1].at:
            return
        last = self.candles[-1]
        start = start_of(self.interval, last.at, at)
        if start == last.at:
            grown = msgspec.structs.replace(
                last, high=max(last.high, bid), low=min(last.low, bid), close=bid, volume=None
            )
            self.candles[-1] = grown
        else:
            self.candles.append(Candle(start, bid, bid, bid, bid))
            if len(self.candles) > MOST_KEPT:
                del self.candles[: MOST_KEPT // 10]
                self.complete = False
        self.built_from = start if self.built_from is None else self.built_from
        self.revision += 1

    def _say(self, problem: str, older: bool) -> None:
        if older:
            self.older_problem = problem
        else:
            self.problem = problem

    def _take_newest(self, told: Sequence[Candle]) -> None:
        """What the venue tells holds from its first candle on; what quotes began after its last one stays."""
        before = [candle for candle in self.candles if candle.at < told[0].at]
        after = [candle for candle in self.candles if candle.at > told[-1].at]
        apart = before and len(before) + len(after) == len(self.candles)
        if apart and told[0].at > next_start(self.interval, before[-1].at):
            # Nothing in common, and they don't follow on one another: nobody knows what is missing between them.
            before, self.complete = [], False
        self.candles = [*before, *told, *after]
        self.built_from = after[0].at if after else None

    def _take_older(self, event: CandlesArrived) -> None:
        if not self.candles:
            return
        older = [candle for candle in event.candles if candle.at < self.candles[0].at]
        self.complete = event.none_there or not (older or event.problem)
        self.candles = [*older, *self.candles]


class Candles:
    """All series, by pair and interval's name."""

    def __init__(self) -> None:
        self._series: dict[ContractKey, dict[str, Series]] = {}

    def of(self, key: ContractKey, interval: str) -> Series | None:
        """None before anything was told of it."""
        return self._series.get(key, {}).get(interval)

    def take(self, event: CandlesArrived) -> None:
        query = event.query
        of_pair = self._series.setdefault(query.key, {})
        if query.interval not in of_pair:
            of_pair[query.interval] = Series(INTERVALS[query.interval])
        of_pair[query.interval].take(event)

    def build(self, key: ContractKey, bid: Price, at: UtcNs) -> None:
        """A live quote of the pair."""
        for series in self._series.get(key, {}).values():
            series.build(bid, at)
