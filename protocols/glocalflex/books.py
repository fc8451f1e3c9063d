"""Order books as the venue sends them, in the market's words: whole, exact, and quickly enough for one each second.

Each book repeats nearly all of the one before it, to the letter. An order that stood there in the same words is not
read again: what costs is only what is new.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress

import msgspec

from protocols.glocalflex import messages
from protocols.glocalflex.codec import Contradictory, Unreadable, decode_one, raw_data, read_quantity
from protocols.glocalflex.values import FlexValues
from protocols.market.flex_events import FlexBookOrder, FlexFault
from protocols.market.values import Price, Side, ValueRefused, plain_text, scaled_from_text
from protocols.strict_json import refuse_contradictions

FAULTS_KEPT = 100
"""Orders that can't be read, of one book, each told by itself; more of them make the whole book unreadable."""

_POWER = b'"power"'
_NEEDED = (b'"side"', _POWER, b'"price"', b'"delivery_start"', b'"delivery_end"')
"""Stand in every order that can be read: with one for each, none has two."""
_OPTIONAL = (b'"energy"', b'"location"', b'"location_id"', b'"country_code"')
"""Stand in an order once, if at all."""
_WORDS = {Side.BUY: messages.BUY, Side.SELL: messages.SELL}
_NAMES = {Side.BUY: "bids", Side.SELL: "asks"}

Notice = Callable[[str, str], None]
"""Tells of an oddity: (kind, message)."""


class BookReader:
    """Reads the books of one connection. `notice` tells of what was odd and could be taken all the same."""

    def __init__(self, notice: Notice) -> None:
        self._notice = notice
        self._values = FlexValues()
        self._read: dict[Side, dict[bytes, FlexBookOrder | FlexFault]] = {Side.BUY: {}, Side.SELL: {}}
        """What became of each side's orders, by their own words: those of the last book, and at most as many more."""

    @property
    def remembered(self) -> int:
        """Entries of earlier books that need not be read again."""
        return sum(map(len, self._read.values()))

    def book(self, envelope: messages.Envelope) -> tuple[tuple[FlexBookOrder, ...], tuple[FlexFault, ...]]:
        """A whole book: its orders, bids first, and what of it can't be read. Raises `Unreadable`."""
        text = raw_data(envelope)
        book = decode_one(messages.RawBook, text)
        count = sum(map(len, book.bids.values())) + sum(map(len, book.asks.values()))
        if text.count(_POWER) > count:  # a level twice, say: of equal keys the decoder keeps the last
            refuse_contradictions(text)
        orders: list[FlexBookOrder] = []
        faults: list[FlexFault] = []
        for side, levels in ((Side.BUY, book.bids), (Side.SELL, book.asks)):
            self._side(side, levels, orders, faults)
        return tuple(orders), _bounded(faults)

    def _side(
        self,
        side: Side,
        levels: dict[str, list[msgspec.Raw]],
        orders: list[FlexBookOrder],
        faults: list[FlexFault],
    ) -> None:
        """Adds a side's orders, as the venue sorted them."""
        read = self._read[side]
        entries = {key: [bytes(raw) for raw in level] for key, level in levels.items()}
        new = [raw for level in entries.values() for raw in level if raw not in read]
        if new:
            self._learn(side, dict.fromkeys(new))
        for key, level in entries.items():
            named = _price(key) if level else None
            for raw in level:
                found = read[raw]
                if isinstance(found, FlexFault):
                    faults.append(found)
                    continue
                orders.append(found)
                if found.price != named:
                    own = plain_text(found.price)
                    text = f"an order at {own} stands under the price {key[:40]!r}: its own price is taken"
                    self._notice("price key", text)
        if len(read) > 2 * sum(map(len, entries.values())):
            self._read[side] = {raw: read[raw] for level in entries.values() for raw in level}

    def _learn(self, side: Side, new: Iterable[bytes]) -> None:
        """Reads orders of a side: all at once, and where one of them is wrong, one by one."""
        raws = list(new)
        text = b"[%b]" % b",".join(raws)
        entries: Iterable[messages.BookOrder | None] = [None] * len(raws)
        if all(text.count(key) == len(raws) for key in _NEEDED):
            with suppress(Unreadable):
                entries = decode_one(list[messages.BookOrder], text)
        for raw, entry in zip(raws, entries, strict=True):
            twice = any(raw.count(key) > 1 for key in _OPTIONAL)
            self._read[side][raw] = self._order_or_fault(side, raw, None if twice else entry)

    def _order_or_fault(self, side: Side, raw: bytes, entry: messages.BookOrder | None) -> FlexBookOrder | FlexFault:
        """What is wrong with an order costs its own window, where that can be told."""
        try:
            if entry is None:
                refuse_contradictions(raw)
                entry = decode_one(messages.BookOrder, raw)
            return self._order(side, entry)
        except Contradictory as error:
            return FlexFault(None, str(error))
        except Unreadable as error:
            try:
                window = decode_one(_Window, raw)
                return FlexFault(self._values.delivery(window.delivery_start, window.delivery_end), str(error))
            except Unreadable:
                return FlexFault(None, str(error))

    def _order(self, side: Side, entry: messages.BookOrder) -> FlexBookOrder:
        if entry.side != _WORDS[side]:
            raise Unreadable(f"side: {entry.side[:40]!r} among the {_NAMES[side]}")
        values = self._values
        return FlexBookOrder(
            side,
            values.price(entry.price),
            read_quantity(entry.power),
            None if entry.energy is None else read_quantity(entry.energy, "energy"),
            values.delivery(entry.delivery_start, entry.delivery_end),
            values.place(entry.location),
        )


class _Window(msgspec.Struct):
    delivery_start: str = ""
    delivery_end: str = ""


def _price(key: str) -> Price | None:
    try:
        return Price(scaled_from_text(key))
    except ValueRefused:
        return None


def _bounded(faults: list[FlexFault]) -> tuple[FlexFault, ...]:
    if len(faults) > FAULTS_KEPT:
        return (FlexFault(None, f"{len(faults)} orders, the first: {faults[0].reason}"),)
    return tuple(faults)
