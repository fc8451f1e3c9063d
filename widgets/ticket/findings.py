"""What a check says of an order that is about to leave."""

import enum
from typing import NamedTuple


class Level(enum.Enum):
    """How bad it is."""

    WARN = "warn"
    """The trader may send it all the same, having said so."""
    BLOCK = "block"


class Finding(NamedTuple):
    """One finding. `field` is the form's name of the field, empty for one that is about the whole order."""

    field: str
    level: Level
    words: str
