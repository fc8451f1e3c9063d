"""The risk check: what the bytes of an order say, against the market as it is known and the desk's limits. Pure.

It judges `Prepared.said`, never what was meant. A cancellation and a deactivation always pass. An amendment and an
activation are judged as the order that they would make.
"""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from app.limits import Collar, Level, Limits
from protocols.market import forms
from protocols.market.blotter import amended_quantity
from protocols.market.commands import AmendOrder, CancelOrder, Command, PlaceOco, PlaceOrder, PowerTerms, SetOrderActive
from protocols.market.events import ConnectionStatus, Feed
from protocols.market.instruments import ContractKey, PowerContract
from protocols.market.orders import Order, OrderStatus, Request
from protocols.market.state import MarketState
from protocols.market.times import HOUR, UtcNs, utc_text
from protocols.market.values import SCALE, Price, Quantity, Side, fixed_text, plain_text

DATED = ("GoodUntilDate", "GoodToDate")
"""Validities that need a time: M7's and Nord Pool's."""
NO_FIELD = ""
"""Of a finding about the whole order."""


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is wrong or remarkable. `rule` names the check, `field` the form's field; the words name it too. `leg` is
    the one of a pair that it is about, 1 or 2; 0 is the whole order."""

    rule: str
    field: str
    level: Level
    words: str
    leg: int = 0

    @property
    def point(self) -> tuple[str, str, int]:
        """What a trader agrees to: the numbers in the words may have moved since, this may not."""
        return self.rule, self.field, self.leg


class Assessment(msgspec.Struct, frozen=True):
    """All that was found, blocking things first."""

    findings: tuple[Finding, ...] = ()

    @property
    def blocked(self) -> bool:
        return any(finding.level is Level.BLOCK for finding in self.findings)

    @property
    def asks(self) -> bool:
        """Whether the trader has to confirm it."""
        return bool(self.findings) and not self.blocked

    @property
    def verdict(self) -> str:
        """In the journal's word."""
        return "blocked" if self.blocked else "warned" if self.findings else "passed"

    @property
    def words(self) -> str:
        """The findings of the worst level, in one line."""
        worst = Level.BLOCK if self.blocked else Level.WARN
        return "; ".join(finding.words for finding in self.findings if finding.level is worst)


PASSED = Assessment()


class _Prospect(msgspec.Struct, frozen=True):
    """The order as it would be. `order` is the one that it replaces."""

    key: ContractKey
    side: Side
    price: Price
    quantity: Quantity
    terms: PowerTerms
    order: Order | None = None
    sized: bool = True
    """Whether the command sets the quantity."""


def opens(command: Command) -> bool:
    """Whether the command can lead to a trade; the others only ever take something out of the market."""
    return not (isinstance(command, CancelOrder) or (isinstance(command, SetOrderActive) and not command.active))


def assessed(command: Command, findings: Iterable[Finding]) -> Assessment:
    """What blocks first. A command that only takes something out passes, and its findings aren't asked for."""
    if not opens(command):
        return PASSED
    return Assessment(tuple(sorted(findings, key=lambda finding: finding.level is not Level.BLOCK)))


def check(
    said: Command, market: MarketState, limits: Limits, now: UtcNs, asked: Mapping[str, Command] | None = None
) -> Assessment:
    """Judges a command. `asked` has the commands of outstanding requests by intent: an amendment that is on its way
    counts as what would remain of it, where that is more."""
    return assessed(said, _findings(said, market, limits, now, asked or {}))


def _findings(
    said: Command, market: MarketState, limits: Limits, now: UtcNs, asked: Mapping[str, Command]
) -> Iterator[Finding]:
    prospect = _prospect(said, market)
    if isinstance(prospect, Finding):
        yield prospect
        return
    yield from _open_for_trading(prospect, market, now)
    contract = market.contracts.get(prospect.key)
    if contract is None:
        yield _block("contract", NO_FIELD, "Contract: it is not known here, nor its tick and step")
        return
    yield from _spacing(prospect, contract)
    yield from _terms(prospect, contract, limits, now)
    yield from _price(prospect, contract, market, limits)
    yield from _size(prospect, contract, limits)
    yield from _crossing(prospect, contract, market, asked)
    yield from _exposure(prospect, contract, market, limits, asked)


