"""The chart service: quotes and how far they may be believed, symbols, candles, and what comes of them."""

from pathlib import Path
from typing import Any

import pytest

from app.state_file import state_of
from protocols.acttrader.chart_rest import rest_address
from protocols.market.events import ConnectionStatus, Freshness
from protocols.market.fx_positions import fx_positions
from protocols.market.values import SCALE, Side
from tests.support.fx import SYMBOLS, FxDesk, key, order, price, record


@pytest.fixture
def desk(tmp_path: Path) -> FxDesk:
    desk = FxDesk(tmp_path)
    desk.ready()
    desk.open("chart")
    return desk


def standing(desk: FxDesk, symbol: str = "EURUSD") -> tuple[Freshness, str]:
    found = desk.desk.market.quote_standing(key(symbol))
    return found.freshness, found.reason


def test_it_subscribes_to_the_configured_symbols(desk: FxDesk) -> None:
    assert desk.charted == [{"m": "subscribe", "p": list(SYMBOLS)}]
    assert desk.desk.market.connections["FX"].status is ConnectionStatus.RESYNCHRONISING
    assert "first quote" in desk.desk.market.connections["FX"].reason


def test_a_quote_is_exact_and_live(desk: FxDesk) -> None:
    desk.say(
        b'{"m":"ticker","d":[{"m":"EURUSD","time":"2026-11-20T13:30:00.311877774Z","bid":1.10001,"ask":"1.10003",'
        b'"day_open":1.1,"day_high":1.2,"day_low":1.0}]}',
        "chart",
    )
    quote = desk.desk.market.quotes.get(key())
    assert quote is not None
    assert (quote.bid, quote.ask, quote.mid) == (price("1.10001"), price("1.10003"), price("1.10002"))
    assert quote.at == desk.now.utc - 200_000_000 + 311_877_774
    assert standing(desk) == (Freshness.LIVE, "")
    assert desk.desk.market.connections["FX"].status is ConnectionStatus.LIVE
    assert standing(desk, "USDJPY")[0] is Freshness.UNSYNCHRONISED


def test_a_reconnect_makes_no_old_quote_live(desk: FxDesk) -> None:
    desk.quote()
    desk.lose("chart")
    assert standing(desk)[0] is Freshness.STALE
    desk.wait(1)
    desk.open("chart")
    desk.quote("GBPUSD")
    assert standing(desk, "GBPUSD")[0] is Freshness.LIVE
    assert standing(desk)[0] is Freshness.UNSYNCHRONISED
    desk.quote()
    assert standing(desk)[0] is Freshness.LIVE


def test_silence_makes_every_quote_stale(desk: FxDesk) -> None:
    desk.quote()
    desk.wait(29)
    assert standing(desk)[0] is Freshness.LIVE
    desk.wait(2)
    assert standing(desk) == (Freshness.STALE, "no quote for 30 s")


def test_a_quote_that_comes_late_is_not_shown_as_live(desk: FxDesk) -> None:
    desk.quote()
    desk.wait(20)
    desk.quote("GBPUSD", time="2026-11-20T13:30:01Z")
    assert "late" in standing(desk, "GBPUSD")[1]
    assert standing(desk)[0] is Freshness.LIVE


def test_an_old_first_quote_is_not_shown_as_live(desk: FxDesk) -> None:
    desk.quote(time="2026-11-20T13:28:00Z")
    assert "old" in standing(desk)[1]


@pytest.mark.parametrize(
    ("fields", "words"), [({"bid": 0}, "one-sided"), ({"bid": 1.2, "ask": 1.1}, "crossed"), ({"time": "soon"}, "")]
)
def test_odd_quotes_are_not_live(desk: FxDesk, fields: dict[str, Any], words: str) -> None:
    desk.quote()
    desk.quote(**fields)
    freshness, reason = standing(desk)
    assert freshness is Freshness.UNSYNCHRONISED and words in reason


