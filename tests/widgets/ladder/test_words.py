"""What the ladder says in words."""

import pytest

from protocols.market.events import ClockCompared, Freshness
from protocols.market.times import SECOND
from protocols.market.values import scaled_from_text
from tests.widgets.desk import M7, price
from tests.widgets.ladder.market import AREA, CLOSING, LadderDesk
from widgets.delivery import CONTINENT
from widgets.ladder.words import Header, Tone, header, number, rounded


def words(desk: LadderDesk) -> Header:
    return header(desk.market, desk.key, desk.market.book_standing(desk.key), desk.clock.now, CONTINENT)


@pytest.mark.parametrize(
    ("value", "decimals", "text", "whole"),
    [("72.1", 2, "72.10", 2), ("-0.5", 2, "−0.50", 2), ("72.1234", 2, "72.1234", 2), ("7", 0, "7", 1)],
)
def test_numbers_keep_every_digit_and_know_their_point(value: str, decimals: int, text: str, whole: int) -> None:
    assert number(scaled_from_text(value), decimals) == (text, whole)


@pytest.mark.parametrize(
    ("value", "text"),
    [("72.105", "72.10"), ("72.115", "72.12"), ("72.1150001", "72.12"), ("-0.006", "−0.01"), ("-0.004", "0.00")],
)
def test_averages_are_rounded(value: str, text: str) -> None:
    assert rounded(price(value), 2) == text


def test_the_header_names_the_contract_and_its_delivery() -> None:
    told = words(LadderDesk())
    assert (told.name, told.area, told.period) == ("15Q4", AREA, "Sat 21 Nov 15:45–16:00 CET")


def test_freshness_is_told_with_its_age() -> None:
    desk = LadderDesk()
    assert words(desk).freshness == ("○ unsynchronised", Tone.WARNING)
    desk.levels()
    assert words(desk).freshness == ("● live", Tone.LIVE)
    desk.freshness(Freshness.STALE, "gone")
    desk.beat(12)
    assert words(desk).freshness == ("▲ stale, no data for 12 s", Tone.DANGER)


@pytest.mark.parametrize(
    ("left", "text", "tone"),
    [
        (16 * 60, "closes in 16:00", Tone.SECONDARY),
        (15 * 60, "closes in 15:00", Tone.WARNING),
        (5 * 60, "closes in 5:00", Tone.DANGER),
        (0.5, "closes in 0:01", Tone.DANGER),
        (0, "closing time passed", Tone.DANGER),
    ],
)
def test_the_countdown_to_gate_closure(left: float, text: str, tone: Tone) -> None:
    desk = LadderDesk()
    desk.beat((CLOSING - desk.utc) / 1e9 - left)
    assert words(desk).closing == (text, tone)


def test_the_countdown_follows_the_venues_clock() -> None:
    desk = LadderDesk()
    desk.beat((CLOSING - desk.utc) / 1e9 - 302)
    desk.market.apply(ClockCompared(M7, 3 * SECOND, desk.clock.now))
    assert words(desk).closing == ("closes in 4:59", Tone.DANGER), "our clock is 3 s behind"


def test_a_closed_contract_counts_nothing_down() -> None:
    desk = LadderDesk()
    desk.state(desk.key, "Active", "Closed", CLOSING)
    assert words(desk).state == ("Active · Closed", Tone.WARNING)
    assert words(desk).closing.text == ""


def test_absent_figures_are_absent_and_not_zero() -> None:
    desk = LadderDesk()
    desk.day(last_price="-1.5", direction="Down")
    figures = {figure.label: (figure.value, figure.mark.text) for figure in words(desk).figures}
    assert figures["Last"] == ("−1.50", "▼")
    assert {figures[label] for label in ("High", "Low", "VWAP", "Vol")} == {("–", "")}
    assert "DA" not in figures
