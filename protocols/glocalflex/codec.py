"""Bytes to messages and back, for the client and for the practice gateway. The only place that decodes.

We write strict JSON with exact numbers, and what an OAuth server reads as a form. What comes in is read strictly as
JSON and leniently as to types: numbers may stand as text, `null` is absent. Decoding raises `Unreadable`, nothing else.
"""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn, TypeVar
from urllib.parse import parse_qsl, urlencode

import msgspec

from protocols.glocalflex import messages
from protocols.market.times import SECOND, TimeRefused, UtcNs, utc_from_text, utc_text
from protocols.market.values import Price, Quantity, ValueRefused, fixed_text, scaled

Decoded = TypeVar("Decoded")

MILLISECOND = SECOND // 1_000
OBJECT_LIMIT = 1_000_000
"""Bytes of an object about one order: looking through it for repeated keys takes a second for each few megabytes."""


class Unreadable(ValueError):
    """The bytes are not the message they should be. The text names the field, and quotes no secret."""


class Contradictory(Unreadable):
    """An object has a key twice, with different values: neither is to be believed."""


_encoder = msgspec.json.Encoder(decimal_format="number")


# Out


def encode(value: Any) -> bytes:
    """Strict JSON; Decimals are written as numbers, with all their digits."""
    return _encoder.encode(value)


def message(
    kind: str, data: Any, created_at: str | None = None, name: str | None = None, status: str | None = None
) -> bytes:
    """A frame of one of the sockets."""
    raw = msgspec.Raw(_encoder.encode(data))
    return _encoder.encode(
        messages.Envelope(type=kind, status=status, name=name, created_at=created_at, data=raw)
    )  # fmt: skip


def control_message(text: str = "Connected to the WebSocket API") -> bytes:
    """What every socket begins with."""
    return message(messages.CONTROL, messages.ControlData(message=text), status="success")


def form(fields: Mapping[str, str]) -> str:
    """`application/x-www-form-urlencoded`, as the token endpoint wants it."""
    return urlencode(fields)


def number(value: int) -> Decimal:
    """A price or quantity (units of 1e-9) as it is written on the wire: `1000.0`, as the vendor's own client does."""
    return Decimal(fixed_text(value, 1))


def time_text(at: UtcNs) -> str:
    """ISO 8601 to the millisecond, as the vendor writes it: `2024-05-02T13:15:00.000Z`. Finer is cut off."""
    whole, rest = divmod(at, SECOND)
    return f"{utc_text(UtcNs(whole * SECOND))[:-1]}.{rest // MILLISECOND:03d}Z"


# In


def decode_message(frame: bytes) -> messages.Envelope:
    """Reads a frame's envelope and leaves `data` unread. Raises `Unreadable`."""
    return _decode(messages.Envelope, frame)


def data_of(kind: type[Decoded], envelope: messages.Envelope) -> Decoded:
    """Reads a message's data. Raises `Unreadable`, where there is none too."""
    return _decode(kind, raw_data(envelope))


def raw_data(envelope: messages.Envelope) -> bytes:
    """A message's data as it came. Raises `Unreadable` where there is none."""
    if envelope.data is msgspec.UNSET:
        raise Unreadable(f"{envelope.type[:80]}: data is missing")
    return bytes(envelope.data)


def decode_one(kind: type[Decoded], text: bytes) -> Decoded:
    """Reads one object: the body of a request or an answer, or an order of a book. Raises `Unreadable`."""
    return _decode(kind, text)


def decode_form(body: bytes) -> dict[str, str]:
    """Reads a form. Raises `Unreadable`, where a field stands there twice too."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=20)
    except (ValueError, UnicodeError) as error:
        raise Unreadable("form: it can't be read") from error
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise Unreadable("form: a field stands there twice")
    return fields


def decode_object(text: bytes) -> dict[str, msgspec.Raw]:
    """Reads an object of which not every field is known: its values unread, having looked for repeated keys in all of
    it. Raises `Unreadable`, for one that is too large for an order or a contract too."""
    if len(text) > OBJECT_LIMIT:
        raise Unreadable(f"message: {len(text)} bytes for one object")
    refuse_contradictions(text)
    return _decode(dict[str, msgspec.Raw], text)


def refuse_contradictions(text: bytes) -> None:
    """Raises `Unreadable` where a key stands twice in one object, with different values: which was meant is not known,
    and the decoder would take the last in silence."""
    try:
        json.loads(
            text.decode(),
            object_pairs_hook=_no_contradiction,
            parse_int=_exact,
            parse_float=_exact,
            parse_constant=_refuse_constant,
        )
    except RecursionError as error:
        raise Unreadable("message: nested too deeply") from error
    except (json.JSONDecodeError, UnicodeError) as error:
        raise Unreadable(f"message: not JSON: {error}") from error


def read_time(text: str) -> UtcNs:
    """Reads ISO 8601. Raises `Unreadable`."""
    try:
        return utc_from_text(text)
    except TimeRefused as refused:
        raise Unreadable(str(refused)) from refused


def read_price(value: Decimal) -> Price:
    """Reads a price in EUR/kWh. Raises `Unreadable`."""
    return Price(_scaled("price", value))


def read_quantity(value: Decimal, name: str = "power") -> Quantity:
    """Reads power in W or energy in Wh; none is negative. Raises `Unreadable`."""
    read = _scaled(name, value)
    if read < 0:
        raise Unreadable(f"{name}: {value} is negative")
    return Quantity(read)


def read_reading(value: Decimal) -> Quantity:
    """Reads a value of a baseline in its own unit; what is fed in may be negative there. Raises `Unreadable`."""
    return Quantity(_scaled("baseline", value))


# Within

_decoders: dict[object, msgspec.json.Decoder[Any]] = {}


def _decode(kind: type[Decoded], text: bytes) -> Decoded:
    decoder = _decoders.get(kind)
    if decoder is None:
        # Not strict: a number may stand as text, an identifier as a number.
        decoder = _decoders[kind] = msgspec.json.Decoder(kind, strict=False)
    try:
        return decoder.decode(text)  # type: ignore[no-any-return]
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise Unreadable(f"{_name(kind)}: {error}") from error
    except RecursionError as error:
        raise Unreadable(f"{_name(kind)}: nested too deeply") from error


def _name(kind: Any) -> str:
    return str(getattr(kind, "__name__", kind))


def _scaled(name: str, value: Decimal) -> int:
    try:
        return scaled(value)
    except ValueRefused as refused:
        raise Unreadable(f"{name}: {refused}") from refused


def _no_contradiction(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for key, value in pairs:
        if key in read and read[key] != value:
            raise Contradictory(f"message: {key[:40]!r} stands there twice, with different values")
        read[key] = value
    return read


def _exact(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:  # an exponent that no Decimal holds
        raise Unreadable(f"message: {text[:40]!r} is no number we can hold") from error


def _refuse_constant(text: str) -> NoReturn:
    raise Unreadable(f"message: {text} is no JSON")
