"""The client at the practice venue: what its faults do to a desk, step by step."""

from pathlib import Path

import pytest

pytest.importorskip("protocols.practice.acttrader.fx_venue")

from protocols.acttrader.messages import Dialect
from protocols.market.events import ConnectionStatus, Freshness
from protocols.market.intervals import CandleQuery
from protocols.market.orders import Decision
from protocols.market.times import MINUTE
from tests.support.fx import key, order, pair
from tests.support.fx_paired import FxPaired

AWAY = "1.0"


@pytest.fixture(params=list(Dialect), ids=lambda dialect: dialect.value)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> FxPaired:
    desk = FxPaired(tmp_path, request.param)
    desk.run(1)
    return desk


def test_it_comes_up_live_with_quotes(desk: FxPaired) -> None:
    market = desk.desk.market
    assert market.connections["FX"].status is ConnectionStatus.LIVE
    assert market.quote_standing(key()).live
    assert len(market.pairs) == 12
    assert not any(known.assumed for known in market.pairs.values())


def test_a_lost_acknowledgement_and_a_reconnect_leave_one_order(desk: FxPaired) -> None:
    desk.turn(lose_answer=1.0)
    client_id = desk.submit(order(at=AWAY))
    desk.run(1)
    desk.cut()
    assert desk.status(client_id) == "in doubt"
    desk.turn()
    desk.run(20)
    assert desk.truth()["arrivals"] == {client_id: 1}
    assert desk.status(client_id) == "working"


def test_a_request_that_never_arrived_is_told_from_a_lost_answer(desk: FxPaired) -> None:
    desk.turn(lose_request=1.0)
    client_id = desk.submit(order(at=AWAY))
    desk.run(1)
    desk.turn()
    desk.run(40)
    assert desk.truth()["orders"] == []
    assert desk.placements == 1
    later = desk.settings.dialect is Dialect.LATER
    assert desk.status(client_id) == ("not sent" if later else "in doubt")


def test_a_market_order_whose_answer_was_lost(desk: FxPaired) -> None:
    desk.turn(lose_answer=1.0, lose_execution=1.0)
    client_id = desk.submit(order("MARKET"))
    desk.run(12)
    desk.turn()
    desk.cut()
    desk.run(40)
    (held,) = desk.truth()["orders"]
    assert (held["client_id"], held["status"]) == (client_id, "FILLED")
    if desk.settings.dialect is Dialect.LATER:
        assert desk.status(client_id) == "filled"
        return
    assert desk.status(client_id) == "in doubt"
    assert desk.desk.decide(desk.get(client_id), Decision.GONE, "the statement shows it") is None
    decided = desk.journal.decided(client_id)
    assert decided is not None and decided.note == "the statement shows it"
    assert desk.placements == 1


def test_a_refused_leg_raises_the_alarm(desk: FxPaired) -> None:
    desk.turn(refuse_leg=1.0)
    name = desk.submit(pair("1.0", "1.2"))
    desk.run(1)
    assert sorted(desk.status(f"{name}.{leg}") for leg in (1, 2)) == ["rejected", "working"]
    assert any("lives on alone" in words for words in desk.anomalies())


def test_a_pair_goes_through_to_its_end(desk: FxPaired) -> None:
    name = desk.submit(pair("1.0", "1.2"))
    desk.run(1)
    desk.move(ask="0.99998")
    desk.run(10)
    assert [desk.status(f"{name}.{leg}") for leg in (1, 2)] == ["filled", "cancelled"]
    assert not any(words.startswith("OCO alarm") for words in desk.anomalies())


def test_silence_of_the_market_is_seen(desk: FxPaired) -> None:
    desk.run(31)
    assert desk.desk.market.quote_standing(key()).freshness is Freshness.STALE


def test_candles_come_when_the_instrument_is_ready(desk: FxPaired) -> None:
    desk.turn(instrument_initializing=True)
    desk.call("", lambda now: desk.session.ask_candles(CandleQuery(key(), "1m", 5), now))
    desk.run(2)
    series = desk.desk.market.candles_of(key(), "1m")
    assert series is not None and series.answers == 0 and "initialising" in series.problem
    desk.turn()
    desk.run(10)
    assert (len(series.candles), series.answers, series.problem) == (5, 1, "")
    desk.call("", lambda now: desk.session.ask_candles(CandleQuery(key(), "1m", 5, series.candles[0].at), now))
    desk.run(1)
    starts = [candle.at for candle in series.candles]
    assert starts == [starts[0] + number * MINUTE for number in range(10)]
