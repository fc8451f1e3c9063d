"""Scope `test`: four channels, each as the protocol page describes it (sections 2, 4 and 8)."""

import json
from itertools import pairwise
from typing import Any

import pytest


def urn(name: str, contract: str = "anything") -> str:
    return f"urn:ez-api:{contract}:test:{name}"


def following(rig: Any, *names: str, **settings: Any) -> Any:
    venue = rig(rate=0.01, colleagues=False, **settings)
    venue.connect()
    venue.take()
    for name in names:
        venue.subscribe(urn(name))
    return venue


def sequences(venue: Any, name: str) -> list[int]:
    return [event["sequence"] for event in venue.take(kind="event") if event["channel"] == urn(name)]


@pytest.mark.parametrize("name", ["normal", "fast_events", "disorder", "with_holes"])
def test_it_begins_at_1_without_a_snapshot(rig: Any, name: str) -> None:
    venue = following(rig, name)
    assert [message["type"] for message in venue.take()] == ["subscribed"]
    venue.pass_time(2.5)
    events = venue.take(kind="event")
    assert min(event["sequence"] for event in events) == 1
    for event in events:
        assert event.keys() <= {"type", "channel", "sequence", "data", "correlation"}
        assert event["data"] == {}


def test_the_contract_may_be_any_text(rig: Any) -> None:
    venue = following(rig)
    for contract in ("EZ4a26927fea", "x", "Ünser Vertrag", '"sequence"'):
        venue.subscribe(urn("normal", contract))
        venue.pass_time(0.2)
        subscribed, event = venue.take()
        assert (subscribed["type"], subscribed["channel"]) == ("subscribed", urn("normal", contract))
        assert (event["channel"], event["sequence"]) == (urn("normal", contract), 1)
        venue.send({"type": "unsubscribe", "channel": urn("normal", contract)})
        venue.take()


@pytest.mark.parametrize("name", ["urn:ez-api:x:test:slow", "urn:ez-api:x:test:normal:y", "urn:ez-api:x:test"])
def test_other_channels_are_unknown(rig: Any, name: str) -> None:
    venue = following(rig)
    venue.subscribe(name)
    (error,) = venue.take()
    assert error["data"]["code"] == "error.unknown_channel"


def test_normal_has_an_event_every_200_ms(rig: Any) -> None:
    venue = following(rig, "normal")
    for second in range(1, 6):
        venue.pass_time(1)
        assert sequences(venue, "normal") == list(range(5 * second - 4, 5 * second + 1))


def test_some_events_carry_a_correlation_that_is_nobodys(rig: Any) -> None:
    venue = following(rig, "normal")
    venue.pass_time(10)
    correlations = [event["correlation"] for event in venue.take(kind="event") if "correlation" in event]
    assert len(set(correlations)) == 5


@pytest.mark.parametrize("rate", [2000, 3000])
def test_fast_events_are_thousands_a_second_in_order(rig: Any, rate: int) -> None:
    venue = following(rig, "fast_events", fast_events=rate)
    for second in range(1, 4):
        venue.pass_time(1)
        assert sequences(venue, "fast_events") == list(range(rate * (second - 1) + 1, rate * second + 1))


def test_after_a_long_sleep_fast_events_are_all_made_good(rig: Any) -> None:
    venue = following(rig, "fast_events")
    venue.elapsed += 20
    got: list[int] = []
    for _ in range(3):
        venue.gateway.tick(venue.now)
        batch = sequences(venue, "fast_events")
        assert len(batch) <= 20_000
        got += batch
    assert got == list(range(1, 60_001))


def test_disorder_sends_a_fifth_after_its_successor_and_loses_none(rig: Any) -> None:
    venue = following(rig, "disorder")
    venue.pass_time(400, step=1.0)
    got = sequences(venue, "disorder")
    place = {sequence: index for index, sequence in enumerate(got)}
    assert sorted(got) == list(range(1, len(got) + 1))
    late = [sequence for sequence in got if sequence + 1 in place and place[sequence + 1] < place[sequence]]
    assert 0.15 < len(late) / len(got) < 0.25
    truth = venue.truth(urn("disorder"))
    assert sorted(late) == [sequence for sequence in truth["late"] if sequence in place]
    assert len(got) >= 1990


