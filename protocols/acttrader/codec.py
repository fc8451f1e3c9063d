"""Bytes to messages and back, for the client and for the practice gateway. The only place that decodes.

We send strict JSON with exact numbers. What comes in is read strictly as JSON (no comments, trailing commas, `NaN`) and
leniently as to types: numbers may stand as text, `null` is absent. Decoding raises `Unreadable` and nothing else.
"""

import json
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn, TypeVar

import msgspec

from protocols.acttrader import messages
from protocols.acttrader.messages import Dialect, Identifier
from protocols.market.times import SECOND, TimeRefused, UtcNs, utc_from_text, utc_text
from protocols.market.values import plain_text

Decoded = TypeVar("Decoded")

MILLISECOND = SECOND // 1_000
_LATEST = 9_223_372_036_854
"""Milliseconds since 1970 that still fit in 64 bits of nanoseconds."""


class Unreadable(ValueError):
    """The bytes are not the message they should be. The text names the field, and quotes no secret."""


class Contradictory(Unreadable):
    """An object has a key twice, with different values: neither is to be believed."""


_encoder = msgspec.json.Encoder(decimal_format="number")


def encode(value: Any) -> bytes:
    """Strict JSON; Decimals are written as numbers, with all their digits."""
    return _encoder.encode(value)


def message(event: str, request_id: Identifier | None = None, payload: Any = msgspec.UNSET) -> bytes:
    """A frame of the order protocol. `UNSET` leaves `payload` out."""
    raw = msgspec.UNSET if payload is msgspec.UNSET else msgspec.Raw(_encoder.encode(payload))
    return _encoder.encode(messages.Envelope(event=event, request_id=request_id, payload=raw))


def decode_message(frame: bytes) -> messages.Envelope:
    """Reads a frame's envelope, having looked for repeated keys in all of it. Raises `Unreadable`."""
    _refuse_contradictions(frame)
    return _decode(messages.Envelope, frame)


def payload_of(kind: type[Decoded], envelope: messages.Envelope) -> Decoded:
    """Reads a message's payload. Raises `Unreadable`, where there is none too."""
    if envelope.payload is msgspec.UNSET:
        raise Unreadable(f"{envelope.event}: payload is missing")
    return _decode(kind, bytes(envelope.payload))


def has_payload(envelope: messages.Envelope) -> bool:
    """Whether there is one; `null` is none."""
    return envelope.payload is not msgspec.UNSET and bytes(envelope.payload) != b"null"


def chart_request(kind: str, symbols: list[str]) -> bytes:
    """A frame of the chart service: `subscribe` or `unsubscribe`."""
    return _encoder.encode(messages.ChartRequest(m=kind, p=symbols))


def decode_chart(frame: bytes) -> messages.ChartEnvelope:
    """Reads a frame of the chart service. Raises `Unreadable`."""
    _refuse_contradictions(frame)
    return _decode(messages.ChartEnvelope, frame)


def tickers_of(envelope: messages.ChartEnvelope) -> list[messages.Ticker]:
    """The quotes of a `ticker` message. Raises `Unreadable`."""
    if envelope.d is msgspec.UNSET:
        raise Unreadable("ticker: d is missing")
    return _decode(list[messages.Ticker], bytes(envelope.d))


def decode_one(kind: type[Decoded], text: bytes) -> Decoded:
    """Reads one object: a REST answer, or a frame in tests. Raises `Unreadable`."""
    _refuse_contradictions(text)
    return _decode(kind, text)


def result_of(kind: type[Decoded], answer: messages.ChartAnswer) -> Decoded:
    """Reads a REST answer's result. Raises `Unreadable`."""
    if answer.result is msgspec.UNSET:
        raise Unreadable("result: missing")
    return _decode(kind, bytes(answer.result))


# Values


def number(value: int) -> Decimal:
    """A price or quantity (units of 1e-9) as it is written on the wire."""
    return Decimal(plain_text(value))


def identifier(text: str) -> Identifier:
    """An order identifier as it is written on the wire: a number where it is one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 and text == str(int(text)) else text


def identifier_text(value: Identifier | None) -> str | None:
    """An order identifier in our words; None where it is absent or empty."""
    return None if value is None or value == "" else str(value)


def time_text(at: UtcNs) -> str:
    """ISO 8601 to the millisecond, as the documents write it: `2022-03-19T07:22:00.000Z`. Finer is cut off."""
    whole, rest = divmod(at, SECOND)
    return f"{utc_text(UtcNs(whole * SECOND))[:-1]}.{rest // MILLISECOND:03d}Z"


def wire_time(at: UtcNs, dialect: Dialect) -> Identifier:
    """`transactTime` of a dialect: epoch milliseconds, or ISO 8601."""
    return at // MILLISECOND if dialect is Dialect.SEED else time_text(at)


def read_time(value: Identifier) -> UtcNs:
    """Reads either: epoch milliseconds, as a number or as text, or ISO 8601. Raises `Unreadable`."""
    if isinstance(value, int) or (value.isascii() and value.isdigit()):
        milliseconds = int(value) if len(str(value)) < 15 else -1
        if not 0 <= milliseconds <= _LATEST:
            raise Unreadable(f"not a time: {str(value)[:40]}")
        return UtcNs(milliseconds * MILLISECOND)
    try:
        return utc_from_text(value)
    except TimeRefused as refused:
        raise Unreadable(str(refused)) from refused


# Within

_decoders: dict[object, msgspec.json.Decoder[Any]] = {}


def _decode(kind: type[Decoded], text: bytes) -> Decoded:
    decoder = _decoders.get(kind)
    if decoder is None:
        # Not strict: an identifier, code or count may stand as text.
        decoder = _decoders[kind] = msgspec.json.Decoder(kind, strict=False)
    try:
        return decoder.decode(text)  # type: ignore[no-any-return]
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise Unreadable(f"{_name(kind)}: {error}") from error
    except RecursionError as error:
        raise Unreadable(f"{_name(kind)}: nested too deeply") from error


def _name(kind: Any) -> str:
    return str(getattr(kind, "__name__", kind))


def _refuse_contradictions(frame: bytes) -> None:
    """msgspec takes the last of repeated keys in silence. Equal ones are harmless, and the documents' own examples
    have them; with different values it is not known which was meant."""
    try:
        json.loads(
            frame.decode(),
            object_pairs_hook=_no_contradiction,
            parse_int=_exact,
            parse_float=_exact,
            parse_constant=_refuse_constant,
        )
    except RecursionError as error:
        raise Unreadable("message: nested too deeply") from error
    except (json.JSONDecodeError, UnicodeError) as error:
        raise Unreadable(f"message: not JSON: {error}") from error


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
