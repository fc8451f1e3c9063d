"""Which orders stand in which rows, by plain Python that looks at each order: slow, and plainly right."""

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

from protocols.market.commands import FxTerms, PowerTerms
from protocols.market.instruments import ContractKey
from protocols.market.orders import Order, OrderStatus, Request
from protocols.market.times import HOUR, Instant, UtcNs
from protocols.market.values import SCALE, Price, Quantity, Side
from tests.widgets.desk import NOON
from tests.widgets.orders.market import OrderDesk
from widgets.orders.catalogue import Col, GroupBy
from widgets.orders.cells import OrderCells
from widgets.orders.conditions import Choice, Condition, Range, Words
from widgets.orders.rows import OrderRows
from widgets.orders.sorting import GROUP_COLUMN, Level
from widgets.orders.words import RANK, entered_at, lifetime_of, terms_words

DESK = OrderDesk()
FX = "FX"
KEYS = (DESK.one, DESK.other, ContractKey(FX, FX, "EURUSD"), ContractKey("fx", FX, "EURUSD"))
"""Two of a venue that lists its contracts, and pairs that nobody listed, of two venues whose names are alike."""
REASONS = ("", "cancelled by us", "Too far", "too far", "its lifetime expired")
VALUES = (0, 1, 5, 38_40, 38_41, 10**8)

power = st.builds(
    PowerTerms,
    restriction=st.sampled_from(("None", "ImmediateOrCancel")),
    validity_until=st.sampled_from((None, UtcNs(NOON + HOUR))),
    display_quantity=st.sampled_from((None, Quantity(SCALE))),
    comment=st.sampled_from(("", "hedge")),
)
fx = st.builds(
    FxTerms,
    st.sampled_from(("LIMIT", "STOP", "STOP_LIMIT")),
    st.sampled_from(("AON", "FOK")),
    st.sampled_from((None, Price(38 * SCALE), Price(40 * SCALE))),
    st.sampled_from((None, UtcNs(NOON + 2 * HOUR))),
    st.sampled_from(("", "Hedge")),
)


