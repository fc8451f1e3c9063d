"""What a channel's state truly was as of any of its events: `GET /truth`, to hold a client against.

The answers come from the matching engine's, the tape's and the calendar's own versions, never from the changes that
were sent: a wrong change shows. Of a split message only the last part changes the state. A contract leaves the truth
`market.FORGOTTEN_AFTER` its delivery began; a subscription's truth tells of the contracts that were deliverable when
it began, and of those listed since. Of a test channel the truth tells which sequences were left out or late.
"""

from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec

from protocols.market.times import UtcNs, utc_text
from protocols.market.values import Side, plain_text
from protocols.practice.drills import DrillRecord
from protocols.practice.exchange import Exchange
from protocols.practice.history import NotHeld
from protocols.practice.listing import Listing
from protocols.practice.market import Market
from protocols.practice.market_data import listings_of
from protocols.practice.matching import LevelRow
from protocols.practice.subscriptions import Record
from protocols.practice.urn import Channel

KEPT_SUBSCRIPTIONS = 32
"""Of one channel name; the oldest are forgotten."""
KEPT_CHANNELS = 1_024
"""Channel names; the one that was subscribed first is forgotten first."""


class UnknownTruth(LookupError):
    """Nothing is known of that channel, subscription or sequence; the message says of which."""


class BookTruth(msgspec.Struct, frozen=True):
    """A book by price, best level first; prices and quantities as plain decimal text."""

    area: str
    product: str
    contract: str
    contract_id: str
    delivery_start: str
    delivery_end: str
    bids: list[tuple[str, str]]
    asks: list[tuple[str, str]]


class TradeTruth(msgspec.Struct, frozen=True):
    """A trade in the revision it had."""

    id: str
    revision: int
    state: str
    price: str
    quantity: str
    executed_at: str
    buy_area: str
    sell_area: str
    buy_contract_id: str
    sell_contract_id: str


class AreaStateTruth(msgspec.Struct, frozen=True):
    """A contract's state and phase; that is empty where the scope has none."""

    area: str
    contract: str
    contract_id: str
    delivery_start: str
    state: str
    phase: str
    phase_start: str
    phase_end: str


class InformationTruth(msgspec.Struct, frozen=True):
    """A contract's figures; null for what there is none of."""

    area: str
    product: str
    contract: str
    contract_id: str
    delivery_start: str
    last_price: str | None
    last_quantity: str | None
    last_at: str | None
    total_quantity: str | None
    high: str | None
    low: str | None
    direction: str | None
    vwap: str | None


class OrderTruth(msgspec.Struct, frozen=True):
    """How an order stood, under one of its identifiers: `quantity` is what that began with, or was reduced to.

    A creation without an identifier is `Pending` or `Rejected`. `side`, `price` and the quantities are those of the
    latest report; null where a rejected request left them out.
    """

    client_id: str | None
    venue_id: str | None
    revision: int | None
    ours: bool
    side: str | None
    price: str | None
    quantity: str | None
    remaining: str | None
    state: str
    action: str
    contract_id: str | None
    area: str


class OwnTradeTruth(msgspec.Struct, frozen=True):
    """The user's side of a trade, in the revision it had; a trade with himself has two rows. `venue_id` is what the
    trade calls the order."""

    id: str
    revision: int
    state: str
    side: str
    price: str
    quantity: str
    executed_at: str
    client_id: str
    venue_id: str
    contract_id: str
    area: str


class Truth:
    """The subscriptions there were, and what the market was at each of their sequences."""

    def __init__(self) -> None:
        self._records: dict[str, deque[Record | DrillRecord]] = {}

    def open(self, channel: Channel, exchange: Exchange, now: UtcNs) -> Record:
        """Begins to keep the sequences of a new subscription."""
        records = self._of(channel)
        record = Record(channel, exchange, records[-1].number + 1 if records else 1, now)
        records.append(record)
        return record

    def open_drill(self, channel: Channel) -> DrillRecord:
        """The same, of a test channel."""
        records = self._of(channel)
        record = DrillRecord(channel, records[-1].number + 1 if records else 1)
        records.append(record)
        return record

    def _of(self, channel: Channel) -> "deque[Record | DrillRecord]":
        records = self._records.get(channel.text)
        if records is None:
            if len(self._records) >= KEPT_CHANNELS:
                del self._records[next(iter(self._records))]
            records = self._records[channel.text] = deque(maxlen=KEPT_SUBSCRIPTIONS)
        return records

    def answer(self, channel: str, sequence: int | None, subscription: int | None) -> dict[str, Any]:
        """The state after `sequence` (None: the last) of a subscription (None: the newest). Raises `UnknownTruth`."""
        record = self._record(channel, subscription)
        if record.last is None:
            raise UnknownTruth("nothing was sent on that subscription yet")
        wanted = record.last if sequence is None else sequence
        head = {
            "channel": channel,
            "sequence": wanted,
            "subscription": record.number,
            "last_sequence": record.last,
        }
        try:
            return head | _told(record, wanted)
        except NotHeld as error:
            raise UnknownTruth(f"sequence {wanted}: {error}") from error
        except LookupError as error:
            raise UnknownTruth(str(error)) from error

    def _record(self, channel: str, subscription: int | None) -> Record | DrillRecord:
        records = self._records.get(channel)
        if not records:
            raise UnknownTruth(f"no subscription of channel {channel!r} is known")
        if subscription is None:
            return records[-1]
        for record in records:
            if record.number == subscription:
                return record
        newest = records[-1].number
        raise UnknownTruth(f"subscription {subscription} of that channel is not known; the newest is {newest}")


