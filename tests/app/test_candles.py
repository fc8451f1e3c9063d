"""Where candles are asked for: by connection, past everything that orders go through."""

from collections.abc import Callable

from app.candles import CandleDesk, no_candles, session_candles
from protocols.market.instruments import ContractKey
from protocols.market.intervals import CandleQuery
from protocols.market.times import Instant, UtcNs

QUERY = CandleQuery(ContractKey("FX", "FX", "EURUSD"), "5m", 10)


class Source:
    """A session that notes what it is asked."""

    def __init__(self, why_not: str | None = None) -> None:
        self.asked: list[CandleQuery] = []
        self._why_not = why_not

    def ask_candles(self, query: CandleQuery, now: Instant) -> str | None:
        self.asked.append(query)
        return self._why_not


class Runner:
    """Runs acts, unless the session was given up."""

    def __init__(self, *, broken: bool = False) -> None:
        self._broken = broken

    def call(self, what: str, act: Callable[[Instant], None]) -> None:
        if not self._broken:
            act(Instant(1.0, UtcNs(0)))


def test_a_question_goes_to_the_connection_of_its_pair_while_it_is_there() -> None:
    desk, source = CandleDesk(), Source()
    assert desk.ask(QUERY) == "FX is not connected to a chart service"
    desk.add("FX", session_candles(Runner(), source))
    assert desk.ask(QUERY) is None
    assert source.asked == [QUERY]
    desk.remove("FX")
    desk.remove("FX")
    assert desk.ask(QUERY) == "FX is not connected to a chart service"


def test_why_it_can_not_be_asked_is_handed_on() -> None:
    assert session_candles(Runner(), Source("no connection"))(QUERY) == "no connection"
    assert session_candles(Runner(broken=True), Source())(QUERY) == "FX stopped after an internal error"
    assert no_candles(QUERY) == "nothing is connected"
