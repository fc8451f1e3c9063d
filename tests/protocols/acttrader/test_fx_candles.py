"""Candles of the chart service: what is asked, what is believed of the answer, and what live quotes make of them."""

from pathlib import Path
from typing import Any

import pytest

from protocols.market.candles import Series
from protocols.market.intervals import CandleQuery
from protocols.market.times import UtcNs, utc_from_text
from protocols.session import CallFailed
from tests.support.fx import FxDesk, key, price


@pytest.fixture
def desk(tmp_path: Path) -> FxDesk:
    desk = FxDesk(tmp_path)
    desk.ready()
    desk.open("chart")
    return desk


def row(time: str, bid: float = 1.1, **more: Any) -> dict[str, Any]:
    return {"time": time, "open": bid, "high": bid, "low": bid, "close": bid, "volume": 5, "count": 3, **more}


def ask(desk: FxDesk, interval: str = "1m", count: int = 2, till: str | None = None) -> str | None:
    query = CandleQuery(key(), interval, count, None if till is None else utc_from_text(till))
    said: list[str | None] = []
    desk.call("", lambda now: said.append(desk.session.ask_candles(query, now)))
    return said[0]


def answer(desk: FxDesk, *rows: dict[str, Any]) -> None:
    desk.reply(desk.calls[-1], {"success": True, "message": "", "result": list(rows)})


def series(desk: FxDesk, interval: str = "1m") -> Series:
    found = desk.desk.market.candles_of(key(), interval)
    assert found is not None
    return found


def closes(desk: FxDesk) -> list[int]:
    return [candle.close for candle in series(desk).candles]


def test_a_question_says_what_it_wants(desk: FxDesk) -> None:
    assert ask(desk) is None
    assert desk.calls[-1].url.endswith("/candles?symbol=EURUSD&interval=1m&count=2")
    ask(desk, till="2026-11-20T13:29:10Z")
    assert desk.calls[-1].url.endswith("&count=2&till=202611201330"), "rounded up: told twice is better than left out"
    with pytest.raises(ValueError, match="2m"):
        ask(desk, "2m")


def test_candles_come_in_order_each_once_and_exact(desk: FxDesk) -> None:
    ask(desk)
    answer(desk, row("2026-11-20T13:29:00Z", 1.2), row("1795181280000"), row("2026-11-20T13:29:00Z", 1.10001))
    assert closes(desk) == [price("1.1"), price("1.10001")]


@pytest.mark.parametrize(
    "odd",
    [
        row("2026-11-20T13:29:00Z", high=1.0),
        row("2026-11-20T13:29:00Z", low=1.3),
        row("2026-11-20T13:29:00Z", -1.0),
        row("2026-11-20T13:29:00Z", volume=-1),
        row("soon"),
        row("2026-11-20T14:29:00Z"),
    ],
    ids=["high", "low", "negative", "volume", "no time", "still to come"],
)
def test_a_candle_that_can_not_be_is_left_out_and_said(desk: FxDesk, odd: dict[str, Any]) -> None:
    ask(desk)
    answer(desk, row("2026-11-20T13:28:00Z"), odd)
    assert closes(desk) == [price("1.1")]
    assert "candle: EURUSD 1m" in desk.anomalies()[-1]
    ask(desk)
    answer(desk, odd)
    assert "none of the venue's candles" in series(desk).problem
    assert closes(desk) == [price("1.1")], "what was told before stays"


def test_an_instrument_that_is_initialising_is_asked_again_and_the_trader_told(desk: FxDesk) -> None:
    ask(desk)
    desk.reply(desk.calls[-1], {"success": False, "errorCode": "INSTRUMENT_INITIALIZING"})
    assert "initialising this pair; it is asked again every 5 s" in series(desk).problem
    asked = len(desk.calls)
    desk.wait(6)
    assert len(desk.calls) == asked + 1
    answer(desk, row("2026-11-20T13:29:00Z"))
    assert (series(desk).problem, series(desk).answers) == ("", 1)


def test_who_waits_for_it_is_told_when_the_connection_is_made_anew(desk: FxDesk) -> None:
    ask(desk)
    desk.reply(desk.calls[-1], {"success": False, "errorCode": "INSTRUMENT_INITIALIZING"})
    desk.lose("chart")
    desk.wait(1)
    desk.open("chart")
    assert (series(desk).answers, series(desk).problem) == (1, "the connection to the chart service was made anew")
    asked = len(desk.calls)
    desk.wait(10)
    assert len(desk.calls) == asked


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ({"success": False, "errorCode": "INSUFFICIENT_CHART_DATA"}, "not enough data"),
        ({"success": False, "errorCode": "NO_SUCH_THING", "message": "<b>odd</b>"}, "NO_SUCH_THING: <b>odd</b>"),
        ({"success": True}, "unreadable"),
    ],
)
def test_why_there_are_none_is_said_in_words(desk: FxDesk, reply: dict[str, Any], words: str) -> None:
    ask(desk)
    desk.reply(desk.calls[-1], reply)
    assert words in series(desk).problem


