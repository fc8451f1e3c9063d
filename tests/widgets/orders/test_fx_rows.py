"""FX orders in the orders widget: what stands in the cells of an order without a limit, and in every other."""

from pathlib import Path

import pytest

from protocols.market.events import ClockCompared
from protocols.market.times import HOUR, MINUTE, SECOND, UtcNs
from tests.support.fx import START, FxDesk, order, pair, record
from widgets.orders.catalogue import Col
from widgets.orders.cells import OrderCells


@pytest.fixture
def desk(tmp_path: Path) -> FxDesk:
    desk = FxDesk(tmp_path)
    desk.ready()
    return desk


@pytest.mark.parametrize(
    ("command", "price", "stop", "kind", "tif", "terms"),
    [
        (order("LIMIT", "1.05"), "1.05000", "", "limit", "AON", "LIMIT AON"),
        (order("MARKET", None), "market", "", "market", "IOC", "MARKET IOC"),
        (order("STOP", None, "1.15"), "market", "1.15000", "stop", "AON", "STOP 1.15000 AON"),
        (
            order("STOP_LIMIT", "1.16", "1.15", tif="FOK"),
            "1.16000", "1.15000", "stop limit", "FOK", "STOP LIMIT 1.15000 FOK",
        ),
        (order("LIMIT", "151.5", symbol="USDJPY"), "151.500", "", "limit", "AON", "LIMIT AON"),
    ],
)  # fmt: skip
def test_price_stop_type_and_terms(
    desk: FxDesk, command: object, price: str, stop: str, kind: str, tif: str, terms: str
) -> None:
    shown = desk.get(desk.submit(command))
    cells = OrderCells(desk.desk.market)
    assert [cells.cell(shown, column).text for column in (Col.PRICE, Col.STOP, Col.TYPE, Col.TIF, Col.TERMS)] == [
        price, stop, kind, tif, terms,
    ]  # fmt: skip
    for column in Col:
        assert isinstance(cells.cell(shown, column).text, str)
    assert cells.tip(shown) and cells.spoken(shown)


@pytest.mark.parametrize(
    ("command", "signs"),
    [
        (order("LIMIT", "1.05"), ("$", "")),
        (order("STOP", None, "1.15"), ("", "$")),
        (order("LIMIT", "151.5", symbol="USDJPY"), ("¥", "")),
        (order("MARKET", None), ("", "")),
    ],
)
def test_a_price_says_its_currency(desk: FxDesk, command: object, signs: tuple[str, str]) -> None:
    shown, cells = desk.get(desk.submit(command)), OrderCells(desk.desk.market)
    assert (cells.cell(shown, Col.PRICE).mark, cells.cell(shown, Col.STOP).mark) == signs


def test_a_lifetime_counts_down_by_the_venues_clock_and_ends(desk: FxDesk) -> None:
    name = desk.submit(order(until=UtcNs(START + 90 * MINUTE)))
    market, cells = desk.desk.market, OrderCells(desk.desk.market)
    cells.now = desk.now
    market.apply(ClockCompared("FX", 0, desk.now))
    assert cells.cell(desk.get(name), Col.LIFETIME).text == "16:00 · 1:30:00"
    market.apply(ClockCompared("FX", 30 * SECOND, desk.now))
    assert cells.cell(desk.get(name), Col.LIFETIME).text == "16:00 · 1:29:30"
    market.apply(ClockCompared("FX", 86 * MINUTE, desk.now))
    soon = cells.cell(desk.get(name), Col.LIFETIME)
    assert soon.text == "16:00 · 4:00" and soon.bold
    market.apply(ClockCompared("FX", 91 * MINUTE, desk.now))
    assert cells.cell(desk.get(name), Col.LIFETIME).text == "16:00 · over"
    desk.say({"event": "execution", "payload": record(name, 1, status="CANCELED", reason="LIFETIME_EXPIRED")})
    assert cells.cell(desk.get(name), Col.LIFETIME).text == "16:00"
    assert cells.cell(desk.get(name), Col.REASON).text == "its lifetime expired"
    assert cells.cell(desk.get(desk.submit(order())), Col.LIFETIME).text == ""
    tomorrow = desk.get(desk.submit(order(until=UtcNs(START + 24 * HOUR))))
    assert cells.cell(tomorrow, Col.LIFETIME).text == "21 Nov 14:30 · 22:29:00"


def test_the_note_and_the_reason_are_in_the_tip(desk: FxDesk) -> None:
    name = desk.submit(pair())
    desk.say(
        {
            "event": "execution",
            "payload": record(f"{name}.2", 2, type="STOP", status="CANCELED", reason="OCO_CONDITION"),
        }
    )
    tip = OrderCells(desk.desk.market).tip(desk.get(f"{name}.2"))
    assert "the other leg was executed" in tip
    noted = desk.get(desk.submit(order(note="hedge")))
    assert "Comment: hedge" in OrderCells(desk.desk.market).tip(noted)
