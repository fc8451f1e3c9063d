"""What orders are sorted, filtered and added up by, in columns of integers beside them. No Qt; imports numpy.

A hundred thousand orders as objects can't be looked through between two keystrokes; as many integers can. The columns
follow the blotter's log of changes, a share of it per frame.
"""

import enum

import numpy as np

from protocols.market.blotter import Blotter
from protocols.market.commands import Terms
from protocols.market.orders import Order, OrderStatus
from protocols.market.state import MarketState
from widgets.figures import typewritten
from widgets.orders.catalogue import Col
from widgets.orders.cells import OrderCells
from widgets.orders.instruments import Instruments
from widgets.orders.vocabulary import ALL, NONE, Index, Integers, Mask, Vocabulary
from widgets.orders.words import (
    RANK,
    entered_at,
    event_text,
    lifetime_of,
    note_of,
    reason_text,
    status_text,
    terms_words,
    tif_text,
    type_text,
)

AT_ONCE = 600
"""Orders taken in per call, some ten milliseconds: a hundred thousand orders are read over many frames."""

OURS, OVER, ALIVE, WAITING, DOUBTED = (1 << bit for bit in range(5))
"""Bits of `Fact.MARKS`. `WAITING`: the venue owes an answer, and it is not in doubt."""


class Fact(enum.IntEnum):
    """A column of integers: values in 1e-9, nanoseconds, or codes of texts."""

    TIME = 0
    CHANGED = enum.auto()
    LIFETIME = enum.auto()
    QUANTITY = enum.auto()
    FILLED = enum.auto()
    PRICE = enum.auto()
    STOP = enum.auto()
    STATUS = enum.auto()
    """The status's place in `RANK`."""
    INSTRUMENT = enum.auto()
    MARKS = enum.auto()
    PAIR = enum.auto()
    """The pair's number; -1 for a single order."""
    BROTHER = enum.auto()
    """The number of the other leg; -1 where none is known."""
    LEG = enum.auto()
    # Codes of texts from here on.
    VENUE = enum.auto()
    SIDE = enum.auto()
    TYPE = enum.auto()
    TIF = enum.auto()
    REASON = enum.auto()
    EVENT = enum.auto()
    TERMS = enum.auto()
    NOTE = enum.auto()
    VENUE_ID = enum.auto()
    CLIENT_ID = enum.auto()
    STATUS_WORDS = enum.auto()
    QUANTITY_WORDS = enum.auto()
    PRICE_WORDS = enum.auto()
    STOP_WORDS = enum.auto()


TEXTS = tuple(fact for fact in Fact if fact >= Fact.VENUE)

Pair = tuple[str, str]
"""(connection, what its legs' client identifiers share)."""


