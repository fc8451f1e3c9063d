"""What the session keeps of its order channels for the journal: every frame once, in order, and no secret."""

import json
import uuid
from typing import Any

import pytest

from protocols.market.commands import CancelOrder, Command, Intent, PlaceOrder
from protocols.market.order_events import OrderIntended
from protocols.market.orders import OrderStatus
from protocols.market.times import SECOND, Instant, UtcNs
from protocols.market.values import SCALE, Price, Quantity, Side
from protocols.session import CallFailed, Direction, Dropped, Prepared, Reply, SendId, Written
from tests.protocols.eznergy.support import ALL, BOOKS, ORDERS, OWN_TRADES, TRADES, Conversation
from tests.protocols.eznergy.test_requests import PLACE, Trader, reconnected, wire, working
from tests.support.paired import Paired

REST = "http://127.0.0.1:8765/api/EZ4a26927fea/m7/private_orders/6395d740-6e55-11e8-b566-0800200c9a66/FR-RTE"


def told(conversation: Conversation) -> list[tuple[str, str, bytes]]:
    return [(frame.direction.value, frame.channel, frame.data) for frame in conversation.kept]


# Joined with the venue


class Pair:
    """A trader at the practice venue, all of whose frames are written down by the link as well."""

    def __init__(self, **faults: Any) -> None:
        self.paired = Paired(7, areas=("DE-AMPRION",))
        self.paired.run(1)
        self.paired.faults(**faults)

    def submit(self, command: Command, client_id: str) -> None:
        pair = self.paired
        prepared = pair.session.prepare(Intent(str(uuid.uuid4()), client_id, command, pair.now), pair.now)
        assert isinstance(prepared, Prepared), prepared
        pair.desk.market.apply(OrderIntended(prepared.intent))
        pair.session.commit(prepared, pair.now)
        pair._crank()
        pair.run(1)

    def trade(self) -> None:
        """A buy that takes what is offered, one that rests and is cancelled, over a link that breaks in between."""
        market, rests = self.paired.desk.market, str(uuid.uuid4())
        books = [book for key, book in market.books.items() if market.book_standing(key).live and book.asks.best]
        book = books[4]
        assert book.asks.best is not None
        self.submit(PlaceOrder(book.key, Side.BUY, Quantity(SCALE), book.asks.best), str(uuid.uuid4()))
        self.submit(PlaceOrder(book.key, Side.BUY, Quantity(SCALE), Price(book.asks.best - 20 * SCALE)), rests)
        self.paired.cut()
        self.paired.run(3)
        self.submit(CancelOrder(book.key.connection, rests), rests)


@pytest.mark.parametrize("faults", [{}, {"duplicate": 0.5, "reorder": 0.3, "split": 2}], ids=["clean", "disturbed"])
def test_every_frame_of_an_order_channel_is_kept_once_and_in_order(faults: dict[str, Any]) -> None:
    pair = Pair(**faults)
    pair.trade()
    crossed = [
        (direction, frame)
        for direction, frame in pair.paired.wire
        if ":private_" in (json.loads(frame).get("channel") or "")
    ]
    assert [(frame.direction, frame.data) for frame in pair.paired.kept] == crossed
    kinds = {(frame.direction, json.loads(frame.data)["type"]) for frame in pair.paired.kept}
    assert kinds >= {
        (Direction.OUT, "subscribe"),
        (Direction.IN, "subscribed"),
        (Direction.OUT, "request"),
        (Direction.IN, "event"),
    }
    assert all(frame.connection == "EPEX M7" for frame in pair.paired.kept)
    assert all(frame.channel == json.loads(frame.data)["channel"] for frame in pair.paired.kept)
    assert {frame.channel.split(":")[4] for frame in pair.paired.kept} == {"private_orders", "private_trades"}


# One at a time


def test_a_frame_is_kept_when_it_was_written_and_not_when_it_was_dropped() -> None:
    trader = Trader()
    trader.kept.clear()
    written = trader.submit(PLACE)
    trader.crank()
    assert trader.kept == [], "nobody knows yet whether it left"
    trader.session.left(SendId(trader.session._sends), Written(), trader.now)
    trader.submit(PLACE, "client-2")
    trader.session.left(SendId(trader.session._sends), Dropped("the socket was gone"), trader.now)
    trader.crank()
    assert told(trader) == [("out", ORDERS, written.frame)]


