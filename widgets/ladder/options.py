"""How a trader has set one ladder up: what a workspace keeps of it."""

import dataclasses

from widgets.ladder.geometry import Column

ALWAYS_SHOWN = frozenset({Column.BID, Column.PRICE, Column.ASK})


@dataclasses.dataclass(frozen=True, slots=True)
class Options:
    """`hidden` never holds bid, price or ask: without them there is no ladder."""

    cumulative: bool = False
    collapsed: bool = False
    compact: bool = False
    flash: bool = True
    hidden: frozenset[Column] = frozenset({Column.OWN_BUY, Column.OWN_SELL})

    def __post_init__(self) -> None:
        if self.hidden & ALWAYS_SHOWN:
            raise ValueError("bid, price and ask can't be hidden")
