"""The book as it goes out: whole, with every change, a few times a second at most."""

import random

from protocols.market.times import Instant, UtcNs
from protocols.market.values import SCALE, Price, Quantity, Side, plain_text
from protocols.practice.glocalflex import wire
from protocols.practice.glocalflex.book import Book
from protocols.practice.glocalflex.faults import FlexFaults
from protocols.practice.glocalflex.orders import Resting, Sequence

OVERSIZED = 20 * 1024 * 1024
"""Bytes of a padded book."""


_ELSEWHERE = SCALE // 2_000
"""How far a key that disagrees is from the price."""


class Publisher:
    """`rng` decides faults only; `every` in seconds."""

    def __init__(self, book: Book, every: float, rng: random.Random) -> None:
        self._book = book
        self._every = every
        self._rng = rng
        self._entries: dict[Sequence, tuple[Quantity, bytes]] = {}
        self._told = -1
        self._due = 0.0
        self._latest = b""

    def due(self, now: Instant) -> bool:
        """Whether there is a change that may be told now."""
        return self._book.revision != self._told and now.monotonic >= self._due

    def update(self, faults: FlexFaults, now: Instant) -> list[bytes]:
        """The book as it is: one frame, or one and an older one after it."""
        before = self._latest
        self._told, self._due = self._book.revision, now.monotonic + self._every
        self._latest = self._write(faults, now.utc)
        return [self._latest, before] if before and self._happens(faults.old_book) else [self._latest]

    def _write(self, faults: FlexFaults, at: UtcNs) -> bytes:
        bids, asks = (self._levels(side, faults) for side in (Side.BUY, Side.SELL))
        self._entries = {
            order.sequence: self._entries[order.sequence] for side in Side for order in self._book.side(side)
        }
        frame = wire.book(at, bids, asks)
        # Blanks after a JSON value are JSON too: whoever raised his limit reads a good book.
        return frame.ljust(OVERSIZED) if faults.oversized_book else frame

    def _levels(self, side: Side, faults: FlexFaults) -> list[tuple[str, bytes]]:
        """Keys and the levels below them."""
        levels = wire.levels([(order.terms.price, self._entry(order, faults)) for order in self._book.side(side)])
        prices = {price for price, _ in levels}
        keyed = [(self._key(price, prices, faults), level) for price, level in levels]
        return sorted(keyed) if faults.text_order else keyed

    def _key(self, price: Price, prices: set[Price], faults: FlexFaults) -> str:
        other = Price(price + _ELSEWHERE)
        disagrees = self._happens(faults.keys_disagree) and other not in prices
        return plain_text(other if disagrees else price)

    def _entry(self, order: Resting, faults: FlexFaults) -> bytes:
        """Most orders of a book stood in the last one: they are written once."""
        known = self._entries.get(order.sequence)
        if known is None or known[0] != order.left:
            known = self._entries[order.sequence] = (order.left, wire.book_order(order))
        return wire.book_order(order, country=False) if self._happens(faults.missing_country) else known[1]

    def _happens(self, probability: float) -> bool:
        return probability > 0 and self._rng.random() < probability
