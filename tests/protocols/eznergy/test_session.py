"""The session on virtual time: connecting, staying connected, and what it says when it can not."""

import json

import pytest

from protocols.market.events import ConnectionStatus, Freshness
from protocols.session import CallFailed, Closed, Reply
from tests.protocols.eznergy.support import ALL, BASE, BOOKS, Conversation


def test_authenticates_opens_and_subscribes_to_every_channel() -> None:
    talk = Conversation()
    talk.start()
    (call,) = talk.calls
    assert (call.method, call.url) == ("POST", "http://127.0.0.1:8765/api/auth")
    assert json.loads(call.body.reveal()) == {"username": "trader", "password": "planted-password"}
    talk.answer(Reply(200, b'{"token": "planted-token"}'))
    assert talk.opens[-1].url == "ws://127.0.0.1:8765/ws"
    assert talk.opens[-1].bearer.reveal() == "planted-token"
    assert talk.market.connections["EPEX M7"].status is ConnectionStatus.RESYNCHRONISING
    talk.opened()
    assert {frame["channel"] for frame in talk.sent} == set(ALL)
    assert {frame["type"] for frame in talk.sent} == {"subscribe"}
    assert len({frame["correlation"] for frame in talk.sent}) == len(ALL)


def test_live_only_when_every_channel_has_its_snapshot() -> None:
    talk = Conversation()
    talk.connect()
    for channel in ALL:
        assert talk.market.connections["EPEX M7"].status is ConnectionStatus.RESYNCHRONISING
        talk.confirm(channel)
        assert talk.channel(channel).status is not Freshness.LIVE
        talk.event(channel, 0, [])
        assert talk.channel(channel).status is Freshness.LIVE
    assert talk.market.connections["EPEX M7"].status is ConnectionStatus.LIVE


def test_silence_makes_everything_stale_and_reconnects() -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    talk.heartbeat(dict.fromkeys(ALL, 0), seconds=4)
    talk.wait(7.9)
    assert talk.standing() == "live"
    talk.wait(0.3)
    assert talk.standing() == "stale"
    assert talk.market.connections["EPEX M7"].status is ConnectionStatus.DOWN
    assert "no heartbeat" in talk.market.connections["EPEX M7"].reason
    assert talk.closes
    talk.wait(1)
    assert len(talk.opens) == 2
    talk.opened()
    for channel in ALL:
        talk.confirm(channel)
        talk.event(channel, 0, [BASE] if channel == BOOKS else [])
    assert talk.standing() == "live"
    assert talk.session.report().reconnects == 1


def test_news_of_an_old_socket_is_no_news() -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    old = talk.opens[-1].stream
    talk.wait(10.2)
    talk.wait(1)
    assert len(talk.opens) == 2
    talk.opened()
    talk.session.receive(
        old, json.dumps({"type": "event", "channel": BOOKS, "sequence": 0, "data": "[]"}).encode(), talk.now
    )
    talk.session.closed(old, Closed("late news"), talk.now)
    talk.crank()
    assert talk.market.connections["EPEX M7"].status is ConnectionStatus.RESYNCHRONISING


def test_a_lost_link_is_stale_at_once_and_comes_back_with_the_same_token() -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    talk.say("token_refresh", data={"token": "refreshed-token"})
    talk.closed("127.0.0.1:8765 reset the connection")
    assert talk.standing() == "stale"
    assert talk.market.connections["EPEX M7"].reason == "127.0.0.1:8765 reset the connection"
    talk.wait(1)
    assert len(talk.calls) == 1, "no need to authenticate again"
    assert talk.opens[-1].bearer.reveal() == "refreshed-token"


def test_back_off_grows_is_capped_and_starts_over_after_a_clean_while() -> None:
    talk = Conversation()
    talk.start()
    for _ in range(12):
        talk.answer(CallFailed("nobody there"))
        talk.wait(10.2)
    assert len(talk.calls) == 13
    before = talk.now.monotonic
    talk.answer(CallFailed("nobody there"))
    calls = len(talk.calls)
    while len(talk.calls) == calls:
        talk.wait(0.1)
    assert 4.9 <= talk.now.monotonic - before <= 10.2
    talk.answer(Reply(200, b'{"token": "t"}'))
    talk.opened()
    for _ in range(3):
        talk.heartbeat({})
        talk.wait(4)
    talk.closed()
    talk.wait(0.6)
    assert len(talk.opens) == 2


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(401, b""), "refused the user name or the password"),
        (Reply(429, b"", retry_after=3.0), "slow down"),
        (Reply(500, b"oops"), "answered 500"),
        (Reply(200, b"not json"), "unreadable"),
        (Reply(200, b'{"token": 7}'), "unreadable"),
        (CallFailed("127.0.0.1:8765 refused the connection"), "refused the connection"),
    ],
)
def test_what_is_wrong_when_authenticating_is_said_in_words(reply: Reply | CallFailed, words: str) -> None:
    talk = Conversation()
    talk.start()
    talk.answer(reply)
    view = talk.market.connections["EPEX M7"]
    assert view.status is ConnectionStatus.DOWN
    assert words in view.reason
    assert words in talk.session.report().last_error