def _told(record: Record | DrillRecord, sequence: int) -> dict[str, Any]:
    """Raises `LookupError`."""
    if isinstance(record, DrillRecord):
        return dict(record.told(sequence))
    name, rows = _ROWS[record.channel.resource]
    event = record.event_of(sequence)
    return {name: [] if event is None else rows(record.exchange.market, record, event)}


def _contracts(market: Market, record: Record, event: int) -> list[Listing]:
    return [listing for listing in listings_of(market, record.channel, record.began) if listing.listed_by <= event]


def _books(market: Market, record: Record, event: int) -> list[BookTruth]:
    rows: list[BookTruth] = []
    area = record.channel.area
    for listing in _contracts(market, record, event):
        of, book = listing.contract, listing.books.at(event)
        if book is None:
            continue
        rows.append(
            BookTruth(
                area=area,
                product=of.product.granularity,
                contract=of.name,
                contract_id=of.identifier(area),
                delivery_start=utc_text(of.delivery_start),
                delivery_end=utc_text(of.delivery_end),
                bids=_levels(book.bids),
                asks=_levels(book.asks),
            )
        )
    return rows


def _trades(market: Market, record: Record, event: int) -> list[TradeTruth]:
    return [
        TradeTruth(
            id=str(trade.identifier),
            revision=trade.revision,
            state=trade.state,
            price=plain_text(trade.price),
            quantity=plain_text(trade.quantity),
            executed_at=utc_text(trade.at),
            buy_area=trade.buy_area,
            sell_area=trade.sell_area,
            buy_contract_id=trade.contract.identifier(trade.buy_area),
            sell_contract_id=trade.contract.identifier(trade.sell_area),
        )
        for trade in market.tape.as_of(record.channel.area, event)
        if trade.contract.delivery_start > record.began
    ]


def _area_states(market: Market, record: Record, event: int) -> list[AreaStateTruth]:
    rows: list[AreaStateTruth] = []
    area = record.channel.area
    for listing in _contracts(market, record, event):
        of, state = listing.contract, listing.states.at(event)
        if state is None:
            continue
        rows.append(
            AreaStateTruth(
                area=area,
                contract=of.name,
                contract_id=of.identifier(area),
                delivery_start=utc_text(of.delivery_start),
                state=state.state,
                phase=market.rulebook.words.phase(state),
                phase_start=utc_text(state.phase_start),
                phase_end=utc_text(state.phase_end),
            )
        )
    return rows


def _information(market: Market, record: Record, event: int) -> list[InformationTruth]:
    rows: list[InformationTruth] = []
    area = record.channel.area
    for listing in _contracts(market, record, event):
        of = listing.contract
        figures = market.tape.figures_as_of(area, of, event)
        rows.append(
            InformationTruth(
                area=area,
                product=of.product.granularity,
                contract=of.name,
                contract_id=of.identifier(area),
                delivery_start=utc_text(of.delivery_start),
                last_price=_text(figures.last_price),
                last_quantity=_text(figures.last_quantity),
                last_at=None if figures.last_at is None else utc_text(figures.last_at),
                total_quantity=_text(figures.total),
                high=_text(figures.high),
                low=_text(figures.low),
                direction=figures.direction,
                vwap=_text(figures.vwap),
            )
        )
    return rows


def _orders(market: Market, record: Record, event: int) -> list[OrderTruth]:
    area = record.channel.area
    return [
        OrderTruth(
            client_id=order.client_id,
            venue_id=None if order.identifier is None else str(order.identifier),
            revision=order.revision,
            ours=order.ours,
            side=None if order.side is None else order.side.value,
            price=_text(order.price),
            quantity=_text(order.initial),
            remaining=_text(order.quantity),
            state=order.state,
            action=order.action,
            contract_id=None if order.contract is None else order.contract.identifier(area),
            area=area,
        )
        for order in market.ledger.snapshot(area, event, record.began)
    ]


def _own_trades(market: Market, record: Record, event: int) -> list[OwnTradeTruth]:
    return [
        OwnTradeTruth(
            id=str(own.trade.identifier),
            revision=own.trade.revision,
            state=own.trade.state,
            side=side.value,
            price=plain_text(own.trade.price),
            quantity=plain_text(own.trade.quantity),
            executed_at=utc_text(own.trade.at),
            client_id=mine.client_id,
            venue_id=str(market.rulebook.words.trade_order_id(mine.identifier)),
            contract_id=own.trade.contract.identifier(mine.area),
            area=mine.area,
        )
        for own in market.ledger.trades_as_of(record.channel.area, event)
        for side, mine in ((Side.BUY, own.buy), (Side.SELL, own.sell))
        if mine is not None
    ]


def _levels(rows: tuple[LevelRow, ...]) -> list[tuple[str, str]]:
    return [(plain_text(price), plain_text(quantity)) for price, quantity in rows]


def _text(value: int | None) -> str | None:
    return None if value is None else plain_text(value)


_ROWS: dict[str, tuple[str, Callable[[Market, Record, int], list[Any]]]] = {
    "public_order_books": ("books", _books),
    "public_trades": ("trades", _trades),
    "contract_area_states": ("area_states", _area_states),
    "market_information": ("market_information", _information),
    "private_orders": ("orders", _orders),
    "private_trades": ("own_trades", _own_trades),
}
