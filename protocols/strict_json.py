"""JSON as venues are read and written: strictly, with exact numbers. Decoding raises `Unreadable`, nothing else.

What comes in is read strictly as JSON (no comments, trailing commas, `NaN`) and leniently as to types: numbers may
stand as text, `null` is absent.
"""

import json
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn, TypeVar

import msgspec

from protocols.market.times import MILLISECOND, SECOND, UtcNs, utc_text

Decoded = TypeVar("Decoded")


class Unreadable(ValueError):
    """The bytes are not the message they should be. The text names the field, and quotes no secret."""


class Contradictory(Unreadable):
    """An object has a key twice, with different values: neither is to be believed."""


_encoder = msgspec.json.Encoder(decimal_format="number")
_decoders: dict[object, msgspec.json.Decoder[Any]] = {}


def encode(value: Any) -> bytes:
    """Strict JSON; Decimals are written as numbers, with all their digits."""
    return _encoder.encode(value)


def time_text(at: UtcNs) -> str:
    """ISO 8601 to the millisecond, as venues' documents write it: `2022-03-19T07:22:00.000Z`. Finer is cut off."""
    whole, rest = divmod(at, SECOND)
    return f"{utc_text(UtcNs(whole * SECOND))[:-1]}.{rest // MILLISECOND:03d}Z"


def decode(kind: type[Decoded], text: bytes) -> Decoded:
    """Reads one value. Of a key that stands twice the last is taken: `refuse_contradictions` looks for those. Raises
    `Unreadable`."""
    decoder = _decoders.get(kind)
    if decoder is None:
        # Not strict: an identifier, code or count may stand as text.
        decoder = _decoders[kind] = msgspec.json.Decoder(kind, strict=False)
    try:
        return decoder.decode(text)  # type: ignore[no-any-return]  # kept by its kind
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise Unreadable(f"{_name(kind)}: {error}") from error
    except RecursionError as error:
        raise Unreadable(f"{_name(kind)}: nested too deeply") from error


def refuse_contradictions(text: bytes) -> None:
    """Raises `Contradictory` where a key stands twice in one object, with different values: which was meant is not
    known, and msgspec takes the last in silence. Equal ones are harmless, and venues' own examples have them. Raises
    `Unreadable` for what is no JSON."""
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


def _name(kind: Any) -> str:
    return str(getattr(kind, "__name__", kind))


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
