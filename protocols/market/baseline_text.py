"""A baseline as a trader pastes it: a table of times and values, read exactly or refused by row and column.

Nothing is rescaled, rounded, sorted or filled in: what stands in a cell is what is sent, in the unit that is named.
"""

import csv
import re
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

import msgspec

from protocols.market.baseline_heading import other_unit, other_zone
from protocols.market.flex import Baseline, Reading
from protocols.market.form_text import TextRefused, decimal_from_text, moment_from_text, moment_text
from protocols.market.times import MINUTE, SECOND, TimeRefused, UtcNs, utc_from_text
from protocols.market.values import DIGITS, Quantity, ValueRefused, plain_text

TIME, VALUE = "time", "value"
"""The columns of the table."""
WHOLE_ROW = ""
MOST_READINGS = 10_000
MOST_PROBLEMS = 20
"""So many are listed; a table of the wrong kind has one in every cell."""
LONGEST_ROW = 1_000
"""Characters of one line: a longer one is no row of a time and a value."""
LONGEST_WORD = 100
LARGEST_RESOLUTION = 1_000_000

METERING_ID, READING_END, RESOLUTION = "metering_id", "reading_end", "resolution"
DIRECTION, QUALITY, PRODUCT, UNIT, TABLE = "direction", "quality", "energy_product", "unit_measured", "table"

LABELS = {
    METERING_ID: "Metering point",
    READING_END: "Readings end",
    RESOLUTION: "Resolution",
    DIRECTION: "Direction",
    QUALITY: "Quality",
    PRODUCT: "Energy product",
    UNIT: "Unit",
    TABLE: "Readings",
}
DEFAULTS = {RESOLUTION: "1", DIRECTION: "consumption", QUALITY: "estimated", PRODUCT: "apparent", UNIT: "kWh"}
"""The words of the venue's own example: it documents no others."""

_HAS_ZONE = re.compile(r"(Z|[+-]\d\d:?\d\d)$", re.ASCII | re.IGNORECASE)
_SEPARATORS = ("\t", ";", ",")


class CellProblem(msgspec.Struct, frozen=True):
    """What is wrong with a cell. `row` counts the lines of the text from 1, as an editor does; `column` is empty where
    it is the row as a whole."""

    row: int
    column: str
    words: str

    @property
    def text(self) -> str:
        """`Row 3, value: “abc” is not a number`."""
        return f"Row {self.row}{', ' if self.column else ''}{self.column}: {self.words}"


class Table(msgspec.Struct, frozen=True):
    """What a text came to: the readings that are right, and what is wrong with the others."""

    readings: tuple[Reading, ...]
    problems: tuple[CellProblem, ...]
    more_problems: int = 0
    """So many were found beyond those that are listed."""
    heading: str = ""
    """What stands above the values, where the table begins with a line of headings."""

    @property
    def ok(self) -> bool:
        return bool(self.readings) and not self.problems

    @property
    def step(self) -> int | None:
        """The distance between readings in nanoseconds where it is always the same; None otherwise."""
        steps = {later.at - reading.at for reading, later in zip(self.readings, self.readings[1:], strict=False)}
        return steps.pop() if len(steps) == 1 else None


class CheckedBaseline(msgspec.Struct, frozen=True):
    """What the fields and the table came to. `problems` are by field name; without any there is a baseline."""

    baseline: Baseline | None
    table: Table
    problems: dict[str, str]


def read_table(text: str, zone: tzinfo = UTC) -> Table:
    """Reads lines of a time and a value with a tab, a semicolon or a comma between them; one line of headings may come
    first, and empty lines are passed over. A time that names no zone is one of `zone`.
    """
    readings: list[Reading] = []
    problems: list[CellProblem] = []
    headings, mark = ("", ""), ""
    lines = text.removeprefix("\ufeff").splitlines()
    separator = next((each for each in _SEPARATORS if any(each in line for line in lines)), "\t")
    first = True
    for row, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if len(line) > LONGEST_ROW:
            problems.append(CellProblem(row, WHOLE_ROW, f"has {len(line)} characters"))
            continue
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=separator))]
        if first and _is_heading(cells):
            first = False
            headings = (cells[0], cells[1])
            continue
        first = False
        reading = _reading(row, cells, separator, zone, problems)
        if reading is None:
            continue
        if not _HAS_ZONE.search(cells[0]) and headings[0]:
            named = other_zone(headings[0], _offset(reading.at, zone))
            if named:
                words = f"the heading says {named}, and times that name no zone are read as another: choose which"
                problems.append(CellProblem(row, TIME, words))
                headings = ("", headings[1])
        here = "".join(sorted(set(cells[1]) & {".", ","}))
        if mark and here and here != mark:
            words = f"“{cells[1][:40]}” has another decimal mark than a row above: it may mean something else"
            problems.append(CellProblem(row, VALUE, words))
            continue
        mark = mark or here
        if readings and reading.at <= readings[-1].at:
            problems.append(CellProblem(row, TIME, "is not later than the row before"))
        elif len(readings) == MOST_READINGS:
            problems.append(CellProblem(row, WHOLE_ROW, f"more than {MOST_READINGS} readings"))
            break
        else:
            readings.append(reading)
    return Table(tuple(readings), tuple(problems[:MOST_PROBLEMS]), max(0, len(problems) - MOST_PROBLEMS), headings[1])


