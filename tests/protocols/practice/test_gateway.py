"""The gateway's side of the wire, in memory: what clients are answered and told (protocol page, sections 1 to 6)."""

import json
import re
from typing import Any

import pytest

from protocols.eznergy import codec, messages
from protocols.practice.tokens import Unauthorised

BOOKS, TRADES, STATES, FIGURES = (
    "public_order_books",
    "public_trades",
    "contract_area_states",
    "market_information",
)
RESOURCES = (BOOKS, TRADES, STATES, FIGURES)
WIRE = {
    BOOKS: messages.PublicOrderBook,
    TRADES: messages.PublicTrade,
    STATES: messages.ContractAreaState,
    FIGURES: messages.MarketInformation,
}


def test_credentials_buy_a_token(rig: Any) -> None:
    venue = rig()
    assert venue.token().count(".") == 2


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"username": "trader", "password": "wrong"}, 401),
        ({"username": "nobody", "password": "practice"}, 401),
        ({"username": "trader"}, 400),
        (b"{", 400),
        (b"", 400),
    ],
    ids=["password", "user", "half", "not JSON", "nothing"],
)
def test_other_credentials_do_not(rig: Any, body: Any, status: int) -> None:
    assert rig().http("POST", "/api/auth", body=body).status == status


def test_paths_and_methods_that_are_not_there(rig: Any) -> None:
    venue = rig()
    assert venue.http("GET", "/api/auth").status == 405
    assert venue.http("GET", "/nowhere").status == 404
    assert json.loads(venue.http("GET", "/practice/health").body)["contracts"] == 360


def test_only_good_tokens_connect(rig: Any) -> None:
    venue = rig(token_lifetime=60)
    token = venue.token()
    with pytest.raises(Unauthorised):
        venue.gateway.connected(1, "nonsense", venue.now)
    venue.gateway.connected(1, token, venue.now)
    venue.elapsed += 61
    with pytest.raises(Unauthorised):
        venue.gateway.connected(2, token, venue.now)


@pytest.mark.parametrize("resource", RESOURCES)
def test_subscribing_answers_then_sends_a_snapshot_then_counts(rig: Any, channel: Any, resource: str) -> None:
    venue = rig(rate=400.0, start="2026-11-21T11:44:58Z")
    venue.connect()
    venue.take()
    name = channel(resource)
    venue.subscribe(name, correlation="mine")
    subscribed, snapshot = venue.take()
    assert subscribed == {"type": "subscribed", "channel": name, "correlation": "mine"}
    assert (snapshot["type"], snapshot["channel"], snapshot["sequence"]) == ("event", name, 0)
    assert isinstance(snapshot["data"], list)
    assert len(snapshot["data"]) > 20
    venue.pass_time(4)
    events = venue.take(kind="event")
    assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
    assert events
    assert all("correlation" not in event for event in events)


@pytest.mark.parametrize("resource", RESOURCES)
def test_payloads_are_what_the_codec_reads(rig: Any, channel: Any, resource: str) -> None:
    venue = rig(rate=400.0, start="2026-11-21T11:44:58Z")
    venue.connect()
    venue.subscribe(channel(resource))
    venue.pass_time(4)
    frames = [codec.decode_envelope(frame) for frame in venue.raw()]
    for envelope in frames:
        if envelope.type == messages.EVENT:
            inner = codec.inner_json(envelope.data)
            assert codec.decode_list(WIRE[resource], inner)
            # Decimals as plain JSON numbers: no exponent, no quotes.
            assert not re.search(rb"\d[eE][+-]?\d", re.sub(rb'"[^"]*"', b"", inner))
            assert re.search(rb'"price":-?\d', inner) or resource not in (BOOKS, TRADES)


def test_a_snapshot_has_whole_books_of_the_next_24_hours(rig: Any, channel: Any) -> None:
    venue = rig()
    venue.connect()
    venue.subscribe(channel(BOOKS, "FR-RTE", "QuarterHour"))
    (snapshot,) = venue.take(kind="event")
    assert len(snapshot["data"]) == 96
    for book in snapshot["data"]:
        assert book["isDelta"] is False
        area = book["contractArea"]
        assert area["deliveryArea"] == "FR-RTE"
        assert area["identifier"].startswith("FR-RTE-")
        assert area["product"] == {
            "name": "Intraday_Quarter_Hour_Power",
            "granularity": "QuarterHour",
            "type": "Local",
        }


