"""Our own orders on the ladder: which rows they stand in, and what is ahead of them. Plain integers, no Qt."""

import dataclasses
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from protocols.market.commands import FlexTerms, FxTerms
from protocols.market.instruments import ContractKey, InstrumentSpec
from protocols.market.orders import Order, OrderStatus, Request
from protocols.market.pairs import remaining_once
from protocols.market.queues import Ahead
from protocols.market.state import MarketState
from protocols.market.values import Side
from widgets.delivery import period_text, time_text, zone_name
from widgets.flex.view import is_whole_book, own_alive_on
from widgets.fx_staging import own_word, short_quantity
from widgets.ladder.axis import Axis
from widgets.ladder.words import Number, Tone, amount, number


class Look(NamedTuple):
    """How an own order is drawn. The mark and its word say what the tone says."""

    mark: str
    tone: Tone | None
    """None: the side's own colour."""
    solid: bool
    """Whether the venue has it in the book for all we know."""


LOOKS = {
    OrderStatus.WORKING: Look("", None, True),
    OrderStatus.PARTLY_FILLED: Look("▶", None, True),
    OrderStatus.HIBERNATED: Look("◇", Tone.SECONDARY, False),
    OrderStatus.PENDING: Look("…", Tone.SECONDARY, False),
    OrderStatus.IN_DOUBT: Look("?", Tone.WARNING, False),
}
STOP_MARK = "■"
"""Of a stop that the venue holds; the word stands beside it."""
_WORST_FIRST = (
    OrderStatus.IN_DOUBT,
    OrderStatus.PENDING,
    OrderStatus.HIBERNATED,
    OrderStatus.PARTLY_FILLED,
    OrderStatus.WORKING,
)
_ASKED = {Request.CANCEL: "×", Request.AMEND: "↻", Request.ACTIVATE: "↻", Request.DEACTIVATE: "↻"}


@dataclasses.dataclass(frozen=True, slots=True)
class OwnOrder:
    """`ahead` is None where the public book does not show the order. `window` names its delivery window, where it
    stands among orders of others: `Sat 15:45–16:00 CET`."""

    order: Order
    ahead: Ahead | None
    window: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class OwnCell:
    """Our orders of one side in one row."""

    orders: tuple[OwnOrder, ...]
    number: Number
    tail: str
    """`14.2/3` in 3 orders ahead, `first`, `×2` orders; empty where the place is not known."""
    look: Look
    progress: Ahead | None = None
    """Of a single order: what has gone from ahead of it, and what is left there."""
    windows: tuple[str, ...] = ()
    """Among orders of other windows: which one, in words that get shorter; they come before the number."""

    def holds(self, client_id: str | None) -> bool:
        return any(own.order.client_id == client_id for own in self.orders)


@dataclasses.dataclass(slots=True)
class OwnSide:
    """Our orders of one side on an axis."""

    cells: dict[int, OwnCell] = dataclasses.field(default_factory=dict)
    above: int = 0
    """Orders above the view, and below it; those between rows of single levels count with the nearer edge."""
    below: int = 0
    total: int = 0
    """What remains of all of them; of a pair once, since one of its legs cancels the other."""
    count: int = 0
    pairs: int = 0
    """Of how many pairs both legs live."""
    hibernated: int = 0
    """How many of them the venue keeps out of the book."""
    in_doubt: int = 0
    windows: int = 0
    """How many contracts they are of; with more than one, the sum is of different goods."""


class OwnOrders:
    """Follows our living orders of one contract, or of every window of a flexibility book (`mixed`). Call `catch_up`
    before reading; `revision` moves when they changed."""

    def __init__(self, market: MarketState, key: ContractKey) -> None:
        self._market = market
        self._key = key
        self._seen = -1
        self.mixed = is_whole_book(key)
        self.orders: list[Order] = []
        self._proven: list[Order] = []
        self.revision = 0
        self.catch_up()

    def catch_up(self) -> None:
        blotter = self._market.blotter
        if blotter.revision == self._seen:
            return
        self._seen = blotter.revision
        orders = own_alive_on(self._market, self._key)
        for before in self.orders:
            now = blotter.get(before.connection, before.client_id)
            asked = before.request is Request.AMEND and before.kept_place is None
            if asked and now is not None and now.kept_place is not None:
                self._proven.append(now)
        if orders != self.orders:
            self.orders = orders
            self.revision += 1

    def take_proven(self) -> list[Order]:
        """Orders whose amendment the venue has answered since this was last asked: their places show what it did."""
        taken, self._proven = self._proven, []
        return taken

    def ahead(self) -> dict[str, Ahead]:
        """What is ahead of each order that the public book shows, by client identifier."""
        book, queues = self._market.books.get(self._key), self._market.queues
        if book is None or book.fault is not None:
            return {}
        return {order.client_id: ahead for order in self.orders if (ahead := queues.ahead(order)) is not None}


