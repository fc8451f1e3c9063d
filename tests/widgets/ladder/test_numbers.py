"""Quantities that are wider than the ladder's columns: whole in their own column, or told to be too wide, never cut."""

import itertools
from typing import NamedTuple

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from protocols.market.values import Side
from tests.widgets.desk import price, quantity
from tests.widgets.ladder.market import LadderDesk, frame
from tests.widgets.ladder.own import working
from widgets.ladder import Ladder
from widgets.ladder.geometry import Column, Rect
from widgets.ladder.ink import NO_ROOM, Face, Ink
from widgets.ladder.words import amount


class Drawn(NamedTuple):
    text: str
    left: float
    right: float
    y: float


@pytest.fixture
def drawn(monkeypatch) -> list[Drawn]:
    """Every text that any ladder draws from now on."""
    texts: list[Drawn] = []
    draw = Ink.draw_many

    def remember(ink: Ink, painter, face: Face, spots, colour) -> None:
        spots = list(spots)
        texts.extend(Drawn(text, x, x + ink.width(face, text), y) for x, y, text in spots)
        draw(ink, painter, face, spots, colour)

    monkeypatch.setattr(Ink, "draw_many", remember)
    return texts


def within(each: Drawn, area: Rect) -> bool:
    """Whether it begins there."""
    return area.y <= each.y < area.bottom and area.x <= each.left < area.right


def paint(ladder: Ladder, drawn: list[Drawn]) -> None:
    drawn.clear()
    image = QImage(QSize(ladder.width(), ladder.height()), QImage.Format.Format_RGB32)
    ladder.render_to(image)


@pytest.mark.parametrize("width", [0, 430, 560, 900])
@pytest.mark.parametrize("much", ["999.9", "12345.6", "1234567.8", "251789760.5"])
def test_a_quantity_of_any_size_stays_in_its_column(desk: LadderDesk, ladder: Ladder, drawn, width, much) -> None:
    ladder.resize(max(width, ladder.minimumSizeHint().width()), 640)
    desk.levels({"72.10": much, "-9999.10": "1"}, {"72.15": much, "72.20": "5"})
    desk.trade(desk.key, "72.12", much)
    desk.day(last_price="72.12", total_quantity=much)
    shown = frame(desk, ladder)
    paint(ladder, drawn)
    assert shown.body is not None
    checked = 0
    for slot, row in enumerate(shown.body.rows):
        if row is None:
            continue
        numbers = {Column.BID: row.bid_text, Column.ASK: row.ask_text, Column.PRICE: row.price}
        numbers[Column.TRADED] = row.volume_text
        for column, number in numbers.items():
            if number is None:
                continue
            cell = shown.geometry.cell(slot, column)
            inside = [each for each in drawn if within(each, cell)]
            [found] = [each for each in inside if each.text in (number.text, NO_ROOM)][-1:]
            assert found.right <= cell.right, (column, found)
            checked += 1
    assert checked > 4


@pytest.mark.parametrize("width", [0, 430, 900])
@pytest.mark.parametrize("much", ["999.9", "1234567.8", "251789760.5"])
def test_totals_and_the_days_figures_of_any_size_stay_where_they_belong(
    desk: LadderDesk, ladder: Ladder, drawn, width, much
) -> None:
    ladder.resize(max(width, ladder.minimumSizeHint().width()), 640)
    desk.levels({"72.10": much}, {"72.15": much})
    desk.day(last_price="72.12", high=f"{much}0", vwap="72.1", low="-9999.10", total_quantity=much)
    geometry = frame(desk, ladder).geometry
    paint(ladder, drawn)
    shown = (amount(quantity(much), 1).text, NO_ROOM)
    for column in (Column.BID, Column.ASK):
        cell = geometry.column(column, geometry.footer)
        [total] = [each for each in drawn if each.text in shown and within(each, cell)]
        assert total.right <= cell.right
    lines = [geometry.header_line(2), geometry.header_line(3)]
    labels = [each for each in drawn if each.text in ("Last", "VWAP", "High", "Low", "Vol")]
    for line in lines:
        inside = sorted((each for each in drawn if within(each, line)), key=lambda each: each.left)
        assert len(inside) >= 4
        assert all(one.right <= other.left for one, other in itertools.pairwise(inside)), inside
        assert inside[-1].right <= line.right
    assert len(labels) >= 5


@pytest.mark.parametrize("much", ["5", "12345.6", "1234567.8", "251789760.5"])
@pytest.mark.parametrize("side", list(Side))
def test_an_own_order_of_any_size_stays_in_its_column(desk: LadderDesk, ladder: Ladder, drawn, side, much) -> None:
    ladder.resize(ladder.minimumSizeHint().width(), 640)
    desk.levels()
    at = "72.10" if side is Side.BUY else "72.20"
    working(desk, side, at, much)
    shown = frame(desk, ladder)
    paint(ladder, drawn)
    column = Column.OWN_BUY if side is Side.BUY else Column.OWN_SELL
    [slot] = [index for index, row in enumerate(shown.body.rows) if row and row.meaning.price == price(at)]
    cell = shown.geometry.cell(slot, column)
    inside = [each for each in drawn if within(each, cell)]
    texts = {each.text.replace("\N{NO-BREAK SPACE}", "") for each in inside}
    assert texts & {f"{quantity(much) / 10**9:.1f}", NO_ROOM}
    assert all(each.right <= cell.right for each in inside), inside
