"""A baseline that is pasted: what each text comes to, and where each mistake is named."""

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.market.baseline_text import (
    METERING_ID,
    MOST_PROBLEMS,
    READING_END,
    RESOLUTION,
    TABLE,
    UNIT,
    check_baseline,
    read_table,
    step_text,
)
from protocols.market.flex import Reading
from protocols.market.form_text import moment_from_text, moment_text
from protocols.market.times import MINUTE, SECOND, UtcNs, utc_from_text, utc_text
from protocols.market.values import SCALE, Quantity, plain_text

NOON = utc_from_text("2026-11-21T12:00:00Z")
PARIS = ZoneInfo("Europe/Paris")
NO_LETTER = {ord("A"): None, ord("B"): None}
TWO_ROWS = "2026-11-21T12:00:00Z\t1.5\n2026-11-21T12:15:00Z\t2"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (TWO_ROWS, (1_500_000_000, 2_000_000_000)),
        ("time;kWh\n2026-11-21T12:00:00Z;1,5\n\n2026-11-21T13:15:00+01:00;2\n", (1_500_000_000, 2_000_000_000)),
        ('\ufeff"time","kWh"\n2026-11-21 12:00,"1.5"\n2026-11-21 12:15,"2.000"', (1_500_000_000, 2_000_000_000)),
        ("2026-11-21 12:00\t-0.000000001\n2026-11-21 12:15\t0", (-1, 0)),
    ],
)
def test_tables_as_programs_write_them(text: str, values: tuple[int, ...]) -> None:
    table = read_table(text)
    assert table.problems == ()
    times = (NOON, UtcNs(NOON + 15 * MINUTE))
    assert table.readings == tuple(Reading(at, Quantity(value)) for at, value in zip(times, values, strict=True))
    assert table.step == 15 * MINUTE


def test_a_time_without_a_zone_is_one_of_the_zone_that_is_named() -> None:
    (reading,) = read_table("2026-11-21 13:00\t1", PARIS).readings
    assert utc_text(reading.at) == "2026-11-21T12:00:00Z"
    (reading,) = read_table("2026-11-21 13:00Z\t1", PARIS).readings
    assert utc_text(reading.at) == "2026-11-21T13:00:00Z"
    (problem,) = read_table("2026-10-25 02:15\t1", PARIS).problems
    assert "comes twice" in problem.text


@pytest.mark.parametrize(("day", "hours"), [("2026-10-25", 25), ("2026-03-29", 23), ("2026-11-21", 24)])
def test_a_day_of_any_length_is_read_to_the_quarter_hour(day: str, hours: int) -> None:
    start = moment_from_text(f"{day} 00:00", NOON, PARIS)
    times = [UtcNs(start + number * 15 * MINUTE) for number in range(4 * hours)]
    table = read_table("\n".join(f"{moment_text(at, PARIS)};1,5" for at in times), PARIS)
    assert table.problems == ()
    assert [reading.at for reading in table.readings] == times
    assert moment_text(UtcNs(times[-1] + 15 * MINUTE), PARIS).endswith(" 00:00")
    # As most programs write it: without a letter, what comes twice is not guessed at.
    plain = read_table("\n".join(f"{moment_text(at, PARIS).translate(NO_LETTER)};1,5" for at in times), PARIS)
    assert len(plain.problems) == (8 if hours == 25 else 0)


