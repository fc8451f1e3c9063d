"""What the headings of a pasted table say of its columns, held against how they are to be read. Nothing is taken over
from them: where they say something else, the trader is told, and decides.
"""

import re

_UNIT = re.compile(r"(?<![A-Za-z])([kMG]?(?:Wh|W|VAh|VA|varh|var))(?![A-Za-z])", re.IGNORECASE)
_UTC = re.compile(r"(?<![A-Za-z])(?:UTC|GMT)(?![A-Za-z])", re.IGNORECASE)
_CONTINENT = re.compile(r"(?<![A-Za-z])(?:CES?T|MES?Z)(?![A-Za-z])", re.IGNORECASE)


def other_unit(heading: str, unit: str) -> str:
    """The unit that a heading names where it is not `unit`; empty where it names none, or that one among others."""
    named = _UNIT.findall(heading)
    return named[0] if named and unit.casefold() not in {each.casefold() for each in named} else ""


def other_zone(heading: str, offset: float) -> str:
    """The zone that a heading names where times are read as one that is `offset` seconds from UTC; empty otherwise."""
    utc, continent = _UTC.search(heading), _CONTINENT.search(heading)
    if utc is not None and continent is None and offset:
        return utc[0]
    return continent[0] if continent is not None and utc is None and not offset else ""
