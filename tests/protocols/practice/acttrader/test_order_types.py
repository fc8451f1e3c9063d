"""What becomes of each type of order, with each time in force, in both dialects (protocol page, Messages)."""

from decimal import Decimal
from typing import Any

import pytest

from protocols.market.times import SECOND, UtcNs
from protocols.market.values import SCALE
from protocols.practice.acttrader.quotes import QuotedMarket
from tests.protocols.practice.acttrader.fx_rig import START, FxClient, FxRig

MUCH = 30_000_000
"""More than all four prices of a quote offer, at five million each."""
LITTLE = 10_000


def ask_of(rig: FxRig) -> Decimal:
    (row,) = [row for row in rig.get("/acttrader/chart/symbols")["result"] if row["name"] == "EURUSD"]
    return Decimal(row["ask"])


def last_state(rig: FxRig, name: str = "mine") -> tuple[str, str]:
    order = rig.truth()[name]
    return order["status"], order["executed"]


@pytest.mark.parametrize(
    ("time_in_force", "quantity", "status", "executed"),
    [
        ("IOC", LITTLE, "FILLED", "10000"),
        ("AON", LITTLE, "FILLED", "10000"),
        ("FOK", LITTLE, "FILLED", "10000"),
        ("GTC", LITTLE, "FILLED", "10000"),
        ("IOC", MUCH, "CANCELED", "20000000"),
        ("GTC", MUCH, "CANCELED", "20000000"),
        ("FOK", MUCH, "CANCELED", "0"),
        ("AON", MUCH, "CANCELED", "0"),
    ],
)
def test_a_market_order_trades_at_once_or_never(
    rig: FxRig, trader: FxClient, time_in_force: str, quantity: int, status: str, executed: str
) -> None:
    answer, *pushed = trader.place(type="MARKET", quantity=quantity, timeInForce=time_in_force)
    assert answer["event"] == "newordersingle" and answer["payload"]["status"] == "NEW"
    assert {message["event"] for message in pushed} == {"execution"}
    assert pushed[-1]["payload"]["status"] == status
    assert str(pushed[-1]["payload"]["executedQty"]) == executed
    assert last_state(rig) == (status, executed)


@pytest.mark.parametrize(
    ("time_in_force", "quantity", "status", "executed"),
    [
        ("AON", LITTLE, "FILLED", "10000"),
        ("FOK", LITTLE, "FILLED", "10000"),
        ("IOC", LITTLE, "FILLED", "10000"),
        ("GTC", LITTLE, "FILLED", "10000"),
        ("AON", MUCH, "NEW", "0"),
        ("FOK", MUCH, "CANCELED", "0"),
        ("IOC", MUCH, "CANCELED", "20000000"),
        ("GTC", MUCH, "PARTIAL_FILL", "20000000"),
    ],
)
def test_a_limit_within_reach_trades_as_its_time_in_force_says(
    rig: FxRig, trader: FxClient, time_in_force: str, quantity: int, status: str, executed: str
) -> None:
    trader.place(price=1.11, quantity=quantity, timeInForce=time_in_force)
    assert last_state(rig) == (status, executed)


@pytest.mark.parametrize("time_in_force", ["AON", "GTC", "GTT", "FOK", "IOC"])
def test_a_limit_out_of_reach_waits_or_is_cancelled(rig: FxRig, trader: FxClient, time_in_force: str) -> None:
    extra = {trader.lifetime: "2027-01-01T00:00:00.000Z"} if time_in_force == "GTT" else {}
    trader.place(price=1.09, timeInForce=time_in_force, **extra)
    waits = time_in_force not in ("FOK", "IOC")
    assert last_state(rig) == ("NEW" if waits else "CANCELED", "0")
    rig.move(ask="1.09001")
    assert last_state(rig) == ("NEW" if waits else "CANCELED", "0")
    rig.move(ask="1.0899")
    assert last_state(rig) == (("FILLED", "10000") if waits else ("CANCELED", "0"))


def test_a_limit_never_trades_worse_than_its_price_and_takes_better_ones(rig: FxRig, trader: FxClient) -> None:
    trader.place(price=1.09)
    rig.move(ask="1.0800")
    assert rig.truth()["mine"]["fills"] == [["1.08", "10000"]]


def test_a_seller_s_limit_waits_for_the_bid(rig: FxRig, trader: FxClient) -> None:
    trader.place(side="SELL", price=1.105)
    rig.move(bid="1.10499")
    assert last_state(rig) == ("NEW", "0")
    rig.move(bid="1.105")
    assert rig.truth()["mine"]["fills"] == [["1.105", "10000"]]


