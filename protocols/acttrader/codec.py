"""Bytes to messages and back, for the client and for the practice gateway. The only place that decodes.

`protocols.strict_json` says how JSON is read and written. Decoding raises `Unreadable` and nothing else.
"""

from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from protocols.acttrader import messages
from protocols.acttrader.messages import Dialect, Identifier
from protocols.market.times import MILLISECOND, TimeRefused, UtcNs, utc_from_text
from protocols.market.values import plain_text
from protocols.strict_json import Contradictory as Contradictory
from protocols.strict_json import Unreadable as Unreadable
from protocols.strict_json import decode, refuse_contradictions
from protocols.strict_json import encode as encode
from protocols.strict_json import time_text as time_text

Decoded = TypeVar("Decoded")

_LATEST = 9_223_372_036_854
"""Milliseconds since 1970 that still fit in 64 bits of nanoseconds."""


def message(event: str, request_id: Identifier | None = None, payload: Any = msgspec.UNSET) -> bytes:
    """A frame of the order protocol. `UNSET` leaves `payload` out."""
    raw = msgspec.UNSET if payload is msgspec.UNSET else msgspec.Raw(encode(payload))
    return encode(messages.Envelope(event=event, request_id=request_id, payload=raw))


def decode_message(frame: bytes) -> messages.Envelope:
    """Reads a frame's envelope, having looked for repeated keys in all of it. Raises `Unreadable`."""
    refuse_contradictions(frame)
    return decode(messages.Envelope, frame)


def payload_of(kind: type[Decoded], envelope: messages.Envelope) -> Decoded:
    """Reads a message's payload. Raises `Unreadable`, where there is none too."""
    if envelope.payload is msgspec.UNSET:
        raise Unreadable(f"{envelope.event}: payload is missing")
    return decode(kind, bytes(envelope.payload))


def has_payload(envelope: messages.Envelope) -> bool:
    """Whether there is one; `null` is none."""
    return envelope.payload is not msgspec.UNSET and bytes(envelope.payload) != b"null"


def chart_request(kind: str, symbols: list[str]) -> bytes:
    """A frame of the chart service: `subscribe` or `unsubscribe`."""
    return encode(messages.ChartRequest(m=kind, p=symbols))


def decode_chart(frame: bytes) -> messages.ChartEnvelope:
    """Reads a frame of the chart service. Raises `Unreadable`."""
    refuse_contradictions(frame)
    return decode(messages.ChartEnvelope, frame)


def tickers_of(envelope: messages.ChartEnvelope) -> list[messages.Ticker]:
    """The quotes of a `ticker` message. Raises `Unreadable`."""
    if envelope.d is msgspec.UNSET:
        raise Unreadable("ticker: d is missing")
    return decode(list[messages.Ticker], bytes(envelope.d))


def decode_one(kind: type[Decoded], text: bytes) -> Decoded:
    """Reads one object: a REST answer, or a frame in tests. Raises `Unreadable`."""
    refuse_contradictions(text)
    return decode(kind, text)


def result_of(kind: type[Decoded], answer: messages.ChartAnswer) -> Decoded:
    """Reads a REST answer's result. Raises `Unreadable`."""
    if answer.result is msgspec.UNSET:
        raise Unreadable("result: missing")
    return decode(kind, bytes(answer.result))


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
