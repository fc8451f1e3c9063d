"""What a trader types to see some of the tape's trades, understood or refused in words. No Qt."""

import re

import msgspec

from protocols.market.form_text import TextRefused, decimal_from_text
from widgets.tape.columns import BOUGHT, CANCELLED, DISPUTED, OWN, RECALLED, SOLD

KEYWORDS = {
    "own": OWN,
    "bought": BOUGHT,
    "sold": SOLD,
    "recalled": RECALLED,
    "cancelled": CANCELLED,
    "disputed": DISPUTED,
}
"""Words about the trade itself. Bought and sold are by us: whose order was hit, no venue's trade tells."""

_DECIMALS = 3
"""With as many, `1.234` is taken for what it looks like."""

_SIZE = re.compile(r"(?P<sign>>=|<=|>|<|=)(?P<one>.*)|(?P<low>[\d.,]*?\d)\.\.(?P<high>[\d.,]*)")


class TapeFilter(msgspec.Struct, frozen=True):
    """Every condition has to hold. Sizes in 1e-9 of the contract's unit, both included; `marks` are bits of
    `TapeColumns.marks`, all of them wanted; `words` stand in the contract's name, area, product or connection."""

    words: tuple[str, ...] = ()
    marks: int = 0
    least: int | None = None
    most: int | None = None

    @property
    def passes_all(self) -> bool:
        return self == TapeFilter()

    def with_least(self, least: int | None) -> "TapeFilter":
        """Smaller ones are left out as well."""
        if least is None or (self.least is not None and self.least >= least):
            return self
        return msgspec.structs.replace(self, least=least)


def filter_from_text(text: str) -> TapeFilter:
    """Raises `TextRefused` for a size that can't be read. A comparison whose number is still to come says nothing."""
    words, marks = [], 0
    lows: list[int] = []
    highs: list[int] = []
    for word in text.casefold().replace("->", "→").split():
        size = _SIZE.fullmatch(word)
        if size is not None:
            low, high = _bounds(size)
            lows += [] if low is None else [low]
            highs += [] if high is None else [high]
        elif word in KEYWORDS:
            marks |= KEYWORDS[word]
        else:
            words.append(word)
    return TapeFilter(tuple(words), marks, max(lows, default=None), min(highs, default=None))


def _bounds(size: re.Match[str]) -> tuple[int | None, int | None]:
    if size["low"] is not None:
        low, high = _size(size["low"]), size["high"]
        return low, _size(high) if high else None
    if not size["one"]:
        return None, None
    one = _size(size["one"])
    return {
        ">": (one + 1, None),
        ">=": (one, None),
        "<": (None, one - 1),
        "<=": (None, one),
        "=": (one, one),
    }[size["sign"]]


def _size(text: str) -> int:
    size = decimal_from_text(text, _DECIMALS)
    if size < 0:
        raise TextRefused(f"“{text}” is no size: sizes have no sign")
    return size
