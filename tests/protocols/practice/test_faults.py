"""Each switch spoils exactly what it says, and only while it is on."""

import json
from typing import Any

import pytest

BOOKS = "public_order_books"


def running(rig: Any, channel: Any, **faults: Any) -> tuple[Any, str]:
    venue = rig(rate=300.0)
    venue.connect()
    name = channel(BOOKS)
    venue.subscribe(name)
    venue.take()
    answer = venue.http("POST", "/practice/faults", body=faults)
    assert answer.status == 200, answer.body
    return venue, name


def sequences(venue: Any) -> list[int]:
    return [message["sequence"] for message in venue.take(kind="event")]


def test_without_faults_the_stream_is_whole_and_in_order(rig: Any, channel: Any) -> None:
    venue, _ = running(rig, channel)
    venue.pass_time(5)
    got = sequences(venue)
    assert got == list(range(1, len(got) + 1))


def test_reordering_swaps_neighbours_and_loses_nothing(rig: Any, channel: Any) -> None:
    venue, _ = running(rig, channel, reorder=0.3)
    venue.pass_time(10)
    venue.http("POST", "/practice/faults", body={"reorder": 0})
    venue.pass_time(1)
    got = sequences(venue)
    assert sorted(got) == list(range(1, len(got) + 1))
    assert got != sorted(got)
    assert all(abs(sequence - 1 - place) <= 1 for place, sequence in enumerate(got))


def test_a_delayed_event_without_a_successor_still_goes_out(rig: Any, channel: Any) -> None:
    venue = rig(rate=0.01)
    venue.connect()
    venue.http("POST", "/practice/faults", body={"reorder": 1})
    venue.subscribe(channel(BOOKS))
    assert venue.take(kind="event") == []
    venue.pass_time(0.15)
    assert venue.take(kind="event") == []
    venue.pass_time(0.1)
    assert sequences(venue) == [0]


def test_unsubscribing_discards_what_is_delayed(rig: Any, channel: Any) -> None:
    venue = rig(rate=0.01)
    venue.connect()
    venue.http("POST", "/practice/faults", body={"reorder": 1})
    venue.subscribe(channel(BOOKS))
    venue.send({"type": "unsubscribe", "channel": channel(BOOKS)})
    venue.pass_time(1)
    assert venue.take(kind="event") == []


def test_duplicates_come_twice_in_a_row(rig: Any, channel: Any) -> None:
    venue, _ = running(rig, channel, duplicate=1)
    venue.pass_time(2)
    got = sequences(venue)
    assert got
    assert got == [sequence for sequence in range(1, len(got) // 2 + 1) for _ in range(2)]


def test_dropped_events_leave_holes_that_the_truth_knows(rig: Any, channel: Any) -> None:
    venue, name = running(rig, channel, drop=0.2)
    venue.pass_time(10)
    got = sequences(venue)
    last = venue.truth(name)["last_sequence"]
    missing = set(range(1, last + 1)) - set(got)
    assert 0.1 * last < len(missing) < 0.3 * last
    assert got == sorted(got)
    assert all(venue.try_truth(name, sequence).status == 200 for sequence in missing)


@pytest.mark.parametrize("chance", [0.0, 0.9])
def test_at_most_one_drop_in_so_many_seconds(rig: Any, channel: Any, chance: float) -> None:
    venue, name = running(rig, channel, drop=chance, drop_every=2)
    venue.pass_time(10.5)
    got = sequences(venue)
    missing = venue.truth(name)["last_sequence"] - len(got)
    assert 4 <= missing <= 5


def test_the_server_unsubscribes_by_itself(rig: Any, channel: Any) -> None:
    venue, name = running(rig, channel, unsubscribe_every=3)
    venue.pass_time(2.5)
    assert venue.take(kind="unsubscribed") == []
    venue.pass_time(1)
    (message,) = venue.take(kind="unsubscribed")
    assert message == {"type": "unsubscribed", "channel": name}
    venue.pass_time(5)
    assert venue.take(kind="unsubscribed") == []


@pytest.mark.parametrize(
    ("faults", "items"),
    [
        ({"stall_heartbeat": True}, None),
        ({"heartbeat_lies": 5}, 5),
        ({"heartbeat_lies": -5}, -5),
        ({"heartbeat_omits": True}, []),
    ],
    ids=["stalled", "ahead", "behind", "omits"],
)
def test_heartbeats_stall_and_lie(rig: Any, channel: Any, faults: Any, items: Any) -> None:
    venue, _ = running(rig, channel, **faults)
    venue.pass_time(5)
    messages = venue.take()
    beats = [m["data"]["items"] for m in messages if m["type"] == "heartbeat"]
    if items is None:
        assert beats == []
    elif items == []:
        assert beats == [[]]
    else:
        last = max(m["sequence"] for m in messages if m["type"] == "event")
        told = int(beats[0][0]["sequence"])
        assert abs(told - items - last) <= 5


def test_heartbeats_resume_without_a_burst(rig: Any, channel: Any) -> None:
    venue, _ = running(rig, channel, stall_heartbeat=True)
    venue.pass_time(30, step=0.5)
    venue.http("POST", "/practice/faults", body={"stall_heartbeat": False})
    venue.pass_time(5.1)
    assert len(venue.take(kind="heartbeat")) == 1


def test_faults_are_the_same_for_the_same_seed(rig: Any, channel: Any) -> None:
    streams = []
    for seed in (1, 1, 2):
        venue = rig(fault_seed=seed, rate=300.0)
        venue.connect()
        venue.http("POST", "/practice/faults", body={"drop": 0.3, "reorder": 0.3})
        venue.subscribe(channel(BOOKS))
        venue.pass_time(3)
        streams.append(sequences(venue))
    assert streams[0] == streams[1] != streams[2]


def test_switches_are_read_and_set_one_by_one(rig: Any) -> None:
    venue = rig()
    off = json.loads(venue.http("GET", "/practice/faults").body)
    assert not any(off.values())
    venue.http("POST", "/practice/faults", body={"drop": 0.5})
    venue.http("POST", "/practice/faults", body={"split": 4})
    now = json.loads(venue.http("GET", "/practice/faults").body)
    assert now == off | {"drop": 0.5, "split": 4}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"dorp": 0.5}, "dorp"),
        ({"drop": 2}, "drop"),
        ({"drop": "often"}, "drop"),
        ({"split_base": 2}, "split_base"),
        ({"drop": 0.1, "stall_heartbeat": 3}, "stall_heartbeat"),
        ([], "object"),
        (b"{", "JSON"),
    ],
    ids=["unknown", "range", "type", "base", "second", "list", "not JSON"],
)
def test_switches_that_do_not_fit_are_named_and_nothing_changes(rig: Any, body: Any, field: str) -> None:
    venue = rig()
    answer = venue.http("POST", "/practice/faults", body=body)
    assert answer.status == 422
    assert field in json.loads(answer.body)["message"]
    assert not any(json.loads(venue.http("GET", "/practice/faults").body).values())
