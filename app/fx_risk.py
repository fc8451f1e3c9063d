"""The risk check of FX orders: what their bytes say, against the quote and the desk's limits. Pure.

Without live quotes the checks against the market are skipped, and the trader is asked whether to go on without them.
"""

from collections.abc import Iterator, Mapping

import msgspec

from app.fx_limits import FxLimits
from app.limits import Collar, Level
from app.risk import NO_FIELD, Assessment, Finding, assessed
from protocols.market import forms
from protocols.market.commands import AmendOrder, Command, FxTerms, PlaceOco, PlaceOrder
from protocols.market.events import ConnectionStatus, Quote
from protocols.market.fx_positions import fx_net, in_account_currency
from protocols.market.instruments import ContractKey, CurrencyPair
from protocols.market.orders import Order, Request
from protocols.market.pairs import LIMIT, MARKET, pair_concerns, would_trade_at_once
from protocols.market.state import MarketState
from protocols.market.times import UtcNs, utc_text
from protocols.market.values import Price, Quantity, Side, fixed_text, plain_text


class _Prospect(msgspec.Struct, frozen=True):
    """The order as it would be; each `leg` of a pair is one. `order` is the one that it replaces."""

    key: ContractKey
    side: Side
    quantity: Quantity
    price: Price | None
    terms: FxTerms
    order: Order | None = None
    leg: int = 0


def is_fx(said: Command, market: MarketState) -> bool:
    """Whether a command is about an FX order."""
    match said:
        case PlaceOco():
            return True
        case PlaceOrder():
            return isinstance(said.terms, FxTerms)
        case _:
            order = market.blotter.get(said.connection, said.client_id)
            return order is not None and isinstance(order.terms, FxTerms)


def check_fx(
    said: Command, market: MarketState, limits: FxLimits, now: UtcNs, asked: Mapping[str, Command] | None = None
) -> Assessment:
    """Judges a command. `asked` has the commands of outstanding requests by intent."""
    return assessed(said, _findings(said, market, limits, now, asked or {}))


def _findings(
    said: Command, market: MarketState, limits: FxLimits, now: UtcNs, asked: Mapping[str, Command]
) -> Iterator[Finding]:
    prospects = _prospects(said, market)
    if isinstance(prospects, Finding):
        yield prospects
        return
    key = prospects[0].key
    connection = market.connections.get(key.connection)
    if connection is None or connection.status in (ConnectionStatus.DOWN, ConnectionStatus.OFF):
        yield _block("connection", NO_FIELD, f"Connection: {key.connection} is not connected")
    pair = market.pairs.get(key)
    if pair is None:
        yield _block("pair", NO_FIELD, f"Pair: {key.contract_id} is not known here, nor its tick and step")
        return
    if pair.assumed:
        yield _warn("assumed", NO_FIELD, f"Pair: the tick, pip and step of {pair.name} are assumed, no table has them")
    standing, quote = market.quote_standing(key), market.quotes.get(key)
    live = quote if standing.live else None
    if live is None:
        field = _priced_at(prospects[0])
        words = f"Price can't be held against a market: no live quotes; {standing.reason}"
        yield _warn("no market", field, words)
    for prospect in prospects:
        of_prospect = (
            *_terms(prospect, limits, now),
            *_spacing(prospect, pair),
            *_price(prospect, pair, live, limits),
            *_crossing(prospect, pair, market, live, asked),
        )
        yield from (msgspec.structs.replace(finding, leg=prospect.leg) for finding in of_prospect)
    if isinstance(said, PlaceOco):
        for concern in pair_concerns(said, live):
            yield Finding(concern.rule, NO_FIELD, Level.WARN, concern.words, concern.leg)
    yield from _size(prospects[0], pair, market, limits)
    yield from _exposure(prospects, pair, market, limits, asked)


def _prospects(said: Command, market: MarketState) -> "list[_Prospect] | Finding":
    match said:
        case PlaceOco():
            return [_placed(said.order(number), number) for number in (1, 2)]
        case PlaceOrder():
            return [_placed(said)]
    order = market.blotter.get(said.connection, said.client_id)
    if order is None or not order.ours or not isinstance(order.terms, FxTerms):
        return _block("order", NO_FIELD, "Order: it is not known here as one of ours")
    if not isinstance(said, AmendOrder):
        return _block("order", NO_FIELD, "Order: an FX order can't be activated, it is always")
    terms = order.terms
    until = None if said.forever else terms.until if said.until is None else said.until
    stop = terms.stop_price if said.stop_price is None else said.stop_price
    quantity = order.remaining if said.quantity is None else said.quantity
    price = order.price if said.price is None else said.price
    changed = msgspec.structs.replace(terms, until=until, stop_price=stop)
    return [_Prospect(order.key, order.side, quantity, price, changed, order)]