@pytest.mark.parametrize(
    ("side", "stop", "short", "there"), [("BUY", 1.105, "1.10499", "1.1060"), ("SELL", 1.095, "1.09501", "1.0940")]
)
def test_a_stop_goes_off_when_the_market_reaches_it(
    rig: FxRig, trader: FxClient, side: str, stop: float, short: str, there: str
) -> None:
    touch = "ask" if side == "BUY" else "bid"
    trader.place(side=side, type="STOP", stopPrice=stop)
    rig.move(**{touch: short})
    assert last_state(rig) == ("NEW", "0")
    rig.move(**{touch: there})
    assert rig.truth()["mine"]["fills"] == [[there.rstrip("0"), "10000"]]
    assert trader.take("execution")[-1]["payload"]["type"] == "STOP"


@pytest.mark.parametrize(
    ("time_in_force", "status", "executed"),
    [
        ("AON", "NEW", "0"),
        ("FOK", "CANCELED", "0"),
        ("IOC", "CANCELED", "20000000"),
        ("GTC", "PARTIAL_FILL", "20000000"),
    ],
)
def test_a_stop_that_went_off_trades_as_its_time_in_force_says(
    rig: FxRig, trader: FxClient, time_in_force: str, status: str, executed: str
) -> None:
    trader.place(type="STOP", stopPrice=1.105, quantity=MUCH, timeInForce=time_in_force)
    assert last_state(rig) == ("NEW", "0")
    rig.move(ask="1.1050")
    assert last_state(rig) == (status, executed)
    rig.move(ask="1.0900")  # it has gone off, and needs no second time
    if time_in_force == "GTC":
        assert last_state(rig) == ("FILLED", str(MUCH))


def test_a_stop_limit_waits_for_its_stop_and_then_for_its_price(rig: FxRig, trader: FxClient) -> None:
    trader.place(type="STOP_LIMIT", stopPrice=1.105, price=1.106)
    rig.move(ask="1.1000")  # within the limit, but the stop was not reached
    assert last_state(rig) == ("NEW", "0")
    rig.move(ask="1.1070")  # beyond both
    assert last_state(rig) == ("NEW", "0")
    rig.move(ask="1.1060")
    assert rig.truth()["mine"]["fills"] == [["1.106", "10000"]]


def test_a_stop_limit_for_at_once_is_cancelled_when_its_stop_takes_it_beyond_its_price(
    rig: FxRig, trader: FxClient
) -> None:
    trader.place(type="STOP_LIMIT", stopPrice=1.105, price=1.106, timeInForce="IOC")
    rig.move(ask="1.1070")
    assert last_state(rig) == ("CANCELED", "0")


def test_a_stop_beyond_the_market_goes_off_at_once(rig: FxRig, trader: FxClient) -> None:
    trader.place(type="STOP", stopPrice=1.05)
    assert last_state(rig) == ("FILLED", "10000")


def test_tpi_waits_and_takes_what_each_quote_offers(rig: FxRig, later: FxClient) -> None:
    rig.turn(liquidity=4_000)
    later.place(price=1.09, timeInForce="TPI")
    assert last_state(rig) == ("NEW", "0")
    rig.move(ask="1.09")
    assert last_state(rig) == ("PARTIAL_FILL", "4000")
    rig.move(ask="1.09")
    assert last_state(rig) == ("PARTIAL_FILL", "8000")
    rig.move(ask="1.09")
    assert last_state(rig) == ("FILLED", "10000")


def test_partial_fills_are_pushed_each_with_what_was_executed_so_far(rig: FxRig, trader: FxClient) -> None:
    rig.turn(liquidity=4_000)
    trader.place(price=1.09, timeInForce="GTC")
    for _ in range(3):
        rig.move(ask="1.09")
    pushed = [message["payload"] for message in trader.take("execution")]
    assert [(one["status"], one["executedQty"]) for one in pushed] == [
        ("PARTIAL_FILL", 4_000),
        ("PARTIAL_FILL", 8_000),
        ("FILLED", 10_000),
    ]
    assert pushed[-1]["cummulativeQuoteQty"] == 10_900
    status = trader.ask("orderstatus", {"orderId": pushed[-1]["orderId"]})["payload"]
    assert status["fills"] == [{"price": Decimal("1.09"), "qty": 10_000}]