def test_a_wrong_password_is_not_tried_again_by_itself() -> None:
    talk = Conversation()
    talk.start()
    talk.answer(Reply(401, b""))
    talk.wait(120, step=1.0)
    assert len(talk.calls) == 1
    assert talk.market.connections["EPEX M7"].wants_password
    talk.start()
    assert len(talk.calls) == 2
    assert not talk.market.connections["EPEX M7"].wants_password
    talk.answer(CallFailed("nobody there"))
    assert not talk.market.connections["EPEX M7"].wants_password


def test_retry_after_is_kept() -> None:
    talk = Conversation()
    talk.start()
    talk.answer(Reply(429, b"", retry_after=60.0))
    talk.wait(59)
    assert len(talk.calls) == 1
    talk.wait(1.5)
    assert len(talk.calls) == 2


def test_an_expired_token_is_renewed_once_then_it_stops_and_says_so() -> None:
    talk = Conversation()
    talk.live()
    talk.wait(1)
    talk.closed("the link broke")
    talk.wait(1)
    talk.closed("401", http_status=401)
    assert len(talk.calls) == 2, "authenticates once more"
    talk.answer(Reply(200, b'{"token": "fresh"}'))
    talk.closed("401", http_status=401)
    assert len(talk.calls) == 2
    talk.wait(60, step=1.0)
    assert len(talk.calls) == 2
    view = talk.market.connections["EPEX M7"]
    assert view.status is ConnectionStatus.DOWN
    assert "fresh token" in view.reason


def test_a_message_over_the_cap_is_said_and_not_retried_at_once() -> None:
    talk = Conversation()
    talk.live()
    talk.closed("a message of over 16 MiB", too_large=True)
    talk.wait(9)
    assert len(talk.opens) == 1
    assert "16 MiB" in talk.market.connections["EPEX M7"].reason
    talk.wait(1.5)
    assert len(talk.opens) == 2


@pytest.mark.parametrize("by", ["channel", "correlation", "message"])
def test_a_channel_the_venue_does_not_know_is_named_and_not_asked_again(by: str) -> None:
    talk = Conversation()
    talk.connect()
    correlation = next(frame["correlation"] for frame in talk.sent if frame["channel"] == BOOKS)
    fields = {"channel": {"channel": BOOKS}, "correlation": {"correlation": correlation}, "message": {}}[by]
    talk.say("error", data={"code": "error.unknown_channel", "message": BOOKS}, **fields)
    sent = len(talk.sent)
    for _ in range(5):
        talk.heartbeat({})
        talk.wait(4)
    assert all(frame["channel"] != BOOKS for frame in talk.sent[sent:])
    assert "unknown_channel" in talk.channel().reason
    assert "unknown_channel" in talk.session.report().last_error
    assert talk.channel().status is Freshness.UNSYNCHRONISED


def test_our_own_races_are_not_the_traders_errors() -> None:
    talk = Conversation()
    talk.connect()
    ours = [frame for frame in talk.sent if frame["channel"] == BOOKS][-1]
    talk.say("error", channel=BOOKS, correlation=ours["correlation"], data={"code": "error.already_subscribed"})
    assert talk.sent[-1]["type"] == "unsubscribe"
    talk.say("error", correlation=talk.sent[-1]["correlation"], data={"code": "error.not_subscribed", "message": "m7"})
    talk.wait(0.3)
    assert talk.sent[-1]["type"] == "subscribe"
    talk.confirm(BOOKS)
    talk.event(BOOKS, 0, [BASE])
    assert talk.standing() == "live"
    assert talk.session.report().last_error == ""


def test_nothing_but_garbage_ends_the_link() -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    for _ in range(20):
        talk.raw(b"\x00garbage")
    assert talk.standing() == "stale"
    assert talk.closes


def test_stop_is_off_and_stays_off() -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    talk.session.stop(talk.now)
    talk.crank()
    assert talk.market.connections["EPEX M7"].status is ConnectionStatus.OFF
    assert talk.standing() == "stale"
    talk.wait(30, step=1.0)
    assert len(talk.opens) == 1


def test_no_secret_is_in_anything_that_is_told() -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    talk.say("token_refresh", data={"token": 5, "x": "planted-token"})
    talk.closed("gone")
    said = repr(talk.events) + repr(talk.session.report()) + repr(talk.calls) + repr(talk.opens) + repr(talk.sent)
    assert "planted" not in said
