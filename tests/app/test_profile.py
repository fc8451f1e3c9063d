"""One desk per profile, across processes, however they end."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs
import pytest

from app.profile import Profile, ProfileRefused, ProfileTaken, profile_folder

ROOT = Path(__file__).resolve().parents[2]
OTHER = """
import sys
from pathlib import Path
from app.profile import Profile
profile = Profile(Path(sys.argv[1]))
print("locked", flush=True)
sys.stdin.read()
"""


@contextmanager
def other_desk(folder: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", OTHER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "locked\n"
            yield process
        finally:
            process.kill()


def test_a_second_desk_is_refused_and_told_whose_it_is(tmp_path: Path) -> None:
    with other_desk(tmp_path) as process:
        with pytest.raises(ProfileTaken) as refused:
            Profile(tmp_path)
        assert refused.value.pid == process.pid
        assert str(tmp_path) in str(refused.value) and str(process.pid) in str(refused.value)


def test_the_lock_dies_with_a_process_that_is_killed(tmp_path: Path) -> None:
    with other_desk(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        with Profile(tmp_path) as profile:
            assert profile.folder == tmp_path


def test_within_one_process_too(tmp_path: Path) -> None:
    with Profile(tmp_path / "new" / "profile") as first:
        with pytest.raises(ProfileTaken) as refused:
            Profile(first.folder)
        assert refused.value.pid == os.getpid()
    with Profile(first.folder):
        pass
    first.close()


def test_a_taken_lock_without_a_readable_process_is_refused_all_the_same(tmp_path: Path) -> None:
    with Profile(tmp_path):
        (tmp_path / "lock").write_text("?")
        with pytest.raises(ProfileTaken, match=r"another desk is using it$") as refused:
            Profile(tmp_path)
        assert refused.value.pid is None


def test_a_file_left_behind_shuts_nobody_out(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("12345\n" * 20)
    with Profile(tmp_path):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ProfileRefused, match=r"file.*desk.*can't be used: .+"):
        Profile(tmp_path / "file" / "desk")


@pytest.mark.skipif(sys.platform == "win32", reason="other people's access is not a mode there")
def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    with Profile(tmp_path / "profile") as profile:
        assert profile.folder.stat().st_mode & 0o77 == 0
        assert (profile.folder / "lock").stat().st_mode & 0o77 == 0


def test_where_it_is(tmp_path: Path) -> None:
    usual = Path(platformdirs.user_data_dir("quarterdeck", appauthor=False))
    assert profile_folder({}) == usual
    assert profile_folder({"QUARTERDECK_PROFILE": ""}) == usual
    assert profile_folder({"QUARTERDECK_PROFILE": "elsewhere"}) == Path("elsewhere")
    assert profile_folder({"QUARTERDECK_PROFILE": "elsewhere"}, tmp_path) == tmp_path
