"""Each thing that goes wrong with a link, met by a session: what it does about it, and the counter that tells."""

import json
from typing import Any

import pytest

from protocols.market.events import Freshness
from protocols.session import ConnectionReport, Reply
from tests.protocols.eznergy.support import (
    ALL,
    BASE,
    BOOKS,
    NPID_SETTINGS,
    STATES,
    Conversation,
    Everything,
    book,
    contract,
)


def report(talk: Conversation) -> ConnectionReport:
    return talk.session.report()


def live() -> Conversation:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    return talk


def resubscribe(talk: Conversation, urn: str = BOOKS) -> None:
    """The venue has ended the subscription; it answers the next one, up to `subscribed`."""
    asked = len(talk.sent)
    while len(talk.sent) == asked:
        talk.wait(0.1)
    talk.confirm(urn)


def test_nothing_is_counted_where_nothing_happens() -> None:
    talk = live()
    found = report(talk)
    counters = (found.token_refreshes, found.unauthorised, found.slow_downs, found.heartbeats_missed, found.reconnects)
    assert counters == (0, 0, 0, 0, 0)
    assert found.anomalies == {}
    channel = talk.channel()
    assert (channel.applied, channel.last_sequence, channel.last_heard) == (1, 0, talk.now)
    assert (channel.stragglers, channel.unsubscribed, channel.missing, channel.gaps, channel.resubscribes) == (0,) * 5


def test_a_token_that_the_venue_sends_is_kept_for_the_next_link_and_counted() -> None:
    talk = live()
    talk.say("token_refresh", data={"token": "second"})
    talk.say("token_refresh", data={"token": 5})
    assert report(talk).token_refreshes == 1
    assert report(talk).anomalies == {"unreadable token": 1}
    assert talk.standing() == "live", "the open socket goes on by itself"
    talk.closed("gone")
    talk.wait(1)
    assert talk.opens[-1].bearer is not None and talk.opens[-1].bearer.reveal() == "second"


def test_each_refusal_is_counted() -> None:
    talk = live()
    talk.closed("gone")
    talk.wait(1)
    talk.closed("401", http_status=401)
    assert report(talk).unauthorised == 1
    talk.answer(Reply(401, b""))
    assert report(talk).unauthorised == 2
    assert report(talk).status.value == "down"


def test_each_429_is_counted() -> None:
    talk = Conversation()
    talk.start()
    talk.answer(Reply(429, b"", retry_after=1.0))
    assert report(talk).slow_downs == 1
    talk.wait(2)
    talk.answer(Reply(200, b'{"token": "t"}'))
    talk.closed("429", http_status=429)
    assert report(talk).slow_downs == 2
    assert "slow down" in report(talk).reason


def test_a_subscription_that_the_venue_ends_is_counted_and_begun_again() -> None:
    talk = live()
    talk.say("unsubscribed", channel=BOOKS)
    assert talk.channel().status is Freshness.RESYNCHRONISING
    resubscribe(talk)
    talk.event(BOOKS, 0, [BASE])
    channel = talk.channel()
    assert (channel.status, channel.unsubscribed, channel.resubscribes) == (Freshness.LIVE, 1, 1)


def test_our_own_unsubscribe_is_none_of_the_venues() -> None:
    talk = live()
    talk.event(BOOKS, 1, {"isDelta": True})
    talk.confirm(BOOKS, "unsubscribed")
    assert talk.channel().unsubscribed == 0


def test_a_stalled_heartbeat_is_counted() -> None:
    talk = live()
    talk.wait(10.3)
    assert report(talk).heartbeats_missed == 1
    assert talk.standing() == "stale"


def test_a_channel_missing_from_two_heartbeats_is_counted_once() -> None:
    talk = live()
    theirs: dict[str, int | None] = dict.fromkeys(ALL, 0)
    del theirs[BOOKS]
    talk.heartbeat(theirs)
    assert talk.channel().missing == 0, "one is normal"
    talk.heartbeat(theirs)
    assert (talk.channel().missing, talk.channel().resubscribes, talk.channel().gaps) == (1, 1, 0)
    assert talk.channel(STATES).missing == 0


def test_events_of_an_old_subscription_are_dropped_and_counted() -> None:
    talk = live()
    talk.say("unsubscribed", channel=BOOKS)
    talk.event(BOOKS, 1, book([(9, 99, 1)], [], delta=True))
    talk.event(BOOKS, 0, [book([(9, 98, 1)], [])])
    while [frame for frame in talk.sent if frame["channel"] == BOOKS][-1]["type"] != "subscribe":
        talk.wait(0.1)
    talk.event(BOOKS, 0, [book([(9, 97, 1)], [])])
    assert (talk.channel().stragglers, talk.channel().dropped) == (3, 3)
    talk.confirm(BOOKS)
    talk.event(BOOKS, 0, [BASE])
    assert talk.levels()[0][0] == (3840, 125)