def _prospect(said: Command, market: MarketState) -> "_Prospect | Finding":
    if isinstance(said, PlaceOco) or (isinstance(said, PlaceOrder) and not isinstance(said.terms, PowerTerms)):
        return _block("order", NO_FIELD, "Order: not a power order")
    if isinstance(said, PlaceOrder):
        return _Prospect(said.key, said.side, said.limit, said.quantity, said.power)
    order = market.blotter.get(said.connection, said.client_id)
    if order is None or not order.ours:
        whose = "it is not known here" if order is None else "it is a colleague's, not ours"
        return _block("order", NO_FIELD, f"Order: {whose}")
    terms = order.power
    if isinstance(said, AmendOrder):
        price = order.limit if said.price is None else said.price
        quantity = amended_quantity(order, said)
        return _Prospect(order.key, order.side, price, quantity, terms, order, said.quantity is not None)
    return _Prospect(order.key, order.side, order.limit, order.remaining, terms, order, False)


# Whether it may be traded now


def _open_for_trading(prospect: _Prospect, market: MarketState, now: UtcNs) -> Iterator[Finding]:
    key = prospect.key
    connection = market.connections.get(key.connection)
    # Resynchronising is not down: some channel is not live, and the ones that matter are looked at below.
    if connection is None or connection.status in (ConnectionStatus.DOWN, ConnectionStatus.OFF):
        status = (
            "not connected" if connection is None else f"{connection.status.value}; {connection.reason}".rstrip("; ")
        )
        yield _block("connection", NO_FIELD, f"Connection: {key.connection} is {status}")
    book = market.book_standing(key)
    if not book.live:
        yield _block("book", NO_FIELD, f"Order book: {book.freshness.value}; {book.reason}".rstrip("; "))
    standing, state = market.area_state_standing(key), market.area_states.get(key)
    if state is None or not standing.live:
        yield _block("phase", NO_FIELD, f"Trading phase: not known; {standing.reason}".rstrip("; "))
        return
    if not state.open:
        phase = f", {state.phase or 'no phase'}" if state.has_phases else ""
        yield _block("phase", NO_FIELD, f"Trading phase: the contract is {state.state}{phase}")
    elif state.phase_end is not None and state.phase_end <= now + (market.clock_offset(key.connection) or 0):
        # By the venue's clock as far as it is known: its word would be the state.
        yield _warn("phase", NO_FIELD, f"Trading phase: was to end at {utc_text(state.phase_end)}")


# What it says


def _spacing(prospect: _Prospect, contract: PowerContract) -> Iterator[Finding]:
    spec = contract.spec
    price, quantity = plain_text(prospect.price), plain_text(prospect.quantity)
    if prospect.price % spec.tick:
        tick = plain_text(spec.tick)
        yield _block("tick", forms.PRICE, f"Price {price} is no multiple of the tick of {tick} {spec.price_unit}")
    if prospect.quantity <= 0:
        yield _block("step", forms.QUANTITY, f"Quantity {quantity} must be above 0")
    elif prospect.quantity % spec.step:
        step = plain_text(spec.step)
        yield _block("step", forms.QUANTITY, f"Quantity {quantity} is no multiple of {step} {spec.quantity_unit}")


def _terms(prospect: _Prospect, contract: PowerContract, limits: Limits, now: UtcNs) -> Iterator[Finding]:
    terms, spec = prospect.terms, contract.spec
    if terms.restriction not in limits.restrictions:
        yield _block("restriction", forms.RESTRICTION, f"Restriction {terms.restriction!r} is not one that we know")
    if terms.validity not in limits.validities:
        yield _block("validity", forms.VALIDITY, f"Validity {terms.validity!r} is not one that we know")
    until = terms.validity_until
    if until is None and terms.validity in DATED:
        yield _block("validity", forms.VALIDITY_UNTIL, f"Valid until is missing: {terms.validity} needs it")
    if until is not None and until <= now:
        yield _block("validity", forms.VALIDITY_UNTIL, f"Valid until {utc_text(until)} is not in the future")
    display, delta = terms.display_quantity, terms.price_delta
    if display is not None:
        shown = f"Iceberg shows {plain_text(display)} {spec.quantity_unit}"
        if display <= 0:
            yield _block("iceberg", forms.DISPLAY_QUANTITY, f"{shown}: must be above 0")
        elif display % spec.step:
            yield _block("iceberg", forms.DISPLAY_QUANTITY, f"{shown}: no multiple of {plain_text(spec.step)}")
        elif prospect.sized and display >= prospect.quantity:
            whole = plain_text(prospect.quantity)
            yield _block("iceberg", forms.DISPLAY_QUANTITY, f"{shown}: must be below the quantity of {whole}")
    if delta is not None:
        text = f"Price delta {plain_text(delta)}"
        if display is None:
            yield _block("iceberg", forms.PRICE_DELTA, f"{text}: only an iceberg has one")
        if delta % spec.tick:
            yield _block("iceberg", forms.PRICE_DELTA, f"{text} is no multiple of the tick of {plain_text(spec.tick)}")
        if delta * (1 if prospect.side is Side.BUY else -1) > 0:
            yield _block("iceberg", forms.PRICE_DELTA, f"{text} would move a {_side(prospect)} order into the market")


