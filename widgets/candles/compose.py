"""Makes a frame of the market as it stands, and of what the trader looks at. No Qt."""

import bisect
import dataclasses
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from protocols.market.candles import Series
from protocols.market.events import Candle, Feed, Freshness, Quote
from protocols.market.instruments import ContractKey, CurrencyPair
from protocols.market.intervals import INTERVALS, Interval
from protocols.market.state import MarketState, Standing
from protocols.market.times import Instant
from protocols.market.values import Price
from widgets.candles.asking import Asking
from widgets.candles.drag import Drag
from widgets.candles.frame import NO_ROOM, Body, Crosshair, Frame, Layout, Plate, StageLine
from widgets.candles.marks import MOST_LINES, OrderLine, fills_of, joined, lines_of
from widgets.candles.scale import PriceRange, Scale, fitted
from widgets.candles.span import FOLLOWING, Span
from widgets.candles.times import candle_text, time_marks
from widgets.candles.words import GAP, LETTERS, candle_words, fill_words, moved_words
from widgets.delivery import time_text, zone_name
from widgets.fx_staging import short_quantity
from widgets.staging import Stage, price_text

TIME_ROOM, PRICE_ROOM = 88, 44
"""Pixels that a time and a price on the axes need."""
STRETCH = 2
"""Orders are brought into view where that makes the range no more than so many times as large."""


@dataclasses.dataclass(slots=True)
class Looking:
    """What a trader looks at, and how."""

    interval: str
    zone: ZoneInfo
    key: ContractKey | None = None
    span: Span = FOLLOWING
    prices: PriceRange | None = None
    """The range that was chosen; None fits what is in view."""
    held: PriceRange | None = None
    """What stays in view while an order is in hand: no price moves under it."""
    layout: Layout = NO_ROOM
    pointer: tuple[float, float] | None = None
    """Where the mouse is, in the plot; else `cursor` counts."""
    cursor: int | None = None
    """How far behind the newest the candle is that keys look at."""
    drag: Drag | None = None
    selected: str | None = None
    stage: Stage | None = None


def composed(market: MarketState, looking: Looking, asking: Asking, now: Instant, revision: int) -> Frame:
    key = looking.key
    pair = None if key is None else market.pairs.get(key)
    series = None if key is None else market.candles_of(key, looking.interval)
    standing = _standing(market, key)
    quote = None if key is None or not standing.live else market.quotes.get(key)
    body = None
    if pair is not None and series is not None and series.candles:
        body = _body(market, looking, pair, series, quote)
    frame = Frame(
        revision=revision,
        layout=looking.layout,
        key=key,
        live=standing.live,
        orders_live=key is not None and market.feed_standing(Feed.OWN_ORDERS, [(key.connection, key.area)]).live,
        plate=_plate(looking, pair, series, asking, standing, now),
        note=_note(series, asking, now) if body is not None else "",
        body=body,
        quote=quote,
        readout="",
        crosshair=None,
        drag=None,
        drag_words="",
        fetching=asking.fetching,
        selected=looking.selected,
        time=now.monotonic,
    )
    return followed(frame, looking, series)


def followed(frame: Frame, looking: Looking, series: Series | None) -> Frame:
    """The same frame with what goes along with the mouse."""
    body, drag = frame.body, looking.drag
    if body is None or series is None:
        return frame
    crosshair = _crosshair(looking, body, series)
    return dataclasses.replace(
        frame,
        crosshair=crosshair,
        readout=_readout(looking, body, series, crosshair),
        drag=drag,
        drag_words="" if drag is None else moved_words(drag.order, drag.price, body.pair, frame.quote),
    )


def _standing(market: MarketState, key: ContractKey | None) -> Standing:
    if key is None:
        return Standing(Freshness.UNSYNCHRONISED, "no contract is chosen")
    return market.quote_standing(key)