def test_both_german_areas_show_the_same_orders(rig: Any, channel: Any) -> None:
    venue = rig()
    venue.connect()
    for area in ("DE-AMPRION", "DE-TENNET"):
        venue.subscribe(channel(BOOKS, area))
    first, second = venue.take(kind="event")
    assert [b["buyOrders"] for b in first["data"]] == [b["buyOrders"] for b in second["data"]]
    assert first["data"][0]["contractArea"]["identifier"] != second["data"][0]["contractArea"]["identifier"]


def test_a_cross_area_trade_is_reported_in_both_areas(rig: Any, channel: Any) -> None:
    venue = rig(rate=400.0)
    venue.connect()
    names = [channel(TRADES, area) for area in ("DE-AMPRION", "DE-TENNET")]
    for name in names:
        venue.subscribe(name)
    venue.take()
    venue.pass_time(5)
    seen: dict[str, set[str]] = {}
    for event in venue.take(kind="event"):
        payload = event["data"]
        for trade in payload if isinstance(payload, list) else [payload]:
            areas = {trade["buyContractArea"]["deliveryArea"], trade["sellContractArea"]["deliveryArea"]}
            if len(areas) == 2:
                seen.setdefault(trade["identifier"], set()).add(event["channel"])
    assert seen
    assert all(channels == set(names) for channels in seen.values())


def test_unsubscribing_is_confirmed_and_ends_the_events(rig: Any, channel: Any) -> None:
    venue = rig()
    venue.connect()
    venue.subscribe(channel(BOOKS))
    venue.take()
    venue.send({"type": "unsubscribe", "channel": channel(BOOKS), "correlation": "bye"})
    assert venue.take() == [{"type": "unsubscribed", "channel": channel(BOOKS), "correlation": "bye"}]
    venue.pass_time(2)
    assert venue.take(kind="event") == []
    venue.subscribe(channel(BOOKS))
    assert venue.take(kind="event")[0]["sequence"] == 0


def test_what_happens_does_not_depend_on_who_watches(rig: Any, channel: Any) -> None:
    watched, alone = rig(), rig()
    watched.connect()
    watched.subscribe(channel(BOOKS))
    watched.pass_time(3, step=0.05)
    alone.pass_time(3, step=0.5)
    books = [{k: v.book.state() for k, v in one.venue.market.listings.items()} for one in (watched, alone)]
    assert books[0] == books[1]


GUID = "6395d740-6e55-11e8-b566-0800200c9a66"


@pytest.mark.parametrize(
    ("frame", "code", "message"),
    [
        ({"type": "subscribe", "channel": "urn:nonsense"}, "unknown_channel", "urn:nonsense"),
        (
            {"type": "subscribe", "channel": f"urn:ez-api:EZ4a26927fea:m7:public_trades:{GUID}:XX-NONE"},
            "unknown_channel",
            f"urn:ez-api:EZ4a26927fea:m7:public_trades:{GUID}:XX-NONE",
        ),
        (
            {"type": "subscribe", "channel": f"urn:ez-api:EZ4a26927fea:m7:public_order_books:{GUID}:FR-RTE:HalfHour"},
            "unknown_channel",
            f"urn:ez-api:EZ4a26927fea:m7:public_order_books:{GUID}:FR-RTE:HalfHour",
        ),
        (
            {"type": "subscribe", "channel": f"urn:ez-api:EZother:m7:public_trades:{GUID}:FR-RTE"},
            "unauthorized",
            None,
        ),
        (
            {"type": "unsubscribe", "channel": f"urn:ez-api:EZ4a26927fea:m7:public_trades:{GUID}:FR-RTE"},
            "not_subscribed",
            "m7",
        ),
        ({"type": "subscribe"}, "not_processed", "frame"),
        ({"type": "unsubscribe"}, "not_processed", "frame"),
        ({"type": "request", "channel": "urn:nonsense", "data": "{}"}, "unknown_channel", "urn:nonsense"),
        ({"type": "dance"}, "not_processed", "frame"),
    ],
    ids=["name", "area", "product", "contract", "not followed", "no channel", "nothing", "request", "type"],
)
def test_errors_name_their_code_and_echo_the_correlation(
    shared_venue: Any, frame: Any, code: str, message: str | None
) -> None:
    venue = shared_venue
    venue.connect()
    venue.take()
    sent = json.dumps(frame | {"correlation": "c"})
    venue.send(sent.encode())
    (error,) = venue.take()
    expected = {"code": f"error.{code}"}
    if message is not None:
        expected["message"] = sent if message == "frame" else message
    assert error == {"type": "error", "correlation": "c", "data": expected}


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"{",
        b"[]",
        b'"x"',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"type":"subscribe","correlation":"' + b"x" * 512 + b'"}',
    ],
    ids=["empty", "cut", "list", "string", "bytes", "deep", "long correlation"],
)
def test_what_cannot_be_read_is_not_processed(shared_venue: Any, frame: bytes) -> None:
    venue = shared_venue
    venue.connect()
    venue.take()
    venue.send(frame)
    (error,) = venue.take()
    assert error["data"]["code"] == "error.not_processed"
    assert "correlation" not in error


