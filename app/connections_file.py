"""The connections file, read and written. What is written changes the lists of some connections and nothing else:
comments, order and spacing stay. The same reader checks it first, and a file that changed meanwhile is left alone.
"""

import contextlib
import os
import stat
import tempfile
import tomllib
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

import msgspec

from app.connections import ConnectionSettings, ConnectionsRefused, connections_in
from app.dialects import DIALECTS
from app.toml_lists import UnknownLayout, rewritten

Choices = Mapping[str, Mapping[str, Sequence[str]]]
"""What a connection, by its name, chooses of each list, by its key: `{"EPEX M7": {"areas": ["FR-RTE"]}}`."""

NEW_MODE = 0o600
BY_HAND = "its lists can't be changed without changing more: edit the file by hand"


class FileChanged(Exception):
    """The file is not what it was when it was read: nothing was written."""


class NotSaved(Exception):
    """The file can't be written, or would not say what was meant; it is as it was. The text says why."""


class Reading(msgspec.Struct, frozen=True):
    """What the file held. `content` tells later whether it still does."""

    connections: tuple[ConnectionSettings, ...]
    content: bytes


def every_name(settings: ConnectionSettings, key: str) -> Collection[str]:
    """All that the connection's scope has in one of its lists."""
    return DIALECTS[settings.venue, settings.scope][key].names


class ConnectionsFile:
    """`template` is what holds while there is no file, and what the first saving begins with; without one, a missing
    file is an error. `adapt` makes of what is written what is connected to: the practice venue's port is another at
    every start. `offered` is what a connection may choose of one of its lists, by the list's key."""

    def __init__(
        self,
        path: Path,
        template: str | None = None,
        adapt: Callable[[ConnectionSettings], ConnectionSettings] = lambda settings: settings,
        offered: Callable[[ConnectionSettings, str], Collection[str]] = every_name,
    ) -> None:
        self.path = path
        self.offered = offered
        self._template = None if template is None else template.encode()
        self._adapt = adapt

    def read(self) -> Reading:
        """Raises `ConnectionsRefused`."""
        try:
            content = self._content()
        except OSError as error:
            raise ConnectionsRefused([f"{self.path}: can't be read: {error.strerror}"]) from None
        return Reading(self._connections(content), content)

    def save(self, choices: Choices, basis: Reading) -> Reading:
        """Writes the choices into the file that `basis` was read from, whole or not at all. Raises `FileChanged` and
        `NotSaved`."""
        text = basis.content.decode()
        try:
            changed = with_choices(text, choices).encode()
        except UnknownLayout:
            raise NotSaved(f"{self.path}: {BY_HAND}") from None
        self._check(choices, changed, text)
        try:
            connections = self._connections(changed)
            if self._content() != basis.content:
                raise FileChanged
            # A link stays one: what it leads to is written.
            _write(self.path.resolve(), changed)
        except ConnectionsRefused as refused:
            raise NotSaved(str(refused)) from None
        except OSError as error:
            raise NotSaved(f"{self.path} can't be written: {error.strerror or error}") from None
        return Reading(connections, changed)

    def _content(self) -> bytes:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            if self._template is None:
                raise
            return self._template

    def _connections(self, content: bytes) -> tuple[ConnectionSettings, ...]:
        return tuple(self._adapt(settings) for settings in connections_in(content, self.path))

    def _check(self, choices: Choices, changed: bytes, before: str) -> None:
        """That the lists say what was chosen, and everything else what it said."""
        meant = tomllib.loads(before)
        for table in meant["connection"]:
            for key, names in choices.get(table["name"].strip(), {}).items():
                table[key] = set(names)
        found = tomllib.loads(changed.decode())
        for table, wanted in zip(found["connection"], meant["connection"], strict=True):
            for key in choices.get(wanted["name"].strip(), {}):
                table[key] = set(table[key])
        if found != meant:
            raise NotSaved(f"{self.path}: {BY_HAND}")


def with_choices(text: str, choices: Choices) -> str:
    """The text of a connections file with other choices. Raises `UnknownLayout`."""
    import tomlkit

    document = tomlkit.parse(text)
    for table in document["connection"]:
        for key, names in choices.get(table["name"].strip(), {}).items():
            before = table[key].as_string() if key in table else "[]"
            table[key] = tomlkit.parse(f"list = {rewritten(before, names)}\n")["list"]
    return tomlkit.dumps(document)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, with the mode that the file has. Raises `OSError`."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        mode = NEW_MODE
    if not mode & stat.S_IWUSR:
        # Its folder may let us replace it all the same: who made it read-only did not want that.
        raise PermissionError(0, "it is read-only")
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        os.replace(name, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