class OrderFacts:
    """Row `number` of every column is of the blotter's order with that number."""

    def __init__(self, market: MarketState, cells: OrderCells) -> None:
        self._blotter: Blotter = market.blotter
        self._cells = cells
        self.instruments = Instruments(market)
        self.orders: list[Order] = []
        """As they were when they were last read."""
        self._table: Integers = np.empty((len(Fact), 1024), np.int64)
        self.vocabularies = {fact: Vocabulary() for fact in TEXTS}
        self._terms: dict[tuple[Terms, int], tuple[int, ...]] = {}
        self._figures: dict[tuple[int, ...], int] = {}
        self._events: dict[tuple[object, ...], int] = {}
        self.quantity_figures = 0
        """Of the longest quantity once all of it is filled: `1 250 000 / 1 250 000`."""
        self.pairs: list[Pair] = []
        self.legs: list[list[int]] = []
        """By the pair's number the numbers of its orders."""
        self._pair_of: dict[Pair, int] = {}
        self._joined: list[tuple[int, int]] = []
        """Legs that are to hear of a brother, once all of this call are written down."""
        self._sweep: int | None = 0
        self._place = self._end_of_log

    def __len__(self) -> int:
        return len(self.orders)

    def column(self, fact: Fact, index: Index = ALL) -> Integers:
        found: Integers = self._table[fact, : len(self.orders)]
        return found if index is ALL else found[index]

    def at(self, fact: Fact, number: int) -> int:
        return int(self._table[fact, number])

    # Following the blotter

    @property
    def behind(self) -> int:
        """How many changes are not read yet."""
        if self._sweep is not None:
            return len(self._blotter) - self._sweep
        return self._end_of_log - self._place

    @property
    def sweeping(self) -> bool:
        """Whether all orders are being read, one share after the other: at first, and after a long absence."""
        return self._sweep is not None

    def advance(self, limit: int = AT_ONCE) -> dict[int, Order | None]:
        """Reads up to `limit` orders; gives the numbers of the orders that are others than before, each with what it
        was, None for a new one. The oldest come first."""
        blotter = self._blotter
        if self._sweep is None and self._place < blotter.changed_offset:
            self._sweep, self._place = 0, self._end_of_log
        if self._sweep is not None:
            stop = min(len(blotter), self._sweep + limit)
            numbers = list(range(self._sweep, stop))
            self._sweep = None if stop == len(blotter) else stop
        else:
            numbers = self._told(limit)
        known = len(self.orders)
        fresh = [n for n in numbers if n >= known or self.orders[n] is not blotter.order(n)]
        before = {n: self.orders[n] if n < known else None for n in fresh}
        self._take(fresh)
        return before

    def _told(self, limit: int) -> list[int]:
        """The next orders in the log: up to so many, each once."""
        log, at = self._blotter.changed, self._place - self._blotter.changed_offset
        numbers: set[int] = set()
        while at < len(log) and len(numbers) < limit:
            numbers.add(log[at])
            at += 1
        self._place = self._blotter.changed_offset + at
        return sorted(numbers)

    def refresh_instruments(self) -> Integers:
        """Takes what was listed meanwhile; gives the numbers of the orders that it is about."""
        changed = self.instruments.refresh()
        if not changed:
            return np.empty(0, np.int64)
        self._terms.clear()
        numbers = np.flatnonzero(np.isin(self.column(Fact.INSTRUMENT), changed)).astype(np.int64)
        self._take(numbers.tolist())
        return numbers

    @property
    def _end_of_log(self) -> int:
        return self._blotter.changed_offset + len(self._blotter.changed)

    def _take(self, numbers: list[int]) -> None:
        if not numbers:
            return
        self._make_room(numbers[-1] + 1)
        rows = []
        for number in numbers:
            order = self._blotter.order(number)
            if number == len(self.orders):
                self.orders.append(order)
            else:
                self.orders[number] = order
            rows.append(self._read(number, order))
        self._table[:, numbers] = np.array(rows, np.int64).T
        for leg, brother in self._joined:
            self._table[Fact.BROTHER, leg] = brother
        self._joined.clear()

    def _make_room(self, count: int) -> None:
        if count > self._table.shape[1]:
            grown = np.empty((len(Fact), max(count, 2 * self._table.shape[1])), np.int64)
            grown[:, : self._table.shape[1]] = self._table
            self._table = grown

    def _read(self, number: int, order: Order) -> tuple[int, ...]:
        codes = self.vocabularies
        instrument = self.instruments.code(order.key)
        kind, tif, lifetime, terms, note = self._terms_of(order, instrument)
        pair, brother = self._pair(number, order)
        entered, updated = entered_at(order), order.updated
        price_decimals, quantity_decimals = self.instruments.words[instrument].decimals
        price, stop = order.price, order.stop
        filled = order.filled
        return (
            NONE if entered is None else entered,
            NONE if updated is None else updated.utc,
            lifetime,
            order.quantity,
            filled,
            NONE if price is None else price,
            NONE if stop is None else stop,
            RANK[order.status],
            instrument,
            _marks(order),
            pair,
            brother,
            0 if pair < 0 else int(order.client_id[-1]),
            codes[Fact.VENUE].code(order.connection),
            codes[Fact.SIDE].code(order.side.value),
            kind,
            tif,
            codes[Fact.REASON].code(reason_text(order)),
            self._event(order),
            terms,
            note,
            codes[Fact.VENUE_ID].code(order.venue_id or ""),
            codes[Fact.CLIENT_ID].code(order.client_id),
            codes[Fact.STATUS_WORDS].code(f"{status_text(order)} {'ours' if order.ours else 'colleague'}"),
            self._figure(Fact.QUANTITY_WORDS, (filled, order.quantity, quantity_decimals), order),
            self._figure(Fact.PRICE_WORDS, (-1 if price is None else price, price_decimals), order),
            0 if stop is None else self._figure(Fact.STOP_WORDS, (stop, price_decimals), order),
        )

    def _terms_of(self, order: Order, instrument: int) -> tuple[int, ...]:
        """Codes of type, time in force, lifetime (its time), all terms, and note."""
        found = self._terms.get((order.terms, instrument))
        if found is None:
            codes, terms = self.vocabularies, order.terms
            until = lifetime_of(terms)
            found = self._terms[terms, instrument] = (
                codes[Fact.TYPE].code(type_text(terms)),
                codes[Fact.TIF].code(tif_text(terms)),
                NONE if until is None else until,
                codes[Fact.TERMS].code(typewritten(self._cells.terms_cell(order)), terms_words(terms)),
                codes[Fact.NOTE].code(note_of(terms)),
            )
        return found

    def _figure(self, fact: Fact, figures: tuple[int, ...], order: Order) -> int:
        """The code of how figures are written: who types `-38.40` or `1250000` finds it."""
        key = (fact.value, *figures)
        found = self._figures.get(key)
        if found is None:
            cells = self._cells
            match fact:
                case Fact.QUANTITY_WORDS:
                    text = cells.quantity_words(order)
                    total = text.rpartition(" / ")[2].strip()
                    self.quantity_figures = max(self.quantity_figures, 2 * len(total) + len(" / "))
                case Fact.PRICE_WORDS:
                    text = cells.limit_words(order)
                case _:
                    text = cells.stop_words(order)
            found = self._figures[key] = self.vocabularies[fact].code(typewritten(text))
        return found

    def _event(self, order: Order) -> int:
        key = (order.venue_state, order.kept_place, order.misforetold)
        found = self._events.get(key)
        if found is None:
            found = self._events[key] = self.vocabularies[Fact.EVENT].code(event_text(order))
        return found

    def _pair(self, number: int, order: Order) -> tuple[int, int]:
        """The pair's number and the other leg's; both know of each other from the second one on."""
        name = order.pair
        if name is None:
            return -1, -1
        key = (order.connection, name)
        pair = self._pair_of.get(key)
        if pair is None:
            pair = self._pair_of[key] = len(self.pairs)
            self.pairs.append(key)
            self.legs.append([])
        legs = self.legs[pair]
        if number not in legs:
            legs.append(number)
        others = [leg for leg in legs if leg != number]
        if not others:
            return pair, -1
        self._joined.append((others[0], number))
        return pair, others[0]

    # Searching

    def found(self, needle: str, index: Index) -> Mask:
        """Which rows have the words, in lower case, in any of their texts."""
        places = self.instruments.words
        named = (needle in f"{w.name} {w.delivery} {w.title}".casefold() for w in places)
        mask: Mask = np.fromiter(named, np.bool_, len(places))[self.column(Fact.INSTRUMENT, index)]
        for fact in TEXTS:
            hits = self.vocabularies[fact].hits(needle)
            if hits.any():
                mask = mask | hits[self.column(fact, index)]
        return mask

    def pair_number(self, pair: Pair) -> int | None:
        return self._pair_of.get(pair)


def _marks(order: Order) -> int:
    status = order.status
    doubted = status is OrderStatus.IN_DOUBT
    return (
        OURS * order.ours
        | OVER * status.over
        | ALIVE * status.alive
        | WAITING * (order.request is not None and not doubted and not status.over)
        | DOUBTED * doubted
    )


TEXT_OF = {
    Col.VENUE: Fact.VENUE,
    Col.SIDE: Fact.SIDE,
    Col.TYPE: Fact.TYPE,
    Col.TIF: Fact.TIF,
    Col.REASON: Fact.REASON,
    Col.EVENT: Fact.EVENT,
    Col.TERMS: Fact.TERMS,
    Col.NOTE: Fact.NOTE,
    Col.VENUE_ID: Fact.VENUE_ID,
    Col.CLIENT_ID: Fact.CLIENT_ID,
}
NUMBER_OF = {
    Col.TIME: Fact.TIME,
    Col.CHANGED: Fact.CHANGED,
    Col.LIFETIME: Fact.LIFETIME,
    Col.QUANTITY: Fact.QUANTITY,
    Col.PRICE: Fact.PRICE,
    Col.STOP: Fact.STOP,
}