@pytest.mark.parametrize(
    ("row", "where", "says"),
    [
        ("2026-11-21T12:15:00Z\tabc", "Row 2, value: ", "“abc” is not a number"),
        ("2026-11-21T12:15:00Z\t", "Row 2, value: ", "is missing"),
        ("2026-11-21T12:15:00Z\t1e5", "Row 2, value: ", "not a number"),
        ("2026-11-21T12:15:00Z\tNaN", "Row 2, value: ", "not a number"),
        ("2026-11-21T12:15:00Z\t0.0000000001", "Row 2, value: ", "too many digits"),
        ("2026-11-21T12:15:00Z\t" + "9" * 5000, "Row 2: ", "5021 characters"),
        ("12:15\t1", "Row 2, time: ", "is not a date and time"),
        ("2026-13-21T12:15:00Z\t1", "Row 2, time: ", "is not a time"),
        ("2026-11-21T12:00:00Z\t1", "Row 2, time: ", "not later than the row before"),
        ("2026-11-21T11:00:00Z\t1", "Row 2, time: ", "not later than the row before"),
        ("\t1", "Row 2, time: ", "is missing"),
        ("2026-11-21T12:15:00Z", "Row 2: ", "one column"),
        ("2026-11-21T12:15:00Z\t1\t2", "Row 2: ", "3 columns"),
    ],
)
def test_a_mistake_is_named_by_row_and_column(row: str, where: str, says: str) -> None:
    table = read_table("2026-11-21T12:00:00Z\t1\n" + row)
    assert not table.ok
    assert len(table.problems) == 1
    assert table.problems[0].text.startswith(where)
    assert says in table.problems[0].text
    assert len(table.readings) == 1


def test_a_decimal_comma_between_commas_is_refused_with_a_hint() -> None:
    (problem,) = read_table("2026-11-21T12:00:00Z,1,5").problems
    assert "decimal comma only where columns are parted by ;" in problem.text


@pytest.mark.parametrize("rows", [("950.5", "1,200"), ("0,75", "1.200"), ("1,5", "1", "2.5")])
def test_two_decimal_marks_in_one_table_may_be_thousands(rows: tuple[str, ...]) -> None:
    table = read_table("\n".join(f"2026-11-21 12:{number:02}\t{value}" for number, value in enumerate(rows)))
    (problem,) = table.problems
    assert (problem.row, problem.column) == (len(rows), "value")
    assert "another decimal mark" in problem.text


@pytest.mark.parametrize(
    ("heading", "zone", "says"),
    [
        ("Time (UTC)", PARIS, "UTC"), ("time_utc", PARIS, "utc"), ("Zeit MEZ", UTC, "MEZ"), ("[CET/CEST]", UTC, "CET"),
        ("Time (UTC)", UTC, ""), ("Zeit MEZ", PARIS, ""), ("UTC or CET", PARIS, ""), ("Etcetera", UTC, ""),
    ],
)  # fmt: skip
def test_a_heading_that_names_another_zone_is_held_against_the_choice(heading: str, zone: tzinfo, says: str) -> None:
    table = read_table(f"{heading}\tkWh\n2026-11-21 12:00\t1\n2026-11-21 12:15\t1", zone)
    assert [f"the heading says {says}, " in each.text for each in table.problems] == [True] * bool(says)
    zoned = read_table(f"{heading}\tkWh\n2026-11-21 12:00Z\t1\n2026-11-21T12:15:00Z\t1", zone)
    assert zoned.ok, "each time says its own"


@pytest.mark.parametrize(
    ("heading", "unit", "says"),
    [
        ("MWh", "kWh", "MWh"), ("Energy [kWh]", "kWh", ""), ("Last (kW)", "kWh", "kW"), ("value", "kWh", ""),
        ("MWh", "MWh", ""), ("Wh", "kWh", "Wh"), ("KWH", "kWh", ""), ("W or kWh", "kWh", ""), ("What", "kWh", ""),
    ],
)  # fmt: skip
def test_a_heading_that_names_another_unit_is_held_against_the_field(heading: str, unit: str, says: str) -> None:
    table = f"time;{heading}\n2026-11-21 12:00;1\n2026-11-21 12:15;1"
    checked = check_baseline({METERING_ID: "m-1", UNIT: unit, TABLE: table}, NOON)
    assert (checked.baseline is None) is bool(says)
    assert checked.problems == (
        {UNIT: f"Unit: the heading of the values says {says}, and nothing is converted"} if says else {}
    )


