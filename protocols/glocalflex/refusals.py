"""What the venue's answers to a placement come to."""

import enum

import msgspec

from protocols.glocalflex import messages
from protocols.glocalflex.codec import Unreadable, decode_one
from protocols.market.flex_form import OF_WIRE
from protocols.session import CallFailed, Reply

WORDS_LIMIT = 300


class Outcome(enum.Enum):
    """What became of a request."""

    TAKEN = "taken"
    REFUSED = "refused"
    """As a whole: nothing of it happened."""
    UNSENT = "unsent"
    UNKNOWN = "unknown"
    """The venue may have acted on it."""


class Answer(msgspec.Struct, frozen=True):
    """An outcome, why in words, and the fields that the venue found fault with."""

    outcome: Outcome
    reason: str = ""
    problems: tuple[tuple[str, str], ...] = ()


def answer_of(reply: Reply | CallFailed) -> Answer:
    """What an answer says. A refusal is one that the venue wrote itself, before it acted: 4xx, but for a time-out."""
    if isinstance(reply, CallFailed):
        outcome = Outcome.UNSENT if reply.unsent else Outcome.UNKNOWN
        return Answer(outcome, reply.reason)
    status = reply.status
    if 200 <= status < 300:
        return Answer(Outcome.TAKEN)
    if status == 401:
        words = "the venue refused the token (401), and with it the order: send it again once the token is renewed"
        return Answer(Outcome.REFUSED, words)
    if status == 429:
        return Answer(Outcome.REFUSED, "the venue asks to slow down (429): the order was not taken")
    if status == 408 or not 400 <= status < 500:
        return Answer(Outcome.UNKNOWN, f"the venue answered {status}")
    problems = _problems(reply.body)
    words = "; ".join(": ".join(filter(None, (name, told))) for name, told in problems)
    said = tuple((OF_WIRE.get(name.split(".")[0], ""), told) for name, told in problems)
    return Answer(Outcome.REFUSED, _short(f"the venue refused it ({status}){words and ': '}{words}"), said)


def _problems(body: bytes) -> list[tuple[str, str]]:
    """(field as the venue names it, words), from the shapes that such servers answer with."""
    try:
        detail = decode_one(messages.Refusal, body).detail
    except Unreadable:
        return [("", _short(body[: 4 * WORDS_LIMIT].decode(errors="replace")))] if body else []
    if isinstance(detail, str):
        return [("", _short(detail))] if detail else []
    return [(_field(each.loc), _short(each.msg)) for each in detail[:20]]


def _field(location: list[str | int]) -> str:
    """`["body", "location", "country_code"]` is `location.country_code`; a country is a field of its own."""
    names = [str(each) for each in location if each not in ("body", "query", "path")]
    if names[:2] == ["location", "country_code"]:
        return "country_code"
    return _short(".".join(names))


def _short(text: str) -> str:
    text = "".join(each if each.isprintable() else " " for each in text).strip()
    return text if len(text) <= WORDS_LIMIT else text[: WORDS_LIMIT - 1] + "…"
