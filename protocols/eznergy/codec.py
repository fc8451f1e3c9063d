"""Bytes to messages and back, for the client and for the practice gateway. The only place that decodes.

Decoding raises `Unreadable` and nothing else, whatever the bytes are.
"""

from typing import Any, TypeVar

import msgspec

from protocols.eznergy import messages

Decoded = TypeVar("Decoded")


class Unreadable(ValueError):
    """The bytes are not the message they should be. The text names the field, and quotes no secret."""


_envelope = msgspec.json.Decoder(messages.Envelope)
_raw = msgspec.json.Decoder(msgspec.Raw)
_raw_list = msgspec.json.Decoder(list[msgspec.Raw])
_object = msgspec.json.Decoder(dict[str, Any])
_string = msgspec.json.Decoder(str)
_encoder = msgspec.json.Encoder(decimal_format="number")


def encode(value: Any) -> bytes:
    """JSON with exact numbers: Decimals are written as numbers, not as text."""
    return _encoder.encode(value)


def envelope(
    kind: str,
    *,
    channel: str | None = None,
    correlation: str | None = None,
    sequence: int | None = None,
    part: int | None = None,
    totalparts: int | None = None,
    payload: Any = None,
) -> bytes:
    """A frame; `payload` is encoded twice, as section 3 asks. None leaves `data` out."""
    data = msgspec.UNSET if payload is None else msgspec.Raw(_encoder.encode(_encoder.encode(payload).decode()))
    return _encoder.encode(
        messages.Envelope(
            type=kind,
            channel=channel,
            correlation=correlation,
            sequence=sequence,
            part=part,
            totalparts=totalparts,
            data=data,
        )
    )


def decode_envelope(frame: bytes) -> messages.Envelope:
    """Reads a frame's envelope. Raises `Unreadable`."""
    return _decode(_envelope, frame, "envelope")


def inner_json(data: msgspec.Raw | msgspec.UnsetType) -> bytes:
    """The JSON inside `data`: the string's content, or the inline value itself. Raises `Unreadable`."""
    if data is msgspec.UNSET:
        raise Unreadable("data: missing")
    raw = bytes(data)
    if raw[:1] == b'"':
        return _decode(_string, raw, "data").encode()
    return raw


def decode_one(kind: type[Decoded], json: bytes) -> Decoded:
    """Reads one payload object, such as a token or an error. Raises `Unreadable`."""
    return _decode(_decoder_of(kind), json, kind.__name__)


def decode_list(kind: type[Decoded], json: bytes) -> list[Decoded]:
    """Reads a payload that is a list of objects, or a single one. Raises `Unreadable`."""
    if json.lstrip()[:1] == b"[":
        return _decode(_list_decoder_of(kind), json, kind.__name__)
    return [decode_one(kind, json)]


_decoders: dict[object, msgspec.json.Decoder[Any]] = {}


def _decoder_of(kind: type[Decoded]) -> msgspec.json.Decoder[Decoded]:
    if kind not in _decoders:
        _decoders[kind] = msgspec.json.Decoder(kind)
    return _decoders[kind]


def _list_decoder_of(kind: type[Decoded]) -> msgspec.json.Decoder[list[Decoded]]:
    wanted = list[kind]  # type: ignore[valid-type]  # a type made from a value: mypy has no words for it
    if wanted not in _decoders:
        _decoders[wanted] = msgspec.json.Decoder(wanted)
    return _decoders[wanted]


def _decode(decoder: msgspec.json.Decoder[Decoded], json: bytes, what: str) -> Decoded:
    try:
        return decoder.decode(json)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise Unreadable(f"{what}: {error}") from error
    except RecursionError as error:
        raise Unreadable(f"{what}: nested too deeply") from error


def decode_heartbeat(json: bytes) -> messages.Heartbeat:
    """Reads a heartbeat; its keys match whatever their case is (section 8). Raises `Unreadable`."""
    fields = _decode(_object, json, "Heartbeat")
    lowered = {key.lower(): value for key, value in fields.items()}
    items = lowered.get("items")
    if isinstance(items, list):
        lowered["items"] = [
            {key.lower(): value for key, value in item.items()} if isinstance(item, dict) else item for item in items
        ]
    try:
        return msgspec.convert(lowered, messages.Heartbeat)
    except msgspec.ValidationError as error:
        raise Unreadable(f"Heartbeat: {error}") from error


def split_list(json: bytes) -> list[msgspec.Raw]:
    """The elements of a list payload, undecoded; a payload that is no list is its own only element."""
    if json.lstrip()[:1] == b"[":
        return _decode(_raw_list, json, "list")
    return [_decode(_raw, json, "payload")]
