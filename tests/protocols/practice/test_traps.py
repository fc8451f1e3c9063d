"""Switches for what the protocol page warns of (sections 3 to 8): each does what it says, and only while it is on."""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from protocols.market.times import TimeRefused, utc_from_text
from protocols.practice.faults import Faults
from protocols.practice.tokens import Unauthorised
from tests.protocols.practice.trader import GUID, Trader, urn

BOOKS, STATES = "public_order_books", "contract_area_states"
SCOPES = ("m7", "npid")
PRODUCT = {"m7": "Hour", "npid": "P60Min"}


def told(rig: Any, channel: Any, resource: str, scope: str = "m7", **faults: Any) -> list[Any]:
    """The first two seconds of a channel's events with these faults, as rows."""
    venue = rig(rate=200.0)
    venue.connect()
    assert venue.http("POST", "/practice/faults", body=faults).status == 200
    venue.subscribe(channel(resource, "DE-AMPRION", PRODUCT[scope], scope))
    venue.pass_time(2)
    events = venue.take(kind="event")
    return [row for event in events for row in (event["data"] if isinstance(event["data"], list) else [event["data"]])]


def times_of(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in times_of(item)]
    if isinstance(value, list):
        return [text for item in value for text in times_of(item)]
    return [value] if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value) else []


# Names, identifiers and times


@pytest.mark.parametrize("scope", SCOPES)
def test_names_end_in_spaces(rig: Any, channel: Any, scope: str) -> None:
    plain, padded = (told(rig, channel, BOOKS, scope, **faults) for faults in ({}, {"pad_names": 1}))
    names = [[row["contractArea"]["contractName"] for row in rows] for rows in (plain, padded)]
    assert [name + "   " for name in names[0]] == names[1]


@pytest.mark.parametrize("scope", SCOPES)
def test_identifiers_are_absent(rig: Any, channel: Any, scope: str) -> None:
    plain, without = (told(rig, channel, BOOKS, scope, **faults) for faults in ({}, {"omit_identifiers": 1}))
    for row in plain:
        del row["contractArea"]["identifier"]
    assert plain == without
    some = told(rig, channel, BOOKS, scope, omit_identifiers=0.5)
    assert {"identifier" in row["contractArea"] for row in some} == {True, False}


def test_m7_says_market_type(rig: Any, channel: Any) -> None:
    for row in told(rig, channel, STATES, market_type=1):
        assert row["contractArea"]["product"].keys() == {"name", "granularity", "marketType"}
    for row in told(rig, channel, STATES, "npid", market_type=1):
        assert row["contractArea"]["type"] in ("Local", "Xbid")


@pytest.mark.parametrize("scope", SCOPES)
def test_times_come_without_seconds_and_with_long_fractions(rig: Any, channel: Any, scope: str) -> None:
    plain = told(rig, channel, BOOKS, scope)
    odd = told(rig, channel, BOOKS, scope, short_dates=0.5, long_fractions=0.5)
    before, after = times_of(plain), times_of(odd)
    assert [utc_from_text(text) for text in before] == [utc_from_text(text) for text in after]
    assert any(re.fullmatch(r".{10}T\d\d:\d\dZ", text) for text in after)
    assert any(re.fullmatch(r".{10}T\d\d:\d\d:\d\d\.\d{12}Z", text) for text in after)
    assert set(before) & set(after)


def test_times_are_written_as_nobody_can_be_sure_of(rig: Any, channel: Any) -> None:
    times = times_of(told(rig, channel, STATES, odd_dates=1))
    assert times
    for text in times:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d\.\d\dZ", text)
        with pytest.raises(TimeRefused):
            utc_from_text(text)


@pytest.mark.parametrize("scope", SCOPES)
def test_new_identifiers_are_beyond_the_reach_of_floats(quiet_venue: Any, scope: str) -> None:
    trader = Trader(quiet_venue, scope=scope)
    listing = trader.market()
    small = trader.create(listing)
    quiet_venue.http("POST", "/practice/faults", body={"big_numbers": True})
    big = trader.create(listing, price=41)
    trader.others(listing, "Sell", 41, 1)
    trader.take()
    quiet_venue.http("POST", "/practice/faults", body={"big_numbers": False})
    numbers = {name: int(str(trader.orders[name][0]).lstrip("X")) for name in (small, big)}
    assert numbers[small] < 2**53 < numbers[big]
    assert int(float(numbers[big])) != numbers[big]
    assert int(trader.trades[-1]["identifier"]) > 2**53
    for name in (small, big):
        assert trader.request("Cancellation", trader.on(name))[-1]["state"] == "Inactive"
    again = trader.create(listing)
    assert int(str(trader.orders[again][0]).lstrip("X")) < 2**53
    trader.request("Cancellation", trader.on(again))
    trader.leave()


