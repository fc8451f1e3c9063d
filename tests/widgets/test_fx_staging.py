"""Orders of currency pairs being put together: what differs from power. And how pairs are found."""

import msgspec
import pytest

from app.contract_search import find_instruments, find_pairs
from protocols.acttrader.rules import to_order
from protocols.market.commands import AmendOrder, FxTerms, PlaceOrder
from protocols.market.events import PairListed, Quote
from protocols.market.forms import TIME_IN_FORCE, Choice, Field, FieldKind, OrderForm
from protocols.market.instruments import ContractKey, CurrencyPair, InstrumentSpec
from protocols.market.orders import Order, OrderStatus
from protocols.market.times import HOUR, MINUTE, Instant, UtcNs
from protocols.market.values import SCALE, Price, Side
from tests.widgets.desk import NOON, Desk, price, quantity
from widgets import staging
from widgets.books import QuoteBook
from widgets.fx_staging import short_quantity
from widgets.ladder.own import OwnOrder, own_cell, own_text
from widgets.ladder.quote_words import pips_text
from widgets.staging import NotStaged, Stage

SPEC = InstrumentSpec(price("0.00001"), quantity("1000"), 5, 0, "USD", "EUR")
TEN = quantity("10000")


def pair(name: str = "EURUSD") -> CurrencyPair:
    key = ContractKey("FX", "FX", name)
    return CurrencyPair(key, name, name[:3], name[3:], SPEC, price("0.0001"), quantity("100000"), "EUR")


PAIR = pair()


def book(bid: str = "1.07662", ask: str = "1.07666") -> QuoteBook:
    return QuoteBook(Quote(PAIR.key, price(bid), price(ask), None, Instant(0.0, NOON)), 1, None)


def order(kind: str = "STOP", at: str = "1.0700", stop: str | None = "1.0700") -> Order:
    terms = FxTerms(kind, "AON", None if stop is None else price(stop))
    limit = price(at) if "LIMIT" in kind else None
    return Order("FX", "c1", PAIR.key, Side.SELL, limit, TEN, TEN, terms, OrderStatus.WORKING, True)


@pytest.mark.parametrize(
    ("side", "take", "at"),
    [(Side.BUY, False, "1.07662"), (Side.BUY, True, "1.07666"), (Side.SELL, False, "1.07666")],
)
def test_a_limit_at_the_quote_is_all_or_none_and_says_so(side: Side, take: bool, at: str) -> None:
    stage = staging.at_best(PAIR, book(), side, TEN, take)
    assert stage.price == price(at)
    command = staging.to_command(stage)
    assert command == PlaceOrder(PAIR.key, side, TEN, price(at), FxTerms("LIMIT", "AON"))
    assert staging.preview(stage, PAIR) == f"{side.value.upper()} 10\N{NO-BREAK SPACE}000 EUR EURUSD @ {at} AON"


def test_a_stop_has_a_stop_price_and_no_limit() -> None:
    stage = staging.stop_at(PAIR, book(), Side.SELL, price("1.0700"), TEN)
    assert staging.to_command(stage) == PlaceOrder(
        PAIR.key, Side.SELL, TEN, None, FxTerms("STOP", "AON", price("1.0700"))
    )
    assert staging.preview(stage, PAIR) == "SELL 10\N{NO-BREAK SPACE}000 EUR EURUSD @ 1.07000 STOP AON"


@pytest.mark.parametrize(
    ("side", "at", "why"),
    [
        (Side.SELL, "1.07662", "A sell stop waits below the bid, which is 1.07662"),
        (Side.SELL, "1.0800", "A sell stop waits below the bid, which is 1.07662"),
        (Side.BUY, "1.07666", "A buy stop waits above the ask, which is 1.07666"),
    ],
)
def test_a_stop_that_would_set_off_at_once_is_refused(side: Side, at: str, why: str) -> None:
    with pytest.raises(NotStaged, match=why):
        staging.stop_at(PAIR, book(), side, price(at), TEN)


def test_a_stop_off_the_tick_goes_away_from_the_market() -> None:
    assert staging.stop_at(PAIR, book(), Side.SELL, price("1.070004"), TEN).price == price("1.07")
    assert staging.stop_at(PAIR, book(), Side.BUY, price("1.080004"), TEN).price == price("1.08001")


def test_amending_a_stop_changes_its_stop_price() -> None:
    now = order()
    stage = staging.moved(staging.amendment(PAIR, book(), now), price("1.0690"), SPEC.tick)
    assert (
        staging.preview(stage, PAIR)
        == "MODIFY SELL 10\N{NO-BREAK SPACE}000 @ 1.07000 → 10\N{NO-BREAK SPACE}000 @ 1.06900"
    )
    assert staging.to_command(stage, now) == AmendOrder("FX", "c1", stop_price=price("1.0690"))


def test_amending_a_limit_changes_its_price() -> None:
    now = order("LIMIT", "1.0800", None)
    stage = staging.moved(staging.amendment(PAIR, book(), now), price("1.0810"), SPEC.tick)
    assert staging.to_command(stage, now) == AmendOrder("FX", "c1", price=price("1.0810"))


