"""Orders of events that a fresh look at the session found: each could show as live what is not, or lose something."""

import json
from typing import Any

import pytest

from protocols.market.events import ConnectionStatus, Freshness
from protocols.market.times import SECOND, UtcNs, utc_text
from protocols.session import Reply
from tests.protocols.eznergy.support import ALL, BASE, BOOKS, START, STATES, TRADES, Conversation, book, contract

OTHER = {
    **contract("16Q1", "FR-RTE-2"),
    "deliveryStart": "2026-11-21T15:00:00Z",
    "deliveryEnd": "2026-11-21T15:15:00Z",
}
OTHER_BOOK = book([(8, 10, 1)], [], contractArea=OTHER)


def resubscribed(talk: Conversation, channel: str, snapshot: list[Any]) -> None:
    """The venue answers what the session asked for by itself, with this snapshot."""
    ours = [frame for frame in talk.sent if frame["channel"] == channel]
    if ours[-1]["type"] == "unsubscribe":
        talk.confirm(channel, "unsubscribed")
    asked = len(ours)
    while len([frame for frame in talk.sent if frame["channel"] == channel]) == asked:
        talk.wait(0.1)
    talk.confirm(channel)
    talk.event(channel, 0, snapshot)


def standings(talk: Conversation) -> dict[str, str]:
    market = talk.market
    return {market.contracts[key].name: market.book_standing(key).freshness.value for key in market.books}


@pytest.mark.parametrize("unreadable", [[{"isDelta": False}], None, {}, "", "[oops"])
def test_a_contract_that_vanishes_around_an_unreadable_snapshot_is_not_live(unreadable: Any) -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE, OTHER_BOOK])
    talk.say("unsubscribed", channel=BOOKS)
    resubscribed(talk, BOOKS, unreadable)
    assert talk.channel().status is not Freshness.LIVE
    resubscribed(talk, BOOKS, [OTHER_BOOK])
    assert standings(talk) == {"15Q4": "unsynchronised", "16Q1": "live"}


def test_a_contract_first_named_by_a_payload_that_is_thrown_away_is_listed_all_the_same() -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    talk.event(BOOKS, 1, [OTHER_BOOK, {"isDelta": False}])
    resubscribed(talk, BOOKS, [BASE, OTHER_BOOK])
    assert set(talk.market.books) <= set(talk.market.contracts)
    assert standings(talk) == {"15Q4": "live", "16Q1": "live"}


def test_one_contract_that_cannot_be_told_does_not_keep_its_area_down() -> None:
    talk = Conversation()
    talk.connect()
    talk.confirm(STATES)
    odd = {**OTHER, "deliveryEnd": "2026-11-21T15:15.23Z"}
    rows = [{"contractArea": area, "state": "Active"} for area in (contract(), odd)]
    talk.event(STATES, 0, rows)
    assert talk.channel(STATES).status is Freshness.LIVE
    assert len(talk.market.area_states) == 1


def test_a_trade_with_one_side_that_cannot_be_told_is_on_the_tape() -> None:
    talk = Conversation()
    talk.live()
    trade = {
        "identifier": "T1",
        "revisionNumber": 1,
        "price": 38.4,
        "quantity": 3,
        "state": "Active",
        "buyContractArea": contract(),
        "sellContractArea": {"deliveryArea": "DE-TENNET", "identifier": "DE-TENNET-9"},
    }
    talk.event(TRADES, 1, trade)
    assert talk.market.tape.row(0).sell is None
    assert talk.channel(TRADES).status is Freshness.LIVE


def test_what_came_in_order_before_a_contradiction_is_kept() -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    talk.event(BOOKS, 2, book([(5, 38.42, 1)], [], delta=True))
    talk.event(BOOKS, 3, [], part=9, totalparts=2)
    talk.event(BOOKS, 1, book([(4, 38.41, 1)], [], delta=True))
    assert [price for price, _ in talk.levels()[0][:2]] == [3842, 3841]
    assert talk.standing() == "resynchronising"


def test_a_link_that_falls_behind_is_dropped_though_its_heartbeats_keep_their_distance() -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    venue = START
    for _ in range(30):
        if talk.market.connections["EPEX M7"].status is ConnectionStatus.DOWN:
            break
        venue = UtcNs(venue + 5 * SECOND)
        talk.wait(9.0)  # twice as slow as the venue's own clock
        items = [{"channel": channel, "sequence": 0} for channel in ALL]
        times = {"current": utc_text(venue), "next": utc_text(UtcNs(venue + 5 * SECOND))}
        talk.say("heartbeat", data={**times, "items": items})
    assert "late" in talk.market.connections["EPEX M7"].reason
    assert talk.standing() == "stale"


