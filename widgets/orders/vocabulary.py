"""Texts by number: a hundred thousand of them are sorted and searched as integers. No Qt; imports numpy."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]
Index = slice | Integers
"""Which rows of a column: all of them, or those with these numbers."""

ALL = slice(None)
NONE = 1 << 62
"""In place of a value that is missing: it comes last, whichever way the rows are sorted."""

NEEDLES_KEPT = 32
"""Needles whose hits are kept; all are forgotten once there are more."""


class Vocabulary:
    """Distinct texts, each with a code. Code 0 is the empty text: nothing said."""

    def __init__(self) -> None:
        self._code_of = {"": 0}
        self._folded = [""]
        self.texts = [""]
        self._ranks: Integers = np.array([NONE])
        self._hits: dict[str, Mask] = {}

    def code(self, text: str, more: str = "") -> int:
        """The text's code. `more` is found by who searches and never shown."""
        code = self._code_of.get(text)
        if code is None:
            code = self._code_of[text] = len(self.texts)
            self.texts.append(text)
            self._folded.append(f"{text} {more}".casefold() if more else text.casefold())
        return code

    def find(self, text: str) -> int | None:
        return self._code_of.get(text)

    def ranks(self) -> Integers:
        """By code where the text stands among all, in alphabetical order; the empty one stands last."""
        if len(self._ranks) != len(self.texts):
            self._ranks = text_ranks(self.texts)
        return self._ranks

    def hits(self, needle: str) -> Mask:
        """By code whether the text has `needle`, in lower case, in it. Each text is looked at once."""
        known = self._hits.get(needle)
        start = 0 if known is None else len(known)
        if known is None or start < len(self._folded):
            fresh = (needle in text for text in self._folded[start:])
            found = np.fromiter(fresh, np.bool_, len(self._folded) - start)
            if len(self._hits) >= NEEDLES_KEPT:
                self._hits.clear()
            known = self._hits[needle] = found if known is None else np.concatenate((known, found))
        return known


def text_ranks(texts: Sequence[str]) -> Integers:
    """By position where each of these texts, no two alike, stands among all: alphabetically, those that differ in case
    alone side by side, the empty one last."""
    ordered = sorted(range(len(texts)), key=texts.__getitem__)
    folded = [text.casefold() for text in texts]
    if folded != texts:
        ordered.sort(key=folded.__getitem__)
    ranks = np.empty(len(texts), np.int64)
    ranks[ordered] = np.arange(len(texts))
    if ordered and not texts[ordered[0]]:
        ranks[ordered[0]] = NONE
    return ranks


def text_place(text: str) -> tuple[str, str] | None:
    """What one text is compared by with another: as `text_ranks` does."""
    return (text.casefold(), text) if text else None


def lookup(texts: Sequence[Any], tell: Callable[[Any], bool]) -> Mask:
    """By code what is told of each text."""
    return np.fromiter((tell(text) for text in texts), np.bool_, len(texts))
