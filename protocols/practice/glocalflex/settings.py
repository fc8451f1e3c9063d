"""Everything about the flexibility venue that can be chosen; its seed, user and token lifetime are the practice
venue's."""

from typing import Annotated

import msgspec

from protocols.practice.glocalflex.faults import NO_FLEX_FAULTS, FlexFaults


class FlexSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Defaults are a calm market of a few hundred orders."""

    orders: Annotated[int, msgspec.Meta(ge=0, le=50_000)] = 400
    """About how many orders of others rest in the book."""
    windows: Annotated[int, msgspec.Meta(ge=1, le=2_000)] = 40
    """Delivery windows that are traded at a time."""
    rate: Annotated[float, msgspec.Meta(ge=0, le=1_000)] = 2.0
    """New orders of others a second, on average; 0 for none."""
    pace: Annotated[float, msgspec.Meta(gt=0, le=1_000)] = 1.0
    """Multiplies how fast orders and contracts go through their statuses."""
    book_every: Annotated[float, msgspec.Meta(ge=0, le=60)] = 0.4
    """Seconds between two books at least."""
    faults: FlexFaults = NO_FLEX_FAULTS

    def __repr__(self) -> str:
        return f"FlexSettings(orders={self.orders}, windows={self.windows}, rate={self.rate})"
