"""The profile: the folder that holds what a desk keeps, and the lock that gives it to one desk at a time.

Two desks on one journal would each take the other's orders for a colleague's. The lock is the operating system's: it
ends with the process, however that ends, and no file that was left behind can shut a desk out.
"""

import contextlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import platformdirs

VARIABLE = "QUARTERDECK_PROFILE"
_LOCK_AT = 1 << 30
"""Where Windows' lock lies: behind the text, which stays readable for others."""


class ProfileRefused(Exception):
    """The profile can't be used. The text names the folder and says why."""

    def __init__(self, folder: Path, why: str) -> None:
        super().__init__(f"the profile {folder} can't be used: {why}")
        self.folder = folder


class ProfileTaken(ProfileRefused):
    """Another desk has it; `pid` is that desk's process, where it is known."""

    def __init__(self, folder: Path, pid: int | None) -> None:
        process = "" if pid is None else f" (process {pid})"
        super().__init__(folder, f"another desk is using it{process}")
        self.pid = pid


def profile_folder(environment: Mapping[str, str], argument: Path | None = None) -> Path:
    """The argument's folder, else the environment variable's, else the platform's place for a user's data."""
    if argument is not None:
        return argument
    named = environment.get(VARIABLE)
    return Path(named) if named else Path(platformdirs.user_data_dir("quarterdeck", appauthor=False))


class Profile:
    """The folder, locked until `close`. Raises `ProfileTaken` and `ProfileRefused`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        path = self.folder / "lock"
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file: int | None = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise ProfileRefused(self.folder, error.strerror or str(error)) from error
        try:
            taken = not _lock(self._file)
            pid = _read_pid(self._file) if taken else None
            if not taken:
                _write_pid(self._file)
        except OSError as error:
            self.close()
            raise ProfileRefused(self.folder, error.strerror or str(error)) from error
        if taken:
            self.close()
            raise ProfileTaken(self.folder, pid)

    def close(self) -> None:
        """Gives it back. The lock's file stays: removing it could take away the lock of a desk that comes next."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> "Profile":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _lock(file: int) -> bool:
    """False when another process, or another opening of the file, has it. Raises `OSError`."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(file, _LOCK_AT, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
    else:
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def _write_pid(file: int) -> None:
    os.ftruncate(file, 0)
    os.lseek(file, 0, os.SEEK_SET)
    os.write(file, f"{os.getpid()}\n".encode())


def _read_pid(file: int) -> int | None:
    os.lseek(file, 0, os.SEEK_SET)
    with contextlib.suppress(ValueError):
        return int(os.read(file, 32))
    return None