def test_a_heartbeat_from_before_a_sleep_revives_nothing() -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    talk.heartbeat(dict.fromkeys(ALL, 0))
    talk.now = type(talk.now)(talk.now.monotonic + 3600, UtcNs(talk.now.utc + 3600 * SECOND))
    talk.heartbeat(dict.fromkeys(ALL, 0))
    assert talk.standing() == "stale"
    assert talk.market.connections["EPEX M7"].status is ConnectionStatus.DOWN


@pytest.mark.parametrize("seconds", [0, -5, 3600])
def test_an_odd_heartbeat_interval_buys_no_silence(seconds: int) -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    talk.heartbeat(dict.fromkeys(ALL, 0), seconds=seconds)
    talk.wait(9.5)
    assert talk.standing() == "live"
    talk.wait(1.0)
    assert talk.standing() == "stale"


def test_a_straggler_with_an_older_revision_is_not_taken() -> None:
    talk = Conversation()
    talk.live(snapshot=[{**BASE, "revisionNumber": 60}])
    talk.event(BOOKS, 1, book([(4, 38.41, 1)], [], delta=True, revisionNumber=61))
    talk.event(BOOKS, 2, book([(5, 38.5, 1)], [], delta=True, revisionNumber=40))
    assert talk.standing() != "live"
    assert talk.levels()[0][0] == (3841, 10)


def test_a_venue_that_reads_its_numbers_a_moment_early_is_not_behind() -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    ours = 0
    for _ in range(6):
        for _ in range(10):
            ours += 1
            talk.event(BOOKS, ours, book([], [], delta=True))
        talk.heartbeat({**dict.fromkeys(ALL, 0), BOOKS: ours - 2})
    assert talk.standing() == "live"


def test_a_heartbeat_without_a_list_starts_nothing_over() -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    for _ in range(3):
        talk.say("heartbeat", data={"current": "2026-11-21T12:00:00Z", "next": "2026-11-21T12:00:05Z"})
    assert talk.standing() == "live"


def test_a_late_answer_to_an_old_unsubscribe_does_not_end_the_new_subscription() -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    talk.event(BOOKS, 2, book([], [], delta=True))
    talk.wait(1.2)
    old = talk.sent[-1]
    assert old["type"] == "unsubscribe"
    for _ in range(3):  # no answer: it goes on without one
        talk.heartbeat({})
        talk.wait(4)
    assert talk.sent[-1]["type"] == "subscribe"
    talk.confirm(BOOKS)
    talk.event(BOOKS, 0, [BASE])
    talk.say("error", channel=BOOKS, correlation=old["correlation"], data={"code": "error.not_subscribed"})
    assert talk.standing() == "live"


def test_zeros_for_absent_parts_are_a_whole_message() -> None:
    talk = Conversation()
    talk.connect()
    talk.confirm(BOOKS)
    talk.event(BOOKS, 0, [BASE], part=0, totalparts=0)
    assert talk.standing() == "live"


def test_subscribes_go_out_a_few_at_a_time() -> None:
    import msgspec

    from tests.protocols.eznergy.support import SETTINGS

    areas = ("FR-RTE", "DE-AMPRION", "DE-TENNET", "NL-TENNET")
    talk = Conversation(msgspec.structs.replace(SETTINGS, areas=areas))
    talk.connect()
    assert len(talk.sent) == 8
    first = talk.sent[0]["channel"]
    talk.confirm(first)
    talk.event(first, 0, [])
    assert len(talk.sent) == 9


@pytest.mark.parametrize(("after", "waits"), [(None, 9.9), (30.0, 29.0), (10.0**9, 3599.0)])
def test_429_waits_as_it_is_told_within_reason(after: float | None, waits: float) -> None:
    talk = Conversation()
    talk.start()
    talk.answer(Reply(429, b"", retry_after=after))
    talk.wait(waits, step=1.0 if waits > 100 else 0.1)
    assert len(talk.calls) == 1
    talk.wait(3.0)
    assert len(talk.calls) == 2


def test_a_token_that_is_forbidden_is_renewed_once_like_one_that_is_refused() -> None:
    talk = Conversation()
    talk.live()
    talk.closed("gone")
    talk.wait(1)
    talk.closed("403", http_status=403)
    assert len(talk.calls) == 2


def test_an_old_error_does_not_colour_a_new_start() -> None:
    talk = Conversation()
    talk.live()
    talk.say("error", data={"code": "error.unknown", "message": "once"})
    talk.session.stop(talk.now)
    talk.session.start(talk.now)
    talk.crank()
    view = talk.market.connections["EPEX M7"]
    assert (view.status, view.reason) == (ConnectionStatus.RESYNCHRONISING, "connecting")


def test_replies_and_tokens_do_not_print_their_secrets() -> None:
    from protocols.eznergy import messages

    said = repr(Reply(200, json.dumps({"token": "planted"}).encode()))
    said += repr(messages.Token("planted")) + repr(messages.Credentials("trader", "planted"))
    assert "planted" not in said
