"""Finding and hopping through delivery windows of flexibility: `flex 14:00`, `flex all`, `14-15 glocalflex`."""

import functools
from zoneinfo import ZoneInfo

from protocols.market.flex import CLOSES_BEFORE, Delivery
from protocols.market.instruments import ContractKey, FlexMarket, FlexWindow, window_key
from protocols.market.state import MarketState
from protocols.market.times import UtcNs
from widgets.delivery import day_text, delivery_text, instrument_zone, zone_name

Found = tuple[ContractKey, str, str]
"""Key, name, and a word on what it is."""


def find_windows(market: MarketState, text: str, now: UtcNs, most: int) -> list[Found]:
    """Windows that still trade, of which each word of the text begins a word, the soonest first; whole books before
    them."""
    wanted = text.casefold().replace("–", "-").split()
    found: list[Found] = []
    for name, listed in market.flex.markets.items() if wanted else ():
        zone = instrument_zone(listed)
        if _has(("flexibility", "all", "windows", *name.casefold().split()), wanted):
            found.append((listed.key, "Flexibility, all windows", name))
        book = market.flex.books.get(name)
        for delivery in book.deliveries() if book is not None else ():
            words = (*_tokens(delivery, zone), *name.casefold().split())
            if delivery.start - CLOSES_BEFORE > now and _has(words, wanted):
                period = delivery_text(delivery.start, delivery.end, zone)
                day = f"{day_text(delivery.start, zone)} {zone_name(delivery.start, zone)}"
                found.append((window_key(name, delivery), f"Flexibility {period}", f"{name}   {day}"))
    return found[:most]


def neighbour_window(
    market: MarketState, here: FlexMarket | FlexWindow, step: int, now: UtcNs
) -> FlexMarket | FlexWindow | None:
    """The next (`step` 1) or previous (-1) window of the book that still trades. The whole book stands before the first
    of them; None at either end."""
    connection = here.key.connection
    book, listed = market.flex.books.get(connection), market.flex.markets.get(connection)
    if listed is None:
        return None
    windows = [each for each in (book.deliveries() if book is not None else ()) if each.start - CLOSES_BEFORE > now]
    if isinstance(here, FlexMarket):
        return listed.window(windows[0]) if step > 0 and windows else None
    if step > 0:
        later = [each for each in windows if each > here.delivery]
        return listed.window(later[0]) if later else None
    earlier = [each for each in windows if each < here.delivery]
    return listed.window(earlier[-1]) if earlier else listed


def _has(words: tuple[str, ...], wanted: list[str]) -> bool:
    return all(any(word.startswith(each) for word in words) for each in wanted)


@functools.lru_cache(maxsize=4096)
def _tokens(delivery: Delivery, zone: ZoneInfo) -> tuple[str, ...]:
    period = delivery_text(delivery.start, delivery.end, zone).replace("–", "-")
    day = day_text(delivery.start, zone).casefold().split()
    return ("flexibility", period, period.replace(":00", ""), *day)
