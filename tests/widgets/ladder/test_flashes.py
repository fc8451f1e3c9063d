"""Which quantities flash, and for how long."""

from protocols.market.values import Side
from tests.widgets.desk import price
from widgets.ladder.flashes import Flashes

CELL = (Side.BUY, price("72.10"))
OTHER_CELL = (Side.SELL, price("72.15"))


def test_a_changed_quantity_flashes_and_fades() -> None:
    flashes = Flashes(0.3)
    assert flashes.observe("ground", {CELL: 1, OTHER_CELL: 5}, 10.0) == {}
    assert flashes.observe("ground", {CELL: 2, OTHER_CELL: 5}, 11.0) == {CELL: 1.0}
    faded = flashes.observe("ground", {CELL: 2, OTHER_CELL: 5}, 11.2)
    assert 0.3 < faded[CELL] < 0.4
    assert flashes.alight
    assert flashes.observe("ground", {CELL: 2, OTHER_CELL: 5}, 11.3) == {}
    assert not flashes.alight


def test_rows_that_come_into_view_do_not_flash() -> None:
    flashes = Flashes(0.3)
    flashes.observe("ground", {CELL: 1}, 10.0)
    assert flashes.observe("ground", {CELL: 1, OTHER_CELL: 5}, 10.1) == {}


def test_other_rows_or_a_break_start_anew() -> None:
    flashes = Flashes(0.3)
    flashes.observe("ground", {CELL: 1}, 10.0)
    assert flashes.observe("other ground", {CELL: 2}, 10.1) == {}
    flashes.forget()
    assert flashes.observe("other ground", {CELL: 3}, 10.2) == {}