def test_a_large_market_order_goes_through_several_prices(rig: FxRig, trader: FxClient) -> None:
    rig.turn(liquidity=4_000)
    best = ask_of(rig)
    trader.place(type="MARKET", timeInForce="IOC")
    fills = [(Decimal(price), int(quantity)) for price, quantity in rig.truth()["mine"]["fills"]]
    assert [quantity for _, quantity in fills] == [4_000, 4_000, 2_000]
    assert fills[0][0] == best
    assert [price for price, _ in fills] == sorted({price for price, _ in fills})


def test_a_frame_shows_the_newest_fills_and_the_truth_all(
    rig: FxRig, later: FxClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("protocols.practice.acttrader.wire.MOST_FILLS", 2)
    rig.turn(liquidity=4_000)
    later.place(type="MARKET", timeInForce="IOC")
    shown = later.ask("orderstatus", {"clientOrderId": "mine"})["payload"]["fills"]
    fills = rig.truth()["mine"]["fills"]
    assert len(fills) == 3
    assert [str(fill["price"]) for fill in shown] == [price for price, _ in fills[1:]]


def test_two_orders_share_what_a_quote_offers_the_older_first(rig: FxRig, trader: FxClient) -> None:
    rig.turn(liquidity=12_000)
    trader.place("older", price=1.09, timeInForce="GTC")
    trader.place("newer", price=1.09, timeInForce="GTC")
    rig.move(ask="1.09")
    assert last_state(rig, "older") == ("FILLED", "10000")
    assert last_state(rig, "newer") == ("PARTIAL_FILL", "2000")


def test_without_partial_fills_the_touch_is_good_for_any_quantity(rig: FxRig, trader: FxClient) -> None:
    rig.turn(partial_fills=False, liquidity=1_000)
    best = ask_of(rig)
    trader.place(type="MARKET", quantity=MUCH, timeInForce="IOC")
    assert rig.truth()["mine"]["fills"] == [[str(best), str(MUCH)]]


def test_a_lifetime_ends_an_order_at_its_time_even_if_the_market_comes_later(rig: FxRig, trader: FxClient) -> None:
    trader.place(price=1.09, timeInForce="GTC", **{trader.lifetime: "2026-11-20T13:30:10.000Z"})
    rig.pass_time(9.9)
    assert last_state(rig) == ("NEW", "0")
    rig.pass_time(0.2)
    rig.move(ask="1.09")
    order = rig.truth()["mine"]
    assert (order["status"], order["reason"]) == ("CANCELED", "LIFETIME_EXPIRED")
    (pushed,) = trader.take("execution")
    assert pushed["payload"]["status"] == "CANCELED"
    assert pushed["payload"].get("reason") == ("LIFETIME_EXPIRED" if trader.dialect == "later" else None)


def test_a_lifetime_ends_before_a_later_quote_of_the_same_tick(fx_rig: Any) -> None:
    twin = QuotedMarket(1, START)
    early = max(quote.bid for quote in twin.advance(UtcNs(START + SECOND)) if quote.symbol == "EURUSD")
    late = max(quote.bid for quote in twin.advance(UtcNs(START + 20 * SECOND)) if quote.symbol == "EURUSD")
    assert late > early, "the market must reach the limit, but only after the lifetime"
    rig = fx_rig(hold=False)
    trader = rig.client()
    trader.place(side="SELL", price=late / SCALE, tillTime="2026-11-20T13:30:01.000Z")
    trader.place("forever", side="SELL", price=late / SCALE)
    rig.elapsed = 20.0  # one long step over the lifetime and many quotes
    rig.venue.tick(rig.now)
    assert last_state(rig) == ("CANCELED", "0")
    assert last_state(rig, "forever") == ("FILLED", "10000")


def test_positions_are_what_was_bought_and_sold(rig: FxRig, trader: FxClient) -> None:
    trader.place("one", type="MARKET", timeInForce="IOC", quantity=30_000)
    trader.place("two", type="MARKET", timeInForce="IOC", side="SELL", quantity=10_000)
    trader.place("three", type="MARKET", timeInForce="IOC", side="SELL", symbol="USDJPY")
    assert rig.get("/truth/fx")["positions"] == {
        "EURUSD": {"bought": "30000", "sold": "10000", "net": "20000"},
        "USDJPY": {"bought": "0", "sold": "10000", "net": "-10000"},
    }


def test_what_was_paid_is_exact_however_large(rig: FxRig, trader: FxClient) -> None:
    rig.turn(partial_fills=False)
    rig.move("GBPJPY", ask="191.237")
    trader.place(symbol="GBPJPY", type="MARKET", timeInForce="IOC", quantity=99_999_000)
    assert rig.truth()["mine"]["paid"] == "19123508763"