def _price(prospect: _Prospect, contract: PowerContract, market: MarketState, limits: Limits) -> Iterator[Finding]:
    decimals, unit = contract.spec.price_decimals, contract.spec.price_unit
    price = f"Price {fixed_text(prospect.price, decimals)} {unit}"
    for level, allowed in ((Level.BLOCK, limits.price_block), (Level.WARN, limits.price_warn)):
        if allowed is not None and not allowed.lowest <= prospect.price <= allowed.highest:
            lowest, highest = fixed_text(allowed.lowest, decimals), fixed_text(allowed.highest, decimals)
            yield Finding("price", forms.PRICE, level, f"{price} is outside {lowest} to {highest}")
            break
    reference = _reference(prospect.key, market)
    if reference is None:
        words = f"{price} can't be held against a market: there is no bid and ask, last, VWAP or day-ahead price"
        yield _warn("no market", forms.PRICE, words)
        return
    name, value = reference
    above = prospect.price - value
    through = above if prospect.side is Side.BUY else -above
    collars = (
        ((Level.BLOCK, limits.through_block), (Level.WARN, limits.through_warn))
        if through > 0
        else ((Level.BLOCK, limits.away_block), (Level.WARN, limits.away_warn))
    )
    finding = _collar(abs(above), value, collars)
    if finding is not None:
        level, most = finding
        far = f"{fixed_text(abs(above), decimals)} {'above' if above > 0 else 'below'}"
        market_words = f"the {name} of {fixed_text(value, decimals)}"
        words = f"{price} is {far} {market_words}: more than {fixed_text(most, decimals)}"
        yield Finding("collar", forms.PRICE, level, words)


def _collar(far: int, market: Price, collars: Iterable[tuple[Level, Collar | None]]) -> tuple[Level, int] | None:
    for level, collar in collars:
        if collar is not None and far > collar.distance(market):
            return level, collar.distance(market)
    return None


