"""What the ladder says around its rows: the contract, how fresh it is, its state, its day in figures. No Qt."""

import enum
import functools
from typing import NamedTuple
from zoneinfo import ZoneInfo

from protocols.market.events import AreaState, ConnectionStatus, Freshness, MarketInformation
from protocols.market.instruments import ContractKey, CurrencyPair, Instrument, InstrumentSpec, PowerContract
from protocols.market.state import MarketState, Standing
from protocols.market.times import Instant, UtcNs
from protocols.market.values import SCALE, fixed_text
from widgets.delivery import (
    AMBER,
    RED,
    age_text,
    countdown_text,
    day_text,
    delivery_text,
    market_zone,
    seconds_until,
    time_text,
    zone_name,
)
from widgets.figures import amount_text
from widgets.flex.view import flex_book
from widgets.marks import INKS, MARKS

ABSENT = "–"


class Tone(enum.Enum):
    """The theme colour a word is drawn in. Beside each there is a word: no colour speaks alone."""

    TEXT = "text"
    SECONDARY = "text_secondary"
    MUTED = "text_muted"
    LIVE = "live"
    WARNING = "warning"
    DANGER = "danger"
    ACCENT = "accent"
    BUY = "buy"
    SELL = "sell"
    UP = "up"
    DOWN = "down"


class Word(NamedTuple):
    text: str
    tone: Tone = Tone.TEXT


class Number(NamedTuple):
    """A number's text, and how many of its characters stand before the decimal point."""

    text: str
    whole: int


class Figure(NamedTuple):
    label: str
    value: str
    mark: Word = Word("")
    """A glyph behind the value: which way the last price went."""


class Header(NamedTuple):
    """The lines above the rows."""

    name: str
    area: str
    period: str
    freshness: Word
    state: Word
    closing: Word
    figures: tuple[Figure, ...]
    figures_note: str
    """Why the figures are not to be believed; empty when they are live."""


@functools.lru_cache(maxsize=65_536)
def number(value: int, decimals: int) -> Number:
    """With a true minus, and with every digit the venue sent."""
    text = fixed_text(value, decimals).replace("-", "−")
    point = text.find(".")
    return Number(text, len(text) if point < 0 else point)


@functools.lru_cache(maxsize=65_536)
def amount(value: int, decimals: int) -> Number:
    """A quantity: likewise, with its thousands set apart."""
    text = amount_text(value, decimals)
    point = text.find(".")
    return Number(text, len(text) if point < 0 else point)


def rounded(value: int, decimals: int) -> str:
    """For averages, whose last digits mean nothing: half to even."""
    unit = SCALE // 10**decimals
    whole, rest = divmod(value, unit)
    if 2 * rest > unit or (2 * rest == unit and whole % 2):
        whole += 1
    return number(whole * unit, decimals).text


def header(market: MarketState, key: ContractKey, standing: Standing, now: Instant, zone: ZoneInfo) -> Header:
    contract = market.contracts.get(key)
    state = market.area_states.get(key)
    trusted = market.area_state_standing(key).live
    figures, note = _figures(market, key, contract)
    return Header(
        name=contract.name if contract else key.contract_id,
        area=key.area,
        period=period_text(contract, zone) if contract else "",
        freshness=freshness_word(standing, age_of(market, key, now)),
        state=_state_word(state, trusted),
        closing=_closing_word(state, trusted, market.venue_now(key.connection, now)),
        figures=figures,
        figures_note=note,
    )


def invitation(market: MarketState, group: int) -> tuple[str, str]:
    """What a ladder without a contract says, title and line: how to choose one, or why none can be chosen."""
    if market.contracts or market.pairs or market.flex.markets:
        return "No contract chosen", f"Choose one in any widget of link group {group}."
    for view in market.connections.values():
        if view.status is ConnectionStatus.DOWN:
            return "No contracts yet", f"{view.name} is down: {view.reason or 'no reason was given'}."
    names = [view.name for view in market.connections.values() if view.status is not ConnectionStatus.OFF]
    return "No contracts yet", f"Waiting for {', '.join(names)}." if names else "No connection is on."


def period_text(contract: PowerContract, zone: ZoneInfo) -> str:
    """`Sat 21 Nov 15:45–16:00 CET`."""
    start, end = contract.delivery_start, contract.delivery_end
    return f"{day_text(start, zone)} {delivery_text(start, end, zone)} {zone_name(start, zone)}"


