"""The chart service's socket: subscriptions in, tickers out."""

import json
import re
from decimal import Decimal
from typing import Any

import pytest

from protocols.practice.acttrader.pairs import PAIRS
from protocols.practice.sockets import HangUp
from tests.protocols.practice.acttrader.fx_rig import FxRig, read

PATH = "/acttrader/chart"


class Viewer:
    """One chart connection."""

    def __init__(self, rig: FxRig) -> None:
        self.rig = rig
        self.number = rig.connect(PATH)

    def send(self, message: Any) -> None:
        frame = message if isinstance(message, bytes) else json.dumps(message).encode()
        self.rig.venue.sockets[PATH].receive(self.number, frame, self.rig.now)

    def subscribe(self, *symbols: str) -> None:
        self.send({"m": "subscribe", "p": list(symbols)})

    def tickers(self) -> list[dict[str, Any]]:
        messages = [read(sent) for sent in self.rig.inbox(self.number) if isinstance(sent, bytes)]
        assert all(set(message) == {"m", "d"} and message["m"] == "ticker" for message in messages)
        return [ticker for message in messages for ticker in message["d"]]


@pytest.fixture
def viewer(rig: FxRig) -> Viewer:
    return Viewer(rig)


def test_a_subscriber_gets_the_latest_quote_at_once_and_whole(viewer: Viewer) -> None:
    viewer.subscribe("EURUSD", "USDJPY")
    one, other = viewer.tickers()
    assert (one["m"], other["m"]) == ("EURUSD", "USDJPY")
    assert set(one) == {"m", "time", "bid", "ask", "day_open", "day_high", "day_low"}
    assert one["bid"] == Decimal("1.1") and one["ask"] > one["bid"]
    assert one["day_low"] <= one["day_open"] <= one["day_high"] and one["day_high"] == one["bid"]
    assert re.fullmatch(r"2026-11-20T13:30:00\.\d{9}Z", one["time"])


def test_what_is_quoted_reaches_its_subscribers_only(rig: FxRig, viewer: Viewer) -> None:
    other = Viewer(rig)
    viewer.subscribe("EURUSD")
    other.subscribe("GBPUSD")
    viewer.tickers(), other.tickers()
    rig.move(bid="1.2000")  # other pairs with euros follow, pounds don't
    assert [ticker["bid"] for ticker in viewer.tickers()] == [Decimal("1.2")]
    assert other.tickers() == []
    viewer.send({"m": "unsubscribe", "p": ["EURUSD"]})
    rig.move(bid="1.2100")
    assert viewer.tickers() == []


def test_a_live_market_ticks_in_the_order_of_time(fx_rig: Any) -> None:
    rig = fx_rig(hold=False)
    viewer = Viewer(rig)
    viewer.subscribe(*PAIRS)
    rig.pass_time(10, step=0.025)
    tickers = viewer.tickers()
    assert {ticker["m"] for ticker in tickers} == set(PAIRS)
    for symbol in PAIRS:
        times = [ticker["time"] for ticker in tickers if ticker["m"] == symbol]
        assert times == sorted(times)
    euros = [ticker for ticker in tickers if ticker["m"] == "EURUSD"]
    assert 20 <= len(euros) <= 110
    assert all(ticker["day_low"] <= ticker["bid"] <= ticker["day_high"] for ticker in tickers)


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"nonsense",
        b"[]",
        b'{"m": "subscribe"}',
        b'{"m": "subscribe", "p": "EURUSD"}',
        b'{"m": "subscribe", "p": [1]}',
        b'{"m": "subscribe", "p": ["XXXYYY", "eurusd"]}',
        b'{"m": "dance", "p": ["EURUSD"]}',
    ],
)
def test_what_cannot_be_read_or_quoted_brings_nothing(rig: FxRig, viewer: Viewer, frame: bytes) -> None:
    viewer.send(frame)
    rig.move(bid="1.2000")
    assert viewer.tickers() == []


def test_who_takes_nothing_is_hung_up_on(rig: FxRig, viewer: Viewer) -> None:
    viewer.subscribe("EURUSD")
    rig.inbox(viewer.number)
    for _ in range(2):
        rig.venue.sockets[PATH].too_slow(viewer.number)
    rig.move(bid="1.2000")
    assert [type(sent) for sent in rig.inbox(viewer.number)] == [HangUp]


def test_an_order_connection_that_takes_nothing_is_hung_up_on_and_nobody_else(rig: FxRig) -> None:
    slow, other = rig.client(), rig.client("seed")
    rig.venue.sockets["/acttrader/orders"].too_slow(slow.number)
    slow.request("newordersingle", slow.order())
    assert [type(sent) for sent in rig.inbox(slow.number)] == [HangUp]
    assert other.ask("orders")["payload"] == []
