"""Composes a frame from the market as it stands. No Qt."""

import dataclasses
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from protocols.market.book import Level
from protocols.market.commands import Seen
from protocols.market.events import AreaState, Feed
from protocols.market.instruments import ContractKey, CurrencyPair, FlexMarket, Instrument, InstrumentSpec
from protocols.market.state import MarketState, Standing
from protocols.market.times import Instant
from protocols.market.values import Price, Side, plain_text
from widgets.books import book_of
from widgets.flex.view import flex_book, is_flex
from widgets.fx_staging import is_stop, short_quantity
from widgets.key_texts import KeyTexts
from widgets.ladder import words
from widgets.ladder.axis import Axis, BucketAxis, LevelAxis
from widgets.ladder.bar import bar_of
from widgets.ladder.depth import RowSide, SideDepth, fold_side, fold_traded
from widgets.ladder.flashes import Cell, Flashes
from widgets.ladder.flex_words import empty_words, flex_header
from widgets.ladder.frame import (
    Body,
    FrameRow,
    Guide,
    LadderFrame,
    LastMark,
    Plate,
    Quote,
    RowMeaning,
    StageMark,
)
from widgets.ladder.geometry import Column, Geometry
from widgets.ladder.hand import Hand
from widgets.ladder.options import Options
from widgets.ladder.own import OwnOrders, OwnSide, fold_own
from widgets.ladder.quote_words import pair_header, pips_text
from widgets.ladder.sight import Sight
from widgets.ladder.standing import Condition, condition_of, standing_of, why_no_orders
from widgets.ladder.traded import TradedAtPrice
from widgets.ladder.words import ABSENT, Tone, Word


@dataclasses.dataclass(frozen=True, slots=True)
class Scene:
    """What a frame is composed from."""

    market: MarketState
    key: ContractKey | None
    axis: Axis | None
    geometry: Geometry
    options: Options
    traded: TradedAtPrice | None
    bucket_by_hand: bool
    group: int
    now: Instant
    zone: ZoneInfo
    hand: Hand
    own: OwnOrders | None
    keys: KeyTexts


def compose(scene: Scene, revision: int, flashes: Flashes) -> LadderFrame:
    """The frame of this moment. The standing is read here, so nothing that is not live is painted as live."""
    market, key = scene.market, scene.key
    if key is None:
        flashes.forget()
        title, line = words.invitation(market, scene.group)
        invitation = Plate(title, (line,))
        nothing = Condition.NO_CONTRACT
        return LadderFrame(revision, None, nothing, scene.geometry, None, None, invitation, None, None, Word(""))
    contract = market.instrument(key)
    standing = standing_of(market, key, contract)
    condition = condition_of(market, key, standing, scene.hand.place)
    if isinstance(contract, CurrencyPair):
        header = pair_header(market, contract, standing, scene.now, scene.zone)
    elif is_flex(contract):
        header = flex_header(market, key, scene.hand.place, standing, scene.now, scene.zone)
    else:
        header = words.header(market, key, standing, scene.now, scene.zone)
    plate = _plate(scene, key, condition, standing)
    spec, body, quote, bar, sight = contract.spec if contract else None, None, None, None, None
    book = book_of(market, key, scene.hand.place)
    if contract is not None and spec is not None and book is not None and condition.numbers:
        bids, asks = book.bids.levels(), book.asks.levels()
        quote = _quote(bids, asks, contract)
        seen = Seen(revision, book.revision, book.venue_revision)
        sight = Sight(key, seen, book.bids.best, book.asks.best, scene.hand.stage)
        if scene.axis is not None:
            body = _body(scene, contract, scene.axis, bids, asks, condition, flashes)
    if body is None:
        flashes.forget()
    if spec is not None:
        own = (body.own_buys, body.own_sells) if body is not None else None
        bar = bar_of(scene.hand, spec, why_no_orders(market, key), own, scene.keys, scene.now.utc)
    bucket = _bucket_word(scene)
    return LadderFrame(revision, key, condition, scene.geometry, spec, header, plate, body, quote, bucket, bar, sight)


def _plate(scene: Scene, key: ContractKey, condition: Condition, standing: Standing) -> Plate | None:
    age = words.age_of(scene.market, key, scene.now)
    since = "" if age is None else words.since_text(standing.freshness, age)
    state = scene.market.area_states.get(key)
    match condition:
        case Condition.LIVE | Condition.NO_CONTRACT:
            return None
        case Condition.EMPTY:
            book = flex_book(scene.market, key)
            return Plate("No orders", (empty_words(book) if book is not None else "The book is live and empty.",))
        case Condition.STALE:
            return _plate_of("Stale", standing.reason, since)
        case Condition.RESYNCHRONISING:
            return _plate_of("Resynchronising", standing.reason, since)
        case Condition.UNSYNCHRONISED:
            return _plate_of("Not synchronised", standing.reason, since)
        case Condition.CLOSED | Condition.HALTED:
            assert state is not None
            return _state_plate(state, condition, scene)


def _plate_of(title: str, *lines: str) -> Plate:
    return Plate(title, tuple(line for line in lines if line))


