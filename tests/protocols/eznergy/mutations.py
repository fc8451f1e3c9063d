"""Good frames of every kind in both scopes, and the ways in which a broken peer can bend them: bytes, and structure."""

import copy
import json
import random
from pathlib import Path
from typing import Any, NamedTuple

from protocols.eznergy.channels import Settings, channels_of

FOLDER = Path(__file__).parents[2] / "transcripts" / "eznergy"

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

VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    2**53 + 1,
    10**40,
    1.5,
    1e300,
    -1e-12,
    "",
    " ",
    "NaN",
    "1e999999",
    "-Infinity",
    "2022-05-22T15:02.23Z",
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00Z",
    "\x00",
    "\u202e<b>x</b>",
    "A" * 5000,
    [],
    {},
    [[]],
    [None],
    {"": {"": []}},
)
"""What a field may hold in place of what belongs there."""


class Good(NamedTuple):
    """A frame as it should be. `payload` is what its `data` holds, `resource` is empty where it is no event."""

    resource: str
    envelope: dict[str, Any]
    payload: Any

    def encoded(self) -> bytes:
        return json.dumps({**self.envelope, "data": json.dumps(self.payload)}).encode()


def good_frames(settings: Settings) -> list[Good]:
    """Every object of the scope's transcripts as an event of its channel, and every other kind of message."""
    found: list[Good] = []
    urns = {channel.resource: channel.urn for channel in channels_of(settings)}
    for resource, urn in urns.items():
        for step in json.loads((FOLDER / settings.scope / f"{resource}.json").read_text()):
            event = {"type": "event", "channel": urn, "sequence": 1}
            found.append(Good(resource, event, step["data"]))
            found.append(Good(resource, {**event, "part": 0, "totalparts": 2}, [step["data"]]))
    items = [{"channel": urn, "sequence": 0} for urn in urns.values()]
    beat = {"current": "2026-11-21T12:00:00Z", "next": "2026-11-21T12:00:05Z", "items": items}
    some = urns["public_order_books"]
    found += [
        Good("", {"type": "heartbeat"}, beat),
        Good("", {"type": "error", "channel": some}, {"code": "error.not_processed", "message": "x"}),
        Good("", {"type": "subscribed", "channel": some, "correlation": "c-1"}, {}),
        Good("", {"type": "unsubscribed", "channel": some}, {}),
        Good("", {"type": "token_refresh"}, {"token": "t"}),
    ]
    return found


def mutated(frame: bytes, chance: random.Random) -> bytes:
    """The bytes with one to four things done to them."""
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


def reshaped(good: Good, chance: random.Random) -> bytes:
    """The frame with well-formed JSON of another shape: one or two of its values, keys or elements are not what they
    should be, in the payload or in the envelope."""
    payload, envelope = json.loads(json.dumps(good.payload)), dict(good.envelope)
    for _ in range(chance.randint(1, 2)):
        if envelope and chance.random() < 0.15:
            _reshape(envelope, chance)
        elif isinstance(payload, dict | list) and payload:
            _reshape(payload, chance)
    data = payload if chance.random() < 0.2 else json.dumps(payload)
    return json.dumps({**envelope, "data": data}).encode()


def bent(good: Good, chance: random.Random) -> bytes:
    """The frame, its bytes or its structure spoilt."""
    return mutated(good.encoded(), chance) if chance.random() < 0.5 else reshaped(good, chance)


def _reshape(within: Any, chance: random.Random) -> None:
    """Changes one node at random, however deep."""
    while True:
        keys = list(within) if isinstance(within, dict) else list(range(len(within)))
        key = chance.choice(keys)
        deeper = within[key]
        if not (isinstance(deeper, dict | list) and deeper) or chance.random() < 0.3:
            break
        within = deeper
    match chance.randrange(4):
        case 0 if isinstance(within, dict):
            within[key + chance.choice(("s", " ", "_"))] = within.pop(key)
        case 1:
            del within[key]
        case 2 if isinstance(within, list):
            within.append(copy.deepcopy(within[key]))
        case _:
            within[key] = copy.deepcopy(chance.choice(VALUES))
