"""The house rules that a glance at the files can check. The reasons are in ARCHITECTURE.md."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("app", "widgets", "protocols")
LOCKS = ("requirements.lock", "requirements-dev.lock")

MOST_LINES = 450
MAY_READ_CLOCKS = {"app/clock.py", "protocols/practice/clock.py"}
MAY_CATCH_EVERYTHING = {"app/failures.py"}

# Class or module, as it stands in the code, and what on it reads a clock.
CLOCKS = {
    "time": {"time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "localtime"},
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "Instant": {"now"},
    "ZonedDateTime": {"now", "now_in_system_tz"},
    "QTime": {"currentTime"},
    "QDate": {"currentDate"},
    "QDateTime": {"currentDateTime", "currentDateTimeUtc", "currentMSecsSinceEpoch"},
}


def sources(*rooms: str) -> Iterator[tuple[str, str]]:
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def trees(*rooms: str) -> Iterator[tuple[str, ast.Module]]:
    for name, text in sources(*rooms):
        yield name, ast.parse(text, filename=name)


def dotted(node: ast.expr) -> list[str]:
    """`datetime.datetime.now` -> ["datetime", "datetime", "now"]; anything but plain names -> []."""
    match node:
        case ast.Name(id=name):
            return [name]
        case ast.Attribute(value=value, attr=name):
            head = dotted(value)
            return [*head, name] if head else []
        case _:
            return []


def clock_reads(tree: ast.Module) -> Iterator[int]:
    """Lines that name a clock: called or handed on (`default_factory=time.monotonic`) alike."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            names = dotted(node)
            if len(names) >= 2 and names[-1] in CLOCKS.get(names[-2], ()):
                yield node.lineno
        elif (
            isinstance(node, ast.ImportFrom)
            and node.module == "time"
            and any(alias.name in CLOCKS["time"] for alias in node.names)
        ):
            yield node.lineno


def catches_everything(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            for kind in caught:
                if kind is None or dotted(kind)[-1:] in (["Exception"], ["BaseException"]):
                    yield node.lineno


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module


def test_packaging_is_no_python_package() -> None:
    # It would stand before PyPI's `packaging`, which pytest and others import.
    assert not list((ROOT / "packaging").rglob("__init__.py"))


def test_one_module_catches_everything() -> None:
    found = [
        f"{name}:{line}"
        for name, tree in trees(*ROOMS)
        if name not in MAY_CATCH_EVERYTHING
        for line in catches_everything(tree)
    ]
    assert not found, f"`except Exception` belongs in app/failures.py: {found}"


def test_one_module_reads_clocks() -> None:
    found = [
        f"{name}:{line}" for name, tree in trees(*ROOMS) if name not in MAY_READ_CLOCKS for line in clock_reads(tree)
    ]
    assert not found, f"clocks are read in {sorted(MAY_READ_CLOCKS)} only: {found}"


def test_protocols_know_no_qt() -> None:
    found = [
        f"{name}:{line} {module}"
        for name, tree in trees("protocols")
        for line, module in imported(tree)
        if module.split(".")[0] in {"PySide6", "PySide6QtAds", "shiboken6", "pyqtgraph", "qasync"}
    ]
    assert not found


def test_files_can_be_read_at_one_sitting() -> None:
    long = {name: text.count("\n") for name, text in sources(*ROOMS, "tests")}
    long = {name: lines for name, lines in long.items() if lines > MOST_LINES}
    assert not long, f"longer than {MOST_LINES} lines: {long}"


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_host_and_no_path(lock: str) -> None:
    text = (ROOT / "packaging" / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*-", text.replace("--hash=", ""), re.MULTILINE), "options belong to the user"
    assert not re.search(r"(^|\s|@)(/|~/|\.\.?/)", text)


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_pins_and_hashes_every_package(lock: str) -> None:
    text = (ROOT / "packaging" / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    entries = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert entries
    loose = [line.split()[0] for line in entries if "==" not in line or "--hash=sha256:" not in line]
    assert not loose


def test_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    runtime = project["project"]["dependencies"]
    for lock, wanted in (
        ("requirements.lock", runtime),
        ("requirements-dev.lock", runtime + project["dependency-groups"]["dev"]),
    ):
        text = (ROOT / "packaging" / lock).read_text(encoding="utf-8")
        locked = set(re.findall(r"^([a-z0-9._-]+)==", text, re.MULTILINE))
        names = {re.split(r"[<>=!~\[ ;]", line)[0].lower() for line in wanted}
        assert names <= locked, f"run `make lock`: {sorted(names - locked)} not in {lock}"


def test_version_is_the_newest_of_the_changelog() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## \[?v?(\d+\.\d+\.\d+)\b", changelog, re.MULTILINE)
    assert newest, "CHANGELOG.md has no heading like `## 0.1.0`"
    assert newest[1] == project["project"]["version"]


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("family", ["Inter", "JetBrains Mono"])
def test_bundled_fonts_have_tabular_figures(family: str) -> None:
    # conftest's fontconfig shows Qt the bundled fonts alone.
    from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QFontMetricsF

    assert family in QFontDatabase.families()
    for weight in (QFont.Weight.Normal, QFont.Weight.Medium, QFont.Weight.Bold):
        font = QFont(family, 10, weight)
        font.setFeature(QFont.Tag("tnum"), 1)
        assert QFontInfo(font).family() == family
        assert QFontInfo(font).weight() == weight
        assert len({QFontMetricsF(font).horizontalAdvance(digit * 20) for digit in "0123456789"}) == 1


@pytest.mark.parametrize(
    "code",
    [
        "import time\nnow = time.monotonic()",
        "from time import time_ns",
        "import datetime\nx = datetime.datetime.now()",
        "clock = datetime.now",
        "QDateTime.currentDateTimeUtc()",
    ],
)
def test_the_clock_rule_sees(code: str) -> None:
    assert list(clock_reads(ast.parse(code)))


@pytest.mark.parametrize(
    "clause",
    ["except:", "except Exception:", "except (ValueError, BaseException):", "except Exception as why:"],
)
def test_the_catch_rule_sees(clause: str) -> None:
    assert list(catches_everything(ast.parse(f"try:\n    pass\n{clause}\n    pass")))
