"""A file that is written whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple


class ExportRefused(OSError):
    """The file can't be written; the text says which and why."""


class Draft(NamedTuple):
    """What is to become the file, and a folder for whatever else the writing needs."""

    file: BinaryIO
    folder: Path


@contextmanager
def whole(path: Path) -> Iterator[Draft]:
    """A draft that takes the place of `path` when all went well, and is gone with its folder when not. Both are on
    the disk that the file is for: the system's folder for such things may be small. Raises `ExportRefused`."""
    try:
        with tempfile.TemporaryDirectory(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent) as folder:
            beside = Path(folder) / "draft"
            with beside.open("w+b") as file:
                yield Draft(file, Path(folder))
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
    except ExportRefused:
        raise
    except OSError as error:
        raise ExportRefused(f"{path}: can't be written: {error.strerror or error}") from error