def test_with_holes_leaves_out_one_of_each_20_seconds(rig: Any) -> None:
    venue = following(rig, "with_holes")
    venue.pass_time(2000, step=5.0)
    got = sequences(venue, "with_holes")
    assert got == sorted(got)
    holes = sorted(set(range(1, 2001)) - set(got))
    assert [(hole - 1) // 20 for hole in holes] == list(range(100)), "one in each range, neither more nor less"
    # By chance of a tenth the last of a range is the hole in 0.9^19 = 14 % of the ranges, the first in 10 %.
    places = [(hole - 1) % 20 for hole in holes]
    assert 4 <= places.count(19) <= 30
    assert places.count(0) >= 2
    assert min(after - before for before, after in pairwise(holes)) < 10
    assert venue.truth(urn("with_holes"))["left_out"] == holes
    assert venue.truth(urn("with_holes"), holes[3])["left_out"] == holes[:4]


def test_heartbeats_tell_the_last_number_left_out_or_not(rig: Any) -> None:
    venue = following(rig, "normal", "with_holes", "disorder", "fast_events")
    for _ in range(12):
        venue.pass_time(5, step=1.0)
        beat = venue.take(kind="heartbeat")[-1]
        told = {item["channel"].rpartition(":")[2]: int(item["sequence"]) for item in beat["data"]["items"]}
        seconds = round(venue.elapsed)
        assert told["normal"] == told["disorder"] == 5 * seconds
        assert told["with_holes"] == seconds
        assert told["fast_events"] == 3000 * seconds


def test_subscribing_again_begins_anew_with_other_holes(rig: Any) -> None:
    venue = following(rig, "with_holes")
    runs = []
    for _ in range(2):
        venue.pass_time(60)
        runs.append(sequences(venue, "with_holes"))
        venue.send({"type": "unsubscribe", "channel": urn("with_holes")})
        venue.subscribe(urn("with_holes"))
        venue.take()
    assert [run[-1] for run in runs] == [60, 60]
    assert runs[0] != runs[1]


def test_what_is_late_and_what_is_left_out_follows_from_the_seed(rig: Any) -> None:
    def play(seed: int, step: float) -> list[list[int]]:
        venue = following(rig, "disorder", "with_holes", fault_seed=seed)
        venue.pass_time(100, step=step)
        events = venue.take(kind="event")
        names = ("disorder", "with_holes")
        return [[event["sequence"] for event in events if event["channel"] == urn(name)] for name in names]

    assert play(1, 0.05) == play(1, 3.0) != play(2, 3.0)


def test_the_faults_of_all_channels_act_on_these_too(rig: Any) -> None:
    venue = following(rig, "fast_events")
    venue.http("POST", "/practice/faults", body={"drop_every": 1})
    venue.pass_time(5.5)
    got = sequences(venue, "fast_events")
    assert int(3000 * 5.5) - len(got) == 5


def test_a_request_on_a_test_channel_is_not_processed(rig: Any) -> None:
    venue = following(rig, "normal")
    venue.take()
    venue.send({"type": "request", "channel": urn("normal"), "correlation": "k", "data": "{}"})
    (error,) = venue.take(kind="error")
    assert (error["correlation"], error["data"]["code"]) == ("k", "error.not_processed")


@pytest.mark.parametrize("sequence", [0, 11, 99])
def test_the_truth_of_what_was_not_sent_is_not_known(rig: Any, sequence: int) -> None:
    venue = following(rig, "normal")
    assert venue.try_truth(urn("normal")).status == 404
    venue.pass_time(2)
    assert venue.truth(urn("normal"))["last_sequence"] == 10
    answer = venue.try_truth(urn("normal"), sequence)
    assert answer.status == 404
    assert str(sequence) in json.loads(answer.body)["message"]


def test_there_is_no_companion(rig: Any) -> None:
    venue = following(rig)
    assert venue.venue.http("GET", "/api/x/test/normal", {}, b"", venue.now, venue.token()).status == 404
