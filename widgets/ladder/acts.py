"""What can be done with the ladder's view. Keys are not known here: the key map gives them to the acts' names."""

import enum


class Act(enum.Enum):
    """Its name in the registry of acts, and what it is called."""

    RECENTRE = ("ladder.recentre", "Recentre on the market")
    FIT = ("ladder.fit", "Recentre and choose the bucket anew")
    CUMULATIVE = ("ladder.cumulative", "Cumulative depth")
    COLLAPSED = ("ladder.collapsed", "Occupied levels only")
    COARSER = ("ladder.coarser", "Wider bucket")
    FINER = ("ladder.finer", "Narrower bucket")
    ROW_UP = ("ladder.row_up", "Axis up by a row")
    ROW_DOWN = ("ladder.row_down", "Axis down by a row")
    TOP = ("ladder.highest", "To the highest price")
    BOTTOM = ("ladder.lowest", "To the lowest price")

    def __init__(self, registered: str, title: str) -> None:
        self.registered = registered
        self.title = title