def test_a_straggler_that_wears_a_number_of_the_new_subscription_is_a_contradiction() -> None:
    talk = live()
    talk.say("unsubscribed", channel=BOOKS)
    resubscribe(talk)
    talk.event(BOOKS, 0, [BASE])
    talk.event(BOOKS, 0, [book([(9, 98, 1)], [])])
    assert talk.standing() == "resynchronising"


def test_a_straggler_that_comes_after_the_new_snapshot_is_told_by_its_content() -> None:
    """Its number is the one that is expected next: taken, it would show as live what no longer is."""
    talk = live()
    talk.event(BOOKS, 1, book([(9, 38.45, 1)], [], delta=True, revisionNumber=5))
    talk.event(BOOKS, 2, book([(9, 38.46, 1)], [], delta=True, revisionNumber=6))
    talk.say("unsubscribed", channel=BOOKS)
    resubscribe(talk)
    talk.event(BOOKS, 0, [{**BASE, "revisionNumber": 6}])
    talk.event(BOOKS, 2, book([(9, 38.46, 1)], [], delta=True, revisionNumber=6))
    talk.event(BOOKS, 1, book([(9, 38.45, 1)], [], delta=True, revisionNumber=5))
    assert talk.levels()[0][0] == (3840, 125)
    assert (talk.channel().stragglers, talk.standing()) == (2, "live")
    talk.event(BOOKS, 1, book([(9, 38.47, 1)], [], delta=True, revisionNumber=7))
    assert talk.levels()[0][0] == (3847, 10)


def test_a_change_that_only_looks_like_a_straggler_costs_one_new_subscription() -> None:
    talk = live()
    change = book([(9, 38.45, 1)], [], delta=True)
    talk.event(BOOKS, 1, change)
    for taken in (False, True):
        talk.say("unsubscribed", channel=BOOKS)
        resubscribe(talk)
        talk.event(BOOKS, 0, [BASE])
        talk.event(BOOKS, 1, change)
        assert (talk.channel().last_sequence == 1) is taken


def test_an_old_snapshots_twin_is_no_straggler_be_it_whole_or_in_part() -> None:
    talk = live()
    talk.say("unsubscribed", channel=BOOKS)
    resubscribe(talk)
    for part in range(2):
        talk.event(BOOKS, part, [BASE] if part else [], part=part, totalparts=3)
    talk.say("unsubscribed", channel=BOOKS)
    resubscribe(talk)
    for part in range(3):
        talk.event(BOOKS, part, [BASE] if part == 1 else [], part=part, totalparts=3)
    assert (talk.standing(), talk.channel().stragglers) == ("live", 0)


@pytest.mark.parametrize(
    ("kind", "frames"),
    [
        ("unrecognised message", [{"type": "weather_report", "data": "{}"}] * 3),
        ("unreadable heartbeat", [{"type": "heartbeat", "data": "{}"}] * 3),
        ("unreadable error", [{"type": "error", "data": "[]"}] * 3),
    ],
)
def test_each_kind_of_oddity_is_told_once_and_counted_each_time(kind: str, frames: list[dict[str, Any]]) -> None:
    talk = live()
    for frame in frames:
        talk.raw(json.dumps(frame).encode())
    assert report(talk).anomalies == {kind: 3}
    assert [anomaly.kind for anomaly in talk.market.anomalies] == [kind]


def test_an_unknown_word_is_counted_by_its_kind() -> None:
    talk = Everything(NPID_SETTINGS)
    for revision in range(2):
        trade = {"identifier": "1", "revisionNumber": revision, "price": 1, "quantity": 1, "state": "Pondered"}
        talk.tell("public_trades", {**trade, "buyContractArea": contract()})
    assert report(talk).anomalies == {"unrecognised trade state": 2}


def test_kinds_that_a_venue_makes_up_do_not_fill_the_memory() -> None:
    talk = live()
    for number in range(1_500):
        talk.say("error", data={"code": f"error.new_{number}", "message": ""})
    assert len(report(talk).anomalies) <= 1_000


def test_the_age_of_a_channel_is_of_what_was_last_heard_on_it() -> None:
    talk = live()
    heard = talk.channel().last_heard
    talk.wait(3)
    talk.heartbeat(dict.fromkeys(ALL, 0))
    assert talk.channel().last_heard == heard, "a heartbeat tells nothing of the market"
    talk.event(BOOKS, 1, book([], [], delta=True))
    assert talk.channel().last_heard == talk.now