def _body(market: MarketState, looking: Looking, pair: CurrencyPair, series: Series, quote: Quote | None) -> Body:
    layout, span, candles = looking.layout, looking.span, series.candles
    count = len(candles)
    first, last = span.first_and_last(count, layout.right)
    shown = candles[first:last]
    lines = lines_of(market.blotter.own_alive(pair.key)[:MOST_LINES])
    stage = _stage_line(looking.stage, pair)
    chosen = looking.held or looking.prices or _fitting(shown or candles[-1:], pair, quote, lines, stage)
    scale = Scale(chosen.low, chosen.high, layout.top, layout.bottom - layout.top)
    in_view = [line for line in lines if scale.holds(line.price)]
    oldest = candles[first].at if first < count else None
    executed = [] if oldest is None else [each for each in market.executions.of(pair.key) if each.at >= oldest]
    built = count
    if series.built_from is not None:
        built = bisect.bisect_left(candles, series.built_from, key=lambda candle: candle.at)
    return Body(
        candles=tuple(shown),
        first=first,
        count=count,
        span=span,
        scale=scale,
        interval=series.interval,
        pair=pair,
        time_marks=tuple(time_marks(candles, first, last, series.interval, layout.right // TIME_ROOM, looking.zone)),
        price_marks=tuple(scale.marks(pair.spec.tick, PRICE_ROOM)),
        lines=tuple(in_view),
        joins=tuple(joined(in_view)),
        above=len({line.name for line in lines if line.price > scale.high}),
        below=len({line.name for line in lines if line.price < scale.low}),
        fills=tuple(each for each in fills_of(executed, candles) if first <= each.number < last),
        built=built,
        stage=stage,
    )


def _fitting(
    shown: Sequence[Candle],
    pair: CurrencyPair,
    quote: Quote | None,
    lines: Sequence[OrderLine],
    stage: StageLine | None,
) -> PriceRange:
    """All candles in view and the quote, and as many orders, the nearest first, as don't squeeze them together."""
    prices: list[int] = [min(candle.low for candle in shown), max(candle.high for candle in shown)]
    if quote is not None:
        prices += [price for price in (quote.bid, quote.ask) if price is not None]
    low, high = min(prices), max(prices)
    most = STRETCH * max(high - low, 20 * pair.spec.tick)
    wanted = [line.price for line in lines] + ([] if stage is None else [stage.price])
    for price in sorted(wanted, key=lambda price: max(low - price, price - high)):
        if max(high, price) - min(low, price) <= most:
            low, high = min(low, price), max(high, price)
    return fitted((low, high), pair.spec.tick)


def _stage_line(stage: Stage | None, pair: CurrencyPair) -> StageLine | None:
    if stage is None or stage.key != pair.key:
        return None
    what = "change" if stage.order is not None else "staged"
    text = f"{what}: {LETTERS[stage.side]} {short_quantity(stage.quantity)}{' STP' if stage.is_stop else ''}"
    return StageLine(stage.side, stage.price, f"{text} {price_text(stage.price, pair.spec)}")


def _crosshair(looking: Looking, body: Body, series: Series) -> Crosshair | None:
    price: Price | None
    if looking.pointer is not None:
        x, y = looking.pointer
        number = body.count - 1 - body.span.behind(x, looking.layout.right)
        number, price = min(max(0, number), body.count - 1), body.scale.price_at(y, body.pair.spec.tick)
    elif looking.cursor is not None:
        number, price = max(0, body.count - 1 - looking.cursor), None
    else:
        return None
    return Crosshair(number, price, candle_text(series.candles[number].at, body.interval, looking.zone))


def _readout(looking: Looking, body: Body, series: Series, crosshair: Crosshair | None) -> str:
    """Of the candle looked at, else of the newest."""
    number = body.count - 1 if crosshair is None else crosshair.number
    candle = series.candles[number]
    newest = number == body.count - 1
    words = candle_words(candle, body.pair, body.interval, looking.zone, built=number >= body.built, newest=newest)
    fills = [part for fill in body.fills if fill.number == number for part in fill.parts]
    return f"{words}{GAP}own: {fill_words(fills, body.pair)}" if fills else words


def _plate(
    looking: Looking,
    pair: CurrencyPair | None,
    series: Series | None,
    asking: Asking,
    standing: Standing,
    now: Instant,
) -> Plate | None:
    if pair is None:
        return Plate("No currency pair", ("Choose one in this link group: candles are of pairs",))
    if series is None or not series.candles:
        return _missing(pair, INTERVALS[looking.interval], series, asking, now)
    if standing.live:
        return None
    reason = (standing.reason,) if standing.reason else ()
    told = () if series.told is None else (_told_words(series.told, looking.zone),)
    return Plate(standing.freshness.value.capitalize(), (*reason, *told))


def _missing(pair: CurrencyPair, interval: Interval, series: Series | None, asking: Asking, now: Instant) -> Plate:
    what = f"candles of {pair.title}, {interval.title}"
    why = asking.said or ("" if series is None else series.problem)
    if asking.waiting:
        return Plate(f"Asking for {what}", (why,) if why else (), busy=True)
    if why:
        again = asking.again_in(now)
        return Plate(f"No {what}", (why, f"asked again in {again} s" if again else "asked again at once"))
    if series is None or not series.answers:
        return Plate(f"No {what} yet", ())
    return Plate(f"No {what}", ("the venue has none",))


def _told_words(told: Instant, zone: ZoneInfo) -> str:
    return f"the venue told its candles at {time_text(told.utc, zone)} {zone_name(told.utc, zone)}"


def _note(series: Series | None, asking: Asking, now: Instant) -> str:
    why = asking.said or ("" if series is None else series.problem)
    if why:
        again = asking.again_in(now)
        return f"not renewed: {why}" + (f"; asked again in {again} s" if again else "")
    older = asking.older_said or ("" if series is None or series.complete else series.older_problem)
    return f"no older candles: {older}" if older else ""


def price_range(scale: Scale) -> PriceRange:
    """What a scale shows, to begin changing it from there."""
    return PriceRange(Price(scale.low), Price(scale.high))