def test_companions_are_as_careless_as_channels(rig: Any) -> None:
    venue = rig(rate=1.0)
    venue.http("POST", "/practice/faults", body={"omit_identifiers": 1, "pad_names": 1})
    path = f"/api/EZ4a26927fea/m7/contract_area_states/{GUID}/DE-AMPRION"
    answer = venue.venue.http("GET", path, {}, b"", venue.now, venue.token())
    areas = [row["contractArea"] for row in json.loads(answer.body)]
    assert all("identifier" not in area and area["contractName"].endswith("   ") for area in areas)


# Envelopes


def test_data_comes_inline(rig: Any, channel: Any) -> None:
    venue = rig(rate=200.0)
    venue.connect()
    venue.http("POST", "/practice/faults", body={"inline_data": 0.5})
    venue.subscribe(channel(BOOKS))
    venue.pass_time(3)
    kinds = {type(message["data"]) for message in map(json.loads, venue.raw()) if message["type"] == "event"}
    assert kinds >= {str, dict}
    price = next(
        order["price"]
        for message in (json.loads(frame, parse_float=Decimal, parse_int=Decimal) for frame in again(venue, channel))
        for book in message["data"]
        for order in book["buyOrders"]
    )
    assert isinstance(price, Decimal)


def again(venue: Any, channel: Any) -> list[bytes]:
    """The whole of a snapshot that is inline for sure."""
    venue.http("POST", "/practice/faults", body={"inline_data": 1})
    venue.send({"type": "unsubscribe", "channel": channel(BOOKS)})
    venue.subscribe(channel(BOOKS))
    return [frame for frame in venue.raw() if frame.startswith(b'{"type":"event"')][-1:]


@pytest.mark.parametrize("split", [0, 3])
def test_sequences_begin_at_the_chosen_base(rig: Any, channel: Any, folded: Any, split: int) -> None:
    venue = rig(rate=200.0)
    venue.connect()
    venue.http("POST", "/practice/faults", body={"sequence_base": 1, "split": split})
    venue.subscribe(channel(BOOKS))
    venue.pass_time(2)
    events = venue.take(kind="event")
    assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
    mine = folded()
    for event in events:
        mine.apply(event["data"])
    truth = venue.truth(channel(BOOKS), events[-1]["sequence"])["books"]
    assert mine.ladders() == {book["contract_id"]: (book["bids"], book["asks"]) for book in truth}
    assert venue.try_truth(channel(BOOKS), 0).status == 404


@pytest.mark.parametrize("late", [False, True])
def test_events_of_an_ended_subscription_come_again(rig: Any, channel: Any, late: bool) -> None:
    venue = rig(rate=200.0)
    venue.connect()
    venue.take()
    venue.http("POST", "/practice/faults", body={"stragglers": 3, "stragglers_late": late})
    venue.subscribe(channel(BOOKS))
    venue.pass_time(3)
    *_, second, third, fourth = venue.take(kind="event")
    venue.send({"type": "unsubscribe", "channel": channel(BOOKS)})
    venue.subscribe(channel(BOOKS))
    unsubscribed, *messages = venue.take()
    assert unsubscribed["type"] == "unsubscribed"
    if late:
        subscribed, snapshot, *stragglers = messages
    else:
        *stragglers, subscribed, snapshot = messages
    assert (subscribed["type"], snapshot["sequence"]) == ("subscribed", 0)
    assert stragglers == [second, third, fourth]
    venue.pass_time(1)
    assert venue.take(kind="event")[0]["sequence"] == 1


# Heartbeats


