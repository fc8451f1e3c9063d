"""The risk check of orders for flexibility: what their bytes say, against the book, the venue's rules and the desk's
limits. Pure.
"""

from collections.abc import Iterator

from app.flex_limits import FlexLimits
from app.limits import Level
from app.risk import NO_FIELD, Assessment, Finding, assessed
from protocols.glocalflex.rules import concerns, problems
from protocols.market import forms
from protocols.market.commands import Command, FlexTerms, PlaceOco, PlaceOrder
from protocols.market.events import ConnectionStatus
from protocols.market.flex_book import FlexFilter
from protocols.market.instruments import FlexWindow
from protocols.market.orders import Order
from protocols.market.state import MarketState
from protocols.market.times import HOUR, UtcNs
from protocols.market.values import SCALE, fixed_text, plain_text


def is_flex(said: Command, market: MarketState) -> bool:
    """Whether a command is about an order for flexibility."""
    if isinstance(said, PlaceOrder):
        return isinstance(said.terms, FlexTerms)
    if isinstance(said, PlaceOco):
        return False
    order = market.blotter.get(said.connection, said.client_id)
    return order is not None and isinstance(order.terms, FlexTerms)


def check_flex(said: Command, market: MarketState, limits: FlexLimits, now: UtcNs) -> Assessment:
    """Judges a command."""
    return assessed(said, _findings(said, market, limits, now))


def _findings(said: Command, market: MarketState, limits: FlexLimits, now: UtcNs) -> Iterator[Finding]:
    if not isinstance(said, PlaceOrder) or not isinstance(said.terms, FlexTerms):
        yield _block("order", NO_FIELD, "Order: the venue documents no way to change an order for flexibility")
        return
    connection = said.key.connection
    view = market.connections.get(connection)
    if view is None or view.status in (ConnectionStatus.DOWN, ConnectionStatus.OFF):
        yield _block("connection", NO_FIELD, f"Connection: {connection} is not connected")
    window = market.flex.instrument(said.key)
    if not isinstance(window, FlexWindow):
        yield _block("window", NO_FIELD, "Delivery window: not one of a connection that is known here")
        return
    for problem in problems(said, now):
        yield _block("terms", problem.field, problem.words)
    for concern in concerns(said):
        yield _warn("baseline", concern.field, concern.words)
    yield from _book(said, market, limits, now)
    yield from _spacing(said, window)
    yield from _size(said, said.terms, limits)
    yield from _others(said, market, limits)


def _book(said: PlaceOrder, market: MarketState, limits: FlexLimits, now: UtcNs) -> Iterator[Finding]:
    assert isinstance(said.terms, FlexTerms)
    connection = said.key.connection
    standing = market.flex_standing(connection, FlexFilter(delivery=said.terms.delivery))
    book = market.flex.books.get(connection)
    if not standing.live:
        words = f"Book is {standing.freshness.value}: {standing.reason}"
        yield _block("book", NO_FIELD, words.rstrip(": "))
    elif book is not None and book.received is not None and book.created_at is not None:
        # One that the venue sends over and over again does not become younger.
        age = (now - min(book.received.utc, book.created_at)) // SCALE
        if (over := limits.book_age.judge(age)) is not None:
            level, most = over
            yield Finding("book age", NO_FIELD, level, f"Book is {age} s old by this machine's clock, over {most} s")


def _spacing(said: PlaceOrder, window: FlexWindow) -> Iterator[Finding]:
    spec = window.spec
    if said.limit % spec.tick:
        words = f"Price {plain_text(said.limit)} is no multiple of the tick of {plain_text(spec.tick)}"
        yield _block("tick", forms.PRICE, words)
    if said.quantity % spec.step:
        words = f"Power {plain_text(said.quantity)} is no multiple of {plain_text(spec.step)} {spec.quantity_unit}"
        yield _block("step", forms.QUANTITY, words)


def _size(said: PlaceOrder, terms: FlexTerms, limits: FlexLimits) -> Iterator[Finding]:
    for level, allowed in ((Level.BLOCK, limits.price_block), (Level.WARN, limits.price_warn)):
        if allowed is not None and not allowed.lowest <= said.limit <= allowed.highest:
            span = f"{fixed_text(allowed.lowest, 2)} to {fixed_text(allowed.highest, 2)} EUR/kWh"
            yield Finding("price", forms.PRICE, level, f"Price {plain_text(said.limit)} is outside {span}")
            break
    if (over := limits.quantity.judge(said.quantity)) is not None:
        level, most = over
        words = f"Power {plain_text(said.quantity)} W is above {plain_text(most)}"
        yield Finding("quantity", forms.QUANTITY, level, words)
    notional = _notional(said, terms)
    if (over := limits.notional.judge(notional)) is not None:
        level, most = over
        words = f"Notional {fixed_text(-(-notional // 10**7) * 10**7, 2)} EUR is above {plain_text(most)}"
        yield Finding("notional", forms.QUANTITY, level, words)


def _notional(said: PlaceOrder, terms: FlexTerms) -> int:
    """W times hours times EUR/kWh, in 1e-9 EUR, rounded up: a limit is not undercut by a fraction."""
    length = max(0, terms.delivery.end - terms.delivery.start)
    return int(-(-(said.quantity * abs(said.limit) * length) // (SCALE * HOUR * 1_000)))


def _others(said: PlaceOrder, market: MarketState, limits: FlexLimits) -> Iterator[Finding]:
    others = market.blotter.own_alive(said.key)
    if (over := limits.open_orders.judge(len(others) + 1)) is not None:
        level, most = over
        words = f"Open orders: this would make {len(others) + 1} of the window, more than {most}"
        yield Finding("open orders", NO_FIELD, level, words)
    if any(_twin(order, said) for order in others):
        words = "An order that says the same is not named by the venue yet: a lost answer would leave both in doubt"
        yield _warn("twin", NO_FIELD, words)


def _twin(order: Order, said: PlaceOrder) -> bool:
    return not order.versions and (order.side, order.price, order.quantity) == (said.side, said.price, said.quantity)


def _block(rule: str, field: str, words: str) -> Finding:
    return Finding(rule, field, Level.BLOCK, words)


def _warn(rule: str, field: str, words: str) -> Finding:
    return Finding(rule, field, Level.WARN, words)
