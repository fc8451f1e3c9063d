"""What the ladder of a flexibility book says around its rows: which window and place, and how old it all is. No Qt."""

from zoneinfo import ZoneInfo

from protocols.market.flex import CLOSES_BEFORE
from protocols.market.flex_book import ALL, FlexBook, FlexFilter
from protocols.market.instruments import ContractKey
from protocols.market.state import MarketState, Standing
from protocols.market.times import Instant, UtcNs
from protocols.market.values import Side
from widgets.delivery import (
    AMBER,
    RED,
    age_text,
    countdown_text,
    day_text,
    delivery_text,
    seconds_until,
    zone_name,
)
from widgets.figures import grouped
from widgets.flex.view import narrowed, place_words
from widgets.ladder.words import ABSENT, Figure, Header, Tone, Word, age_of, freshness_word


def flex_header(
    market: MarketState, key: ContractKey, place: FlexFilter, standing: Standing, now: Instant, zone: ZoneInfo
) -> Header:
    book, chosen = market.flex.books.get(key.connection), narrowed(place, key)
    delivery = chosen.delivery
    if delivery is None:
        name, period = "All windows", ""
    else:
        name = delivery_text(delivery.start, delivery.end, zone)
        period = f"{day_text(delivery.start, zone)} {zone_name(delivery.start, zone)}"
    return Header(
        name=name,
        area=f"Flexibility {place_words(place)}",
        period=period,
        freshness=freshness_word(standing, age_of(market, key, now)),
        state=_mixture(book, chosen),
        closing=Word("") if delivery is None else _ends(delivery.start, market.venue_now(key.connection, now)),
        figures=() if book is None else _figures(market, book, chosen, now),
        figures_note="",
    )


def windows_shown(book: FlexBook, chosen: FlexFilter) -> int:
    """How many delivery windows have orders that the filter shows."""
    if chosen == ALL:
        return len(book.deliveries())
    levels = (*book.levels(Side.BUY, chosen), *book.levels(Side.SELL, chosen))
    return len({order.delivery for level in levels for order in level.orders})


def empty_words(book: FlexBook) -> str:
    """Why a live book shows nothing."""
    if not len(book):
        return "The book is live and empty."
    return f"None of the book's {grouped(len(book))} orders passes the filter."


def _mixture(book: FlexBook | None, chosen: FlexFilter) -> Word:
    if chosen.delivery is not None:
        return Word("one delivery window", Tone.SECONDARY)
    count = 0 if book is None else windows_shown(book, chosen)
    if count < 2:
        return Word("every delivery window", Tone.SECONDARY)
    return Word(f"{count} windows mixed: different goods", Tone.WARNING)


def _ends(start: UtcNs, venue_now: UtcNs) -> Word:
    left = seconds_until(UtcNs(start - CLOSES_BEFORE), venue_now)
    if not left:
        return Word("orders have ended", Tone.SECONDARY)
    tone = Tone.DANGER if left <= RED else Tone.WARNING if left <= AMBER else Tone.SECONDARY
    return Word(f"orders end in {countdown_text(left)}", tone)


def _figures(market: MarketState, book: FlexBook, chosen: FlexFilter, now: Instant) -> tuple[Figure, ...]:
    """How much there is, and how sure that is: the book has no heartbeat, so its age counts and the socket's pong."""

    def orders(side: Side) -> str:
        return grouped(sum(len(level.orders) for level in book.levels(side, chosen)))

    pong = market.flex.pongs.get((book.key.connection, book.channel))
    ages = (book.age(now), None if pong is None else max(0.0, now.monotonic - pong.monotonic))
    age, since_pong = (ABSENT if each is None else age_text(each) for each in ages)
    return (
        Figure("Bids", orders(Side.BUY)),
        Figure("Asks", orders(Side.SELL)),
        Figure("Age", age),
        Figure("Pong", since_pong),
    )