def _placed(order: PlaceOrder, leg: int = 0) -> _Prospect:
    assert isinstance(order.terms, FxTerms)
    return _Prospect(order.key, order.side, order.quantity, order.price, order.terms, leg=leg)


# What it says


def _terms(prospect: _Prospect, limits: FxLimits, now: UtcNs) -> Iterator[Finding]:
    terms = prospect.terms
    if terms.time_in_force not in limits.times_in_force:
        words = f"Time in force {terms.time_in_force!r} is not one that we know"
        yield _block("time in force", forms.TIME_IN_FORCE, words)
    if terms.until is not None and terms.until <= now:
        yield _block("lifetime", forms.VALIDITY_UNTIL, f"Valid until {utc_text(terms.until)} is not in the future")


def _spacing(prospect: _Prospect, pair: CurrencyPair) -> Iterator[Finding]:
    spec = pair.spec
    priced = (("Price", forms.PRICE, prospect.price), ("Stop price", forms.STOP_PRICE, prospect.terms.stop_price))
    for name, field, price in priced:
        if price is not None and price <= 0:
            yield _block("price", field, f"{name} {plain_text(price)} must be above 0")
        elif price is not None and price % spec.tick:
            words = f"{name} {plain_text(price)} is no multiple of the tick of {plain_text(spec.tick)}"
            yield _block("tick", field, words)
    quantity = plain_text(prospect.quantity)
    if prospect.quantity <= 0:
        yield _block("step", forms.QUANTITY, f"Quantity {quantity} must be above 0")
    elif prospect.quantity % spec.step:
        words = f"Quantity {quantity} is no multiple of {plain_text(spec.step)} {pair.base}"
        yield _block("step", forms.QUANTITY, words)


def _price(prospect: _Prospect, pair: CurrencyPair, quote: Quote | None, limits: FxLimits) -> Iterator[Finding]:
    if quote is None or quote.mid is None:
        return
    kind, stop = prospect.terms.type, prospect.terms.stop_price
    trades = would_trade_at_once(prospect.side, kind, prospect.price, stop, quote)
    if trades and kind not in (MARKET, LIMIT):
        yield _warn("stop at once", forms.STOP_PRICE, "Stop price: the market is beyond it, it would set off at once")
    for name, field, price in (("Price", forms.PRICE, prospect.price), ("Stop price", forms.STOP_PRICE, stop)):
        if price is None:
            continue
        above = price - quote.mid
        through = (above if prospect.side is Side.BUY else -above) > 0 and field == forms.PRICE and kind == LIMIT
        collars = (
            ((Level.BLOCK, limits.through_block), (Level.WARN, limits.through_warn))
            if through
            else ((Level.BLOCK, limits.away_block), (Level.WARN, limits.away_warn))
        )
        found = _collar(abs(above), quote.mid, collars)
        if found is not None:
            level, most = found
            decimals = pair.spec.price_decimals
            far = f"{fixed_text(abs(above), decimals)} {'above' if above > 0 else 'below'}"
            words = f"{name} {fixed_text(price, decimals)} is {far} the mid of {fixed_text(quote.mid, decimals)}"
            yield Finding("collar", field, level, f"{words}: more than {fixed_text(most, decimals)}")


def _collar(far: int, mid: Price, collars: tuple[tuple[Level, Collar | None], ...]) -> tuple[Level, int] | None:
    for level, collar in collars:
        if collar is not None and far > collar.distance(mid):
            return level, collar.distance(mid)
    return None


def _priced_at(prospect: _Prospect) -> str:
    """The field whose price is held against the market."""
    if prospect.price is not None:
        return forms.PRICE
    return NO_FIELD if prospect.terms.stop_price is None else forms.STOP_PRICE


