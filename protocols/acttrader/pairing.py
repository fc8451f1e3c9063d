"""Which entry of the answer to `neworderoco` is about which leg: by client identifier and type. Pure."""

from collections.abc import Sequence

import msgspec

from protocols.acttrader.outstanding import Outstanding
from protocols.acttrader.records import Told
from protocols.market.commands import FxTerms, PlaceOrder


class Match(msgspec.Struct, frozen=True):
    """`legs` with what the venue says of each, the legs of which it says `missing` nothing, and entries that are
    `strange`: they fit no leg."""

    legs: list[tuple[Outstanding, Told]]
    missing: list[Outstanding]
    strange: list[Told]


def match_legs(legs: Sequence[Outstanding], entries: Sequence[Told]) -> Match:
    """The vendor's example gives both entries the same identifier: then, and where an entry has none, its type tells,
    as far as that is sure."""
    matched: list[tuple[Outstanding, Told]] = []
    left, open_legs = [], list(legs)
    for entry in entries:
        leg = next((leg for leg in open_legs if entry.client_id == leg.client_id and _fits(leg, entry)), None)
        if leg is None:
            left.append(entry)
        else:
            open_legs.remove(leg)
            matched.append((leg, entry))
    ours = {leg.client_id for leg in legs}
    strange = []
    for entry in left:
        fitting = [leg for leg in open_legs if _fits(leg, entry) and entry.type is not None]
        rivals = [other for other in left if other is not entry and other.type == entry.type]
        if len(fitting) == 1 and not rivals and entry.client_id in (None, *ours):
            open_legs.remove(fitting[0])
            matched.append((fitting[0], entry))
        else:
            strange.append(entry)
    return Match(matched, open_legs, strange)


def _fits(leg: Outstanding, entry: Told) -> bool:
    command = leg.command
    if not isinstance(command, PlaceOrder) or not isinstance(command.terms, FxTerms):
        return False
    return entry.type is None or entry.type == command.terms.type
