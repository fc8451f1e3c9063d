"""Frames bent in every way that a broken peer can bend them: codec and session raise nothing, and never lie."""

import json
import random

import pytest

from protocols.market.events import Freshness
from protocols.market.values import ValueRefused, scaled_from_text
from tests.protocols.eznergy.support import ALL, BOOKS, INFORMATION, STATES, TRADES, Conversation, book, contract

IN_CI = 50_000
SNIPPETS = (
    b"NaN",
    b"Infinity",
    b"-0",
    b"1e999999",
    b"1e-999999",
    b"null",
    b"true",
    b"[]",
    b"{}",
    b'""',
    b'"',
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"9" * 400,
    b"9" * 5000,
    b"[" * 2000,
    b"\xff\xfe",
    b"\x00",
    b",",
    b":",
    b'"sequence":',
    b'"part":0,',
    b"1.5",
    b'\\"quantity\\":-1',
    b'\\"price\\":\\"NaN\\"',
    b'"totalparts":99999999999,',
)


def frames() -> list[bytes]:
    """One good frame of every kind."""
    area = contract()
    trade = {
        "identifier": "T1",
        "revisionNumber": 0,
        "price": -12.5,
        "quantity": 3,
        "state": "Active",
        "buyContractArea": area,
        "sellContractArea": area,
        "execDate": "2026-11-21T12:00:00Z",
    }
    state = {
        "contractArea": area,
        "state": "Active",
        "tradingPhase": "Continuous",
        "tradingPhaseEnd": "2026-11-21T14:40:00Z",
    }
    data = {
        BOOKS: book([(5, 38.2, 1.5)], [(1, 39.5, 2)], delta=True),
        TRADES: trade,
        STATES: state,
        INFORMATION: {"contractArea": area, "lastTradedPrice": 38.4, "priceDirection": "Up"},
    }
    good = [
        {"type": "event", "channel": channel, "sequence": 1, "data": json.dumps(payload)}
        for channel, payload in data.items()
    ]
    good += [
        {
            "type": "event",
            "channel": BOOKS,
            "sequence": 1,
            "part": 0,
            "totalparts": 2,
            "data": json.dumps([data[BOOKS]]),
        },
        {
            "type": "heartbeat",
            "data": json.dumps(
                {
                    "current": "2026-11-21T12:00:00Z",
                    "next": "2026-11-21T12:00:05Z",
                    "items": [{"channel": channel, "sequence": 0} for channel in ALL],
                }
            ),
        },
        {"type": "error", "channel": BOOKS, "data": json.dumps({"code": "error.not_processed", "message": "x"})},
        {"type": "subscribed", "channel": BOOKS, "correlation": "c-1"},
        {"type": "unsubscribed", "channel": BOOKS},
        {"type": "token_refresh", "data": json.dumps({"token": "t"})},
    ]
    return [json.dumps(frame).encode() for frame in good]


def mutated(frame: bytes, chance: random.Random) -> bytes:
    """The frame with one to four things done to it."""
    result = bytearray(frame)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(result) + 1)
        match chance.randrange(6):
            case 0:
                result[at:at] = chance.choice(SNIPPETS)
            case 1:
                del result[at : at + chance.randint(1, 40)]
            case 2 if at < len(result):
                result[at] = chance.randrange(256)
            case 3:
                end = at + chance.randint(1, 12)
                result[at:end] = chance.choice(SNIPPETS)
            case 4:
                start = chance.randrange(len(result) + 1)
                result[at:at] = result[start : start + chance.randint(1, 60)]
            case _:
                del result[at:]
    return bytes(result)


def begun(chance: random.Random) -> Conversation:
    """Usually with everything live; sometimes one snapshot is still awaited, so that a bent one can be it."""
    talk = Conversation()
    if chance.random() < 0.8:
        talk.live(snapshot=[book([(1, 38.4, 12.5)], [(3, 38.6, 7)])])
    else:
        talk.connect()
        for channel in ALL:
            talk.confirm(channel)
    return talk


def campaign(count: int, seed: int) -> None:
    chance = random.Random(seed)
    good = frames()
    talk = begun(chance)
    for _ in range(count):
        before = talk.market.revision
        talk.raw(mutated(chance.choice(good), chance))
        if chance.random() < 0.02:
            talk.wait(1.5, step=0.25)
        for key, found in talk.market.books.items():
            if talk.market.book_standing(key).live:
                assert talk.market.channels[key.connection, found.channel].status is Freshness.LIVE
                assert not found.crossed
                assert all(level.quantity > 0 for side in (found.bids, found.asks) for level in side.levels())
        # A conversation that a frame has changed is over, or most frames would fall on channels that ignore them.
        if talk.market.revision != before:
            talk = begun(chance)


def test_mutated_frames_raise_nothing() -> None:
    campaign(IN_CI, seed=20261121)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_many_more_mutated_frames_raise_nothing() -> None:
    for seed in range(40):
        campaign(IN_CI, seed)


def test_mutated_numbers_are_refused_or_exact() -> None:
    chance = random.Random(7)
    for _ in range(5_000):
        text = mutated(b"-38.4500e0", chance).decode("latin-1")
        try:
            scaled_from_text(text)
        except ValueRefused:
            continue