def test_a_table_of_the_wrong_kind_names_some_and_counts_the_rest() -> None:
    table = read_table("1\n" * 50)
    assert (len(table.problems), table.more_problems) == (MOST_PROBLEMS, 50 - MOST_PROBLEMS)


@given(st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=40), st.sampled_from("\t;"))
def test_what_is_written_exactly_is_read_exactly(values: list[int], separator: str) -> None:
    rows = [Reading(UtcNs(NOON + number * SECOND), Quantity(value)) for number, value in enumerate(values)]
    text = "\n".join(f"{utc_text(row.at)}{separator}{plain_text(row.value)}" for row in rows)
    table = read_table(text)
    assert table.readings == tuple(rows)
    assert table.ok


@given(st.text(alphabet="0123456789-:TZ.,;\t\n eE+", max_size=120))
def test_no_text_is_read_in_part_or_raises(text: str) -> None:
    table = read_table(text)
    rows = [line for line in text.splitlines() if line.strip()]
    heading = bool(rows) and not any(each.isdigit() for each in rows[0])
    told = len(table.readings) + len({problem.row for problem in table.problems})
    if not table.more_problems:
        assert told == len(rows) or (heading and told == len(rows) - 1)


def test_fields_make_the_baseline_of_the_page() -> None:
    checked = check_baseline({METERING_ID: "ce15bc33", TABLE: TWO_ROWS}, NOON)
    baseline = checked.baseline
    assert baseline is not None
    assert checked.problems == {}
    assert (baseline.resolution, baseline.direction, baseline.quality) == (1, "consumption", "estimated")
    assert (baseline.energy_product, baseline.unit_measured) == ("apparent", "kWh")
    assert (utc_text(baseline.reading_start), utc_text(baseline.reading_end)) == (
        "2026-11-21T12:00:00Z",
        "2026-11-21T12:30:00Z",
    )


@pytest.mark.parametrize(
    ("changed", "field", "says"),
    [
        ({METERING_ID: " "}, METERING_ID, "missing"),
        ({METERING_ID: "a\x00b"}, METERING_ID, "can't be printed"),
        ({UNIT: "k" * 101}, UNIT, "101 characters"),
        ({RESOLUTION: "0"}, RESOLUTION, "not a whole number"),
        ({RESOLUTION: "1.5"}, RESOLUTION, "not a whole number"),
        ({RESOLUTION: "９"}, RESOLUTION, "not a whole number"),
        ({TABLE: ""}, TABLE, "Readings are missing"),
        ({TABLE: "2026-11-21T12:00:00Z\tx"}, TABLE, "Row 1, value"),
        ({TABLE: "2026-11-21T12:00:00Z\t1"}, READING_END, "one reading has no spacing"),
        ({READING_END: "2026-11-21 12:15"}, READING_END, "must be after the last reading"),
        ({READING_END: "soon"}, READING_END, "not a date and time"),
        ({TABLE: TWO_ROWS + "\n2026-11-21T12:16:00Z\t1"}, READING_END, "not evenly spaced"),
    ],
)
def test_what_is_wrong_stands_at_its_field(changed: dict[str, str], field: str, says: str) -> None:
    checked = check_baseline({METERING_ID: "ce15bc33", TABLE: TWO_ROWS, **changed}, NOON, UTC)
    assert checked.baseline is None
    assert list(checked.problems) == [field]
    assert says in checked.problems[field]


def test_it_was_made_at_a_whole_second() -> None:
    made = check_baseline({METERING_ID: "m-1", TABLE: TWO_ROWS}, UtcNs(NOON + 123_456_789)).baseline
    assert made is not None
    assert made.created_at == NOON


def test_steps_in_words() -> None:
    assert (step_text(15 * MINUTE), step_text(90 * SECOND)) == ("15 min", "90 s")
    assert SCALE == SECOND  # nanoseconds are written as scaled seconds
