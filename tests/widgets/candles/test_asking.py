"""When candles are asked for: a table of moments, and what the venue answers in between."""

from collections.abc import Sequence

from protocols.market.candles import Series
from protocols.market.events import Candle, CandlesArrived
from protocols.market.instruments import ContractKey
from protocols.market.intervals import INTERVALS, CandleQuery
from protocols.market.times import MINUTE, SECOND, Instant, UtcNs, utc_from_text
from protocols.market.values import Price
from widgets.candles.asking import FIRST, OLDER, Asking

KEY = ContractKey("FX", "FX", "EURUSD")
NOON = utc_from_text("2026-11-20T12:00:00Z")


class Rig:
    """An `Asking` at a venue that answers when told. Seconds since noon."""

    def __init__(self, interval: str = "1m") -> None:
        self.asked: list[CandleQuery] = []
        self.why_not: str | None = None
        self.asking = Asking(self._ask)
        self.asking.follow(KEY, interval)
        self.interval = interval
        self.series: Series | None = None
        self.seconds = 0.0

    def _ask(self, query: CandleQuery) -> str | None:
        self.asked.append(query)
        return self.why_not

    @property
    def now(self) -> Instant:
        return Instant(1_000.0 + self.seconds, UtcNs(NOON + int(self.seconds * SECOND)))

    def look(self, seconds: float, live: bool = True) -> int:
        """How many questions there have been by then."""
        self.seconds = seconds
        self.asking.look(self.series, self.now, self.now.utc, live)
        return len(self.asked)

    def answer(self, starts: Sequence[int] = (), problem: str = "", none_there: bool = False) -> None:
        """To the last question: candles that begin so many minutes after noon."""
        if self.series is None:
            self.series = Series(INTERVALS[self.interval])
        one = Price(1)
        candles = tuple(Candle(UtcNs(NOON + start * MINUTE), one, one, one, one) for start in starts)
        self.series.take(CandlesArrived(self.asked[-1], candles, self.now, problem, none_there))


def test_at_first_once_and_then_at_each_intervals_end() -> None:
    rig = Rig()
    assert rig.look(10) == 1
    assert (rig.asked[0].count, rig.asked[0].till) == (FIRST, None)
    assert rig.look(10.1) == 1, "one at a time"
    rig.answer((-1, 0))
    assert not rig.asking.said
    assert rig.look(59.9) == 1
    assert rig.look(61) == 1, "the venue has to make it first"
    assert rig.look(61.6) == 2
    rig.answer((0, 1))
    assert rig.look(119) == 2
    assert rig.look(122) == 3
    rig.answer((0, 1))
    assert rig.look(130) == 3, "the venue has none of this minute yet: not asked again before the next ends"
    assert rig.look(182) == 4


def test_a_reconnect_asks_for_what_was_missed() -> None:
    rig = Rig()
    rig.look(0)
    rig.answer((-1, 0))
    assert rig.look(1) == 1
    assert rig.look(2, live=False) == 1
    assert rig.look(3) == 2
    rig.answer((0,))
    rig.look(4, live=False)
    rig.look(605, live=False)
    assert rig.asked[-1].count == 12, "ten minutes, the last of the venue's, and one more"


def test_what_fails_is_tried_again_later_and_later() -> None:
    rig = Rig()
    assert rig.look(0) == 1
    rig.answer(problem="no")
    counts = [rig.look(seconds) for seconds in (0.1, 5.0, 5.2)]
    assert counts == [1, 1, 2]
    assert rig.asking.again_in(rig.now) == 0
    rig.answer(problem="no")
    rig.look(5.3)
    assert rig.asking.again_in(rig.now) == 10
    assert [rig.look(seconds) for seconds in (10, 15.2, 15.4)] == [2, 2, 3]
    rig.answer((0,))
    assert rig.look(16) == 3
    assert rig.asking.again_in(rig.now) == 0


def test_what_can_not_be_asked_says_why_and_a_connection_is_used_at_once() -> None:
    rig = Rig()
    rig.why_not = "no connection to the chart service: it is off"
    assert rig.look(0, live=False) == 1
    assert rig.asking.said == rig.why_not and not rig.asking.waiting
    rig.why_not = None
    assert rig.look(1, live=False) == 1
    assert rig.look(1.1) == 2
    assert rig.asking.said == ""


def test_an_answer_that_never_comes_is_given_up() -> None:
    rig = Rig()
    rig.series = Series(INTERVALS["1m"])
    rig.look(0)
    assert rig.look(89) == 1
    assert rig.look(91) == 1
    assert "not answered" in rig.asking.said
    assert rig.look(97) == 2


def test_older_ones_one_question_at_a_time_until_there_are_none() -> None:
    rig = Rig()
    rig.asking.look_back(rig.series, rig.now)
    assert rig.asked == []
    rig.look(0)
    rig.answer((-1, 0))
    rig.look(1)
    rig.asking.look_back(rig.series, rig.now)
    rig.asking.look_back(rig.series, rig.now)
    assert len(rig.asked) == 2 and rig.asking.fetching
    assert (rig.asked[1].till, rig.asked[1].count) == (NOON - MINUTE, OLDER)
    rig.answer((-3, -2))
    rig.look(2)
    assert not rig.asking.fetching
    rig.asking.look_back(rig.series, rig.now)
    assert rig.asked[2].till == NOON - 3 * MINUTE
    rig.answer(problem="not enough data", none_there=True)
    rig.look(100)
    count = len(rig.asked)
    rig.asking.look_back(rig.series, rig.now)
    assert len(rig.asked) == count


def test_another_pair_or_interval_begins_anew() -> None:
    rig = Rig()
    rig.look(0)
    rig.asking.follow(KEY, "1h")
    rig.series = None
    assert rig.look(0.1) == 2
    assert (rig.asked[-1].interval, rig.asked[-1].count) == ("1h", FIRST)
    rig.asking.follow(None, "1h")
    assert rig.look(100) == 2