@st.composite
def orders(draw: Callable[..., Any], number: int = 0) -> Order:
    """Order `number`: its identifier, its venue and its pair go by the number, all else by chance."""
    key = KEYS[number % len(KEYS)] if number % 3 else KEYS[2]
    client_id = f"P{number // 6}.{number % 2 + 1}" if number % 3 == 0 else f"C{number}"
    quantity = draw(st.sampled_from(VALUES[1:])) * SCALE // 10
    at = draw(st.sampled_from((None, *VALUES)))
    return Order(
        connection=key.connection,
        client_id=client_id,
        key=key,
        side=draw(st.sampled_from(Side)),
        price=None if at is None else Price(at * SCALE // 100),
        quantity=Quantity(quantity),
        remaining=Quantity(draw(st.sampled_from((0, quantity, quantity // 2)))),
        terms=draw(power if key.connection not in (FX, "fx") else fx),
        status=draw(st.sampled_from(OrderStatus)),
        ours=draw(st.booleans()),
        request=draw(st.sampled_from((None, None, Request.CANCEL, Request.AMEND))),
        reason=draw(st.sampled_from(REASONS)),
        venue_state=draw(st.sampled_from(("", "Cancelled/DeletedByUser"))),
        entered=draw(st.sampled_from((None, NOON, UtcNs(NOON + 1)))),
        updated=draw(st.sampled_from((None, Instant(1.0, NOON)))),
    )


class Book:
    """Stands for a blotter: orders by number, and the log of which changed."""

    def __init__(self) -> None:
        self.all: list[Order] = []
        self.changed: list[int] = []
        self.changed_offset = 0

    def __len__(self) -> int:
        return len(self.all)

    def order(self, number: int) -> Order:
        return self.all[number]

    def put(self, number: int, order: Order) -> None:
        if number == len(self.all):
            self.all.append(order)
        else:
            self.all[number] = order
        self.changed.append(number)


def rows_over(book: Book) -> OrderRows:
    market = OrderDesk().market
    market.contracts.update(DESK.market.contracts)
    market.contracts_revision += 1
    market.blotter = book  # type: ignore[assignment]
    return OrderRows(market, OrderCells(market))


def place_of(order: Order, column: Col, cells: OrderCells) -> Any:
    """What it is compared by, looked up in the order itself; None for nothing."""
    contract = DESK.market.contracts.get(order.key)
    match column:
        case Col.TIME:
            return entered_at(order)
        case Col.CHANGED:
            return None if order.updated is None else order.updated.utc
        case Col.LIFETIME:
            return lifetime_of(order.terms)
        case Col.QUANTITY:
            return order.quantity
        case Col.PRICE:
            return order.price
        case Col.STOP:
            return order.stop
        case Col.STATUS:
            return RANK[order.status]
        case Col.WHOSE:
            return not order.ours
        case Col.CONTRACT:
            start = float("inf") if contract is None else contract.delivery_start
            return (start, cells.contract_name(order), order.key.area, order.connection, order.key.contract_id)
        case Col.DELIVERY:
            return None if contract is None else contract.delivery_start
        case Col.VENUE_ID:
            return None
    text = cells.cell(order, column).text
    return (text.casefold(), text) if text else None


def before(one: int, other: int, book: Book, levels: Sequence[Level], group: GroupBy, cells: OrderCells) -> bool:
    left, right = book.order(one), book.order(other)
    if group is GroupBy.PAIR and (left.pair is None) != (right.pair is None):
        return left.pair is not None
    grouped = [Level(GROUP_COLUMN[group])] if group in GROUP_COLUMN else []
    for column, descending in [*grouped, *levels]:
        a, b = place_of(left, column, cells), place_of(right, column, cells)
        if a != b:
            if a is None or b is None:
                return b is None
            return (a > b) is descending
    return one > other


def passes(order: Order, rows: OrderRows, cells: OrderCells) -> bool:
    chosen = rows.arrangement.chosen
    if chosen.only_working and order.status.over:
        return False
    if chosen.only_own and not order.ours:
        return False
    if chosen.only_contract and order.key != chosen.contract:
        return False
    hidden = (Col.TIME, Col.CHANGED, Col.LIFETIME)
    words = " ".join(
        [
            *(cells.text(order, column) for column in Col if column not in hidden),
            terms_words(order.terms),
        ]
    ).casefold()
    if not all(needle in words for needle in chosen.needle.casefold().split()):
        return False
    return all(fits(order, column, condition, cells) for column, condition in chosen.by_column.items())


def fits(order: Order, column: Col, condition: Condition, cells: OrderCells) -> bool:
    match condition:
        case Range(least, most):
            value = place_of(order, column, cells)
            return value is not None and (least is None or value >= least) and (most is None or value <= most)
        case Choice(texts):
            if column is Col.STATUS:
                return order.status.value in texts
            text = cells.text(order, column)
            return (text if text != "–" else "") in texts
        case Words(text):
            return all(needle in cells.text(order, column).casefold() for needle in text.casefold().split())


def expected(book: Book, rows: OrderRows, cells: OrderCells) -> list[int | str]:
    """The lines: numbers of orders, and what headers are called."""
    arrangement = rows.arrangement
    group, levels = arrangement.group, arrangement.levels
    ok = {number for number, order in enumerate(book.all) if passes(order, rows, cells)}
    legs: dict[Any, list[int]] = {}
    for number, order in enumerate(book.all):
        if order.pair is not None:
            legs.setdefault((order.connection, order.pair), []).append(number)
    for pair in legs.values():
        if ok & set(pair):
            ok |= set(pair)
    todo = sorted(ok)
    standing: list[int] = []
    while todo:
        first = next(one for one in todo if all(before(one, o, book, levels, group, cells) for o in todo if o != one))
        todo.remove(first)
        standing.append(first)
    lines: list[int | str] = []
    last: Any = None
    folded = {" ".join(name) for name in arrangement.folded}
    done: set[int] = set()
    for number in standing:
        if number in done:
            continue
        order = book.order(number)
        header = group_words(order, group)
        if group is not GroupBy.NONE and header != last:
            lines.append(header)
            last = header
        away = group is not GroupBy.NONE and header in folded
        together = [number]
        if order.pair is not None:
            together = sorted(legs[order.connection, order.pair], key=lambda leg: book.order(leg).client_id)
            name = f"oco {order.connection} {order.pair}"
            if not away:
                lines.append(name)
            away = away or name in folded
        done |= set(together)
        if not away:
            lines += together
    return lines


def group_words(order: Order, group: GroupBy) -> str:
    match group:
        case GroupBy.VENUE:
            return f"venue {order.connection}"
        case GroupBy.CONTRACT:
            return f"contract {order.key.connection} {order.key.area} {order.key.contract_id}"
        case GroupBy.SIDE:
            return f"side {order.side.value}"
        case GroupBy.STATUS:
            return f"status {order.status.value}"
        case GroupBy.PAIR:
            return "pair singles" if order.pair is None else "pair pairs"
    return ""


def found(rows: OrderRows) -> list[int | str]:
    arrangement = rows.arrangement
    return [line if line >= 0 else " ".join(arrangement.name_of(line)) for line in arrangement.lines.tolist()]
