"""How a trader has set one ladder up: what a workspace keeps of it."""

import dataclasses

from protocols.market.values import Quantity
from widgets.fx_staging import PAIR_PRESETS
from widgets.ladder.geometry import Column
from widgets.staging import PRESETS

ALWAYS_SHOWN = frozenset({Column.BID, Column.PRICE, Column.ASK})


@dataclasses.dataclass(frozen=True, slots=True)
class Options:
    """`hidden` never holds bid, price or ask: without them there is no ladder. There are five presets."""

    cumulative: bool = False
    collapsed: bool = False
    compact: bool = False
    flash: bool = True
    hidden: frozenset[Column] = frozenset()
    presets: tuple[Quantity, ...] = PRESETS
    pair_presets: tuple[Quantity, ...] = PAIR_PRESETS
    """Of currency pairs, in units of the first currency."""

    @property
    def all_presets(self) -> tuple[tuple[Quantity, ...], tuple[Quantity, ...]]:
        return self.presets, self.pair_presets

    def __post_init__(self) -> None:
        if self.hidden & ALWAYS_SHOWN:
            raise ValueError("bid, price and ask can't be hidden")
        for presets in (self.presets, self.pair_presets):
            if len(presets) != len(PRESETS) or min(presets) <= 0:
                raise ValueError("there are five preset quantities, each more than 0")
