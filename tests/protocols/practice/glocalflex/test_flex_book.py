"""The double auction by itself: who trades with whom, by tables and whatever comes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.market.flex import Delivery
from protocols.market.times import HOUR, MINUTE, UtcNs, utc_from_text
from protocols.market.values import SCALE, Price, Quantity, Side
from protocols.practice.glocalflex.book import Book
from protocols.practice.glocalflex.locations import Location
from protocols.practice.glocalflex.orders import Match, Resting, Terms, closing

NOW = utc_from_text("2026-11-21T12:00:00Z")
NOON = Delivery(UtcNs(NOW + 2 * HOUR), UtcNs(NOW + 3 * HOUR))
LATER = Delivery(UtcNs(NOW + 3 * HOUR), UtcNs(NOW + 4 * HOUR))
ANYWHERE = Location()


def terms(
    side: str, power: int, cents: int, delivery: Delivery = NOON, where: Location = ANYWHERE, expiry: int | None = None
) -> Terms:
    return Terms(
        side=Side.BUY if side == "buy" else Side.SELL,
        power=Quantity(power * SCALE),
        price=Price(cents * SCALE // 100),
        delivery=delivery,
        location=where,
        expiry=None if expiry is None else UtcNs(expiry),
    )


def traded(matches: list[Match]) -> list[tuple[int, int, int]]:
    """Sequence of the resting order's partner, watts and cents of each match."""
    return [(match.sell.sequence, match.power // SCALE, match.price * 100 // SCALE) for match in matches]


@pytest.mark.parametrize(
    ("resting", "incoming", "expected"),
    [
        pytest.param([("sell", 5, 30)], ("buy", 5, 30), [(1, 5, 30)], id="the same price trades"),
        pytest.param([("sell", 5, 31)], ("buy", 5, 30), [], id="a dearer seller does not"),
        pytest.param([("sell", 5, 20)], ("buy", 5, 30), [(1, 5, 20)], id="at the price of the one who was there"),
        pytest.param([("buy", 5, 30)], ("sell", 5, 20), [(2, 5, 30)], id="whichever side that is"),
        pytest.param(
            [("sell", 2, 20), ("sell", 2, 10)], ("buy", 4, 30), [(2, 2, 10), (1, 2, 20)], id="best price first"
        ),
        pytest.param([("sell", 2, 20), ("sell", 2, 20)], ("buy", 2, 20), [(1, 2, 20)], id="the older at one price"),
        pytest.param([("sell", 2, 20)], ("buy", 7, 20), [(1, 2, 20)], id="a buyer takes a part"),
        pytest.param([("sell", 7, 20)], ("buy", 5, 20), [], id="a seller gives no part"),
        pytest.param([("sell", 7, 10), ("sell", 3, 20)], ("buy", 5, 20), [(2, 3, 20)], id="too large is passed over"),
        pytest.param([("buy", 3, 30), ("buy", 9, 20)], ("sell", 5, 20), [(3, 5, 20)], id="too small a buyer as well"),
        pytest.param([("buy", 3, 30), ("buy", 3, 30)], ("sell", 6, 20), [], id="two buyers don't share a seller"),
        pytest.param([("sell", 5, 10, LATER)], ("buy", 5, 30), [], id="another window is another good"),
    ],
)
def test_who_trades(resting: list[Any], incoming: Any, expected: list[tuple[int, int, int]]) -> None:
    book = Book()
    for one in resting:
        assert book.enter(terms(*one), NOW)[1] == []
    _, matches = book.enter(terms(*incoming), NOW)
    assert traded(matches) == expected


FI, ANYWHERE_IN_FI = Location(("A", "B"), "FI"), Location((), "FI")


@pytest.mark.parametrize(
    ("offered", "wanted", "serves"),
    [
        (FI, Location(("B", "C"), "FI"), True),
        (FI, Location(("C",), "FI"), False),
        (FI, ANYWHERE_IN_FI, True),
        (FI, Location((), "DE"), False),
        (FI, ANYWHERE, True),
        (FI, Location((None, ""), None), True),
        (ANYWHERE_IN_FI, FI, False),
        (ANYWHERE, ANYWHERE_IN_FI, False),
        (Location(("A",), None), Location(("A",), "FI"), True),
        (Location(("A",), "DE"), Location(("A",), "FI"), False),
        (Location(("A",), "FI"), Location(("A",), ""), True),
        (ANYWHERE, Location((None,), ""), True),
    ],
)
def test_the_seller_has_to_be_where_the_buyer_wants_it(offered: Location, wanted: Location, serves: bool) -> None:
    assert offered.serves(wanted) is serves
    for first, second in (("buy", "sell"), ("sell", "buy")):
        book, where = Book(), {"buy": wanted, "sell": offered}
        book.enter(terms(first, 5, 20, where=where[first]), NOW)
        assert bool(book.enter(terms(second, 5, 20, where=where[second]), NOW)[1]) is serves


@pytest.mark.parametrize(
    ("expiry", "ends"),
    [(None, closing(NOON)), (NOW + MINUTE, NOW + MINUTE), (NOON.end, closing(NOON))],
)
def test_an_order_expires_at_its_time_or_as_its_window_closes(expiry: int | None, ends: int) -> None:
    book = Book()
    order, _ = book.enter(terms("buy", 5, 20, expiry=expiry), NOW)
    assert book.next_expiry == ends
    assert book.expire(UtcNs(ends - 1)) == []
    assert book.expire(UtcNs(ends)) == [order]
    assert len(book) == 0 and book.next_expiry is None


ORDERS = st.builds(
    terms,
    st.sampled_from(["buy", "sell"]),
    st.integers(1, 12),
    st.integers(18, 22),
    st.sampled_from([NOON, LATER]),
    st.sampled_from([ANYWHERE, FI, ANYWHERE_IN_FI, Location(("C",), "FI"), Location((), "DE")]),
    st.sampled_from([None, None, NOW + MINUTE, NOW + 30 * MINUTE]),
)


def could_trade(buy: Resting, sell: Resting) -> bool:
    return (
        buy.terms.delivery == sell.terms.delivery
        and buy.terms.price >= sell.terms.price
        and sell.left <= buy.left
        and sell.terms.location.serves(buy.terms.location)
    )


@given(st.lists(ORDERS, max_size=40), st.lists(st.integers(0, 20), min_size=40, max_size=40))
def test_whatever_comes_sellers_are_whole_power_is_kept_and_nobody_is_passed_over(
    incoming: list[Terms], minutes: list[int]
) -> None:
    book, at = Book(), NOW
    entered: list[Resting] = []
    given_to: dict[int, int] = {}
    expired: list[Resting] = []
    for order, pause in zip(incoming, minutes, strict=False):
        at = UtcNs(at + pause * MINUTE)
        expired += book.expire(at)
        before = {side: list(book.side(side)) for side in Side}
        new, matches = book.enter(order, at)
        entered.append(new)
        _check_priority(new, matches, before[order.side.other])
        for match in matches:
            assert match.power == match.sell.terms.power, "a seller is served whole"
            assert match.sell.left == 0
            assert match.sell.terms.price <= match.price <= match.buy.terms.price
            assert match.sell.terms.location.serves(match.buy.terms.location)
            assert match.sell.terms.delivery == match.buy.terms.delivery
            for one in (match.buy, match.sell):
                given_to[one.sequence] = given_to.get(one.sequence, 0) + match.power
        standing = [*book.side(Side.BUY), *book.side(Side.SELL)]
        assert set(standing) == {one for one in entered if one.left and one not in expired}
        assert all(one.terms.expires > at or one is new for one in standing)
        for side in Side:
            ranks = [one.rank for one in book.side(side)]
            assert ranks == sorted(ranks)
        buys, sells = list(book.side(Side.BUY)), list(book.side(Side.SELL))
        assert not any(could_trade(buy, sell) for buy in buys for sell in sells)
    for one in entered:
        assert one.left + given_to.get(one.sequence, 0) == one.terms.power, "power is neither made nor lost"


def _check_priority(new: Resting, matches: list[Match], others: list[Resting]) -> None:
    """Each partner was the first, by price and time, who could have traded at that moment."""
    left = new.terms.power
    waiting = list(others)
    for match in matches:
        partner = match.sell if new.terms.side is Side.BUY else match.buy
        for other in waiting[: waiting.index(partner)]:
            buy, sell = (new, other) if new.terms.side is Side.BUY else (other, new)
            taken = sell.terms.power
            had = left if buy is new else other.left
            fits = taken <= had and buy.terms.price >= sell.terms.price
            assert not (
                fits and buy.terms.delivery == sell.terms.delivery and sell.terms.location.serves(buy.terms.location)
            )
        left = Quantity(left - match.power)
        waiting = waiting[waiting.index(partner) + 1 :]