@pytest.mark.parametrize("frame", [b"{", b'{"m":"ticker"}', b'{"m":"ticker","d":[{"m":"EURUSD","bid":{}}]}'])
def test_an_unreadable_message_takes_quotes_out_of_the_live_state(desk: FxDesk, frame: bytes) -> None:
    desk.quote()
    desk.say(frame, "chart")
    assert standing(desk)[0] is Freshness.UNSYNCHRONISED
    desk.quote()
    assert standing(desk)[0] is Freshness.LIVE


def test_orders_go_on_without_quotes_and_the_checks_say_so(desk: FxDesk) -> None:
    desk.lose("chart")
    submission = desk.desk.submit(order())
    assert submission.step.value == "asks"
    assert "no market" in [finding.rule for finding in submission.findings]


def test_symbols_extend_the_pairs(desk: FxDesk) -> None:
    (asked,) = desk.calls
    assert asked.url == "http://127.0.0.1/acttrader/chart/symbols"
    desk.reply(
        asked, {"success": True, "result": [{"name": "EURSEK", "bid": 11}, {"name": "NZDJPY"}, {"name": "US30"}]}
    )
    pairs = desk.desk.market.pairs
    assert {pair.name for pair in pairs.values()} == {*SYMBOLS, "EURSEK", "NZDJPY"}
    assert pairs[key("EURSEK")].assumed
    assert pairs[key("NZDJPY")].pip == SCALE // 100
    assert not pairs[key()].assumed
    assert "assumed" in [finding.rule for finding in desk.desk.submit(order(symbol="EURSEK", at="11")).findings]


@pytest.mark.parametrize(
    ("chart", "rest"),
    [
        ("wss://host/ws", "https://host"),
        ("ws://127.0.0.1:80/acttrader/chart", "http://127.0.0.1:80/acttrader/chart"),
        ("ws://127.0.0.1/acttrader/chart/ws", "http://127.0.0.1/acttrader/chart"),
    ],
)
def test_rest_is_beside_the_socket(chart: str, rest: str) -> None:
    assert rest_address(chart) == rest


def test_positions_and_their_worth(desk: FxDesk) -> None:
    filled = {"status": "FILLED", "executedQty": 10000}
    desk.submit(order())
    bought = desk.last("newordersingle")["payload"]["clientOrderId"]
    desk.say({"event": "execution", "payload": record(bought, 1, **filled)})
    desk.submit(order(side=Side.SELL, symbol="USDJPY", at="151"))
    sold = desk.last("newordersingle")["payload"]["clientOrderId"]
    desk.say({"event": "execution", "payload": record(sold, 2, symbol="USDJPY", side="SELL", price=151, **filled)})
    assert [(each.key.contract_id, each.net, each.exposure) for each in fx_positions(desk.desk.market)] == [
        ("EURUSD", 10_000 * SCALE, 10_000 * SCALE),
        ("USDJPY", -10_000 * SCALE, None),
    ]
    desk.quote("EURUSD", "1.24999", "1.25001")
    (_, dollars) = fx_positions(desk.desk.market)
    assert dollars.exposure == -8_000 * SCALE
    state = state_of(desk.desk, desk.now)
    assert state["positions"][1] == {
        "connection": "FX", "symbol": "USDJPY", "net": "-10000", "exposure": "-8000", "account_currency": "EUR",
        "reason": "", "average": None, "mark": None, "realised": None, "unrealised": None,
        "cost_reason": "the venue did not say what was paid for all of it", "mark_reason": "not quoted yet",
        "from_journal": "0",
    }  # fmt: skip
    assert state["quotes"][0] == {
        "connection": "FX", "symbol": "EURUSD", "bid": "1.24999", "ask": "1.25001", "day_open": None,
        "day_high": None, "day_low": None, "at": "2026-11-20T13:30:00.000000001Z", "freshness": "live", "reason": "",
    }  # fmt: skip
