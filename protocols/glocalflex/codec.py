"""Bytes to messages and back, for the client and for the practice gateway. The only place that decodes.

`protocols.strict_json` says how JSON is read and written; what an OAuth server reads is a form. Decoding raises
`Unreadable`, nothing else.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

import msgspec

from protocols.glocalflex import messages
from protocols.market.times import TimeRefused, UtcNs, utc_from_text
from protocols.market.values import Price, Quantity, ValueRefused, fixed_text, scaled
from protocols.strict_json import Contradictory as Contradictory
from protocols.strict_json import Unreadable as Unreadable
from protocols.strict_json import decode, refuse_contradictions
from protocols.strict_json import encode as encode
from protocols.strict_json import time_text as time_text

Decoded = TypeVar("Decoded")

OBJECT_LIMIT = 1_000_000
"""Bytes of an object about one order: looking through it for repeated keys takes a second for each few megabytes."""


# Out


def message(
    kind: str, data: Any, created_at: str | None = None, name: str | None = None, status: str | None = None
) -> bytes:
    """A frame of one of the sockets."""
    raw = msgspec.Raw(encode(data))
    return encode(
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


# In


def decode_message(frame: bytes) -> messages.Envelope:
    """Reads a frame's envelope and leaves `data` unread. Raises `Unreadable`."""
    return decode(messages.Envelope, frame)


def data_of(kind: type[Decoded], envelope: messages.Envelope) -> Decoded:
    """Reads a message's data. Raises `Unreadable`, where there is none too."""
    return decode(kind, raw_data(envelope))


def raw_data(envelope: messages.Envelope) -> bytes:
    """A message's data as it came. Raises `Unreadable` where there is none."""
    if envelope.data is msgspec.UNSET:
        raise Unreadable(f"{envelope.type[:80]}: data is missing")
    return bytes(envelope.data)


def decode_one(kind: type[Decoded], text: bytes) -> Decoded:
    """Reads one object: the body of a request or an answer, or an order of a book. Raises `Unreadable`."""
    return decode(kind, text)


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
    return decode(dict[str, msgspec.Raw], text)


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


def _scaled(name: str, value: Decimal) -> int:
    try:
        return scaled(value)
    except ValueRefused as refused:
        raise Unreadable(f"{name}: {refused}") from refused