def test_a_stop_that_was_moved_meanwhile_is_not_amended() -> None:
    stage = staging.moved(staging.amendment(PAIR, book(), order()), price("1.0690"), SPEC.tick)
    with pytest.raises(NotStaged, match="changed meanwhile"):
        staging.to_command(stage, order(stop="1.0710"))


def test_what_has_two_prices_is_not_changed_on_a_ladder() -> None:
    assert "stop limit" in staging.why_not_amended(order("STOP_LIMIT"))


def test_a_pair_has_no_iceberg() -> None:
    with pytest.raises(NotStaged, match="no iceberg"):
        staging.with_display(staging.at_best(PAIR, book(), Side.BUY, TEN), quantity("1000"))


def test_a_key_goes_round_the_times_in_force_that_the_order_can_have() -> None:
    words = ("AON", "IOC", "TPI", "GTC", "GTT")
    choices = tuple(Choice(word, word) for word in words)
    field = Field(TIME_IN_FORCE, "Time in force", FieldKind.CHOICE, choices)
    form = OrderForm("FX", (field,), to_order, cycled=TIME_IN_FORCE)

    def round_of(stage: Stage) -> list[str]:
        found = []
        for _ in range(4):
            stage = staging.next_terms(stage, form)
            assert isinstance(stage.terms, FxTerms)
            found.append(stage.terms.time_in_force)
        return found

    assert round_of(staging.at_best(PAIR, book(), Side.BUY, TEN)) == ["IOC", "TPI", "GTC", "AON"]
    assert round_of(staging.stop_at(PAIR, book(), Side.BUY, price("1.08"), TEN)) == ["IOC", "GTC", "AON", "IOC"]


def test_an_order_that_was_staged_with_a_date_keeps_it_in_another_time_in_force() -> None:
    until = UtcNs(NOON + HOUR)
    made = PlaceOrder(PAIR.key, Side.BUY, TEN, price("1.07"), FxTerms("LIMIT", "GTT", None, until))
    choices = tuple(Choice(word, word) for word in ("AON", "GTC"))
    field = Field(TIME_IN_FORCE, "Time in force", FieldKind.CHOICE, choices)
    form = OrderForm("FX", (field,), to_order, cycled=TIME_IN_FORCE)
    stage = staging.next_terms(staging.staged_order(made), form)
    assert staging.preview(stage, PAIR).endswith("@ 1.07000 AON until 2026-11-21 12:00 UTC")
    assert staging.to_command(stage) == msgspec.structs.replace(made, terms=FxTerms("LIMIT", "AON", None, until))


def test_an_own_stop_has_its_mark_and_its_word() -> None:
    cell = own_cell((OwnOrder(order(), None),), SPEC)
    assert (cell.look.mark, cell.tail, cell.number.text) == ("■", "stop", "10k")
    words = own_text(OwnOrder(order(), None), SPEC)
    assert words == "Own sell stop 10\N{NO-BREAK SPACE}000 EUR @ 1.07000: working, AON"


@pytest.mark.parametrize(
    ("units", "text"),
    [
        (10_000, "10k"),
        (1_500_000, "1.5M"),
        (25_500, "25.5k"),
        (999, "999"),
        (1_234_567, "1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567"),
        (1_234_000, "1.234M"),
    ],
)
def test_a_short_quantity_says_every_digit(units: int, text: str) -> None:
    assert short_quantity(units * SCALE) == text


def test_pips() -> None:
    assert pips_text(price("0.00004"), price("0.0001")) == "0.4"
    assert pips_text(Price(0), price("0.0001")) == "0"


def test_pairs_are_found_by_name_and_by_either_currency() -> None:
    pairs = [pair(name) for name in ("EURUSD", "GBPUSD", "USDJPY", "EURGBP")]

    def names(text: str) -> list[str]:
        return [each.name for each in find_pairs(pairs, text)]

    assert names("eur/u") == ["EURUSD"]
    assert names("usd") == ["USDJPY", "EURUSD", "GBPUSD"]
    assert names("gbp eur") == ["EURGBP"]
    assert names("") == names("chf") == []


def test_a_stage_says_all_that_would_be_sent() -> None:
    terms = FxTerms("LIMIT", "GTC", None, UtcNs(NOON + 90 * MINUTE), "over lunch")
    stage = staging.staged_order(PlaceOrder(PAIR.key, Side.BUY, TEN, price("1.07"), terms))
    words = "BUY 10\N{NO-BREAK SPACE}000 EUR EURUSD @ 1.07000 GTC until 2026-11-21 12:30 UTC with a note"
    assert staging.preview(stage, PAIR) == words


def test_the_tickets_search_finds_pairs_and_contracts() -> None:
    desk = Desk("DE-AMPRION")
    contract = desk.contract("DE-AMPRION", "15Q4", UtcNs(NOON + HOUR))
    desk.market.apply(PairListed(PAIR))
    found = {name: key for key, name, _ in find_instruments(desk.market, "eur", NOON, 5)}
    assert found == {"EURUSD": PAIR.key}
    assert [key for key, _, _ in find_instruments(desk.market, "15q4 amp", NOON, 5)] == [contract]
    assert find_instruments(desk.market, " ", NOON, 5) == []
