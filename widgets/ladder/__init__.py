"""The order book ladder: prices stay on their rows, the market moves through them."""

from widgets.ladder.frame import Hit, LadderFrame, RowMeaning
from widgets.ladder.geometry import Column
from widgets.ladder.options import Options
from widgets.ladder.widget import Ladder

__all__ = ["Column", "Hit", "Ladder", "LadderFrame", "Options", "RowMeaning"]