def _reference(key: ContractKey, market: MarketState) -> tuple[str, Price] | None:
    """What the market's price is, and what it is called: mid, else last, else VWAP, else day-ahead; of live data."""
    book = market.books.get(key)
    if book is not None and market.book_standing(key).live:
        bid, ask = book.bids.best, book.asks.best
        if bid is not None and ask is not None:
            return "mid", Price((bid + ask) // 2)
    figures = market.information.get(key)
    if figures is None or not market.information_standing(key).live:
        return None
    named = (("last", figures.last_price), ("VWAP", figures.vwap), ("day-ahead", figures.day_ahead))
    return next(((name, price) for name, price in named if price is not None), None)


def _crossing(
    prospect: _Prospect, contract: PowerContract, market: MarketState, asked: Mapping[str, Command]
) -> Iterator[Finding]:
    """Own orders that this one would trade with: a trade with oneself costs fees and explains badly."""
    buying, decimals = prospect.side is Side.BUY, contract.spec.price_decimals
    met = [
        price
        for order in market.blotter.own_alive(prospect.key)
        if order.side is not prospect.side and _in_the_book(order)
        for price in _prices(order, asked)
        if (price <= prospect.price if buying else price >= prospect.price)
    ]
    if met:
        best = fixed_text(min(met) if buying else max(met), decimals)
        own = "sell" if buying else "buy"
        words = f"Price {fixed_text(prospect.price, decimals)} would trade with an own {own} order at {best}"
        yield _warn("own order", forms.PRICE, words)


# How much of it


def _size(prospect: _Prospect, contract: PowerContract, limits: Limits) -> Iterator[Finding]:
    spec = contract.spec
    over = limits.quantity.judge(prospect.quantity)
    if over is not None:
        level, most = over
        sizes = [fixed_text(value, spec.quantity_decimals) for value in (prospect.quantity, most)]
        yield Finding(
            "quantity", forms.QUANTITY, level, f"Quantity {sizes[0]} {spec.quantity_unit} is above {sizes[1]}"
        )
    duration = contract.delivery_end - contract.delivery_start
    # Rounded up: a limit is not undercut by a fraction.
    notional = -(-prospect.quantity * abs(prospect.price) * duration // (HOUR * SCALE))
    over = limits.notional.judge(notional)
    if over is not None:
        level, most = over
        currency = spec.price_unit.partition("/")[0]
        words = f"Notional {_rounded(notional)} {currency} is above {plain_text(most)}"
        yield Finding("notional", forms.QUANTITY, level, words)


def _exposure(
    prospect: _Prospect, contract: PowerContract, market: MarketState, limits: Limits, asked: Mapping[str, Command]
) -> Iterator[Finding]:
    key, replaced = prospect.key, prospect.order
    others = [
        order for order in market.blotter.own_alive(key) if replaced is None or order.client_id != replaced.client_id
    ]
    if replaced is None and (over := limits.open_orders.judge(len(others) + 1)) is not None:
        level, most = over
        words = f"Open orders: this would be number {len(others) + 1} of the contract, more than {most}"
        yield Finding("open orders", NO_FIELD, level, words)
    net = market.positions.net(key)
    same_side = sum(_worst(order, asked) for order in others if order.side is prospect.side)
    long = net if prospect.side is Side.BUY else -net
    worst = long + same_side + prospect.quantity
    over = limits.position.judge(worst)
    if over is not None:
        level, most = over
        decimals, unit = contract.spec.quantity_decimals, contract.spec.quantity_unit
        parts = [fixed_text(value, decimals) for value in (worst, net, same_side, prospect.quantity, most)]
        way = "long" if prospect.side is Side.BUY else "short"
        yield Finding(
            "position",
            forms.QUANTITY,
            level,
            f"Position could become {parts[0]} {unit} {way} (net {parts[1]}, working {parts[2]}, this {parts[3]}):"
            f" more than {parts[4]}",
        )
    trades = market.feed_standing(Feed.OWN_TRADES, [(key.connection, key.area)])
    if not trades.live:
        words = f"Position: own trades are {trades.freshness.value}, so it may be another; {trades.reason}"
        yield _warn("own trades", forms.QUANTITY, words.rstrip("; "))


def _worst(order: Order, asked: Mapping[str, Command]) -> int:
    """What may still be filled of an own order, an amendment on its way included."""
    command = asked.get(order.intent_id or "")
    if order.request is Request.AMEND and isinstance(command, AmendOrder) and command.quantity is not None:
        return max(order.remaining, command.quantity)
    return order.remaining


def _in_the_book(order: Order) -> bool:
    """Whether an own order that lives is in the book, or may be in a moment: it was asked to wake up."""
    return order.status is not OrderStatus.HIBERNATED or order.request is Request.ACTIVATE


def _prices(order: Order, asked: Mapping[str, Command]) -> tuple[Price, ...]:
    """Where an own order stands or, with an amendment on its way, may stand in a moment."""
    command = asked.get(order.intent_id or "")
    if order.request is Request.AMEND and isinstance(command, AmendOrder) and command.price is not None:
        return order.limit, command.price
    return (order.limit,)


# Words


def _side(prospect: _Prospect) -> str:
    return "buy" if prospect.side is Side.BUY else "sell"


def _rounded(value: int) -> str:
    """Money to the cent, upwards."""
    return fixed_text(-(-value // 10**7) * 10**7, 2)


def _block(rule: str, field: str, words: str) -> Finding:
    return Finding(rule, field, Level.BLOCK, words)


def _warn(rule: str, field: str, words: str) -> Finding:
    return Finding(rule, field, Level.WARN, words)
