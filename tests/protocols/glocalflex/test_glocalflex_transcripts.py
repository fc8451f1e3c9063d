"""Every example of the seed document, and the REST pages' order and token, as they stand there."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from protocols.glocalflex import codec, messages
from protocols.glocalflex.requests import encode_order, read_order
from protocols.market.commands import FlexTerms
from protocols.market.events import AnomalyNoticed
from protocols.market.flex import Baseline, Coordinates, Delivery, Place, Reading
from protocols.market.flex_book import FlexFilter
from protocols.market.flex_events import FlexExpiry, FlexTrade
from protocols.market.times import utc_from_text
from protocols.market.values import Quantity, Side, scaled_from_text
from tests.support.flex import NAME, FlexDesk

FOLDER = Path(__file__).parents[2] / "transcripts" / "glocalflex"
FRAMES = sorted(path.stem for path in FOLDER.glob("*.json") if b'"type"' in path.read_bytes())
WINDOW = Delivery(utc_from_text("2024-05-02T13:15:00Z"), utc_from_text("2024-05-02T14:15:00Z"))
ORDER_ID = "7f1c2b9a-54a5-4a49-93b1-0b7c2c1e6f10"


def text(name: str) -> bytes:
    return (FOLDER / f"{name}.json").read_bytes()


def exact(text: bytes) -> Any:
    return json.loads(text, parse_float=Decimal)


def units(text: str) -> int:
    return scaled_from_text(text)


@pytest.fixture
def desk(tmp_path: Path) -> FlexDesk:
    desk = FlexDesk(tmp_path)
    desk.grant()
    desk.wait(0.1)
    for kind in ("trade", "orderbook", "ticker"):
        stream = [wish.stream for wish in desk.opens if wish.stream.startswith(kind)][-1]
        desk.streams[kind] = stream
        desk.session.opened(stream, desk.now)
        desk.say(kind, text("control_message"))
    return desk


@pytest.mark.parametrize("name", FRAMES)
def test_an_example_is_read_and_written_as_it_stands(name: str) -> None:
    envelope = codec.decode_message(text(name))
    again = codec.message(
        envelope.type, envelope.data, envelope.created_at, envelope.name, envelope.status
    )  # fmt: skip
    assert exact(again) == exact(text(name))


def test_the_control_message_alone_makes_own_orders_and_ticker_live(desk: FlexDesk) -> None:
    assert desk.channel("trade").status.value == "live"
    assert desk.channel("ticker").status.value == "live"
    assert desk.channel("orderbook").status.value == "resynchronising"


def test_the_book(desk: FlexDesk) -> None:
    desk.say("orderbook", text("orderbook_update"))
    book = desk.desk.market.flex.books[NAME]
    (bid,), (ask,) = book.levels(Side.BUY), book.levels(Side.SELL)
    assert (bid.price, bid.power, len(bid.orders)) == (units("100"), units("3300.5"), 3)
    assert (ask.price, ask.power, len(ask.orders)) == (units("11"), units("1400"), 2)
    # The vendor's second bid has no country.
    assert [order.place.country_code for order in bid.orders] == ["FI", "", "FI"]
    assert [order.power for order in bid.orders] == [units("1000"), units("2000.5"), units("300")]
    assert {order.delivery for order in book.orders()} == {WINDOW}
    (named,) = book.levels(Side.BUY, FlexFilter(country=""))
    assert named.power == units("2000.5")
    assert desk.desk.market.flex_standing(NAME).live
    assert desk.desk.market.anomalies_seen == 0


def test_a_trade_and_an_expired_order_are_two_things(desk: FlexDesk) -> None:
    for name in ("ticker_update", "expired_order_update"):
        desk.say("ticker", text(name))
    trade, expiry = (desk.desk.market.flex.tape.row(number) for number in (0, 1))
    assert isinstance(trade, FlexTrade)
    assert isinstance(expiry, FlexExpiry)
    at = utc_from_text("2024-05-02T12:06:45.842304Z")
    assert (trade.closed_at, expiry.expired_at) == (at, at)
    assert (trade.price, trade.power, trade.energy) == (units("0.25"), units("1000"), units("1000"))
    assert trade.place == Place(("loc1",), "FI", Coordinates(60.1699, 24.9384))
    assert desk.desk.market.flex.tape.trades() == [trade]


def test_an_order_and_a_contract_are_told_apart_though_both_have_one_type(desk: FlexDesk) -> None:
    for name in ("order_status_update", "contract_status_update"):
        desk.say("trade", text(name))
    (order,) = desk.desk.market.blotter.rows()
    assert (order.venue_id, order.venue_state, order.status.value) == (ORDER_ID, "matching_active", "working")
    assert not order.ours
    # What nobody knows here is kept as it came.
    assert "grid_operator_note" in desk.desk.market.flex.told[NAME, order.client_id].raw
    (view,) = desk.desk.market.flex.contracts.of_order(NAME, ORDER_ID)
    assert view.contract.status == "verification_initiated"
    assert [step.word for step in view.steps] == ["verification_initiated"]
    assert not [each for each in desk.desk.market.anomalies if isinstance(each, AnomalyNoticed)]


def test_the_order_request_says_what_it_says() -> None:
    order = read_order(text("order_request"), NAME)
    terms = order.terms
    assert isinstance(terms, FlexTerms)
    assert (order.side, order.quantity, order.price) == (Side.SELL, units("1000"), units("0.25"))
    assert order.key.contract_id == "2024-05-02T13:15:00Z/2024-05-02T14:15:00Z"
    assert (terms.delivery, terms.expiry) == (WINDOW, utc_from_text("2024-05-02T12:25:00Z"))
    assert terms.place == Place(("loc1",), "FI")
    assert terms.baseline == Baseline(
        metering_id="ce15bc33-2bda-4d26-8ddd-b958b22b569b",
        created_at=utc_from_text("2024-05-02T12:00:00Z"),
        reading_start=utc_from_text("2024-05-02T13:15:00Z"),
        reading_end=utc_from_text("2024-05-02T13:30:00Z"),
        readings=(Reading(WINDOW.start, Quantity(units("1"))),),
    )
    assert exact(encode_order(order)) == exact(text("order_request"))


def test_the_tokens_form_and_reply(tmp_path: Path) -> None:
    desk = FlexDesk(tmp_path)
    assert desk.calls[-1].url == "http://127.0.0.1/auth/oauth/v2/token"
    assert desk.calls[-1].body_kind.value == "application/x-www-form-urlencoded"
    assert desk.form() == {
        "client_id": "glocalflexmarket_public_api",
        "grant_type": "password",
        "username": "trader",
        "password": "practice",
    }
    desk.reply(text("token_reply"))
    desk.wait(0.1)
    assert [wish.url for wish in desk.opens] == [
        f"ws://127.0.0.1/api/v1/ws/{endpoint}" for endpoint in ("trade", "orderbook", "ticker")
    ]
    assert {wish.bearer.reveal() for wish in desk.opens if wish.bearer} == {"eyJhbGciOi.access"}
    assert {wish.scheme for wish in desk.opens} == {"Bearer"}


def test_the_words_of_the_page_are_the_words_of_the_code() -> None:
    assert set(messages.COUNTRIES) == {"CZ", "DE", "CH", "ES", "FI", "FR"}
    assert messages.ORDER_PATH == "/api/v1/order/"
