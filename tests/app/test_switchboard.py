"""How connections begin, wait for their password, begin anew and are left off. No venue: nobody listens there."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from keyring.backends import fail

from app import venues
from app.connections import ConnectionSettings
from app.credentials import Passwords
from app.desk import Desk
from app.failures import FailureHandler
from app.journal import Journal
from app.resources import power_specs
from app.risk import PASSED
from app.switchboard import MAY_LIVE, Switchboard
from protocols.market.events import ChannelChanged, ConnectionStatus, Freshness
from protocols.market.times import SECOND
from protocols.secret import Secret
from protocols.session import Session, Tls
from tests.app.journal_files import NOW, journal_in, prepared
from tests.app.test_credentials import SETTINGS
from tests.endtoend.support import unused_port
from tests.support.clock import VirtualClock
from tests.support.loops import both_loops

NAME = "EPEX M7"


class Board:
    """A switchboard on a desk that only looks, and what it asked."""

    def __init__(
        self,
        asks: bool = True,
        clock: VirtualClock | None = None,
        journal: Journal | None = None,
        **environment: str,
    ) -> None:
        self.asked: list[tuple[ConnectionSettings, str, bool]] = []
        self.known: list[Secret] = []
        self.failed: list[object] = []
        self.environment = environment
        self.desk = Desk()
        self.board = Switchboard(
            self.desk,
            clock or VirtualClock(),
            FailureHandler(self.failed.append, str),
            power_specs(),
            self.known.append,
            Passwords(self.environment, fail.Keyring),
            journal,
            ask=(lambda *asked: self.asked.append(asked)) if asks else None,
        )
        host = f"127.0.0.1:{unused_port()}"
        self.settings = msgspec.structs.replace(SETTINGS, host=host, tls=Tls(enabled=False))

    @property
    def status(self) -> tuple[ConnectionStatus, bool]:
        view = self.desk.market.connections[NAME]
        (report,) = self.desk.reports()
        assert (report.status, report.reason) == (view.status, view.reason), "one connection, one row, one truth"
        return view.status, view.wants_password


@both_loops
async def test_without_a_password_it_is_off_and_asks() -> None:
    board = Board()
    await board.board.connect(board.settings)
    assert board.status == (ConnectionStatus.OFF, True)
    ((settings, why, expected),) = board.asked
    assert (settings, expected) == (board.settings, True)
    assert why.startswith("No password was found: ")
    assert "the keyring in use" in why
    await board.board.leave_off(NAME, "not given")
    assert board.status == (ConnectionStatus.OFF, True)
    assert board.desk.market.connections[NAME].reason == "not given"
    await board.board.stop()


@both_loops
async def test_where_nobody_can_be_asked_it_is_down_and_says_what_to_do() -> None:
    board = Board(asks=False)
    await board.board.connect(board.settings)
    assert board.status == (ConnectionStatus.DOWN, True)
    assert "set the environment variable QD_PASSWORD" in board.desk.market.connections[NAME].reason
    await board.board.stop()


@both_loops
async def test_a_password_that_turned_up_meanwhile_is_not_undone_by_leaving_the_question() -> None:
    board = Board()
    await board.board.connect(board.settings)
    board.environment["QD_PASSWORD"] = "hunter2"
    await board.board.connect(board.settings)
    assert board.status == (ConnectionStatus.RESYNCHRONISING, False)
    assert board.known == [Secret("hunter2")]
    await board.board.leave_off(NAME, "not given")
    assert board.status == (ConnectionStatus.RESYNCHRONISING, False)
    await board.board.stop()


@both_loops
async def test_begun_anew_it_has_the_other_channels_and_drops_those_it_had() -> None:
    board = Board(QD_PASSWORD="hunter2")
    dropped: list[ChannelChanged] = []
    apply = board.desk.apply

    def noting(event: object) -> None:
        if isinstance(event, ChannelChanged) and event.dropped:
            dropped.append(event)
        apply(event)  # type: ignore[arg-type]

    board.desk.apply = noting  # type: ignore[method-assign]
    await board.board.connect(board.settings)
    other = msgspec.structs.replace(board.settings, areas=("AT-APG",))
    await board.board.connect(other)
    assert board.board.settings_of(NAME) == other
    (report,) = board.desk.reports()
    assert {channel.area for channel in report.channels} == {"AT-APG"}
    assert len(dropped) == len(report.channels)
    assert {(event.area, event.status) for event in dropped} == {("FR-RTE", Freshness.STALE)}
    await board.board.stop()
    assert board.failed == []


@both_loops
async def test_a_session_knows_whether_orders_were_sent_before_it_and_not_long_ago(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[bool] = []
    make = venues.session_of

    def session_of(*given: Any) -> Session:
        told.append(given[-1])
        return make(*given)

    monkeypatch.setattr(venues, "session_of", session_of)
    for after, sent in ((-1.0, False), (0.0, True), (MAY_LIVE / SECOND + 1, False)):
        with journal_in(tmp_path) as journal:
            if sent:
                journal.record(prepared(), PASSED)
            clock = VirtualClock(utc=NOW.utc + round(after * SECOND))
            board = Board(QD_PASSWORD="hunter2", clock=clock, journal=journal)
            await board.board.connect(board.settings)
            await board.board.stop()
    assert told == [False, True, False]


@both_loops
async def test_a_password_that_was_typed_is_used_again_at_the_same_host_only() -> None:
    board = Board()
    await board.board.connect(board.settings, Secret("typed"))
    await board.board.connect(board.settings)
    assert board.asked == []
    await board.board.connect(msgspec.structs.replace(board.settings, host=f"localhost:{unused_port()}"))
    assert len(board.asked) == 1
    await board.board.stop()


def test_what_never_was_connected_has_no_settings() -> None:
    assert Board().board.settings_of(NAME) is None
