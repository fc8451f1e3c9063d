"""Where flexibility is: places, and which of them serves whom.

The pages do not say when two locations go together. Decided here: **the buyer says where he needs it, the seller has to
be there.** A buyer who names locations is served by a seller who names at least one of them; one who names only a
country by any seller of that country; one who names neither by anybody. Nothing that a seller left out is guessed: it
serves a buyer who asks for it only where they share a named location.
"""

import msgspec

COUNTRIES = ("CZ", "DE", "CH", "ES", "FI", "FR")
"""The codes that an order may name (protocol page, section 5); it may also name none."""


class Coordinates(msgspec.Struct, frozen=True):
    """Degrees, as decimal text: `61.4978`."""

    latitude: str
    longitude: str


class Location(msgspec.Struct, frozen=True):
    """As an order gave it. `country` is "" where it is named empty, None where the key is missing."""

    identifiers: tuple[str | None, ...] = ()
    country: str | None = ""
    coordinates: Coordinates | None = None

    @property
    def named(self) -> frozenset[str]:
        """The identifiers that name something: neither null nor empty."""
        return frozenset(name for name in self.identifiers if name)

    def serves(self, wanted: "Location") -> bool:
        """Whether what is offered here is good for a buyer who wants it there."""
        needs = wanted.named
        if needs:
            same_country = not (wanted.country and self.country) or wanted.country == self.country
            return same_country and not needs.isdisjoint(self.named)
        return not wanted.country or wanted.country == self.country


class Place(msgspec.Struct, frozen=True):
    """A grid area of the practice market."""

    name: str
    country: str
    coordinates: Coordinates


def _place(name: str, country: str, latitude: str, longitude: str) -> Place:
    return Place(name, country, Coordinates(latitude, longitude))


PLACES = (
    _place("Praha-Holesovice", "CZ", "50.1032", "14.4447"),
    _place("Brno-Lisen", "CZ", "49.2076", "16.6920"),
    _place("Hamburg-Altona", "DE", "53.5503", "9.9353"),
    _place("Aachen-Nord", "DE", "50.7902", "6.0910"),
    _place("Wunsiedel", "DE", "50.0374", "12.0010"),
    _place("Luzern-Ebikon", "CH", "47.0800", "8.3410"),
    _place("Sion-Ouest", "CH", "46.2270", "7.3400"),
    _place("Valencia-Port", "ES", "39.4440", "-0.3180"),
    _place("Girona-Sud", "ES", "41.9560", "2.8120"),
    _place("Tampere-Hervanta", "FI", "61.4507", "23.8510"),
    _place("Helsinki-Kalasatama", "FI", "60.1880", "24.9800"),
    _place("Oulu-Toppila", "FI", "65.0400", "25.4360"),
    _place("Grenoble-Est", "FR", "45.1850", "5.7600"),
    _place("Rennes-Sud", "FR", "48.0900", "-1.6700"),
)
"""Where seeded participants have their batteries, boilers and grids."""