def test_subscribing_twice_is_an_error_and_changes_nothing(rig: Any, channel: Any) -> None:
    venue = rig()
    venue.connect()
    venue.subscribe(channel(STATES))
    venue.take()
    venue.subscribe(channel(STATES), correlation="again")
    assert venue.take() == [{"type": "error", "correlation": "again", "data": {"code": "error.already_subscribed"}}]


def test_heartbeats_come_at_once_and_every_five_seconds(rig: Any, channel: Any) -> None:
    venue = rig()
    venue.connect()
    (first,) = venue.take()
    assert first["data"] == {"current": "2026-11-21T11:30:00Z", "next": "2026-11-21T11:30:05Z", "items": []}
    venue.subscribe(channel(BOOKS))
    events, beats = [], []
    for _ in range(11):
        venue.pass_time(1)
        for message in venue.take():
            if message["type"] == "event":
                events.append(int(message["sequence"]))
            elif message["type"] == "heartbeat":
                beats.append((venue.elapsed, message["data"], events[-1]))
    assert [round(at) for at, _, _ in beats] == [5, 10]
    for _, data, last in beats:
        assert [item["channel"] for item in data["items"]] == [channel(BOOKS)]
        assert last - 60 <= int(data["items"][0]["sequence"]) <= last


def test_a_heartbeat_tells_the_last_sequence_exactly(rig: Any, channel: Any) -> None:
    venue = rig()
    venue.connect()
    venue.subscribe(channel(BOOKS))
    venue.pass_time(5)
    messages_ = venue.take()
    beat = next(i for i, m in enumerate(messages_) if m["type"] == "heartbeat" and i > 0)
    last = max(m["sequence"] for m in messages_[:beat] if m["type"] == "event")
    assert messages_[beat]["data"]["items"] == [{"channel": channel(BOOKS), "sequence": str(last)}]


def test_a_token_is_renewed_once_shortly_before_it_expires(rig: Any) -> None:
    venue = rig(token_lifetime=100)
    venue.connect()
    venue.pass_time(79, step=1)
    assert venue.take(kind="token_refresh") == []
    venue.pass_time(2, step=1)
    (refresh,) = venue.take(kind="token_refresh")
    venue.pass_time(60, step=1)
    assert venue.take(kind="token_refresh") == []
    venue.gateway.connected(2, refresh["data"]["token"], venue.now)


def test_clients_have_their_own_sequences(rig: Any, channel: Any) -> None:
    venue = rig()
    for client in (1, 2):
        venue.connect(client)
        venue.subscribe(channel(BOOKS), client)
        venue.pass_time(1)
    assert venue.take(2, "event")[0]["sequence"] == 0
    venue.gateway.disconnected(2)
    venue.pass_time(1)
    assert venue.take(2) == []
    first = [m["sequence"] for m in venue.take(1, "event")]
    assert first == list(range(len(first)))


def test_a_client_that_is_too_slow_loses_its_channels(rig: Any, channel: Any) -> None:
    venue = rig()
    venue.connect()
    venue.subscribe(channel(BOOKS))
    venue.subscribe(channel(STATES))
    venue.take()
    venue.gateway.too_slow(1)
    assert [(m["type"], m["channel"]) for m in venue.take()] == [
        ("unsubscribed", channel(BOOKS)),
        ("unsubscribed", channel(STATES)),
    ]


def test_after_a_long_sleep_the_market_catches_up(rig: Any) -> None:
    venue = rig(rate=10.0)
    venue.elapsed += 120
    venue.gateway.tick(venue.now)
    assert venue.venue.market.now < venue.now.utc - 60_000_000_000
    venue.pass_time(1)
    assert venue.venue.market.now > venue.now.utc - 5_000_000_000
