"""The delivery ribbon: a day's quarter-hours, right on the days of 23 and 25 hours, in both zones."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, Qt

from protocols.market.events import Feed, Freshness
from protocols.market.times import HOUR, UtcNs, utc_from_text
from protocols.market.values import Side
from tests.widgets.desk import NOON, Desk, click, press, show
from tests.widgets.test_own_trades import trade
from widgets.delivery import BRITAIN, CONTINENT, time_text
from widgets.ribbon import DeliveryRibbon
from widgets.ribbon.painting import cell_at, edges_of
from widgets.ribbon.slots import QUARTER, Mode, day_of, quarter_hours

A, UK = "DE-AMPRION", "UK-ELEXON"


@pytest.mark.parametrize(
    ("moment", "zone", "quarters", "first"),
    [
        ("2026-11-21T11:00:00Z", CONTINENT, 96, "2026-11-20T23:00:00Z"),
        ("2026-10-25T11:00:00Z", CONTINENT, 100, "2026-10-24T22:00:00Z"),
        ("2026-03-29T11:00:00Z", CONTINENT, 92, "2026-03-28T23:00:00Z"),
        ("2026-10-25T11:00:00Z", BRITAIN, 100, "2026-10-24T23:00:00Z"),
        ("2026-03-29T11:00:00Z", BRITAIN, 92, "2026-03-29T00:00:00Z"),
        ("2026-10-24T22:00:00Z", CONTINENT, 100, "2026-10-24T22:00:00Z"),
        ("2026-10-24T21:59:59Z", CONTINENT, 96, "2026-10-23T22:00:00Z"),
    ],
)
def test_a_day_has_as_many_quarter_hours_as_it_has(moment, zone, quarters, first) -> None:
    day = day_of(utc_from_text(moment), zone)
    assert day[0] == utc_from_text(first)
    assert len(quarter_hours(day)) == quarters


@given(at=st.integers(min_value=0, max_value=2**61), zone=st.sampled_from([CONTINENT, BRITAIN]))
def test_days_lie_end_to_end_and_hold_their_moment(at, zone) -> None:
    at = UtcNs(at)
    start, end = day_of(at, zone)
    assert start <= at < end
    assert day_of(end, zone)[0] == end
    assert time_text(start, zone) == "00:00:00"
    periods = quarter_hours((start, end))
    assert periods[0][0] == start
    assert periods[-1][1] == end
    assert all(one[1] == other[0] for one, other in itertools.pairwise(periods))


@given(count=st.integers(92, 100), left=st.integers(0, 50), width=st.integers(0, 4000))
def test_every_pixel_of_the_strip_belongs_to_one_cell(count, left, width) -> None:
    edges = edges_of(count, QRect(left, 0, width, 20))
    assert edges[0] == left
    assert edges[-1] == left + width
    for x in range(left, left + width):
        index = cell_at(x, edges)
        assert edges[index] <= x < edges[index + 1]
    assert cell_at(left - 1, edges) == cell_at(left + width, edges) == -1


def ribbon_of(qtbot, desk: Desk, width: int = 900) -> DeliveryRibbon:
    ribbon = DeliveryRibbon(*desk.parts)
    show(qtbot, ribbon, width=width, height=ribbon.sizeHint().height())
    return ribbon


def place_of(ribbon: DeliveryRibbon, index: int) -> QPoint:
    edges = edges_of(len(ribbon._slots), ribbon._strip())
    return QPoint((edges[index] + edges[index + 1]) // 2, ribbon._strip().center().y())


def test_a_quarter_hours_position_is_what_all_contracts_that_deliver_in_it_come_to(qtbot) -> None:
    desk = Desk(A)
    hour = desk.contract(A, "12-13_XB", start=NOON, minutes=60)
    quarters = [desk.contract(A, f"12Q{n + 1}", start=UtcNs(NOON + n * QUARTER)) for n in range(4)]
    ribbon = ribbon_of(qtbot, desk)
    trade(desk, hour, Side.BUY, "40.00", "5")
    trade(desk, quarters[1], Side.SELL, "41.00", "7.5")
    desk.group.choose(hour)
    desk.beat()
    nets = [slot.net / 1e9 for slot in ribbon._slots[48:52]]
    assert nets == [5.0, -2.5, 5.0, 5.0]
    assert ribbon.title() == "DE-AMPRION Sat 21 Nov · net position, ▲ long ▼ short, up to 5.0 MW"
    words = ribbon.words_of(49)
    assert "12:15–12:30" in words
    assert "Net position −2.5 MW (12Q2 −7.5, 12-13_XB +5.0)" in words


def test_long_is_above_the_middle_and_short_below(qtbot) -> None:
    desk = Desk(A)
    one, other = desk.contract(A, "12Q1"), desk.contract(A, "12Q2", start=UtcNs(NOON + QUARTER))
    ribbon = ribbon_of(qtbot, desk)
    trade(desk, one, Side.BUY, "40.00", "5")
    trade(desk, other, Side.SELL, "40.00", "5")
    desk.group.choose(one)
    desk.beat()
    picture = ribbon.grab().toImage()
    strip, theme = ribbon._strip(), ribbon._theme
    for index, ink, above in ((48, theme.buy, True), (49, theme.sell, False)):
        x = place_of(ribbon, index).x()
        upper = picture.pixelColor(x, strip.top() + 5)
        lower = picture.pixelColor(x, strip.bottom() - 5)
        assert (upper == ink) is above
        assert (lower == ink) is not above


def test_a_click_or_the_arrows_and_enter_choose_the_quarter_hours_own_contract(qtbot) -> None:
    desk = Desk(A)
    desk.contract(A, "12-13_XB", start=NOON, minutes=60)
    quarter = desk.contract(A, "12Q1")
    following = desk.contract(A, "12Q2", start=UtcNs(NOON + QUARTER))
    desk.group.choose(quarter)
    ribbon = ribbon_of(qtbot, desk)
    desk.group.choose(following)
    click(ribbon, place_of(ribbon, 48))
    assert desk.group.contract == quarter
    ribbon.setFocus()
    press(ribbon, Qt.Key.Key_Right)
    press(ribbon, Qt.Key.Key_Return)
    assert desk.group.contract == following
    click(ribbon, place_of(ribbon, 3))  # no contract there
    assert desk.group.contract == following


def test_the_day_is_that_of_the_chosen_contract(qtbot) -> None:
    desk = Desk(A, UK)
    today = desk.contract(A, "12Q1")
    tomorrow = desk.contract(A, "00Q1", start=UtcNs(NOON + 12 * HOUR))
    british = desk.contract(UK, "1HH00", start=NOON, minutes=30, unit="GBP/MWh")
    ribbon = ribbon_of(qtbot, desk)
    for key, words in (
        (today, "DE-AMPRION Sat 21 Nov"), (tomorrow, "DE-AMPRION Sun 22 Nov"), (british, "UK-ELEXON Sat 21 Nov"),
    ):  # fmt: skip
        desk.group.choose(key)
        assert ribbon.title().startswith(words)
    assert ribbon._slots[0].start == utc_from_text("2026-11-21T00:00:00Z")


def test_modes_go_round_and_say_what_they_show(qtbot) -> None:
    desk = Desk(A)
    key = desk.contract(A, "12Q1")
    other = desk.contract(A, "12Q2", start=UtcNs(NOON + QUARTER))
    ribbon = ribbon_of(qtbot, desk)
    desk.group.choose(key)
    desk.figures(key, "38.40")
    desk.figures(other, "-2.00")
    desk.state(key, "Hibernated", "Closed")
    desk.beat()
    states = "DE-AMPRION Sat 21 Nov · contract states · 1 hibernated · 1 not told"
    assert ribbon.title() == states, "there is no position to be seen"
    ribbon.next_mode()
    assert ribbon.title() == "DE-AMPRION Sat 21 Nov · net position: none"
    ribbon.next_mode()
    assert ribbon.mode is Mode.PRICE
    assert ribbon.title() == "DE-AMPRION Sat 21 Nov · last prices −2.00 to 38.40 EUR/MWh"
    ribbon.next_mode()
    desk.state(other, "Active", "Continuous")
    desk.beat()
    assert ribbon.title() == "DE-AMPRION Sat 21 Nov · contract states · 1 open · 1 hibernated"
    assert "hibernated, closed" in ribbon.words_of(48)
    ribbon.next_mode()
    assert ribbon.mode is Mode.POSITION
    ribbon.restore({"mode": "price"})
    assert ribbon.state() == {"mode": "price"}
    ribbon.restore({"mode": "something of a later version"})
    assert ribbon.mode is Mode.STATE and ribbon.state() == {"mode": ""}


def test_it_opens_by_state_until_a_position_is_held_or_a_mode_is_chosen(qtbot) -> None:
    desk = Desk(A)
    key = desk.contract(A, "12Q1")
    chosen, free = ribbon_of(qtbot, desk), ribbon_of(qtbot, desk)
    desk.group.choose(key)
    desk.beat()
    assert (chosen.mode, free.mode, free.state()) == (Mode.STATE, Mode.STATE, {"mode": ""})
    chosen.restore({"mode": "price"})
    trade(desk, key, Side.BUY, "40.00", "5")
    desk.beat()
    assert free.title() == "DE-AMPRION Sat 21 Nov · net position, ▲ long ▼ short, up to 5.0 MW"
    trade(desk, key, Side.SELL, "41.00", "5")
    desk.beat()
    assert free.title() == "DE-AMPRION Sat 21 Nov · net position: none", "its colours mean what they meant"
    assert (chosen.mode, chosen.state()) == (Mode.PRICE, {"mode": "price"})


def test_stale_is_veiled_and_named(qtbot) -> None:
    desk = Desk(A)
    key = desk.contract(A, "12Q1")
    ribbon = ribbon_of(qtbot, desk)
    desk.group.choose(key)
    trade(desk, key, Side.BUY, "40.00", "5")
    desk.beat()
    live = ribbon.grab().toImage()
    desk.channel(Feed.OWN_TRADES, A, Freshness.STALE, "the link is down")
    desk.beat()
    stale = ribbon.grab().toImage()
    at = place_of(ribbon, 48) - QPoint(0, 8)
    assert live.pixelColor(at) == ribbon._theme.buy
    assert stale.pixelColor(at) != ribbon._theme.buy
    assert "stale: the link is down" in ribbon.words_of(48)


def test_before_anything_is_known_it_says_so(qtbot) -> None:
    ribbon = ribbon_of(qtbot, Desk(A))
    assert ribbon.title() == "No contract is known yet"
    press(ribbon, Qt.Key.Key_Right)
    press(ribbon, Qt.Key.Key_Return)
