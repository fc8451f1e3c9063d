"""What each venue's scopes offer, as the connections file names it and as people read it.

A scope is named by the lists that a connection of it chooses from: delivery areas and products, or channels.
"""

from collections.abc import Mapping

import msgspec


class Menu(msgspec.Struct, frozen=True):
    """One list to choose from. `names` are in the venue's words and in the venue's order, each with its meaning."""

    title: str
    names: Mapping[str, str]
    all_by_default: bool = False
    """The file may leave it out, and then all of it is meant; without this, it has to choose."""


Dialect = Mapping[str, Menu]
"""The lists that connections of one scope choose from, by their key in the connections file."""

_AREAS = Menu(
    "Delivery areas",
    {
        "AT-APG": "Austria, APG",
        "BE-ELIA": "Belgium, Elia",
        "CH-SWISSGRID": "Switzerland, Swissgrid",
        "DE-TENNET": "Germany, TenneT",
        "DE-TRANSNET": "Germany, TransnetBW",
        "DE-AMPRION": "Germany, Amprion",
        "DE-50HERTZ": "Germany, 50Hertz",
        "DK-DK1": "Denmark, west",
        "DK-DK2": "Denmark, east",
        "FR-RTE": "France, RTE",
        "NL-TENNET": "Netherlands, TenneT",
        "UK-ELEXON": "Great Britain, Elexon",
    },
)

DIALECTS: Mapping[tuple[str, str], Dialect] = {
    # eZ-nergy API, chapter "Channels".
    ("eznergy", "m7"): {
        "areas": _AREAS,
        "products": Menu("Products", {"Hour": "60 minutes", "HalfHour": "30 minutes", "QuarterHour": "15 minutes"}),
    },
    ("eznergy", "npid"): {
        "areas": _AREAS,
        "products": Menu(
            "Products",
            {
                "P15Min": "15 minutes",
                "P30Min": "30 minutes",
                "P60Min": "60 minutes",
                "Block_2H": "2-hour block",
                "Block_4H": "4-hour block",
                "Don": "overnight",
                "Db34": "blocks 3 and 4",
                "Dp": "peak",
                "Dep": "extended peak",
                "Db": "base load",
                "CustomBlock": "block of one's own making",
            },
        ),
    },
    ("eznergy", "test"): {
        "channels": Menu(
            "Channels",
            {
                "normal": "five events a second",
                "fast_events": "thousands of events a second",
                "disorder": "some events late",
                "with_holes": "some events missing",
            },
            all_by_default=True,
        ),
    },
}
"""The venues and scopes that can be connected to."""

LISTS = tuple(dict.fromkeys(key for dialect in DIALECTS.values() for key in dialect))
"""Every list that some scope chooses from, by its key in the connections file."""


def readable(name: str, meaning: str) -> str:
    """`QuarterHour · 15 minutes`."""
    return f"{name} · {meaning}"
