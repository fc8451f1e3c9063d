"""From the command to the first window, and to live books, against an empty PySide6 window. Medians of one run."""

import os
import subprocess
import sys
import time
from pathlib import Path

CHILD = Path(__file__).with_name("startup.py")
RUNS = 5


def seconds(what: str) -> dict[str, float]:
    """When each thing was done, in seconds after the start of the process; the median of several runs."""
    found: dict[str, list[float]] = {}
    for _ in range(RUNS):
        done = subprocess.run(
            [sys.executable, CHILD, what, str(time.time_ns())],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
            env={**os.environ, "PYTHONPATH": str(CHILD.parents[2])},
        )
        for line in done.stdout.splitlines():
            name, _, value = line.partition(" ")
            found.setdefault(name, []).append(float(value))
    return {name: sorted(values)[RUNS // 2] for name, values in found.items()}


def test_first_window_and_live_books() -> None:
    empty, desk = seconds("empty"), seconds("desk")
    print(
        f"\nfirst paint: empty window {empty['painted']:.2f} s, desk {desk['painted']:.2f} s, "
        f"ratio {desk['painted'] / empty['painted']:.1f}; live books {desk['live'] - desk['painted']:.2f} s after it, "
        f"those of every connection {desk['all'] - desk['painted']:.2f} s after it"
    )
