"""The three sockets: how fresh what they feed is, what ends them, and what is done about it."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.flex_limits import shipped_flex_limits
from app.flex_risk import check_flex
from protocols.market.events import Feed, Freshness
from protocols.market.flex_book import FlexFilter
from protocols.market.flex_events import FlexTrade
from protocols.market.state import NEVER_SEEN
from protocols.market.times import SECOND, UtcNs, utc_text
from protocols.market.values import Side, plain_text
from tests.support.flex import NAME, START, FlexDesk, order, window


@pytest.fixture
def desk(tmp_path: Path) -> FlexDesk:
    desk = FlexDesk(tmp_path)
    desk.ready()
    return desk


def entry(side: str = "buy", price: Any = 0.25, power: Any = 1000.0, **changes: Any) -> dict[str, Any]:
    delivery = window()
    usual = {
        "side": side, "power": power, "price": price, "delivery_start": utc_text(delivery.start),
        "delivery_end": utc_text(delivery.end), "energy": power,
        "location": {"location_id": ["loc1"], "country_code": "FI"},
    }  # fmt: skip
    return {**usual, **changes}


def prices(desk: FlexDesk, side: Side = Side.BUY, chosen: FlexFilter | None = None) -> list[str]:
    book = desk.desk.market.flex.books[NAME]
    return [plain_text(level.price) for level in book.levels(side, chosen or FlexFilter())]


def standing(desk: FlexDesk, chosen: FlexFilter | None = None) -> str:
    return desk.desk.market.flex_standing(NAME, chosen or FlexFilter()).freshness.value


# The book


def test_price_keys_are_sorted_as_numbers_and_not_as_text(desk: FlexDesk) -> None:
    desk.book(bids={"9": [entry(price=9)], "100": [entry(price=100)], "11": [entry(price=11)]})
    assert prices(desk) == ["100", "11", "9"]
    desk.book(asks={"100": [entry("sell", 100)], "11": [entry("sell", 11)], "9": [entry("sell", 9)]})
    assert prices(desk, Side.SELL) == ["9", "11", "100"]


def test_an_orders_own_price_wins_over_its_key_and_that_is_said_once(desk: FlexDesk) -> None:
    for _ in range(3):
        desk.book(bids={"0.26": [entry(price=0.25), entry(price=0.25)]})
    assert prices(desk) == ["0.25"]
    assert desk.anomalies() == ["price key"]


def test_one_price_written_in_two_ways_is_one_level(desk: FlexDesk) -> None:
    desk.book(bids={"0.25": [entry(power=1)], "0.250": [entry(power=2)]})
    (level,) = desk.desk.market.flex.books[NAME].levels(Side.BUY)
    assert [plain_text(each.power) for each in level.orders] == ["1", "2"]


def test_coordinates_that_are_no_place_on_a_map_are_none(desk: FlexDesk) -> None:
    nowhere = {"location_id": ["a"], "coordinates": {"latitude": "nan", "longitude": "inf"}}
    desk.book({"1": [entry("buy", "1", location=nowhere)]})
    assert [each.place.coordinates for each in desk.desk.market.flex.books[NAME].orders()] == [None]


@pytest.mark.parametrize("location", [None, {}, {"location_id": None}, {"location_id": [None]}, {"location_id": []}])
def test_a_place_that_is_not_told_is_no_error(desk: FlexDesk, location: Any) -> None:
    desk.book(bids={"0.25": [entry(location=location)]})
    assert desk.desk.market.flex.books[NAME].countries() == [""]
    assert desk.desk.market.flex.books[NAME].locations() == []
    assert standing(desk) == "live"


def test_an_older_book_after_a_newer_one_is_dropped(desk: FlexDesk) -> None:
    desk.book(bids={"0.25": [entry()]}, at=UtcNs(START + 5 * SECOND))
    desk.book(bids={"0.24": [entry(price=0.24)]}, at=UtcNs(START + 4 * SECOND))
    assert prices(desk) == ["0.25"]
    assert desk.anomalies() == ["older book"]
    assert desk.session.report().channels[1].dropped == 1
    desk.book(bids={"0.23": [entry(price=0.23)]}, at=UtcNs(START + 5 * SECOND))
    assert prices(desk) == ["0.23"]


@pytest.mark.parametrize(("seconds", "told"), [(119, False), (121, True)])
def test_a_book_of_the_future_tells_that_a_clock_is_wrong(desk: FlexDesk, seconds: int, told: bool) -> None:
    desk.book(at=UtcNs(desk.now.utc + seconds * SECOND))
    assert ("book of the future" in desk.anomalies()) is told


def test_nothing_but_older_books_makes_the_shown_one_a_doubtful_one(desk: FlexDesk) -> None:
    desk.book(at=UtcNs(START + 3_600 * SECOND))
    for _ in range(4):
        desk.book(at=UtcNs(START + 60 * SECOND))
        desk.wait(10)
    assert standing(desk) == "unsynchronised"
    assert "only books older" in desk.channel("orderbook").reason


@pytest.mark.parametrize(
    "frame",
    [
        b"{", b"[]", b"\xff\xfe", b'{"type": 5}',
        b'{"type": "orderbook_update", "data": {"bids": {}, "asks": {}}}',
        b'{"type": "orderbook_update", "created_at": "yesterday", "data": {"bids": {}, "asks": {}}}',
        b'{"type": "orderbook_update", "created_at": "2026-11-21T12:00:09Z"}',
        b'{"type": "orderbook_update", "created_at": "2026-11-21T12:00:09Z", "data": {"bids": {}}}',
        b'{"type": "orderbook_update", "created_at": "2026-11-21T12:00:09Z", "data": {"bids": [], "asks": {}}}',
    ],
)  # fmt: skip
def test_a_book_that_cant_be_read_leaves_the_old_one_doubtful_until_the_next(desk: FlexDesk, frame: bytes) -> None:
    desk.book(bids={"0.25": [entry()]})
    desk.say("orderbook", frame)
    assert standing(desk) == "unsynchronised"
    desk.wait(30)
    assert standing(desk) == "unsynchronised", "pongs mend no book"
    desk.book(bids={"0.24": [entry(price=0.24)]})
    assert (standing(desk), prices(desk)) == ("live", ["0.24"])


@pytest.mark.parametrize(
    "changes",
    [
        {"power": None}, {"price": "many"}, {"price": "NaN"}, {"price": "sNaN"}, {"power": -1}, {"side": "lend"},
        {"side": "sell"}, {"power": 1e-12}, {"price": 1e300}, {"energy": "x"},
    ],
)  # fmt: skip
def test_an_order_that_cant_be_read_makes_its_own_window_doubtful_alone(desk: FlexDesk, changes: Any) -> None:
    other = {"delivery_start": utc_text(window(5).start), "delivery_end": utc_text(window(5).end)}
    desk.book(bids={"0.25": [{**entry(), **changes}, entry(**other)]})
    assert standing(desk, FlexFilter(delivery=window())) == "unsynchronised"
    assert standing(desk, FlexFilter(delivery=window(5))) == "live"
    assert standing(desk) == "unsynchronised"
    assert len(desk.desk.market.flex.books[NAME]) == 1
    assert desk.anomalies() == ["unreadable order"]


@pytest.mark.parametrize("changes", [{"delivery_start": "soon"}, {"delivery_start": None}, {"delivery_end": "2020"}])
def test_an_order_without_a_window_may_be_of_any(desk: FlexDesk, changes: Any) -> None:
    desk.book(bids={"0.25": [{**entry(), **changes}]})
    assert standing(desk, FlexFilter(delivery=window(5))) == "unsynchronised"


def test_a_level_that_stands_there_twice_with_other_orders_is_not_taken_for_one(desk: FlexDesk) -> None:
    one, other = json.dumps(entry(power=1)), json.dumps(entry(power=2))
    bids = f'"0.25": [{one}], "0.25": [{other}]'
    head = '"type": "orderbook_update", "created_at": "2026-11-21T12:00:09Z"'
    frame = f'{{{head}, "data": {{"bids": {{{bids}}}, "asks": {{}}}}}}'
    desk.say("orderbook", frame.encode())
    assert standing(desk) == "unsynchronised"
    assert "twice" in desk.desk.market.flex_standing(NAME).reason


# The ticker


def test_two_ticks_alike_to_the_letter_are_two_trades(desk: FlexDesk) -> None:
    """A purchase that two equal sellers fill at once is told like that."""
    data = {**entry(), "closed_at": "2026-11-21T12:00:01.000001Z"}
    for _ in range(2):
        desk.say("ticker", {"type": "ticker_update", "created_at": "2026-11-21T12:00:01Z", "data": data})
    assert len(desk.desk.market.flex.tape.trades()) == 2


def test_a_tick_of_an_unsure_time_is_kept_without_one(desk: FlexDesk) -> None:
    desk.say("ticker", {"type": "ticker_update", "data": {**entry(), "closed_at": "12:00"}})
    row = desk.desk.market.flex.tape.row(0)
    assert isinstance(row, FlexTrade)
    assert row.closed_at is None


def test_an_unknown_message_is_seen_and_breaks_nothing(desk: FlexDesk) -> None:
    for kind in ("trade", "orderbook", "ticker"):
        desk.say(kind, {"type": "maintenance_notice", "data": {}})
    assert desk.anomalies() == ["unrecognised message"] * 3
    assert desk.status == "live"


# Sockets


@pytest.mark.parametrize("kind", ["trade", "orderbook", "ticker"])
def test_a_lost_socket_is_stale_at_once_and_opened_again(desk: FlexDesk, kind: str) -> None:
    desk.lose(kind)
    assert desk.channel(kind).status.value == "stale"
    assert desk.status == "resynchronising"
    desk.wait(1)
    desk.open(kind)
    expected = "resynchronising" if kind == "orderbook" else "live"
    assert desk.channel(kind).status.value == expected
    desk.book()
    assert desk.status == "live"


def test_the_power_tape_is_not_stale_on_account_of_the_ticker(desk: FlexDesk) -> None:
    desk.lose("ticker")
    market = desk.desk.market
    assert market.feed_standing(Feed.TICKER).freshness is Freshness.STALE
    assert market.feed_standing(Feed.TRADES) == NEVER_SEEN


def test_waits_grow_and_are_capped(desk: FlexDesk) -> None:
    for _ in range(12):
        desk.lose("ticker")
        desk.wait(10.2)
        desk.open("ticker")
    opened = [wish for wish in desk.opens if wish.stream.startswith("ticker")]
    assert len(opened) == 13


def test_without_message_or_pong_nothing_is_live_and_a_pong_mends_that(desk: FlexDesk) -> None:
    desk.muted = True
    desk.wait(44, 1.0)
    assert desk.status == "live"
    desk.wait(3, 1.0)
    assert {desk.channel(kind).status.value for kind in desk.streams} == {"stale"}
    assert desk.desk.submit(order()).step.value == "denied"
    desk.session.ponged(desk.streams["orderbook"], desk.now)
    desk.wait(0.2)
    assert standing(desk) == "live"
    assert desk.desk.market.flex.pongs[NAME, "orderbook"].monotonic == pytest.approx(desk.now.monotonic - 0.2)
    report = {channel.channel: channel for channel in desk.session.report().channels}
    assert report["orderbook"].last_pong is not None
    assert report["orderbook"].last_heard is not None
    assert report["trade"].last_pong is None


def test_a_message_over_the_limit_stops_the_socket_visibly_and_is_no_loop(desk: FlexDesk) -> None:
    desk.lose("orderbook", "127.0.0.1 sent a message of more than 16 MiB", too_large=True)
    desk.wait(600, 1.0)
    assert [wish.stream for wish in desk.opens if wish.stream.startswith("orderbook")] == ["orderbook-1"]
    assert "more than 16 MiB" in desk.reason
    assert "connected anew" in desk.reason
    assert standing(desk) == "stale"
    # The others go on; orders are refused for want of a book.
    assert desk.channel("trade").status.value == "live"
    assert "Book is stale" in desk.desk.submit(order()).reason


def test_no_word_from_the_venue_that_the_connection_stands(desk: FlexDesk) -> None:
    desk.lose("ticker")
    desk.wait(1)
    stream = desk.opens[-1].stream
    desk.streams["ticker"] = stream
    desk.session.opened(stream, desk.now)
    desk.crank()
    desk.wait(16)
    assert "did not say within 15 s" in desk.channel("ticker").reason


def test_a_control_message_that_says_no_is_one(desk: FlexDesk) -> None:
    desk.lose("ticker")
    desk.wait(1)
    stream = desk.opens[-1].stream
    desk.streams["ticker"] = stream
    desk.session.opened(stream, desk.now)
    desk.say("ticker", {"type": "control", "status": "error", "data": {"message": "no"}})
    assert "ticker" not in desk.streams
    assert "'error'" in desk.channel("ticker").reason


def test_garbage_without_end_costs_the_socket(desk: FlexDesk) -> None:
    for _ in range(20):
        desk.say("ticker", b"garbage")
    assert "ticker" not in desk.streams
    assert "20 unreadable messages" in desk.channel("ticker").reason


def test_news_of_an_old_socket_is_no_news(desk: FlexDesk) -> None:
    old = desk.streams["orderbook"]
    desk.lose("orderbook")
    desk.wait(1)
    desk.open("orderbook")
    desk.session.receive(old, b"garbage", desk.now)
    desk.crank()
    assert desk.channel("orderbook").status.value == "resynchronising"
    assert "unreadable message" not in desk.anomalies()


@pytest.mark.parametrize("again", [False, True])
def test_an_old_book_asks_before_an_order_though_it_be_sent_again_and_again(desk: FlexDesk, again: bool) -> None:
    made = desk.now.utc
    for _ in range(13):
        desk.wait(10, 1.0)
        if again:
            desk.book(at=made)
    found = check_flex(order(), desk.desk.market, shipped_flex_limits(), desk.now.utc)
    assert [finding.rule for finding in found.findings] == ["book age"]
