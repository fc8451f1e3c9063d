"""What the ladder of a currency pair says around its rows: the quote, its day, and that there is no depth. No Qt."""

from zoneinfo import ZoneInfo

from protocols.market.events import Quote
from protocols.market.instruments import CurrencyPair
from protocols.market.state import MarketState, Standing
from protocols.market.times import Instant
from protocols.market.values import SCALE, Price, plain_text
from widgets.delivery import age_text, time_text, zone_name
from widgets.ladder.words import ABSENT, Figure, Header, Tone, Word, age_of, freshness_word, number

NO_DEPTH = "quotes only, no depth"
QUIET_SECONDS = 5.0
"""A pair that was not quoted for so long is quiet: that may be the market, or a venue that hangs."""


def pips_text(distance: int, pip: int) -> str:
    """A distance in pips, with a tenth: `0.4`. A venue's price off the tick may have more."""
    whole, rest = divmod(distance * SCALE, pip)
    return plain_text(whole + (1 if 2 * rest >= pip else 0))


def pair_header(market: MarketState, pair: CurrencyPair, standing: Standing, now: Instant, zone: ZoneInfo) -> Header:
    quote = market.quotes.get(pair.key)
    return Header(
        name=pair.title,
        area=NO_DEPTH,
        period=f"pip {plain_text(pair.pip)}",
        freshness=freshness_word(standing, age_of(market, pair.key, now)),
        state=_quoted(quote, standing, now, zone),
        closing=Word("tick and pip are assumed", Tone.WARNING) if pair.assumed else Word(""),
        figures=_figures(quote, pair),
        figures_note="" if standing.live or quote is None else f"quote {standing.freshness.value}",
    )


def _quoted(quote: Quote | None, standing: Standing, now: Instant, zone: ZoneInfo) -> Word:
    """When, and in amber how long ago, long before the silence is long enough to call the quote stale."""
    if quote is None or quote.at is None:
        return Word("not quoted yet", Tone.SECONDARY)
    said = f"quoted {time_text(quote.at, zone)} {zone_name(quote.at, zone)}"
    age = now.monotonic - quote.received.monotonic
    if standing.live and age >= QUIET_SECONDS:
        return Word(f"{said}, {age_text(age)} ago", Tone.WARNING)
    return Word(said, Tone.SECONDARY)


def _figures(quote: Quote | None, pair: CurrencyPair) -> tuple[Figure, ...]:
    if quote is None:
        return ()

    def price(value: Price | None) -> str:
        return ABSENT if value is None else number(value, pair.spec.price_decimals).text

    spread = ABSENT if quote.bid is None or quote.ask is None else pips_text(quote.ask - quote.bid, pair.pip)
    return (
        Figure("Bid", price(quote.bid)),
        Figure("Ask", price(quote.ask)),
        Figure("Pips", spread),
        Figure("Open", price(quote.day_open)),
        Figure("High", price(quote.day_high)),
        Figure("Low", price(quote.day_low)),
    )
