"""Reads the connections file. Every error names file, connection and field, and all are reported together.

The file never holds a secret: `password_env` names an environment variable, and without one the keyring is asked.
"""

import ipaddress
import re
import tomllib
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from app.dialects import DIALECTS, LISTS, Dialect, Menu
from protocols.endpoints import is_loopback
from protocols.session import Tls


class ConnectionSettings(msgspec.Struct, frozen=True):
    """One connection, checked. `host` is a name or number with an optional port.

    What it subscribes to is named by `areas` and `products`, in scope `test` by `channels` instead; a list that the
    scope does not have is empty. `client_guid` is empty where no channel names it.
    """

    name: str
    venue: str
    scope: str
    host: str
    tls: Tls
    contract: str
    client_guid: str
    areas: tuple[str, ...]
    products: tuple[str, ...]
    user: str
    password_env: str | None = None
    channels: tuple[str, ...] = ()

    @property
    def has_password(self) -> bool:
        """Whether the venue wants a secret at all."""
        return True

    def at_port(self, port: int) -> "ConnectionSettings":
        """The same at a port of its host, which names none."""
        return msgspec.structs.replace(self, host=f"{self.host}:{port}")


class ConnectionsRefused(ValueError):
    """The file can't be used. `problems` has a line for each thing that is wrong; none quotes a secret."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Wrong(ValueError):
    """What is wrong with one field's value."""


ACTTRADER = "acttrader"
"""The venue whose connections `app.fx_connections` reads."""
GLOCALFLEX = "glocalflex"
"""The venue whose connections `app.flex_connections` reads."""