def _state_plate(state: AreaState, condition: Condition, scene: Scene) -> Plate:
    until = words.until_text(state, scene.now, scene.zone)
    if condition is Condition.CLOSED:
        return _plate_of(state.phase, f"State {state.state}", until)
    return _plate_of(state.state, f"Phase {state.phase}" if state.phase else "", until)


def _bucket_text(scene: Scene, bucket: int) -> str:
    """With the price's decimals: `5.00` is a width, `5` could be a count."""
    contract = scene.market.instrument(scene.key)
    return plain_text(bucket) if contract is None else words.number(bucket, contract.spec.price_decimals).text


def _bucket_word(scene: Scene) -> Word:
    match scene.axis:
        case BucketAxis(bucket=bucket):
            return Word(f"{_bucket_text(scene, bucket)} {'fixed' if scene.bucket_by_hand else 'auto'}", Tone.SECONDARY)
        case LevelAxis():
            return Word("levels", Tone.SECONDARY)
        case None:
            return Word("")


def _quote(bids: Sequence[Level], asks: Sequence[Level], contract: Instrument) -> Quote:
    spec = contract.spec

    def price(value: int | None) -> str:
        return ABSENT if value is None else words.number(value, spec.price_decimals).text

    def amount(levels: Sequence[Level]) -> str:
        return words.amount(levels[0].quantity, spec.quantity_decimals).text if levels and levels[0].quantity else ""

    bid, ask = bids[0].price if bids else None, asks[0].price if asks else None
    spread = None if bid is None or ask is None else ask - bid
    distance = price(spread)
    if isinstance(contract, FlexMarket):
        distance = ABSENT  # between goods that differ: bids and asks of two windows may well cross
    elif isinstance(contract, CurrencyPair) and spread is not None:
        distance = f"{pips_text(spread, contract.pip)} pip"
    return Quote(price(bid), price(ask), distance, amount(bids), amount(asks))


def _body(
    scene: Scene,
    contract: Instrument,
    axis: Axis,
    bid_levels: Sequence[Level],
    ask_levels: Sequence[Level],
    condition: Condition,
    flashes: Flashes,
) -> Body:
    key, spec, depth = contract.key, contract.spec, not isinstance(contract, CurrencyPair)
    slots, cumulative = scene.geometry.slots, scene.options.cumulative
    bids = fold_side(axis, Side.BUY, bid_levels, slots)
    asks = fold_side(axis, Side.SELL, ask_levels, slots)
    volumes = fold_traded(axis, scene.traded.quantities, slots) if scene.traded else [0] * slots
    buys, sells = _own(scene, axis, slots, spec)
    above, below = _notices(bids, asks, slots, spec)
    covered = {0 if above else None, slots - 1 if below else None}
    rows = tuple(
        None if slot in covered else _row(axis, slot, bids, asks, volumes[slot], spec, cumulative, buys, sells)
        for slot in range(slots)
    )
    selected = scene.hand.selected
    trades = scene.market.feed_standing(Feed.TRADES, [(key.connection, key.area)])
    return Body(
        axis=axis,
        rows=rows,
        bids=bids,
        asks=asks,
        cumulative=cumulative,
        full_bar=_fullest(rows, cumulative),
        full_volume=max((row.volume for row in rows if row), default=0) or 1,
        guides=_guides(scene, key, axis, 1 if above else 0, slots - 1 if below else slots),
        last=_last_mark(scene, axis, slots, spec),
        notice_above=above,
        notice_below=below,
        trades_note="" if trades.live or not depth else trades.freshness.value,
        flashes=_flashes(scene, key, axis, rows, condition, flashes),
        own_buys=buys,
        own_sells=sells,
        selected=selected.client_id if selected is not None else None,
        mark=_mark(scene.hand, axis, rows, spec),
        depth=depth,
    )


def _row(
    axis: Axis,
    slot: int,
    bids: SideDepth,
    asks: SideDepth,
    volume: int,
    spec: InstrumentSpec,
    cumulative: bool,
    buys: OwnSide,
    sells: OwnSide,
) -> FrameRow | None:
    price = axis.price(slot)
    if price is None:
        return None
    bid, ask = bids.rows[slot], asks.rows[slot]
    return FrameRow(
        RowMeaning(price, Side.BUY if bid.levels else Side.SELL if ask.levels else None),
        price=words.number(price, spec.price_decimals),
        round_price=isinstance(axis, BucketAxis) and price % (10 * axis.bucket) == 0,
        bid=bid,
        ask=ask,
        bid_text=_quantity(bid, spec, cumulative, "bid"),
        ask_text=_quantity(ask, spec, cumulative, "ask"),
        volume=volume,
        volume_text=words.amount(volume, spec.quantity_decimals) if volume else None,
        own_buy=buys.cells.get(slot),
        own_sell=sells.cells.get(slot),
    )


