"""FX orders in the orders widget: what stands in the cells of an order without a limit, and in every other."""

from pathlib import Path

import pytest

from protocols.market.times import MINUTE, UtcNs
from tests.support.fx import START, FxDesk, order, pair, record
from widgets.orders.cells import Col, OrderCells


@pytest.fixture
def desk(tmp_path: Path) -> FxDesk:
    desk = FxDesk(tmp_path)
    desk.ready()
    return desk


@pytest.mark.parametrize(
    ("command", "price", "terms"),
    [
        (order("LIMIT", "1.05"), "1.05000", "LIMIT AON"),
        (order("MARKET", None), "market", "MARKET IOC"),
        (order("STOP", None, "1.15"), "stop 1.15000", "STOP 1.15000 AON"),
        (order("STOP_LIMIT", "1.16", "1.15", tif="FOK"), "1.16000", "STOP LIMIT 1.15000 FOK"),
        (order("LIMIT", "151.5", symbol="USDJPY"), "151.500", "LIMIT AON"),
        (order("LIMIT", "1.05", until=UtcNs(START + 90 * MINUTE)), "1.05000", "until"),
    ],
)
def test_price_and_terms(desk: FxDesk, command: object, price: str, terms: str) -> None:
    shown = desk.get(desk.submit(command))
    cells = OrderCells(desk.desk.market)
    assert cells.cell(shown, Col.PRICE).text == price
    assert terms in cells.cell(shown, Col.TERMS).text
    for column in Col:
        assert isinstance(cells.cell(shown, column).text, str)
    assert cells.tip(shown) and cells.spoken(shown) and cells.words(shown)


def test_orders_without_a_limit_sort_behind_those_with_one(desk: FxDesk) -> None:
    names = [
        desk.submit(order("MARKET", None)),
        desk.submit(order("LIMIT", "1.05")),
        desk.submit(order("LIMIT", "1.04")),
    ]
    cells = OrderCells(desk.desk.market)
    ordered = sorted((desk.get(name) for name in names), key=cells.sort_key(Col.PRICE))
    assert [cells.cell(each, Col.PRICE).text for each in ordered] == ["1.04000", "1.05000", "market"]


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