def check_baseline(texts: dict[str, str], created_at: UtcNs, zone: tzinfo = UTC) -> CheckedBaseline:
    """Reads every field by its name; one that is missing has the text of `DEFAULTS`. `zone` is that of times which
    name none."""
    whole = {name: texts.get(name, DEFAULTS.get(name, "")).strip() for name in LABELS}
    table = read_table(whole[TABLE], zone)
    problems: dict[str, str] = {}
    words = {name: _word(name, whole[name], problems) for name in (METERING_ID, DIRECTION, QUALITY, PRODUCT, UNIT)}
    if UNIT not in problems and (named := other_unit(table.heading, words[UNIT])):
        problems[UNIT] = f"{LABELS[UNIT]}: the heading of the values says {named}, and nothing is converted"
    resolution = _resolution(whole[RESOLUTION], problems)
    if table.problems:
        problems[TABLE] = table.problems[0].text
    elif not table.readings:
        problems[TABLE] = "Readings are missing: paste rows of a time and a value"
    end = _reading_end(whole[READING_END], table, zone, problems)
    if problems or end is None:
        return CheckedBaseline(None, table, problems)
    baseline = Baseline(
        metering_id=words[METERING_ID],
        created_at=UtcNs(created_at // SECOND * SECOND),  # as the page writes it: not every reader takes nanoseconds
        reading_start=table.readings[0].at,
        reading_end=end,
        readings=table.readings,
        resolution=resolution,
        direction=words[DIRECTION],
        quality=words[QUALITY],
        energy_product=words[PRODUCT],
        unit_measured=words[UNIT],
    )
    return CheckedBaseline(baseline, table, {})


def _offset(at: UtcNs, zone: tzinfo) -> float:
    """Seconds from UTC to the zone at that time."""
    offset = datetime.fromtimestamp(at // SECOND, zone).utcoffset()
    return 0.0 if offset is None else offset.total_seconds()


def _is_heading(cells: Sequence[str]) -> bool:
    """Letters and no figure in either cell: a mistyped reading has figures."""
    return len(cells) >= 2 and not any(character.isdigit() for cell in cells for character in cell)


def _reading(
    row: int, cells: Sequence[str], separator: str, zone: tzinfo, problems: list[CellProblem]
) -> Reading | None:
    if len(cells) != 2:
        hint = ": write a decimal comma only where columns are parted by ; or a tab" if separator == "," else ""
        many = "one column" if len(cells) == 1 else f"{len(cells)} columns"
        problems.append(CellProblem(row, WHOLE_ROW, f"has {many}, a time and a value are wanted{hint}"))
        return None
    at = value = None
    try:
        at = _moment(cells[0], zone)
    except TextRefused as refused:
        problems.append(CellProblem(row, TIME, str(refused)))
    try:
        value = Quantity(decimal_from_text(cells[1], DIGITS))
    except (TextRefused, ValueRefused) as refused:
        problems.append(CellProblem(row, VALUE, "is missing" if not cells[1] else str(refused)))
    return None if at is None or value is None else Reading(at, value)


def _moment(text: str, zone: tzinfo) -> UtcNs:
    """A whole date and time: one of the day alone would have to be guessed."""
    if not text:
        raise TextRefused("is missing")
    if _HAS_ZONE.search(text) and "T" in text.replace(" ", "T"):
        try:
            return utc_from_text(text.replace(" ", "T", 1).upper())
        except TimeRefused as refused:
            raise TextRefused(f"“{text[:40]}” is not a time") from refused
    if not re.match(r"\d{4}-\d\d-\d\d[ T]", text, re.ASCII):
        raise TextRefused(f"“{text[:40]}” is not a date and time: write 2026-11-21 15:45 or 2026-11-21T14:45:00Z")
    return moment_from_text(text, UtcNs(0), zone)


def _word(name: str, text: str, problems: dict[str, str]) -> str:
    if not text:
        problems[name] = f"{LABELS[name]} is missing"
    elif len(text) > LONGEST_WORD:
        problems[name] = f"{LABELS[name]}: {len(text)} characters, {LONGEST_WORD} at most"
    elif not text.isprintable():
        problems[name] = f"{LABELS[name]}: has a character that can't be printed"
    return text


def _resolution(text: str, problems: dict[str, str]) -> int:
    digits = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_RESOLUTION))
    if digits and 1 <= int(text) <= LARGEST_RESOLUTION:
        return int(text)
    problems[RESOLUTION] = f"{LABELS[RESOLUTION]}: “{text[:40]}” is not a whole number from 1"
    return 0


def _reading_end(text: str, table: Table, zone: tzinfo, problems: dict[str, str]) -> UtcNs | None:
    """What was typed; left empty, one step after the last reading, where the table has such a step."""
    if not table.readings:
        return None
    last = table.readings[-1].at
    if not text:
        if table.step is None:
            problems[READING_END] = (
                f"{LABELS[READING_END]}: say when, the readings are not evenly spaced"
                if len(table.readings) > 1
                else f"{LABELS[READING_END]}: say when, one reading has no spacing"
            )
            return None
        return UtcNs(last + table.step)
    try:
        end = _moment(text, zone)
    except TextRefused as refused:
        problems[READING_END] = f"{LABELS[READING_END]}: {refused}"
        return None
    if end <= last:
        problems[READING_END] = f"{LABELS[READING_END]} must be after the last reading, {moment_text(last, zone)}"
        return None
    return end


def step_text(step: int) -> str:
    """`15 min`, or seconds where it is no whole minute."""
    return f"{step // MINUTE} min" if step % MINUTE == 0 else f"{plain_text(step)} s"
