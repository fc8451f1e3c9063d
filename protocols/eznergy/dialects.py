"""What differs between the scopes `m7` and `npid`, in one place: sections 6 to 8 of the protocol page.

A dialect is data: a scope's words and what they come to here, and the fields in which it writes an order's terms. A
connection's dialect is decided once, from its settings; nothing else asks for the scope's name.
"""

import enum
from collections.abc import Mapping

import msgspec

from protocols.market.events import TradeState

M7 = "m7"
NPID = "npid"
TEST = "test"

NO_RESTRICTION = "None"
IMMEDIATE_OR_CANCEL = "ImmediateOrCancel"
FILL_OR_KILL = "FillOrKill"
ALL_OR_NONE = "AllOrNone"
AON = "Aon"
GOOD_FOR_SESSION = "GoodForSession"
GOOD_UNTIL_DATE = "GoodUntilDate"
GOOD_TO_DATE = "GoodToDate"

AT_ONCE = (IMMEDIATE_OR_CANCEL, FILL_OR_KILL)
"""Restrictions (M7) and times in force (NPID) that leave nothing to wait in the book."""


class Cause(enum.Enum):
    """Who or what led to a report on an order: the venue's action, in our words."""

    ADDED = "added by a user"
    """Of an order that is `Inactive`: a modification gave it another identifier."""
    USER = "by a user"
    OPERATIONS = "by market operations"
    SYSTEM = "by the system"
    EXPIRED = "its validity ended"
    FULL = "fully executed"
    PARTIAL = "partly executed"
    SLICE = "an iceberg's next slice"
    OTHER = ""


class Dialect(msgspec.Struct, frozen=True):
    """One scope's words."""

    scope: str
    trade_states: Mapping[str, TradeState]
    actions: Mapping[str, Cause]
    has_phases: bool
    """Contracts have a trading phase beside their state."""
    numbered: bool
    """Identifiers of orders are numbers on the wire. They are text here, whatever they look like there."""
    kinds: tuple[str, str, str]
    """The `type` of a plain order, of an iceberg, and of a block."""
    writes_kind: bool
    """`type` is mandatory in a request. M7 ignores it: there an iceberg is one by its fields."""
    validity_field: str
    """Where it stands how long an order stays: `validity_restriction` or `time_in_force`."""
    validities: tuple[str, ...]
    dated: str
    """The validity that `validityDate` goes with."""
    restrictions: tuple[str, ...]
    lists_all_restrictions: bool
    """Whether others can't be meant. The vendor does not list M7's: others pass there."""
    absent: tuple[str, str]
    """Restriction and validity of a reported order that names none. At NPID, whose defaults are not what we write, they
    are not known."""


def dialect_of(scope: str) -> Dialect:
    """The dialect of a scope; `KeyError` for one that is not known."""
    return DIALECTS[scope]


def _by(party: str, cause: Cause, added: Cause) -> dict[str, Cause]:
    """M7's five actions of one party."""
    verbs = ("Deactivated", "Modified", "Deleted", "Rejected")
    return {f"Added{party}": added, **{f"{verb}{party}": cause for verb in verbs}}


_M7 = Dialect(
    scope=M7,
    trade_states={
        "Active": TradeState.ACTIVE,
        "RecallRequested": TradeState.DISPUTED,
        "RecallRejected": TradeState.ACTIVE,
        "RecallGranted": TradeState.RECALLED,
        "CancelRequest": TradeState.DISPUTED,
        "RequestSentForApproval": TradeState.DISPUTED,
        "CancelRejected": TradeState.ACTIVE,
        "Cancelled": TradeState.CANCELLED,
    },
    actions={
        "Unknown": Cause.OTHER,
        **_by("ByUser", Cause.USER, Cause.ADDED),
        **_by("ByMarketOps", Cause.OPERATIONS, Cause.OPERATIONS),
        **_by("BySystem", Cause.SYSTEM, Cause.SYSTEM),
        "FullyExecuted": Cause.FULL,
        "PartiallyExecuted": Cause.PARTIAL,
        "NewIcebergSliceAdded": Cause.SLICE,
        "QuoteAdded": Cause.OTHER,
        "QuoteFullyExecuted": Cause.FULL,
        "QuotePartiallyExecuted": Cause.PARTIAL,
        "SharedOrderBookUnavailability": Cause.SYSTEM,
        "SharedError": Cause.SYSTEM,
    },
    has_phases=True,
    numbered=True,
    kinds=("Regular", "Iceberg", "Block"),
    writes_kind=False,
    validity_field="validity_restriction",
    validities=(GOOD_FOR_SESSION, GOOD_UNTIL_DATE),
    dated=GOOD_UNTIL_DATE,
    restrictions=(NO_RESTRICTION, IMMEDIATE_OR_CANCEL, FILL_OR_KILL, ALL_OR_NONE),
    lists_all_restrictions=False,
    absent=(NO_RESTRICTION, GOOD_FOR_SESSION),
)

_NPID = Dialect(
    scope=NPID,
    trade_states={
        "Completed": TradeState.ACTIVE,
        "Disputed": TradeState.DISPUTED,
        "NotCancelled": TradeState.ACTIVE,
        "Cancelled": TradeState.CANCELLED,
    },
    actions={
        "UserAdded": Cause.ADDED,
        "UserHibernated": Cause.USER,
        "UserModified": Cause.USER,
        "UserDeleted": Cause.USER,
        "SystemHibernated": Cause.SYSTEM,
        "SystemModified": Cause.SYSTEM,
        "SystemDeleted": Cause.SYSTEM,
        "SystemExpired": Cause.EXPIRED,
        "PartialExecution": Cause.PARTIAL,
        "FullExecution": Cause.FULL,
        "IcebergSliceAdded": Cause.SLICE,
    },
    has_phases=False,
    numbered=False,
    kinds=("Limit", "Iceberg", "UserDefinedBlock"),
    writes_kind=True,
    validity_field="time_in_force",
    validities=(GOOD_FOR_SESSION, GOOD_TO_DATE, IMMEDIATE_OR_CANCEL, FILL_OR_KILL),
    dated=GOOD_TO_DATE,
    # Left out, the venue takes `Aon`: an order that nobody fills whole would never trade. So it is always written, and
    # `None` is what a ticket starts with.
    restrictions=(NO_RESTRICTION, AON),
    lists_all_restrictions=True,
    absent=("", ""),
)

_TEST = msgspec.structs.replace(_M7, scope=TEST, validities=())
"""Nothing is traded in it: no order has words."""

DIALECTS = {dialect.scope: dialect for dialect in (_M7, _NPID, _TEST)}
"""By scope."""