def _crossing(
    prospect: _Prospect, pair: CurrencyPair, market: MarketState, quote: Quote | None, asked: Mapping[str, Command]
) -> Iterator[Finding]:
    """Own limits on the other side that this order would trade with. Stops wait elsewhere and meet nothing yet."""
    reach = _reach(prospect, quote)
    if reach is None:
        return
    buying, decimals = prospect.side is Side.BUY, pair.spec.price_decimals
    met = [
        price
        for order in market.blotter.own_alive(prospect.key)
        if order.side is not prospect.side and isinstance(order.terms, FxTerms) and order.terms.type == LIMIT
        for price in _limits_of(order, asked)
        if (price <= reach if buying else price >= reach)
    ]
    if met:
        best = fixed_text(min(met) if buying else max(met), decimals)
        own = "sell" if buying else "buy"
        words = f"This order would trade with an own {own} order at {best}"
        yield _warn("own order", _priced_at(prospect), words)


def _reach(prospect: _Prospect, quote: Quote | None) -> Price | None:
    """The worst price at which an order may trade at once; None for one that waits elsewhere, or where nobody knows."""
    if prospect.terms.type == LIMIT:
        return prospect.price
    if prospect.terms.type != MARKET or quote is None:
        return None
    return quote.ask if prospect.side is Side.BUY else quote.bid


def _limits_of(order: Order, asked: Mapping[str, Command]) -> Iterator[Price]:
    """Where an order rests, and where it is about to rest if an amendment is under way."""
    if order.price is not None:
        yield order.price
    command = asked.get(order.intent_id or "")
    if order.request is Request.AMEND and isinstance(command, AmendOrder) and command.price is not None:
        yield command.price


# How much of it


def _size(prospect: _Prospect, pair: CurrencyPair, market: MarketState, limits: FxLimits) -> Iterator[Finding]:
    over = limits.quantity.judge(prospect.quantity)
    if over is not None:
        level, most = over
        words = f"Quantity {plain_text(prospect.quantity)} {pair.base} is above {plain_text(most)}"
        yield Finding("quantity", forms.QUANTITY, level, words)
    notional = in_account_currency(market, pair, prospect.quantity)
    if notional is None:
        words = f"Notional can't be worked out: no live quotes from {pair.base} to {pair.account_currency}"
        yield _warn("no notional", forms.QUANTITY, words)
    elif (over := limits.notional.judge(notional)) is not None:
        level, most = over
        words = f"Notional {_money(notional)} {pair.account_currency} is above {plain_text(most)}"
        yield Finding("notional", forms.QUANTITY, level, words)


def _exposure(
    prospects: list[_Prospect],
    pair: CurrencyPair,
    market: MarketState,
    limits: FxLimits,
    asked: Mapping[str, Command],
) -> Iterator[Finding]:
    first = prospects[0]
    replaced = None if first.order is None else first.order.client_id
    others = [order for order in market.blotter.own_alive(first.key) if order.client_id != replaced]
    count = len(others) + len(prospects)
    if replaced is None and (over := limits.open_orders.judge(count)) is not None:
        level, most = over
        words = f"Open orders: this would make {count} of the pair, more than {most}"
        yield Finding("open orders", NO_FIELD, level, words)
    net = fx_net(market, first.key)
    working = _working([order for order in others if order.side is first.side], asked)
    long = net if first.side is Side.BUY else -net
    worst = long + working + first.quantity
    worth = in_account_currency(market, pair, worst)
    if worst > 0 and worth is not None and (over := limits.position.judge(worth)) is not None:
        level, most = over
        way = "long" if first.side is Side.BUY else "short"
        words = (
            f"Position could become {plain_text(worst)} {pair.base} {way}, {_money(worth)} {pair.account_currency}:"
            f" more than {plain_text(most)}"
        )
        yield Finding("position", forms.QUANTITY, level, words)


def _working(orders: list[Order], asked: Mapping[str, Command]) -> int:
    """What may still be filled of them; of a pair only one leg, the larger."""
    largest: dict[str, int] = {}
    for order in orders:
        command = asked.get(order.intent_id or "")
        left = int(order.remaining)
        if order.request is Request.AMEND and isinstance(command, AmendOrder) and command.quantity is not None:
            left = max(left, command.quantity)
        name = order.pair or order.client_id
        largest[name] = max(largest.get(name, 0), left)
    return sum(largest.values())


def _money(value: int) -> str:
    """To the cent, upwards."""
    return fixed_text(-(-value // 10**7) * 10**7, 2)


def _block(rule: str, field: str, words: str) -> Finding:
    return Finding(rule, field, Level.BLOCK, words)


def _warn(rule: str, field: str, words: str) -> Finding:
    return Finding(rule, field, Level.WARN, words)