def _own(scene: Scene, axis: Axis, slots: int, spec: InstrumentSpec) -> tuple[OwnSide, OwnSide]:
    if scene.own is None or not scene.own.orders:
        return OwnSide(), OwnSide()
    orders, ahead = scene.own.orders, scene.own.ahead()
    zone = scene.zone if scene.own.mixed else None
    return (
        fold_own(axis, Side.BUY, orders, ahead, slots, spec, zone),
        fold_own(axis, Side.SELL, orders, ahead, slots, spec, zone),
    )


def _mark(hand: Hand, axis: Axis, rows: tuple[FrameRow | None, ...], spec: InstrumentSpec) -> StageMark | None:
    """The row that a dragged order is over, else that of the staged price, if it is in view."""
    if hand.drag is not None:
        order, slot = hand.drag
        side, quantity, stop = order.side, order.remaining, is_stop(order.terms)
    elif hand.stage is not None:
        side, quantity, stop = hand.stage.side, hand.stage.quantity, hand.stage.is_stop
        place = axis.place(side, hand.stage.price)
        slot = place.slot if place.exact else -1
    else:
        return None
    if not 0 <= slot < len(rows) or rows[slot] is None:
        return None
    column = Column.OWN_BUY if side is Side.BUY else Column.OWN_SELL
    text = short_quantity(quantity) if hand.of_pair else words.amount(quantity, spec.quantity_decimals).text
    return StageMark(slot, column, text, hand.drag is not None, stop)


def _quantity(side: RowSide, spec: InstrumentSpec, cumulative: bool, name: str) -> words.Number | None:
    """What rests there; where nobody says how much, that something does."""
    if not side.quantity:
        return words.Number(name, len(name)) if side.levels else None
    return words.amount(side.cumulative if cumulative else side.quantity, spec.quantity_decimals)


def _fullest(rows: tuple[FrameRow | None, ...], cumulative: bool) -> int:
    sides = [side for row in rows if row for side in (row.bid, row.ask)]
    return max((side.cumulative if cumulative else side.quantity for side in sides), default=0) or 1


def _notices(
    bids: SideDepth, asks: SideDepth, slots: int, spec: InstrumentSpec
) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """Where the market went that has left the axis: nothing moves by itself, so it is said."""
    above: list[Word] = []
    below: list[Word] = []
    places = [depth.best_slot for depth in (bids, asks) if depth.best_slot is not None]
    # A notice lies on a row of its own: a best price in that row is hidden by it and named as well.
    first = 1 if any(slot < 0 for slot in places) else 0
    end = slots - 1 if any(slot >= slots for slot in places) else slots
    for depth, name, tone in ((bids, "best bid", Tone.BUY), (asks, "best ask", Tone.SELL)):
        if depth.best is None or depth.best_slot is None or first <= depth.best_slot < end:
            continue
        word = Word(f"{name} {words.number(depth.best, spec.price_decimals).text}", tone)
        (above if depth.best_slot < first else below).append(word)
    return (
        (Word("▲"), *above, Word("above", Tone.SECONDARY)) if above else (),
        (Word("▼"), *below, Word("below", Tone.SECONDARY)) if below else (),
    )


def _guides(scene: Scene, key: ContractKey, axis: Axis, first: int, end: int) -> tuple[Guide, ...]:
    """The thin lines of the day that are in view. A last price without a row of its own becomes one too."""
    wanted: list[tuple[str, Price | None]] = []
    known = scene.market.information.get(key)
    if known is not None and scene.market.information_standing(key).live:
        wanted = [("High", known.high), ("VWAP", known.vwap), ("Low", known.low)]
    quote = scene.market.quotes.get(key)
    if quote is not None and scene.market.quote_standing(key).live:
        wanted = [("High", quote.day_high), ("Low", quote.day_low)]
    trade = scene.traded.last if scene.traded else None
    if trade is not None and axis.traded_slot(trade.price) is None:
        wanted.append(("Last", trade.price))
    guides = []
    for label, price in wanted:
        position = axis.position(price) if price is not None else None
        if position is not None and first - 0.5 <= position < end - 0.5:
            guides.append(Guide(label, position))
    return tuple(guides)


def _last_mark(scene: Scene, axis: Axis, slots: int, spec: InstrumentSpec) -> LastMark | None:
    trade = scene.traded.last if scene.traded else None
    if trade is None:
        return None
    slot = axis.traded_slot(trade.price)
    in_view = slot is not None and 0 <= slot < slots
    quantity = words.amount(trade.quantity, spec.quantity_decimals).text
    return LastMark(slot if in_view else None, quantity, trade.direction)


def _flashes(
    scene: Scene,
    key: ContractKey,
    axis: Axis,
    rows: tuple[FrameRow | None, ...],
    condition: Condition,
    flashes: Flashes,
) -> dict[Cell, float]:
    if not scene.options.flash or not condition.live:
        flashes.forget()
        return {}
    ground = (key, axis.bucket if isinstance(axis, BucketAxis) else None)
    quantities: dict[Cell, int] = {}
    for row in rows:
        if row is not None:
            quantities[Side.BUY, row.meaning.price] = row.bid.quantity
            quantities[Side.SELL, row.meaning.price] = row.ask.quantity
    return flashes.observe(ground, quantities, scene.now.monotonic)