_SECRETIVE = re.compile(r"(?i)pass(word|wd|phrase)?$|token|secret|api_?key|credential")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE)
_URN_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def read_connections(path: Path) -> tuple[ConnectionSettings, ...]:
    """The file's connections, in its order. Raises `ConnectionsRefused`."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConnectionsRefused([f"{path}: can't be read: {error.strerror}"]) from None
    return connections_in(content, path)


def connections_in(content: bytes, path: Path) -> tuple[ConnectionSettings, ...]:
    """The connections in a file's content; errors name `path`, and what it names is looked for beside it. Raises
    `ConnectionsRefused`."""
    try:
        tables = _tables(tomllib.loads(content.decode()))
    except UnicodeDecodeError:
        raise ConnectionsRefused([f"{path}: is not UTF-8 text"]) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConnectionsRefused([f"{path}: is not TOML: {error}"]) from None
    except Wrong as wrong:
        raise ConnectionsRefused([f"{path}: {wrong}"]) from None
    problems: list[str] = []
    found: list[ConnectionSettings] = []
    names: dict[str, int] = {}
    for number, table in enumerate(tables, start=1):
        reading = TableReading(table, path.parent)
        settings = reading.settings()
        name = table.get("name")
        label = f"connection {number}" + (f" ({name})" if isinstance(name, str) and name.isprintable() else "")
        if isinstance(name, str) and names.setdefault(name.casefold(), number) != number:
            reading.problems.append(f"name: is taken by connection {names[name.casefold()]}")
        problems += [f"{path}: {label}: {problem}" for problem in reading.problems]
        if settings is not None:
            found.append(settings)
    if problems:
        raise ConnectionsRefused(problems)
    return tuple(found)


def _tables(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The [[connection]] tables. Raises `Wrong`."""
    unknown = [key for key in document if key != "connection"]
    if unknown:
        raise Wrong(f"unknown key {unknown[0]}: connections stand under [[connection]]")
    tables = document.get("connection", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise Wrong("connection: each stands under [[connection]], with two brackets")
    if not tables:
        raise Wrong("no [[connection]] in it")
    return tables


class TableReading:
    """Reads one table and gathers its problems, field by field."""

    def __init__(self, table: dict[str, Any], folder: Path) -> None:
        self.problems: list[str] = []
        self._table = table
        self._folder = folder
        self._read: set[str] = set()

    def settings(self) -> ConnectionSettings | None:
        """The connection, or None when there are problems."""
        venue = self.field("venue", _known([*(venue for venue, _ in DIALECTS), ACTTRADER, GLOCALFLEX]))
        if venue == ACTTRADER:
            from app.fx_connections import fx_settings  # it is made of what stands here

            return fx_settings(self)
        if venue == GLOCALFLEX:
            from app.flex_connections import flex_settings

            return flex_settings(self)
        scope = self.field("scope", _known([scope for at, scope in DIALECTS if venue in (at, None)]))
        dialect = DIALECTS.get((str(venue), str(scope)))
        where = self.field("host", host)
        values = {
            "name": self.field("name", line),
            "venue": venue,
            "scope": scope,
            "host": where,
            "tls": self.tls(where),
            "contract": self.field("contract", _urn_part),
            "client_guid": self.field("client_guid", _guid, required=dialect is None or "areas" in dialect) or "",
            **{key: self._list(key, dialect) for key in LISTS},
            "user": self.field("user", line),
            "password_env": self.field("password_env", variable, required=False),
        }
        self.refuse_the_rest()
        return None if self.problems else msgspec.convert(values, ConnectionSettings)

    def _list(self, key: str, dialect: Dialect | None) -> tuple[str, ...]:
        """One of the lists that say what is subscribed to. Where venue or scope is wrong, none is judged."""
        menu = None if dialect is None else dialect.get(key)
        if menu is not None:
            if key not in self._table and menu.all_by_default:
                return tuple(menu.names)
            return self.field(key, _some_of(menu)) or ()
        if key in self._table:
            self._read.add(key)
            if dialect is not None:
                scope = self._table["scope"]
                self.problems.append(
                    f"{key}: scope {scope} has none, its channels are named by {' and '.join(dialect)}"
                )
        return ()

    def tls(self, host: str | None) -> Tls:
        """What is said of encryption; without it only this machine is talked to."""
        enabled = self.field("tls", _boolean, required=False)
        ca_file = self.field("ca_file", self.certificate, required=False)
        if enabled is False and host is not None and not is_loopback(_split(host)[0]):
            self.problems.append(f"tls: may only be false for this machine, and {host} is not")
        if enabled is False and ca_file is not None:
            self.problems.append("ca_file: is of no use with tls = false")
        return Tls(enabled is not False, ca_file)

    def field(self, key: str, check: Callable[[Any], Any], *, required: bool = True) -> Any:
        """A key's value as `check` makes it; None when it is missing or wrong, which is noted."""
        self._read.add(key)
        if key not in self._table:
            if required:
                self.problems.append(f"{key}: is missing")
            return None
        try:
            return check(self._table[key])
        except Wrong as wrong:
            self.problems.append(f"{key}: {wrong}")
            return None

    def refuse_the_rest(self) -> None:
        """Whatever was not read is a mistake."""
        for key in self._table:
            if key in self._read:
                continue
            if _SECRETIVE.search(key):
                self.problems.append(
                    f"{key}: secrets never stand in this file: name an environment variable in password_env, "
                    "or store the password in the keyring"
                )
            else:
                self.problems.append(f"{key}: unknown; known are {', '.join(sorted(self._read))}")

    def certificate(self, value: Any) -> str:
        """A file of certificates, named as it stands or from the file's own folder. Raises `Wrong`."""
        path = self._folder / line(value)
        try:
            found = path.is_file()
        except OSError as error:
            raise Wrong(f"{path} can't be looked at: {error.strerror}") from None
        if not found:
            raise Wrong(f"there is no file {path}")
        return str(path)


def line(value: Any) -> str:
    """Text on one line, trimmed. Raises `Wrong`."""
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > 200:
        raise Wrong("must be text on one line, and not empty")
    return value.strip()


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Wrong("must be true or false")
    return value


def _known(choices: list[str]) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if value not in choices:
            raise Wrong(f"{_quoted(value)} is not known; known are {', '.join(dict.fromkeys(choices))}")
        return str(value)

    return check


def _some_of(menu: Menu) -> Callable[[Any], tuple[str, ...]]:
    def check(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
            raise Wrong('must be a list of text such as ["...", "..."], and not empty')
        unknown = [item for item in value if item not in menu.names]
        if unknown:
            raise Wrong(f"{', '.join(map(_quoted, unknown))} not known; known are {', '.join(menu.names)}")
        if len(set(value)) < len(value):
            raise Wrong("the same one stands there twice")
        return tuple(value)

    return check


def host(value: Any) -> str:
    """A name or number with an optional port. Raises `Wrong`."""
    text = line(value)
    if "://" in text or "/" in text or "@" in text:
        raise Wrong("must be a host with an optional port, such as m7.example.com:443: no scheme, path or user")
    host, port = _split(text)
    if port is not None and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536):
        raise Wrong(f"the port must be between 1 and 65535, not {_quoted(port)}")
    if text.startswith("["):
        try:
            ipaddress.IPv6Address(host)
        except ValueError:
            raise Wrong(f"{_quoted(host)} is not an IPv6 address") from None
    elif len(host) > 253 or not all(_LABEL.fullmatch(label) for label in host.removesuffix(".").split(".")):
        raise Wrong(f"{_quoted(host)} is not a host name (an IPv6 address stands in brackets)")
    return text


def _split(host: str) -> tuple[str, str | None]:
    """Name and port of `name:port` or `[number]:port`."""
    if host.startswith("["):
        name, _, rest = host[1:].partition("]")
        return name, rest.removeprefix(":") if rest else None
    name, colon, port = host.partition(":")
    return name, port if colon else None


def _urn_part(value: Any) -> str:
    if not isinstance(value, str) or not _URN_PART.fullmatch(value):
        raise Wrong("must be letters, digits, points, dashes or underscores: it becomes part of channel names")
    return value


def _guid(value: Any) -> str:
    try:
        guid = str(uuid.UUID(value))
    except (ValueError, AttributeError, TypeError):
        guid = ""
    if not isinstance(value, str) or guid != value.lower():
        raise Wrong("must be a GUID such as 6395d740-6e55-11e8-b566-0800200c9a66")
    return value


def variable(value: Any) -> str:
    """The name of an environment variable. Raises `Wrong`."""
    # Not quoted: who mistakes the field for the password's own place has written the password here.
    if not isinstance(value, str) or not _VARIABLE.fullmatch(value):
        raise Wrong("must be the name of an environment variable: letters, digits and underscores")
    return value


def _quoted(value: Any) -> str:
    text = str(value)
    return f"{text[:40]!r}"
