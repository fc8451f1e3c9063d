"""Orders that belong to somebody: the user's and his colleagues', as the venue keeps them, and what it reports of them.

`OwnOrder` is the venue's working copy, `OrderRecord` one report: what the order was just then. Protocol page, 6 and 7.
"""

import msgspec

from protocols.eznergy import messages
from protocols.market.times import UtcNs
from protocols.market.values import Price, Quantity, Side
from protocols.practice import codes
from protocols.practice.contracts import Contract
from protocols.practice.listing import Listing
from protocols.practice.trades import TradeRecord

ACTIVE, HIBERNATED, INACTIVE = "Active", "Hibernated", "Inactive"
PENDING, REJECTED = "Pending", "Rejected"
ALIVE = (ACTIVE, HIBERNATED)

IMMEDIATE_OR_CANCEL, FILL_OR_KILL = "ImmediateOrCancel", "FillOrKill"
AT_ONCE = (IMMEDIATE_OR_CANCEL, FILL_OR_KILL)
GOOD_FOR_SESSION = "GoodForSession"
USER_DEFINED_BLOCK = "UserDefinedBlock"


class Terms(msgspec.Struct, frozen=True):
    """What an order says beyond side, quantity and price, in its scope's words. `display` makes it an iceberg."""

    type: str = ""
    """NPID's; M7 infers it."""
    restriction: str = "None"
    validity: str = GOOD_FOR_SESSION
    """M7's `validityRestriction`, NPID's `timeInForce`."""
    validity_until: UtcNs | None = None
    display: Quantity | None = None
    delta: Price | None = None
    comment: str | None = None

    @property
    def block(self) -> bool:
        """Over several periods: it is kept, but no book has it."""
        return self.type == USER_DEFINED_BLOCK


class OrderRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One report on an order. `quantity` is what remains, `initial` what its identifier began with or was reduced to.

    Where the request named no contract that exists, `contract` is None and `named` what it said. `standing` tells
    reports that say how an order stands from those that only answer a request.
    """

    area: str
    client_id: str | None
    ours: bool
    identifier: messages.Identifier | None
    revision: int | None
    contract: Contract | None
    named: messages.ContractArea | None = None
    side: Side | None
    price: Price | None
    quantity: Quantity | None
    initial: Quantity | None
    hidden: Quantity = Quantity(0)
    terms: Terms
    state: str
    action: str
    reason: str | None = None
    code: str = codes.UNKNOWN
    """NPID's word for the reason."""
    at: UtcNs
    entered: UtcNs | None = None
    standing: bool = True


class OwnTradeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One revision of a trade of the user's, for the channel of `area`. A side that isn't his is None."""

    area: str
    trade: TradeRecord
    buy: "OwnSide | None"
    sell: "OwnSide | None"


class OwnSide(msgspec.Struct, frozen=True):
    """The user's order in a trade."""

    client_id: str
    identifier: int
    area: str
    comment: str | None
    owner: str


class OwnOrder(msgspec.Struct, kw_only=True):
    """An order as the venue keeps it. A modification that loses its place gives it another identifier."""

    client_id: str
    owner: str
    ours: bool
    listing: Listing
    area: str
    side: Side
    identifier: int
    venue_id: messages.Identifier
    """The same, as the wire has it."""
    price: Price
    remaining: Quantity
    shown: Quantity
    """What of `remaining` the book shows, or would: all but for an iceberg."""
    initial: Quantity
    terms: Terms
    entered: UtcNs
    state: str
    revision: int = 1

    @property
    def alive(self) -> bool:
        return self.state in ALIVE

    @property
    def hidden(self) -> Quantity:
        """What an iceberg holds back."""
        return Quantity(self.remaining - self.shown)

    def record(self, action: str, at: UtcNs) -> OrderRecord:
        """What it is now."""
        return OrderRecord(
            area=self.area,
            client_id=self.client_id,
            ours=self.ours,
            identifier=self.venue_id,
            revision=self.revision,
            contract=self.listing.contract,
            side=self.side,
            price=self.price,
            quantity=self.remaining,
            initial=self.initial,
            hidden=self.hidden,
            terms=self.terms,
            state=self.state,
            action=action,
            at=at,
            entered=self.entered,
        )

    def own_side(self) -> OwnSide:
        """It, in a trade."""
        return OwnSide(self.client_id, self.identifier, self.area, self.terms.comment, self.owner)