def test_a_heartbeat_leaves_out_one_channel(rig: Any, channel: Any) -> None:
    venue = rig(rate=1.0)
    venue.connect()
    venue.http("POST", "/practice/faults", body={"heartbeat_omits_one": True})
    names = sorted(channel(resource) for resource in (STATES, "public_trades", "market_information"))
    for name in names:
        venue.subscribe(name)
    venue.pass_time(11)
    beats = [[item["channel"] for item in beat["data"]["items"]] for beat in venue.take(kind="heartbeat")]
    assert [sorted(beat) for beat in beats[1:]] == [names[1:], names[1:]]


# Tokens and calls


def test_a_good_token_is_refused_now_and_then(rig: Any) -> None:
    venue = rig()
    token = venue.token()
    venue.http("POST", "/practice/faults", body={"refuse_tokens": 1})
    with pytest.raises(Unauthorised):
        venue.gateway.connected(1, token, venue.now)
    path = f"/api/EZ4a26927fea/m7/private_orders/{GUID}/DE-AMPRION"
    assert venue.venue.http("GET", path, {}, b"", venue.now, token).status == 401
    venue.http("POST", "/practice/faults", body={"refuse_tokens": 0})
    venue.gateway.connected(1, token, venue.now)
    assert venue.venue.http("GET", path, {}, b"", venue.now, token).status == 200


def test_calls_are_too_many(rig: Any) -> None:
    venue = rig()
    token = venue.token()
    venue.http("POST", "/practice/faults", body={"too_many_requests": 1})
    path = f"/api/EZ4a26927fea/m7/private_orders/{GUID}/DE-AMPRION"
    credentials = {"username": "trader", "password": "practice"}
    assert venue.http("POST", "/api/auth", body=credentials).status == 429
    assert venue.venue.http("GET", path, {}, b"", venue.now, token).status == 429
    assert venue.http("GET", "/practice/health").status == 200
    venue.http("POST", "/practice/faults", body={"too_many_requests": 0.5})
    statuses = [venue.http("POST", "/api/auth", body=credentials).status for _ in range(40)]
    assert 8 <= statuses.count(429) <= 32


def test_tokens_are_renewed_early(rig: Any) -> None:
    venue = rig(rate=0.01)
    venue.connect()
    first = venue.token()
    venue.http("POST", "/practice/faults", body={"refresh_tokens_every": 3})
    venue.pass_time(10)
    tokens = [message["data"]["token"] for message in venue.take(kind="token_refresh")]
    assert len(set(tokens)) == 3
    for client, token in enumerate((first, *tokens), 10):
        venue.gateway.connected(client, token, venue.now)
    venue.http("POST", "/practice/faults", body={"refresh_tokens_every": 0})
    venue.pass_time(10)
    assert venue.take(kind="token_refresh") == []


# All of them


def test_spoiled_payloads_follow_from_the_seed(rig: Any, channel: Any) -> None:
    def play(seed: int) -> list[bytes]:
        venue = rig(rate=100.0, fault_seed=seed)
        venue.connect()
        venue.http("POST", "/practice/faults", body={"omit_identifiers": 0.3, "long_fractions": 0.3, "pad_names": 0.3})
        venue.subscribe(channel(BOOKS))
        venue.pass_time(1)
        return list(venue.raw())

    assert play(1) == play(1) != play(2)


def test_orders_survive_every_trap_of_the_wire(rig: Any) -> None:
    venue = rig(rate=0.01, colleagues=False)
    traps = ("pad_names", "omit_identifiers", "market_type", "short_dates", "long_fractions")
    venue.http("POST", "/practice/faults", body=dict.fromkeys(traps, 1) | {"big_numbers": True})
    for scope in SCOPES:
        trader = Trader(venue, scope=scope)
        client_id = trader.create(trader.market())
        for kind, state in (("Deactivation", "Hibernated"), ("Activation", "Active"), ("Cancellation", "Inactive")):
            report = trader.request(kind, trader.on(client_id))[-1]
            assert report["state"] == state
            assert "identifier" not in report["contractArea"]
            assert report["identifier"]
        rows = venue.truth(urn("private_orders", scope=scope))["orders"]
        assert [row["state"] for row in rows if row["client_id"] == client_id] == ["Inactive"]


def test_every_switch_is_known_here() -> None:
    """Whoever adds one says in these files what it does."""
    here = Path(__file__).parent
    tests = "".join(path.read_text("utf-8") for path in sorted(here.glob("test_*.py")))
    assert [name for name in Faults.__struct_fields__ if name not in tests] == []
