"""The commands as a user or a script runs them: exit status, files, words."""

import json
import os
import signal
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest
from PySide6.QtGui import QImage

from app.profile import VARIABLE, Profile
from tests.endtoend.support import VenueProcess, unused_port
from tests.support.truth import differences

PASSWORD = "QUARTERDECK_TEST_PASSWORD"  # the variable's name


def quarterdeck(*arguments: object, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "app", *map(str, arguments)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def connections_file(folder: Path, port: int, **changes: str) -> Path:
    fields = {
        "name": '"EPEX M7"',
        "venue": '"eznergy"',
        "scope": '"m7"',
        "host": f'"127.0.0.1:{port}"',
        "tls": "false",
        "contract": '"EZ4a26927fea"',
        "client_guid": '"6395d740-6e55-11e8-b566-0800200c9a66"',
        "areas": '["DE-AMPRION", "FR-RTE"]',
        "products": '["QuarterHour", "Hour"]',
        "user": '"trader"',
        "password_env": f'"{PASSWORD}"',
    } | changes
    path = folder / "connections.toml"
    path.write_text("[[connection]]\n" + "\n".join(f"{key} = {value}" for key, value in fields.items()))
    return path


def probe(folder: Path, port: int, seconds: float = 2, known: str = "practice", **changes: str) -> Any:
    file = connections_file(folder, port, **changes)
    state = folder / "state.json"
    done = quarterdeck("probe", "--connections", file, "--seconds", seconds, "--state", state, **{PASSWORD: known})
    return done, json.loads(state.read_text()) if state.exists() else None


def test_probe_of_a_venue_that_is_well(venue: VenueProcess, tmp_path: Path) -> None:
    done, state = probe(tmp_path, venue.port, seconds=3)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "EPEX M7 (eznergy): live" in done.stdout
    assert "16 of 16 channels live" in done.stdout
    assert differences(state, venue.truth) == []
    assert state["version"] == 1
    assert set(state) >= {
        "version",
        "captured_at",
        "connections",
        "channels",
        "books",
        "trades",
        "area_states",
        "orders",
    }
    assert set(state["connections"][0]) >= {"name", "venue", "status", "messages", "reconnects", "last_error"}
    assert set(state["channels"][0]) >= {
        "connection", "channel", "status", "applied", "reordered", "dropped", "gaps", "resubscribes", "last_sequence",
    }  # fmt: skip
    assert set(state["books"][0]) >= {
        "connection", "area", "product", "contract", "contract_id", "delivery_start", "delivery_end", "freshness",
        "bids", "asks", "revision",
    }  # fmt: skip
    assert set(state["trades"][0]) >= {
        "connection", "area", "contract_id", "id", "revision", "state", "price", "quantity", "executed_at", "own",
    }  # fmt: skip
    assert set(state["area_states"][0]) >= {
        "connection", "area", "contract", "contract_id", "delivery_start", "state", "phase", "phase_start", "phase_end",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("password", "changes", "words"),
    [
        ("wrong", {}, "refused the user name or the password"),
        ("", {}, PASSWORD),
        ("practice", {"contract": '"EZ00000000"'}, "unauthorized"),
    ],
)
def test_probe_says_why_a_connection_is_not_live(
    venue: VenueProcess, tmp_path: Path, password: str, changes: dict[str, str], words: str
) -> None:
    done, state = probe(tmp_path, venue.port, known=password, **changes)
    assert done.returncode == 1
    assert words in done.stdout
    assert words in state["connections"][0]["last_error"]
    assert not [book for book in state["books"] if book["freshness"] == "live"]


def test_probe_of_nobody(tmp_path: Path) -> None:
    port = unused_port()
    done, state = probe(tmp_path, port, seconds=1)
    assert done.returncode == 1
    assert f"127.0.0.1:{port}" in done.stdout
    assert state["connections"][0]["status"] == "down"


def test_probe_of_a_file_that_is_wrong_names_every_field(tmp_path: Path) -> None:
    done, state = probe(tmp_path, 1, areas='["ATLANTIS"]', password='"oh"', host='"example.com"')
    assert done.returncode == 2
    for words in ("areas", "ATLANTIS", "password", "tls"):
        assert words in done.stderr
    assert state is None


def test_shot_without_connections_is_the_practice_venue(tmp_path: Path) -> None:
    png, state = tmp_path / "desk.png", tmp_path / "desk.json"
    done = quarterdeck("shot", "--seconds", 4, "--png", png, "--state", state, "--size", "1200x800", "--scale", 2)
    assert done.returncode == 0, done.stderr
    picture = QImage(str(png))
    assert (picture.width(), picture.height()) == (2400, 1600)
    told = json.loads(state.read_text())
    assert told["connections"][0]["status"] == "live"
    assert len([book for book in told["books"] if book["freshness"] == "live"]) > 400


def test_shot_with_a_file_that_is_wrong_says_so_in_the_window(tmp_path: Path) -> None:
    file = tmp_path / "connections.toml"
    file.write_text("nonsense = [")
    state = tmp_path / "desk.json"
    done = quarterdeck("shot", "--connections", file, "--seconds", 0.5, "--png", tmp_path / "a.png", "--state", state)
    assert done.returncode == 0
    (connection,) = json.loads(state.read_text())["connections"]
    assert connection["status"] == "down"
    assert "not TOML" in connection["last_error"]


def test_a_picture_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    nowhere = tmp_path / "no such folder" / "a.png"
    done = quarterdeck("shot", "--seconds", 60, "--png", nowhere, "--state", tmp_path / "s.json")
    assert done.returncode == 2, "said before the run, not after it"
    assert "can't be written" in done.stderr


def test_the_practice_venue_ends_with_its_desk() -> None:
    venue = subprocess.Popen(
        [sys.executable, "-m", "app", "practice", "--port", "0", "--with-parent"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert venue.stdout is not None
    assert venue.stdin is not None
    assert "listening" in venue.stdout.readline()
    venue.stdin.close()
    assert venue.wait(20) == 0
    venue.stdout.close()


def test_the_practice_venue_serves_tls_with_an_authority_of_the_profiles(tmp_path: Path) -> None:
    venue = subprocess.Popen(
        [sys.executable, "-m", "app", "practice", "--port", "0", "--with-parent", "--tls"],
        env={**os.environ, VARIABLE: str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with venue:
        assert venue.stdout is not None
        port = venue.stdout.readline().split(":")[1].split()[0]
        authority = tmp_path / "practice-tls" / "authority.pem"
        assert f"ca_file = '{authority}'" in venue.stdout.readline()
        context = ssl.create_default_context(cafile=str(authority))
        with httpx2.Client(verify=context, trust_env=False) as http:
            assert http.get(f"https://localhost:{port}/practice/health").json()["status"] == "ok"
    assert venue.returncode == 0


def test_certificates_that_cannot_be_kept_are_said(tmp_path: Path) -> None:
    (tmp_path / "practice-tls").write_text("no folder")
    done = quarterdeck("practice", "--port", 0, "--tls", **{VARIABLE: str(tmp_path)})
    assert done.returncode == 2
    assert "practice-tls" in done.stderr


def test_a_port_that_is_taken_is_said(venue: VenueProcess) -> None:
    done = quarterdeck("practice", "--port", venue.port)
    assert done.returncode == 1
    assert str(venue.port) in done.stderr


@pytest.mark.parametrize(
    "arguments", [("--reorder", "1.5"), ("--split", "-1"), ("--split", "1000"), ("--flex-orders", "-1")]
)
def test_a_switch_out_of_range_is_named(arguments: tuple[str, str]) -> None:
    done = quarterdeck("practice", "--port", 0, *arguments)
    assert done.returncode == 2
    assert arguments[0].removeprefix("--") in done.stderr


def test_an_interrupted_probe_tells_what_it_saw(venue: VenueProcess, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    arguments = ("--connections", connections_file(tmp_path, venue.port), "--seconds", 60, "--state", state)
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "probe", *map(str, arguments)],
        env={**os.environ, PASSWORD: "practice"},
        stdout=subprocess.PIPE,
        text=True,
    )
    venue.until_served()
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=30)
    assert "EPEX M7 (eznergy)" in told
    assert state.exists()
    assert process.returncode in (0, 1)


def test_a_second_desk_on_the_same_profile_is_refused_in_words(tmp_path: Path) -> None:
    with Profile(tmp_path):
        done = quarterdeck(QUARTERDECK_PROFILE=str(tmp_path))
    assert done.returncode == 1
    assert "another desk is using it" in done.stderr
