"""Rows in portions, so that who watches can show how far it is, let others run, or end it."""

import itertools
from collections.abc import Callable, Iterator

from widgets.sheet import Sheet, Value

Watch = Callable[[int], object]
"""Told how many rows are through so far; what it raises ends the writing."""


def portions(sheet: Sheet, size: int, watch: Watch) -> Iterator[list[tuple[Value, ...]]]:
    """The sheet's rows, `size` at a time; `watch` hears before each portion and after the last."""
    rows = iter(sheet.rows)
    through = 0
    watch(through)
    while portion := list(itertools.islice(rows, size)):
        yield portion
        through += len(portion)
        watch(through)
