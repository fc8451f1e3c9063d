"""Finding delivery windows, hopping through them, and reading a baseline's file."""

from pathlib import Path

import pytest

from app.flex_search import find_windows, neighbour_window
from app.flex_widgets import LARGEST_FILE, TextRefused, text_of_file
from app.gallery.flex_market import FLEX, WINDOWS, FlexDay
from app.gallery.market import NOON, Exhibit
from protocols.market.instruments import FlexMarket, FlexWindow
from protocols.market.times import HOUR, MINUTE, UtcNs

TOO_LATE = UtcNs(WINDOWS[0].start - 15 * MINUTE)


@pytest.fixture
def day() -> FlexDay:
    return FlexDay(Exhibit())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("flex", [None, 0, 1, 2, 3, 4, 5]),
        ("all", [None]),
        ("14:00", [1]),
        ("14-15", [1]),
        ("glocal sat 16", [3]),
        ("nothing", []),
        ("", []),
    ],
)
def test_windows_are_found_by_a_few_letters(day: FlexDay, text: str, found: list[int | None]) -> None:
    keys = [key for key, _, _ in find_windows(day.exhibit.market, text, NOON, 30)]
    assert keys == [day.key if each is None else day.window(each) for each in found]


def test_a_window_whose_orders_have_ended_is_neither_found_nor_hopped_to(day: FlexDay) -> None:
    market = day.exhibit.market
    assert len(find_windows(market, "flexibility", TOO_LATE, 30)) == len(WINDOWS)
    whole = market.flex.markets[FLEX]
    first = neighbour_window(market, whole, 1, TOO_LATE)
    assert first == whole.window(WINDOWS[1])


def test_hopping_goes_from_the_whole_book_through_the_windows_and_back(day: FlexDay) -> None:
    market = day.exhibit.market
    whole = market.flex.markets[FLEX]
    here: FlexMarket | FlexWindow | None = whole
    seen = []
    while here is not None:
        seen.append(here)
        here = neighbour_window(market, here, 1, NOON)
    assert seen == [whole, *(whole.window(each) for each in WINDOWS)]
    assert neighbour_window(market, seen[1], -1, NOON) == whole
    assert neighbour_window(market, whole, -1, NOON) is None
    assert neighbour_window(market, whole.window(WINDOWS[2]), -1, UtcNs(NOON + 9 * HOUR)) == whole


def test_a_file_is_text_or_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes("\ufefftime;kWh\nä;1".encode())
    assert text_of_file(path) == "time;kWh\nä;1"
    path.write_bytes(b"time;\xff")
    with pytest.raises(TextRefused, match=r"table\.csv is not text in UTF-8: byte 5"):
        text_of_file(path)
    path.write_bytes(b"1" * (LARGEST_FILE + 1))
    with pytest.raises(TextRefused, match="larger than 1000 kB"):
        text_of_file(path)
    with pytest.raises(TextRefused, match="can't be read"):
        text_of_file(tmp_path / "none.csv")