def fold_own(
    axis: Axis,
    side: Side,
    orders: Sequence[Order],
    ahead: dict[str, Ahead],
    slots: int,
    spec: InstrumentSpec,
    zone: ZoneInfo | None = None,
) -> OwnSide:
    """Each of our orders of the side in its row, above or below the view; with a `zone` each says in its times which
    delivery window it is of."""
    mine = [order for order in orders if order.side is side]
    legs = Counter((order.connection, order.pair) for order in mine if order.pair is not None)
    folded = OwnSide(
        total=remaining_once(mine),
        pairs=sum(number > 1 for number in legs.values()),
        windows=len({order.key for order in mine}),
    )
    rows: dict[int, list[OwnOrder]] = {}
    for order in mine:
        folded.count += 1
        folded.hibernated += order.status is OrderStatus.HIBERNATED
        folded.in_doubt += order.status is OrderStatus.IN_DOUBT
        if order.waits_at is None:
            continue  # a market order waits nowhere
        place = axis.place(side, order.waits_at)
        if place.exact and 0 <= place.slot < slots:
            own = OwnOrder(order, ahead.get(order.client_id), _window_words(order, zone))
            rows.setdefault(place.slot, []).append(own)
        elif place.slot < slots // 2:
            folded.above += 1
        else:
            folded.below += 1
    folded.cells = {slot: own_cell(tuple(owns), spec, zone) for slot, owns in rows.items()}
    return folded


def own_cell(owns: tuple[OwnOrder, ...], spec: InstrumentSpec, zone: ZoneInfo | None = None) -> OwnCell:
    """Several orders of a row count together, and the one that needs most attention decides how they are drawn."""
    if zone is not None:
        return _mixed_cell(owns, spec, zone)
    worst = min((own.order for own in owns), key=lambda order: _WORST_FIRST.index(order.status))
    remaining = sum(own.order.remaining for own in owns)
    ahead = owns[0].ahead if len(owns) == 1 else None
    moved = ahead is not None and bool(ahead.traded or ahead.pulled or ahead.untold)
    return OwnCell(
        owns,
        _amount(remaining, worst, spec),
        _tail(owns, spec),
        look_of(worst),
        ahead if moved else None,
    )


def _mixed_cell(owns: tuple[OwnOrder, ...], spec: InstrumentSpec, zone: ZoneInfo) -> OwnCell:
    """On a ladder of all windows: which window comes first, how much after it, and no sum over different goods."""
    worst = min((own.order for own in owns), key=lambda order: _WORST_FIRST.index(order.status))
    amount = _amount(sum(own.order.remaining for own in owns), worst, spec)
    times = f"×{len(owns)}" if len(owns) > 1 else ""
    count = len({own.order.key for own in owns})
    if count > 1:
        return OwnCell(owns, amount, times, look_of(worst), windows=(f"{count} windows",))
    return OwnCell(owns, amount, times or amount.text, look_of(worst), windows=_window_names(worst, zone))


def _window_words(order: Order, zone: ZoneInfo | None) -> str:
    if zone is None or not isinstance(order.terms, FlexTerms):
        return ""
    delivery = order.terms.delivery
    return f"{period_text(delivery.start, delivery.end, zone)} {zone_name(delivery.start, zone)}"


def _window_names(order: Order, zone: ZoneInfo) -> tuple[str, ...]:
    """`Sat 15:45–16:00`, or where that has no room when it begins: `Sat 15:45`."""
    assert isinstance(order.terms, FlexTerms)
    start, end = order.terms.delivery.start, order.terms.delivery.end
    period = period_text(start, end, zone)
    return period, f"{period[:3]} {time_text(start, zone, seconds=False)}"


