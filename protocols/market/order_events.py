"""Facts about orders and own trades: what was meant, what became of its frame, what the venue said."""

import msgspec

from protocols.market.commands import Intent
from protocols.market.events import TradeState
from protocols.market.instruments import ContractKey
from protocols.market.orders import Decision, OrderReport
from protocols.market.times import Instant, UtcNs
from protocols.market.values import Price, Quantity, Side


class OrderIntended(msgspec.Struct, frozen=True):
    """An intent is in the journal, durably, and its frame is about to leave."""

    intent: Intent


class OrderDenied(msgspec.Struct, frozen=True):
    """We refused the intent before anything was sent; `reason` names the field or the rule."""

    intent: Intent
    reason: str


class RequestDropped(msgspec.Struct, frozen=True):
    """The intent's frame never left: its socket was gone."""

    connection: str
    client_id: str
    intent_id: str
    reason: str
    at: Instant


class RequestDoubted(msgspec.Struct, frozen=True):
    """The intent's frame may have left and no answer will come: a lost link, a time-out, an unreadable answer.

    Without an intent it is the order itself that was lost sight of: its time is over and its venue says nothing."""

    connection: str
    client_id: str
    intent_id: str | None
    reason: str
    at: Instant


class OrderDecided(msgspec.Struct, frozen=True):
    """A person decided what became of an order in doubt, and of its request `intent_id` (None where none of ours is
    outstanding). The journal has it, durably; nothing is sent because of it. `reason` says so, for the blotter.
    `venue_id` is whom he found the order to be, where he did (`Decision.NAMED`)."""

    connection: str
    client_id: str
    intent_id: str | None
    decision: Decision
    reason: str
    at: Instant
    venue_id: str | None = None


class OrderRecalled(msgspec.Struct, frozen=True):
    """How the order stands was told by our journal after a restart, not by its venue."""

    connection: str
    client_id: str


class OrdersListed(msgspec.Struct, frozen=True):
    """The venue's whole list of an area's orders was asked for, because of orders in doubt. `settled` of them it has
    answered, `left` are as they were. `problem` says why there is no list, or not all of it; empty when it is whole."""

    connection: str
    area: str
    settled: int
    left: int
    problem: str
    at: Instant


class OrderReported(msgspec.Struct, frozen=True):
    """The venue reported on an order. `snapshot` when it is part of what a new subscription begins with: whatever was
    asked over an earlier link is in it, or did not happen."""

    channel: str
    report: OrderReport
    snapshot: bool
    at: Instant


class OwnTrade(msgspec.Struct, frozen=True):
    """Our side of a trade. Both sides of one trade can be ours. A later `revision` replaces the earlier one."""

    connection: str
    identifier: str
    revision: int
    side: Side
    key: ContractKey
    price: Price
    quantity: Quantity
    state: TradeState
    venue_state: str
    executed_at: UtcNs | None
    order_venue_id: str
    comment: str = ""
    currency: str = ""
    """Of the price, where the venue says so."""


class OwnTradePrinted(msgspec.Struct, frozen=True):
    """A trade of ours was reported, or a later revision of one."""

    channel: str
    trade: OwnTrade


class OwnExecuted(msgspec.Struct, frozen=True):
    """More of an order of ours was executed, at a venue that tells no trades: `quantity` since it was last told, which
    makes `executed` in all. `price` is the average of this quantity, None where the venue doesn't say what was paid;
    `at` is by the venue's clock where it tells the time."""

    key: ContractKey
    client_id: str
    side: Side
    quantity: Quantity
    executed: Quantity
    price: Price | None
    at: UtcNs


class OwnExecutionsRecalled(msgspec.Struct, frozen=True):
    """What the journal has of a connection's executions: those of every order of which anything was executed `since`
    then, the oldest first. An earlier run was told of them; the venue may tell them again."""

    connection: str
    executions: tuple[OwnExecuted, ...]
    since: UtcNs


OrderEvent = (
    OrderIntended
    | OrderDenied
    | RequestDropped
    | RequestDoubted
    | OrderDecided
    | OrderRecalled
    | OrdersListed
    | OrderReported
    | OwnTradePrinted
    | OwnExecuted
    | OwnExecutionsRecalled
)
