"""The session on virtual time: connecting, keeping honest, and what it says when something is wrong."""

import json

import pytest

from protocols.market.events import AnomalyNoticed, ConnectionStatus, Freshness
from protocols.session import CallFailed, Closed, Reply
from tests.protocols.eznergy.support import ALL, BOOKS, INFORMATION, STATES, TRADES, Conversation, book, contract

BASE = book([(1, 38.4, 12.5), (2, 38.3, 5)], [(3, 38.6, 7)])


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
    talk.start()
    assert len(talk.calls) == 2


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


@pytest.mark.parametrize(
    "value", ['"NaN"', '"Infinity"', "1e999999", "-1e999999", "1e-30", "99999999999999999999", "true", '"x"', "null"]
)
def test_a_number_no_price_can_be_costs_its_contract_and_a_new_snapshot(value: str) -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    change = json.dumps(book([(4, "PRICE", 2)], [], delta=True)).replace('"PRICE"', value)
    talk.raw(json.dumps({"type": "event", "channel": BOOKS, "sequence": 1, "data": change}).encode())
    assert talk.standing() != "live"
    assert talk.sent[-1]["type"] == "unsubscribe"
    assert any(isinstance(event, AnomalyNoticed) and "price" in event.message for event in talk.events)


def test_an_unreadable_contract_in_a_snapshot_leaves_the_others_live() -> None:
    talk = Conversation()
    other = book([(8, 10, 1)], [], contractArea={**contract("16Q1", "FR-RTE-2"), "deliveryEnd": "2026-11-21T15:15:00Z"})
    talk.live(snapshot=[book([(1, "NaN", 1)], []), other])
    standings = {
        talk.market.contracts[key].name: talk.market.book_standing(key).freshness.value for key in talk.market.books
    }
    assert standings == {"15Q4": "unsynchronised", "16Q1": "live"}
    assert talk.channel().status is Freshness.LIVE


def test_bare_nan_is_no_json() -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    text = json.dumps(book([(4, float("nan"), 2)], [], delta=True))
    assert "NaN" in text
    talk.raw(json.dumps({"type": "event", "channel": BOOKS, "sequence": 1, "data": text}).encode())
    assert talk.standing() == "resynchronising"


@pytest.mark.parametrize(
    "frame",
    [b"", b"\x00\xff", b"[]", b"{}", b'{"type": 7}', b"[" * 100_000, b'{"type":"event","sequence":1.5}', b"null"],
)
def test_garbage_is_told_and_changes_nothing(frame: bytes) -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    talk.raw(frame)
    assert talk.standing() == "live"
    assert talk.levels()[0][0] == (3840, 125)
    assert any(isinstance(event, AnomalyNoticed) for event in talk.events)


def test_nothing_but_garbage_ends_the_link() -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    for _ in range(20):
        talk.raw(b"\x00garbage")
    assert talk.standing() == "stale"
    assert talk.closes


def test_the_unknown_passes_and_is_told_once() -> None:
    talk = Conversation()
    talk.live(snapshot=[{**BASE, "newField": {"a": [1]}}])
    talk.say("weather_report", data={})
    talk.say("weather_report", data={})
    assert talk.standing() == "live"
    told = [event.kind for event in talk.events if isinstance(event, AnomalyNoticed)]
    assert told == ["unrecognised message"]


def test_unknown_states_keep_the_venues_word() -> None:
    talk = Conversation()
    talk.live()
    talk.event(STATES, 1, {"contractArea": contract(), "state": "Meditating", "tradingPhase": "Yoga"})
    (state,) = talk.market.area_states.rows().values()
    assert (state.state, state.phase, state.phase_end) == ("Meditating", "Yoga", None)


def test_an_unsure_time_is_not_guessed() -> None:
    talk = Conversation()
    talk.live()
    trade = {
        "identifier": "T1",
        "revisionNumber": 0,
        "price": -12.5,
        "quantity": 3,
        "state": "Active",
        "buyContractArea": contract(),
        "sellContractArea": contract(),
        "execDate": "2022-05-22T15:02.23Z",
    }
    talk.event(TRADES, 1, trade)
    row = talk.market.tape.row(0)
    assert row.executed_at is None
    assert any("15:02.23" in event.message for event in talk.events if isinstance(event, AnomalyNoticed))


def test_absent_figures_are_absent() -> None:
    talk = Conversation()
    talk.live()
    talk.event(INFORMATION, 1, {"contractArea": contract(), "volumeWeightedAveragePrice": 38.333333333333336})
    (row,) = talk.market.information.rows().values()
    assert row.last_price is None
    assert row.vwap == 38_333_333_333


def test_a_contract_without_identifier_is_found_by_its_period() -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    talk.event(STATES, 1, {"contractArea": contract(identifier=None), "state": "Active"})
    assert set(talk.market.area_states.rows()) == set(talk.market.books)


@pytest.mark.parametrize(
    "product",
    [
        {"product": {"granularity": "QuarterHour", "type": "Local"}},
        {"product": {"granularity": "QuarterHour", "marketType": "Local"}},
        {"product": "QuarterHour", "type": "Local"},
    ],
)
def test_three_ways_to_write_a_product_are_one(product: dict[str, object]) -> None:
    talk = Conversation()
    area = {**contract("15Q4   "), **product}
    talk.live(snapshot=[book([], [], contractArea=area)])
    (only,) = talk.market.contracts.values()
    assert (only.name, only.product, only.market_type) == ("15Q4", "QuarterHour", "Local")


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
