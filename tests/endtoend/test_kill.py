"""A desk that is killed at any moment: one intent, at most one send; what was in flight is in doubt, and reconciled."""

import json
import os
import random
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.endtoend.support import VenueProcess

KILLS = 20
CHILD = Path(__file__).with_name("windowless_desk.py")


def desk(mode: str, venue: VenueProcess, profile: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, CHILD, mode, str(venue.port), str(profile)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(CHILD.parents[2])},
    )


def received(venue: VenueProcess) -> dict[str, Any]:
    with urllib.request.urlopen(f"http://127.0.0.1:{venue.port}/practice/orders") as answer:
        return dict(json.load(answer)["orders"])


@pytest.mark.timeout(240)
def test_killed_twenty_times_nothing_is_sent_twice_and_everything_is_accounted_for(
    venue: VenueProcess, tmp_path: Path
) -> None:
    chance = random.Random(20)
    sent: list[str] = []
    for _ in range(KILLS):
        trading = desk("trade", venue, tmp_path)
        assert trading.stdout is not None
        wanted = chance.randint(1, 6)
        while wanted and (line := trading.stdout.readline()):
            sent.append(line.split()[1])
            wanted -= 1
        # Somewhere between two ticks, which are 0.1 s apart.
        timer = threading.Timer(chance.uniform(0.0, 0.15), trading.kill)
        timer.start()
        sent += [line.split()[1] for line in trading.stdout if line.startswith("sent")]
        trading.wait(30)
        timer.join()
        trading.stdout.close()
    looking = desk("look", venue, tmp_path)
    told, _ = looking.communicate(timeout=60)
    seen = json.loads(told.splitlines()[-1])
    venues = received(venue)
    assert len(sent) > KILLS
    assert all(venues[client_id]["creations"] == 1 for client_id in sent if client_id in venues)
    assert all(order["creations"] <= 1 for order in venues.values())
    unknown = [client_id for client_id in seen["restored"] if client_id not in seen["orders"]]
    assert unknown == [], "what was in flight is shown"
    for client_id, status in seen["orders"].items():
        if status == "in doubt":
            assert client_id not in venues, "the venue knows it, and so must the desk"