def look_of(order: Order) -> Look:
    """In doubt stays in doubt whatever was asked; else an outstanding request shows."""
    look = LOOKS[order.status]
    if order.status is OrderStatus.WORKING and own_word(order):
        look = look._replace(mark=STOP_MARK)
    if order.request is None or order.status in (OrderStatus.IN_DOUBT, OrderStatus.PENDING):
        return look
    return look._replace(mark=_ASKED.get(order.request, look.mark))


def _amount(remaining: int, order: Order, spec: InstrumentSpec) -> Number:
    """In full, but of a pair as short as every digit allows: its quantities have six figures."""
    if not isinstance(order.terms, FxTerms):
        return amount(remaining, spec.quantity_decimals)
    text = short_quantity(remaining)
    return Number(text, len(text))


def _tail(owns: tuple[OwnOrder, ...], spec: InstrumentSpec) -> str:
    words = {own_word(own.order) for own in owns}
    if len(owns) > 1:
        return " ".join(filter(None, (f"×{len(owns)}", *words)))
    if words != {""}:
        return words.pop()
    ahead = owns[0].ahead
    if ahead is None or owns[0].order.status is OrderStatus.HIBERNATED:
        return ""
    if not ahead.orders:
        return "first"
    return f"{amount(ahead.quantity, spec.quantity_decimals).text}/{ahead.orders}"


def status_words(order: Order) -> str:
    """`working`, `working, cancel pending`, `in doubt, modify unanswered`."""
    if order.request is None or order.request is Request.PLACE:
        return order.status.value
    asked = "unanswered" if order.status is OrderStatus.IN_DOUBT else "pending"
    return f"{order.status.value}, {order.request.word} {asked}"


def own_text(own: OwnOrder, spec: InstrumentSpec) -> str:
    """`Own buy 6.0 of 10.0 MW @ 38.40: partly filled. Ahead 14.2 MW in 3 orders · traded 5.0 · pulled 2.1`"""
    order = own.order
    what = amount(order.remaining, spec.quantity_decimals).text
    if order.filled:
        what = f"{what} of {amount(order.quantity, spec.quantity_decimals).text}"
    at = "market" if order.waits_at is None else number(order.waits_at, spec.price_decimals).text
    kind = own_word(order)
    side = f"{order.side.value.lower()}{kind and f' {kind}'}"
    of_window = f" for {own.window}" if own.window else ""
    text = f"Own {side} {what} {spec.quantity_unit} @ {at}{of_window}: {status_words(order)}"
    if isinstance(order.terms, FxTerms):
        return f"{text}, {order.terms.time_in_force}"
    if order.status is OrderStatus.HIBERNATED:
        return f"{text}, in no book"
    if own.ahead is None:
        return text if order.status is OrderStatus.PENDING else f"{text}. Place in the queue not known"
    return f"{text}. {ahead_text(own.ahead, spec)}"


def proof_text(order: Order, spec: InstrumentSpec) -> str:
    """`BUY 10.0 @ 71.80 kept its place`; louder when it was foretold otherwise."""
    what = f"{amount(order.remaining, spec.quantity_decimals).text} @ {number(order.price, spec.price_decimals).text}"
    text = f"{order.side.value.upper()} {what} {'kept' if order.kept_place else 'lost'} its place"
    return f"{text}, which was foretold otherwise" if order.misforetold else text


def ahead_text(ahead: Ahead, spec: InstrumentSpec) -> str:
    """What is ahead, and what has gone from there: `First in the queue · traded 5.0 · pulled 2.1`."""
    if ahead.orders:
        shown = amount(ahead.quantity, spec.quantity_decimals).text
        text = f"Ahead {shown} {spec.quantity_unit} in {ahead.orders} order{'s' * (ahead.orders != 1)}"
    else:
        text = "First in the queue"
    gone = (("traded", ahead.traded), ("pulled", ahead.pulled), ("gone, traded or pulled", ahead.untold))
    said = [f"{name} {amount(much, spec.quantity_decimals).text}" for name, much in gone if much]
    return " · ".join((text, *said))
