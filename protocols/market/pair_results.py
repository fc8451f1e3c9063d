"""A pair's two answers as one result, in words: how it stands, what became of each leg and who did it. Pure."""

from collections.abc import Iterable, Mapping

import msgspec

from protocols.market.commands import FxTerms, OcoLeg, PlaceOco
from protocols.market.orders import Order, OrderStatus, Request
from protocols.market.pairs import UNEXPLAINED, PairState, pair_state
from protocols.market.values import Price, plain_text

LOUD = frozenset({PairState.BROKEN, PairState.BOTH_FILLED})
"""What a pair never does that behaves as one."""


class LegResult(msgspec.Struct, frozen=True):
    """One leg. `name` is `leg 1 (LIMIT)`; `order` is None for a leg that nothing was heard of."""

    number: int
    name: str
    words: str
    order: Order | None

    @property
    def text(self) -> str:
        """`leg 2 (STOP) rejected by the venue: TOO_FAR`."""
        return f"{self.name} {self.words}"


class PairResult(msgspec.Struct, frozen=True):
    """`words` is the one line. `survivor` lives though its brother does not, and nothing will end it."""

    state: PairState
    words: str
    legs: tuple[LegResult, LegResult]
    survivor: Order | None = None

    @property
    def loud(self) -> bool:
        return self.state in LOUD

    @property
    def over(self) -> bool:
        return self.state is PairState.DONE


def pair_result(orders: Iterable[Order], placed: PlaceOco | None = None) -> PairResult:
    """The result of a pair whose orders these are: at least one, each with its leg's identifier. `placed` is what was
    sent, where the journal has it: it names a leg that the venue says nothing of."""
    by_number = {int(order.client_id[-1]): order for order in orders}
    one, other = (_leg(number, by_number, placed) for number in (1, 2))
    state = pair_state(by_number.values())
    survivor = None
    if state in (PairState.BROKEN, PairState.ENDING):
        survivor = next((order for order in by_number.values() if not order.status.over and not order.filled), None)
    return PairResult(state, _words(state, one, other), (one, other), survivor)


def _leg(number: int, orders: Mapping[int, Order], placed: PlaceOco | None) -> LegResult:
    order, brother = orders.get(number), orders.get(3 - number)
    if order is not None and isinstance(order.terms, FxTerms):
        words = leg_words(order)
        if order.reason == UNEXPLAINED and brother is not None and brother.filled:
            words = f"{words}; the other leg was executed"
        return LegResult(number, f"leg {number} ({order.terms.type})", words, order)
    leg = None if placed is None else placed.legs[number - 1]
    name = f"leg {number}" if leg is None else f"leg {number} ({leg.type} {_at(leg)})"
    return LegResult(number, name, "is not known to the venue, as far as it told", None)


def leg_words(order: Order) -> str:
    """What became of one leg, and who did it: `working`, `filled`, `cancelled by the venue: the other leg ...`."""
    status, reason = order.status, order.reason
    word: str = status.value
    if order.request is Request.CANCEL and status is not OrderStatus.IN_DOUBT and not status.over:
        return f"{word}, being cancelled"
    if status is OrderStatus.PARTLY_FILLED:
        return f"executed {plain_text(order.filled)} of {plain_text(order.quantity)}"
    if not reason or status in (OrderStatus.FILLED, OrderStatus.EXPIRED) or status.alive:
        return word
    ended = f", executed {plain_text(order.filled)} of {plain_text(order.quantity)}" if order.filled else ""
    return (reason if reason.startswith(word) else f"{word}: {reason}") + ended


def _words(state: PairState, one: LegResult, other: LegResult) -> str:
    legs = (one, other)
    match state:
        case PairState.WORKING:
            return "both legs working"
        case PairState.PENDING if one.words == other.words:
            return "sent; the venue has not answered yet"
        case PairState.BROKEN:
            lives, gone = legs if _lives(one) else (other, one)
            return f"broken: {gone.text}; {lives.name} lives alone"
        case PairState.ENDING:
            return _ending(*((one, other) if _executed(one) or not _lives(one) else (other, one)))
        case PairState.IN_DOUBT:
            doubted = [leg for leg in legs if leg.order is not None and leg.order.status is OrderStatus.IN_DOUBT]
            named = " and ".join(leg.name for leg in doubted)
            why = doubted[0].order.reason if doubted[0].order is not None else ""
            return f"in doubt: {named}: {why}" if why else f"in doubt: {named}"
        case PairState.BOTH_FILLED:
            return f"both legs were executed: {one.text}; {other.text}"
    if one.words == other.words:
        return f"both legs {one.words}"
    return f"{one.text}; {other.text}"


def _ending(first: LegResult, other: LegResult) -> str:
    """`first` has had its news, and what it says of the other is still to be told."""
    rest = f"the venue is to cancel {other.name}" if _executed(first) else f"{other.name} is to be executed"
    return f"{first.text}; {rest}"


def _executed(leg: LegResult) -> bool:
    return leg.order is not None and leg.order.filled > 0


def _lives(leg: LegResult) -> bool:
    return leg.order is not None and not leg.order.status.over


def _at(leg: OcoLeg) -> str:
    at: Price | None = leg.price if leg.stop_price is None else leg.stop_price
    return "" if at is None else plain_text(at)
