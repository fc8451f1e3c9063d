"""One full repaint of the ladder against a QTableWidget of the same rows and columns, updated cell by cell."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QTableWidget, QTableWidgetItem

from app.resources import tokens
from protocols.market.events import (
    BookChanged,
    BookOrder,
    BookReplaced,
    ChannelChanged,
    ContractListed,
    Feed,
    Freshness,
)
from protocols.market.instruments import ContractKey, InstrumentSpec, PowerContract
from protocols.market.state import MarketState
from protocols.market.times import HOUR, Instant, UtcNs, utc_from_text
from protocols.market.values import SCALE, Price, Quantity, fixed_text
from widgets.frame_clock import FrameClock
from widgets.ladder import Ladder
from widgets.link_group import LinkGroup
from widgets.theme import dress, theme_from_tokens

KEY = ContractKey("EPEX M7", "DE-AMPRION", "1")
START = utc_from_text("2026-11-21T14:00:00Z")
ROWS, COLUMNS, REPAINTS = 40, 5, 100
SIZE = (600, 1000)


def order(number: int, quantity: int) -> BookOrder:
    return BookOrder(str(number), Price((3000 + number * 5) * SCALE // 100), Quantity(quantity * SCALE // 10))


def a_market() -> MarketState:
    market = MarketState()
    now = Instant(0.0, START)
    spec = InstrumentSpec(Price(SCALE // 100), Quantity(SCALE // 10), 2, 1, "EUR/MWh", "MW")
    contract = PowerContract(KEY, "1", "15Q4", "QuarterHour", "Local", START, UtcNs(START + HOUR), spec)
    market.apply(ChannelChanged("EPEX M7", "b", Feed.ORDER_BOOKS, "DE-AMPRION", "Hour", Freshness.LIVE, "", now))
    market.apply(ContractListed(contract))
    bids = tuple(order(number, 10 + number) for number in range(20))
    asks = tuple(order(number, 10 + number) for number in range(21, 41))
    market.apply(BookReplaced("b", KEY, bids, asks))
    return market


def milliseconds(repaint: Callable[[int], None]) -> float:
    """The median of many."""
    taken = []
    for number in range(REPAINTS):
        begun = time.perf_counter()
        repaint(number)
        taken.append((time.perf_counter() - begun) * 1000)
    return sorted(taken)[REPAINTS // 2]


@pytest.mark.usefixtures("qapp")
def test_a_full_repaint_of_the_ladder_against_a_table_of_cells(qtbot: Any, qapp: Any) -> None:
    theme = theme_from_tokens(tokens(), "dark")
    dress(qapp, theme)
    market, group = a_market(), LinkGroup()
    clock = FrameClock(lambda: Instant(0.0, START))
    ladder = Ladder(market, clock, group, theme)
    qtbot.addWidget(ladder)
    ladder.resize(*SIZE)
    group.choose(KEY)
    ladder.show()
    picture = QImage(*SIZE, QImage.Format.Format_ARGB32_Premultiplied)

    def paint_ladder(number: int) -> None:
        changes = tuple(order(row, 10 + (row + number) % 90) for row in range(20))
        market.apply(BookChanged("b", KEY, changes, ()))
        ladder.render_to(picture)

    table = QTableWidget(ROWS, COLUMNS)
    qtbot.addWidget(table)
    table.setFont(theme.number_font())
    table.resize(*SIZE)
    table.show()

    def paint_table(number: int) -> None:
        for row in range(ROWS):
            for column in range(COLUMNS):
                text = fixed_text((row * number + column) * SCALE // 10, 1)
                item = table.item(row, column)
                if item is None:
                    table.setItem(row, column, QTableWidgetItem(text))
                else:
                    item.setText(text)
        table.render(picture)

    ours, theirs = milliseconds(paint_ladder), milliseconds(paint_table)
    print(f"\nfull repaint, {ROWS} rows: ladder {ours:.2f} ms, QTableWidget {theirs:.2f} ms, ratio {theirs / ours:.1f}")