def test_a_call_that_fails_is_an_answer(desk: FxDesk) -> None:
    ask(desk)
    call = desk.calls[-1].call_id
    desk.call("", lambda now: desk.session.answered(call, CallFailed("refused"), now))
    assert (series(desk).problem, series(desk).answers) == ("refused", 1)


def test_without_a_chart_connection_it_says_so(desk: FxDesk, tmp_path: Path) -> None:
    desk.lose("chart")
    assert "no connection to the chart service: " in (ask(desk) or "")
    alone = FxDesk(tmp_path / "alone", chart_url=None)
    assert ask(alone) == "FX has no chart service"


def test_older_ones_go_before_until_there_are_none(desk: FxDesk) -> None:
    ask(desk)
    answer(desk, row("2026-11-20T13:28:00Z", 1.3), row("2026-11-20T13:29:00Z", 1.4))
    ask(desk, till="2026-11-20T13:28:00Z")
    answer(desk, row("2026-11-20T13:27:00Z", 1.2), row("2026-11-20T13:28:00Z", 9.0))
    assert closes(desk) == [price(text) for text in ("1.2", "1.3", "1.4")]
    assert not series(desk).complete
    ask(desk, till="2026-11-20T13:27:00Z")
    desk.reply(desk.calls[-1], {"success": False, "errorCode": "INSUFFICIENT_CHART_DATA"})
    assert series(desk).complete and series(desk).problem == ""


def built(desk: FxDesk) -> FxDesk:
    """With one minute of the venue's, and a live quote."""
    desk.quote("EURUSD", "1.0999", "1.1001", time="2026-11-20T13:29:30Z")
    ask(desk)
    answer(desk, row("2026-11-20T13:29:00Z"))
    return desk


def test_live_bids_grow_the_newest_candle_and_begin_the_next(desk: FxDesk) -> None:
    built(desk)
    desk.quote("EURUSD", "1.102", "1.103", time="2026-11-20T13:29:59.9Z")
    desk.quote("EURUSD", "1.09", "1.10", time="2026-11-20T13:30:00Z")
    desk.quote("EURUSD", "1.08", "1.10", time="2026-11-20T13:30:02Z")
    first, second = series(desk).candles
    assert (first.high, first.close, first.volume) == (price("1.102"), price("1.102"), None)
    assert (second.at, second.open, second.low) == (
        utc_from_text("2026-11-20T13:30:00Z"), price("1.09"), price("1.08"),
    )  # fmt: skip
    assert series(desk).built_from == first.at
    ask(desk)
    answer(desk, row("2026-11-20T13:29:00Z", 1.11), row("2026-11-20T13:30:00Z", 1.12))
    assert closes(desk) == [price("1.11"), price("1.12")], "the venue's own word holds"
    assert series(desk).built_from is None


def test_no_stale_late_or_odd_quote_gets_into_a_candle(desk: FxDesk) -> None:
    built(desk)
    before = list(series(desk).candles)
    assert before[0].close == price("1.1"), "the quote is older than the venue's answer"
    desk.wait(20)
    desk.quote("EURUSD", "1.3", "1.4", time="2026-11-20T13:29:31Z")  # 19 s late
    assert series(desk).candles == before
    desk.quote("EURUSD", "1.3", "1.2", time="2026-11-20T13:30:21Z")  # crossed
    assert series(desk).candles == before
    desk.quote("EURUSD", "1.3", "1.4", time="2026-11-20T13:30:22Z")
    desk.lose("chart")
    assert series(desk).candles == before, "the link went before anybody looked"


def test_after_a_gap_that_nobody_knows_only_the_new_ones_stay(desk: FxDesk) -> None:
    built(desk)
    desk.wait(3600)
    ask(desk)
    answer(desk, row("2026-11-20T14:29:00Z", 1.2), row("2026-11-20T14:30:00Z", 1.3))
    assert closes(desk) == [price("1.2"), price("1.3")]


def test_what_follows_on_one_another_is_joined(desk: FxDesk) -> None:
    built(desk)
    desk.wait(60)
    ask(desk)
    answer(desk, row("2026-11-20T13:30:00Z", 1.2))
    assert closes(desk) == [price("1.1"), price("1.2")]
    assert series(desk).told is not None and series(desk).told.utc > UtcNs(0)