def zone_of(key: ContractKey | None, contract: Instrument | None) -> ZoneInfo:
    """The zone of the times shown: the market's of the delivery area, UTC for a currency pair."""
    return ZoneInfo("UTC") if isinstance(contract, CurrencyPair) else market_zone(key.area if key else "")


def age_of(market: MarketState, key: ContractKey, now: Instant) -> float | None:
    """Seconds since the channel of the book, or of the quote, took its present status, and of a stale quote since it
    was received; None where it is not known."""
    if key in market.pairs:
        channel, fault = market.quotes.channel_of(key), market.quotes.fault_of(key)
    else:
        book = market.books.get(key) or flex_book(market, key)
        channel, fault = (None, None) if book is None else (book.channel, book.fault)
    view = market.channels.get((key.connection, channel or ""))
    if view is None or fault is not None or view.status is Freshness.LIVE:
        return None
    quote = market.quotes.get(key) if view.status is Freshness.STALE else None
    since = view.since if quote is None else quote.received
    return max(0.0, now.monotonic - since.monotonic)


def freshness_word(standing: Standing, age: float | None) -> Word:
    freshness = standing.freshness
    since = "" if age is None else f", {since_text(freshness, age)}"
    return Word(f"{MARKS[freshness]} {freshness.value}{since}", Tone(INKS[freshness]))


def since_text(freshness: Freshness, age: float) -> str:
    """How long it has been so, in words that say what is missing."""
    return f"{'no data' if freshness is Freshness.STALE else 'not live'} for {age_text(age)}"


def is_closed(state: AreaState | None) -> bool:
    return state is not None and state.phase.casefold() == "closed"


def is_halted(state: AreaState | None) -> bool:
    """In a state in which nothing trades: `Hibernated`, `Standby`, `Inactive`, `Frozen`, or one we don't know."""
    return state is not None and state.state.casefold() != "active"


def until_text(state: AreaState, now: Instant, zone: ZoneInfo) -> str:
    """`until 15:00:00 CET`, or nothing when the phase's end is unknown or past."""
    end = state.phase_end
    if end is None or end <= now.utc:
        return ""
    return f"until {time_text(end, zone)} {zone_name(end, zone)}"


def _state_word(state: AreaState | None, trusted: bool) -> Word:
    if state is None:
        return Word("state unknown", Tone.MUTED)
    text = " · ".join(filter(None, (state.state, state.phase)))
    if not trusted:
        return Word(f"{text} (not live)", Tone.MUTED)
    return Word(text, Tone.WARNING if is_closed(state) or is_halted(state) else Tone.SECONDARY)


def _closing_word(state: AreaState | None, trusted: bool, venue_now: UtcNs) -> Word:
    if state is None or state.phase_end is None or is_closed(state) or is_halted(state):
        return Word("")
    left = seconds_until(state.phase_end, venue_now)
    if not left:
        return Word("closing time passed", Tone.DANGER)
    text = f"closes in {countdown_text(left)}"
    if not trusted:
        return Word(text, Tone.MUTED)
    return Word(text, Tone.DANGER if left <= RED else Tone.WARNING if left <= AMBER else Tone.SECONDARY)


def _figures(market: MarketState, key: ContractKey, contract: PowerContract | None) -> tuple[tuple[Figure, ...], str]:
    spec = contract.spec if contract else None
    known = market.information.get(key)
    standing = market.information_standing(key)
    figures = _figure_cells(known or MarketInformation(key), spec) if spec else ()
    note = "" if standing.live or known is None else f"figures {standing.freshness.value}"
    return figures, note


def _figure_cells(known: MarketInformation, spec: InstrumentSpec) -> tuple[Figure, ...]:
    def price(value: int | None) -> str:
        return ABSENT if value is None else number(value, spec.price_decimals).text

    def quantity(value: int | None) -> str:
        return ABSENT if value is None else amount(value, spec.quantity_decimals).text

    mark = {"up": Word("▲", Tone.UP), "down": Word("▼", Tone.DOWN), "unchanged": Word("=", Tone.MUTED)}.get(
        (known.direction or "").casefold(), Word("")
    )
    cells = [
        Figure("Last", price(known.last_price), mark if known.last_price is not None else Word("")),
        Figure("High", price(known.high)),
        Figure("Vol", quantity(known.total_quantity)),
        Figure("VWAP", ABSENT if known.vwap is None else rounded(known.vwap, spec.price_decimals)),
        Figure("Low", price(known.low)),
    ]
    if known.day_ahead is not None:
        cells.append(Figure("DA", price(known.day_ahead)))
    return tuple(cells)
