"""Pairs of orders of which one cancels the other (OCO): what they should look like, and what became of them. Pure."""

import enum
from collections.abc import Iterable

import msgspec

from protocols.market.commands import OcoLeg, PlaceOco
from protocols.market.events import Quote
from protocols.market.orders import Order, OrderStatus
from protocols.market.values import Price, Side, plain_text

LIMIT, STOP, STOP_LIMIT, MARKET = "LIMIT", "STOP", "STOP_LIMIT", "MARKET"
"""Types of order, in the words that FX venues share."""

ENDED_BY_BROTHER = "OCO_CONDITION"
"""How a venue says that it cancelled a leg because the other one was filled."""
UNEXPLAINED = "cancelled by the venue, which does not say why"
"""The reason that is shown where a venue has no word for one."""


class PairConcern(msgspec.Struct, frozen=True):
    """Something a trader has to agree to before a pair is sent. `rule` tells one concern from another."""

    rule: str
    leg: int
    words: str


def pair_concerns(pair: PlaceOco, quote: Quote | None) -> list[PairConcern]:
    """What is unusual about a pair: a leg that would trade at once, both legs on the same side of the market, or a pair
    that isn't a limit and a stop. `quote` is a live one; None where there is none, and nothing is said of the market.
    """
    found: list[PairConcern] = []
    kinds = sorted(leg.type == LIMIT for leg in pair.legs)
    if kinds != [False, True]:
        found.append(PairConcern("pair types", 0, "Pair: usually one leg is a LIMIT and the other a STOP"))
    if quote is None or quote.bid is None or quote.ask is None:
        return found
    for number, leg in enumerate(pair.legs, start=1):
        if would_trade_at_once(pair.side, leg.type, leg.price, leg.stop_price, quote):
            found.append(PairConcern("trades at once", number, f"Leg {number}, {_named(leg)}, would trade at once"))
    one, other = (_above(leg, quote) for leg in pair.legs)
    if one is not None and one == other:
        where = "above" if one else "below"
        found.append(PairConcern("same side", 0, f"Pair: both legs are {where} the market"))
    return found


def would_trade_at_once(side: Side, kind: str, price: Price | None, stop: Price | None, quote: Quote) -> bool:
    """Whether an order would be executed, or its stop set off, by the quote as it is. A market order always would."""
    market = quote.ask if side is Side.BUY else quote.bid
    if kind == MARKET:
        return True
    if market is None:
        return False
    if kind == LIMIT:
        return price is not None and (price >= market if side is Side.BUY else price <= market)
    return stop is not None and (stop <= market if side is Side.BUY else stop >= market)


class PairState(enum.Enum):
    """How a pair stands, as one result of the venue's two answers."""

    PENDING = "pending"
    WORKING = "working"
    EXECUTING = "executing"
    """One leg is executed in part and waits for the rest; the other has ended for it."""
    ENDING = "ending"
    """One leg says that the other's end, or its own execution, is on its way. It must not stay so."""
    DONE = "done"
    """One leg was executed and the other ended by that, or both are over without an execution."""
    BROKEN = "broken"
    """One leg lives without the other: nothing will cancel it."""
    BOTH_FILLED = "both legs executed"
    IN_DOUBT = "in doubt"


def pair_state(legs: Iterable[Order]) -> PairState:
    """What the legs that are known come to. A leg that was never heard of makes a pair broken, unless the other one is
    being executed, which has ended it."""
    known = list(legs)
    if sum(leg.filled > 0 for leg in known) > 1:
        return PairState.BOTH_FILLED
    if any(leg.status is OrderStatus.IN_DOUBT for leg in known):
        return PairState.IN_DOUBT
    open_legs = [leg for leg in known if not leg.status.over]
    match len(open_legs):
        case 0:
            return PairState.DONE
        case 1:
            return _one_lives(open_legs[0], [leg for leg in known if leg.status.over])
    if any(leg.status is OrderStatus.PENDING for leg in open_legs):
        return PairState.PENDING
    return PairState.ENDING if any(leg.filled for leg in open_legs) else PairState.WORKING


def remaining_once(orders: Iterable[Order]) -> int:
    """What may still be executed of orders of one side, in 1e-9: of a pair as much as of its larger leg, since one leg
    cancels the other."""
    total, legs = 0, dict[tuple[str, str], int]()
    for order in orders:
        if order.pair is None:
            total += order.remaining
        else:
            name = (order.connection, order.pair)
            legs[name] = max(legs.get(name, 0), order.remaining)
    return total + sum(legs.values())


def _one_lives(alive: Order, ended: list[Order]) -> PairState:
    if alive.filled:
        return PairState.EXECUTING
    if ended and (ended[0].filled or ended_by_brother(ended[0])):
        return PairState.ENDING
    return PairState.BROKEN


def ended_by_brother(leg: Order) -> bool:
    """Whether the venue ended a leg because the other one was executed."""
    return leg.status is OrderStatus.CANCELLED and ENDED_BY_BROTHER in leg.venue_state


def _above(leg: OcoLeg, quote: Quote) -> bool | None:
    """Whether the leg waits above the market; None for one within the spread, or a market order."""
    at = leg.price if leg.type == LIMIT else leg.stop_price
    if at is None or quote.ask is None or quote.bid is None or quote.bid < at < quote.ask:
        return None
    return at >= quote.ask


def _named(leg: OcoLeg) -> str:
    at = leg.price if leg.type == LIMIT else leg.stop_price
    return f"{leg.type} {plain_text(at)}" if at is not None else leg.type
