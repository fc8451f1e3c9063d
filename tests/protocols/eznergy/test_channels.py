"""One channel on virtual time: sequence, hold-back, split messages, gaps and heartbeats."""

import json

import pytest

from protocols.market.events import Freshness
from tests.protocols.eznergy.support import ALL, BASE, BOOKS, Conversation, book, contract


def test_a_book_is_folded_from_snapshot_and_changes() -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    talk.event(BOOKS, 1, book([(1, 38.4, 0), (4, 38.45, 2)], [], delta=True))
    talk.event(BOOKS, 2, [book([], [(3, 38.5, 1.1)], delta=True)])
    assert talk.levels() == ([(3845, 20), (3830, 50)], [(3850, 11)])
    assert talk.standing() == "live"
    assert talk.channel().last_sequence == 2


def test_data_may_come_inline_instead_of_as_text() -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    change = book([(1, "38.4", "0")], [], delta=True)
    talk.raw(json.dumps({"type": "event", "channel": BOOKS, "sequence": 1, "data": change}).encode())
    assert talk.levels()[0] == [(3830, 50)]


def test_early_events_wait_and_late_ones_are_dropped() -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    talk.event(BOOKS, 2, book([(4, 38.41, 2)], [], delta=True))
    assert talk.levels()[0][0] == (3840, 125), "held back, not applied"
    talk.event(BOOKS, 1, book([(4, 38.42, 1)], [], delta=True))
    assert talk.levels()[0][0] == (3841, 20), "applied in order"
    talk.event(BOOKS, 1, book([(4, 38.42, 1)], [], delta=True))
    assert talk.levels()[0][0] == (3841, 20)
    counters = talk.channel()
    assert (counters.applied, counters.reordered, counters.dropped, counters.gaps) == (3, 1, 1, 0)


def test_a_gap_that_does_not_fill_starts_the_channel_over() -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    talk.event(BOOKS, 2, book([(4, 38.41, 2)], [], delta=True))
    talk.wait(0.9)
    assert talk.channel().status is Freshness.LIVE
    talk.wait(0.2)
    assert talk.sent[-1]["type"] == "unsubscribe"
    assert talk.standing() == "resynchronising"
    talk.event(BOOKS, 3, book([(5, 38.41, 2)], [], delta=True))
    talk.confirm(BOOKS, "unsubscribed")
    talk.wait(0.3)
    assert talk.sent[-1]["type"] == "subscribe"
    talk.event(BOOKS, 4, book([(6, 38.41, 2)], [], delta=True))
    talk.confirm(BOOKS)
    assert talk.standing() == "resynchronising"
    talk.event(BOOKS, 0, [book([(9, 20, 1)], [])])
    assert talk.standing() == "live"
    assert talk.levels() == ([(2000, 10)], [])
    assert (talk.channel().gaps, talk.channel().resubscribes) == (1, 1)


def test_too_many_early_events_start_the_channel_over() -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    for sequence in range(2, 260):
        talk.event(BOOKS, sequence, book([], [], delta=True))
    assert talk.sent[-1]["type"] == "unsubscribe"
    assert talk.channel().gaps == 1


def test_on_a_fresh_socket_the_snapshot_may_overtake_subscribed() -> None:
    talk = Conversation()
    talk.connect()
    talk.event(BOOKS, 0, [BASE])
    talk.event(BOOKS, 1, book([(1, 38.4, 0)], [], delta=True))
    assert not talk.market.books
    talk.confirm(BOOKS)
    assert talk.levels()[0] == [(3830, 50)]
    assert talk.standing() == "live"


@pytest.mark.parametrize("base", [0, 1])
@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 0, 2, 2]])
def test_a_split_snapshot_is_committed_as_one(base: int, order: list[int]) -> None:
    talk = Conversation()
    talk.connect()
    talk.confirm(BOOKS)
    parts = [[BASE], [], [book([(8, 10, 1)], [], contractArea=contract("16Q1", "FR-RTE-2"))]]
    parts[2][0]["contractArea"]["deliveryStart"] = "2026-11-21T15:00:00Z"
    parts[2][0]["contractArea"]["deliveryEnd"] = "2026-11-21T15:15:00Z"
    for count, index in enumerate(order):
        assert len(talk.market.books) in ((0,) if count < 3 else (2,))
        talk.event(BOOKS, index, parts[index], part=index + base, totalparts=3)
    assert len(talk.market.books) == 2
    assert talk.channel().status is Freshness.LIVE
    talk.event(BOOKS, 3, book([(1, 38.4, 1)], [], delta=True))
    assert talk.channel().last_sequence == 3


