"""What can be done with the ladder's view, and how the default keys are written. Which keys hold is the key map's."""

import enum


class Act(enum.Enum):
    """Its name, and how its keys are written."""

    RECENTRE = ("Recentre on the market", "Space")
    FIT = ("Recentre and choose the bucket anew", "Shift+Space")
    CUMULATIVE = ("Cumulative depth", "V")
    COLLAPSED = ("Occupied levels only", "C")
    COARSER = ("Wider bucket", "G or +")
    FINER = ("Narrower bucket", "Shift+G or −")
    ROW_UP = ("Axis up by a row", "Ctrl+Up")
    ROW_DOWN = ("Axis down by a row", "Ctrl+Down")
    TOP = ("To the highest price", "Home")
    BOTTOM = ("To the lowest price", "End")

    def __init__(self, title: str, keys: str) -> None:
        self.title = title
        self.keys = keys