def test_an_error_is_kept_when_it_is_about_orders_or_names_nothing() -> None:
    trader = Trader()
    prepared = trader.submit(PLACE)
    trader.kept.clear()
    trader.say("error", correlation=prepared.correlation, data={"code": "error.not_processed"})
    trader.say("error", channel=OWN_TRADES, data={"code": "error.not_processed"})
    trader.say("error", data={"code": "error.unauthorized"})
    trader.say("error", channel=TRADES, data={"code": "error.not_processed"})
    assert [channel for _, channel, _ in told(trader)] == [ORDERS, OWN_TRADES, ""]


def test_an_answer_without_a_channel_is_kept_by_its_correlation() -> None:
    conversation = Conversation()
    conversation.connect()
    asked = {sent["channel"]: sent["correlation"] for sent in conversation.sent}
    for channel in (TRADES, ORDERS):
        conversation.say("subscribed", correlation=asked[channel])
    assert [channel for _, channel, _ in told(conversation)] == [ORDERS]


def test_market_data_is_not_kept() -> None:
    conversation = Conversation()
    conversation.live()
    conversation.kept.clear()
    for channel in ALL:
        conversation.event(channel, 1, [])
    conversation.heartbeat({})
    assert [channel for _, channel, _ in told(conversation)] == [ORDERS, OWN_TRADES]


def test_a_frame_that_cannot_be_read_is_kept_first() -> None:
    trader = Trader()
    trader.kept.clear()
    trader.event(ORDERS, 1, {"clientIdentifier": 5})
    assert told(trader)[0][:2] == ("in", ORDERS)


@pytest.mark.parametrize("channel", [None, ORDERS])
def test_a_new_token_is_never_kept_whatever_channel_it_names(channel: str | None) -> None:
    conversation = Conversation()
    conversation.live()
    conversation.say("token_refresh", data={"token": "planted-refreshed"}, **({"channel": channel} if channel else {}))
    conversation.heartbeat({})
    kept = repr(conversation.kept) + "".join(frame.data.decode() for frame in conversation.kept)
    assert "planted" not in kept, "neither the token nor the password, nor anything of /api/auth"
    assert all(frame.channel != BOOKS for frame in conversation.kept)


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (Reply(200, b"[]"), b"200\n\n[]"),
        (Reply(500, b"<html>"), b"500\n\n<html>"),
        (CallFailed("timed out"), b"no answer\n\ntimed out"),
    ],
)
def test_the_list_that_is_asked_for_is_kept_with_its_answer(answer: Reply | CallFailed, kept: bytes) -> None:
    trader = Trader()
    trader.submit(PLACE)
    trader.closed("gone")
    reconnected(trader, [])
    trader.kept.clear()
    trader.wait(0.1)
    trader.answer(answer)
    assert told(trader) == [("out", ORDERS, f"GET {REST}\n\n".encode()), ("in", ORDERS, kept)]


def test_what_comes_over_a_link_that_was_given_up_is_kept_and_changes_nothing() -> None:
    """After a sleep, say: a fill lies in the socket's buffer, too old to be believed."""
    trader = working()
    fill = {**wire("Inactive", "FullyExecuted"), "identifier": 7, "revisionNumber": 2, "quantity": 0}
    trader.now = Instant(trader.now.monotonic + 60, UtcNs(trader.now.utc + 60 * SECOND))
    trader.kept.clear()
    for sequence in (3, 4):
        trader.event(ORDERS, sequence, fill)
    trader.raw(b'{"type":"token_refresh","data":"{}"}')
    trader.raw(b"garbage")
    assert len(trader.closes) == 1
    assert [(kind, channel) for kind, channel, _ in told(trader)] == [("in", ORDERS)] * 2
    assert trader.order().status is OrderStatus.WORKING


def test_a_list_over_an_earlier_link_is_kept_when_it_comes() -> None:
    trader = working()
    trader.closed("gone")
    reconnected(trader, [])
    trader.wait(0.1)
    trader.closed("gone again")
    trader.kept.clear()
    trader.answer(Reply(200, b"[]"))
    assert told(trader) == [("in", ORDERS, b"200\n\n[]")]