def test_a_list_cut_anywhere_in_its_text_is_read_too() -> None:
    talk = Conversation()
    talk.connect()
    talk.confirm(BOOKS)
    text = json.dumps([BASE])
    for sequence, piece in enumerate((text[:20], text[20:90], text[90:])):
        frame = {"type": "event", "channel": BOOKS, "sequence": sequence, "part": sequence + 1, "totalparts": 3}
        talk.raw(json.dumps({**frame, "data": piece}).encode())
    assert talk.levels()[1] == [(3860, 70)]
    assert talk.standing() == "live"


def test_a_missing_part_is_a_gap() -> None:
    talk = Conversation()
    talk.connect()
    talk.confirm(BOOKS)
    talk.event(BOOKS, 0, [BASE], part=0, totalparts=3)
    talk.event(BOOKS, 2, [], part=2, totalparts=3)
    talk.wait(1.2)
    assert talk.sent[-1]["type"] == "unsubscribe"
    assert not talk.market.books


@pytest.mark.parametrize(
    "parts",
    [
        [{"part": 5, "totalparts": 3}],
        [{"part": 0, "totalparts": 3}, {"part": 0, "totalparts": 3}],
        [{"part": 0, "totalparts": 3}, {"part": 1, "totalparts": 4}],
        [{"part": 0, "totalparts": 3}, {}],
        [{"part": 0, "totalparts": 10**9}],
        [{"part": 0}],
    ],
)
def test_parts_that_contradict_start_the_channel_over(parts: list[dict[str, int]]) -> None:
    talk = Conversation()
    talk.connect()
    talk.confirm(BOOKS)
    for sequence, fields in enumerate(parts):
        talk.event(BOOKS, sequence, [BASE], **fields)
    assert talk.sent[-1]["type"] == "unsubscribe"
    assert talk.channel().status is not Freshness.LIVE


def test_a_number_used_twice_with_other_content_is_a_contradiction() -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    talk.event(BOOKS, 1, book([(4, 38.41, 2)], [], delta=True))
    talk.event(BOOKS, 1, book([(4, 38.41, 3)], [], delta=True))
    assert talk.standing() == "resynchronising"


def test_a_change_before_the_book_leaves_it_unsynchronised() -> None:
    talk = Conversation()
    talk.live()
    talk.event(BOOKS, 1, book([(1, 38.4, 1)], [], delta=True))
    assert talk.standing() == "unsynchronised"
    assert talk.levels() == ([], [])
    talk.event(BOOKS, 2, book([(1, 38.4, 1)], []))
    assert talk.standing() == "live"


def test_a_contract_that_vanishes_from_the_next_snapshot_is_not_live() -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    talk.say("unsubscribed", channel=BOOKS)
    assert talk.standing() == "resynchronising"
    talk.wait(0.3)
    talk.confirm(BOOKS)
    talk.event(BOOKS, 0, [])
    assert talk.channel().status is Freshness.LIVE
    assert talk.standing() == "unsynchronised"


def test_two_heartbeats_ahead_with_nothing_new_start_the_channel_over() -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    ours = dict.fromkeys(ALL, 0)
    talk.heartbeat({**ours, BOOKS: 1})
    assert talk.standing() == "live", "one heartbeat ahead of us is normal"
    talk.event(BOOKS, 1, book([], [], delta=True))
    talk.heartbeat({**ours, BOOKS: 2})
    assert talk.standing() == "live", "something came in between"
    talk.heartbeat({**ours, BOOKS: 2})
    assert talk.standing() == "resynchronising"
    assert talk.channel().gaps == 1


@pytest.mark.parametrize("lie", ["behind", "missing"])
def test_two_heartbeats_that_forgot_what_we_have_start_the_channel_over(lie: str) -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    talk.event(BOOKS, 1, book([], [], delta=True))
    theirs = dict.fromkeys(ALL, 0)
    if lie == "missing":
        del theirs[BOOKS]
    talk.heartbeat(theirs)
    assert talk.standing() == "live"
    talk.heartbeat(theirs)
    assert talk.standing() == "resynchronising"


def test_heartbeat_keys_match_whatever_their_case() -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    lie = {
        "Current": "2026-11-21T12:00:00Z",
        "NEXT": "2026-11-21T12:00:05Z",
        "Items": [{"Channel": BOOKS, "Sequence": 9}],
    }
    talk.say("heartbeat", data=lie)
    talk.say("heartbeat", data=lie)
    assert talk.standing() == "resynchronising"
    assert talk.channel().gaps == 1
