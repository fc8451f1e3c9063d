"""The tape's row under inspection: filters, sizes and merging leave it where it is seen."""

import pytest
from PySide6.QtCore import Qt

from protocols.market.instruments import ContractKey
from tests.widgets.desk import Desk, click, press, show
from widgets.tape import TradeTape

A, B = "DE-AMPRION", "DE-TENNET"


class Tape:
    """200 trades, the price of each its number: of one contract and of another in turns, the fifth of ten as large as
    any; equal ones in runs of two."""

    def __init__(self, qtbot: object) -> None:
        self.desk = Desk(A)
        self.one, self.other = self.desk.contract(A, "15Q4"), self.desk.contract(A, "16Q1")
        self.tape = TradeTape(*self.desk.parts)
        show(qtbot, self.tape)
        for number in range(200):
            self.trade(number)
        self.desk.beat()
        self.grid = self.tape.grid

    def trade(self, number: int) -> None:
        key: ContractKey = self.one if number // 2 % 2 else self.other
        self.desk.trade(key, f"{number // 2}.00", "25" if number % 10 == 5 else "1")

    def scroll(self, row: int) -> None:
        self.grid.verticalScrollBar().setValue(row * self.grid.row_height + 7)

    def current(self) -> tuple[str, int]:
        """What the current row says, and at which height it is seen."""
        return self.grid.row_text(self.grid.current), self.grid.row_rect(self.grid.current).top()

    def filter(self, words: str) -> None:
        self.tape.begin_filter()
        press(self.tape, words)

    def top_price(self) -> str:
        return self.grid.row_text(self.grid.visible_rows().start).split("\t")[3]


@pytest.fixture
def tape(qtbot: object) -> Tape:
    return Tape(qtbot)


def test_merging_keeps_the_current_row_where_it_is(tape: Tape) -> None:
    tape.scroll(60)
    tape.grid.set_current(66)
    text, height = tape.current()
    click(tape.tape.merged, tape.tape.merged.rect().center())
    assert tape.tape.merged.isChecked()
    current = tape.grid.current
    assert "×2 merged" in tape.grid.row_text(current)
    assert tape.grid.row_text(current).split("\t")[:4] == text.split("\t")[:4]
    assert tape.current()[1] == height
    click(tape.tape.merged, tape.tape.merged.rect().center())
    assert tape.current() == (text, height)


def test_a_filter_keeps_the_current_row_where_it_is(tape: Tape) -> None:
    tape.scroll(60)
    tape.grid.set_current(64)
    seen = tape.current()
    tape.filter("15Q4" if "15Q4" in seen[0] else "16Q1")
    assert tape.grid._source.count() == 100
    assert tape.current() == seen


def test_what_a_filter_hides_is_looked_for_again_with_the_next(tape: Tape) -> None:
    tape.scroll(60)
    tape.grid.set_current(64)
    seen = tape.current()
    tape.filter("nothing")
    assert (tape.grid._source.count(), tape.grid.current) == (0, -1)
    tape.trade(300)
    tape.desk.beat()
    tape.tape.filter.clear()
    assert tape.current() == seen


def test_who_looked_elsewhere_meanwhile_is_not_called_back(tape: Tape) -> None:
    tape.scroll(60)
    tape.grid.set_current(64)
    tape.filter("15Q4" if "16Q1" in tape.grid.row_text(64) else "16Q1")
    assert tape.grid.current == -1
    tape.grid.setFocus()
    press(tape.grid, Qt.Key.Key_Home)
    assert tape.grid.current == 0
    chosen = tape.grid.row_text(tape.grid.current)
    tape.tape.filter.clear()
    assert tape.grid.row_text(tape.grid.current) == chosen


def test_without_a_current_row_the_time_in_view_stays(tape: Tape) -> None:
    tape.scroll(100)
    before = float(tape.top_price())
    tape.tape.bar.sizes.set_texts({"least": "20"})
    assert tape.grid._source.count() == 20
    assert not tape.grid.at_top
    assert before - 5 <= float(tape.top_price()) <= before


def test_at_the_top_the_newest_stays_in_view(tape: Tape) -> None:
    tape.filter("15Q4")
    assert tape.grid.at_top
    click(tape.tape.merged, tape.tape.merged.rect().center())
    assert tape.grid.at_top
    assert not tape.tape.pill.isVisible()


def test_the_pill_counts_what_is_new_under_the_new_filter(tape: Tape) -> None:
    tape.scroll(60)
    for number in range(200, 208):
        tape.trade(number)
    tape.desk.beat()
    assert tape.tape.pill.text() == "▲ 8 new"
    tape.filter("15Q4")
    assert tape.tape.pill.text() == "▲ 4 new"
    tape.tape.filter.clear()
    assert tape.tape.pill.text() == "▲ 8 new"


def test_another_contract_of_the_group_begins_with_its_newest(tape: Tape) -> None:
    tape.desk.group.choose(tape.one)
    click(tape.tape.only_linked, tape.tape.only_linked.rect().center())
    tape.scroll(40)
    tape.desk.group.choose(tape.other)
    assert tape.grid.at_top


def test_contracts_that_become_known_move_nothing(tape: Tape) -> None:
    tape.filter("1")
    tape.scroll(60)
    tape.grid.set_current(64)
    seen = tape.current()
    tape.desk.contract(A, "17Q1")
    tape.desk.beat()
    assert tape.current() == seen
