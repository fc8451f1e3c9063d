"""Where the log goes, and what never gets into it.

Every line of every handler set up here is masked: bearer tokens, JSON Web Tokens, password and token fields, and the
text of every secret that was made known. Control characters are written as escapes, so that a venue's text can
neither forge a line of the log nor move a terminal's cursor.
"""

import logging
import logging.handlers
import os
import re
import sys
from collections import OrderedDict
from io import TextIOWrapper
from pathlib import Path

import platformdirs

from protocols.secret import Secret

FILE_BYTES = 5_000_000
"""Bytes of one log file; then it is put aside."""
FILES_KEPT = 4
"""Log files put aside; the oldest is deleted first."""
SECRETS_KNOWN = 200
"""Secrets masked by their text; the one made known longest ago is forgotten first. Tokens are renewed every hour."""

_MASK = "***"
_SHORTEST = 4
"""Characters of the shortest secret masked by its text: masking `x` everywhere would leave nothing readable."""
_PATTERNS = (
    re.compile(r"(?i)(\b(?:bearer|basic)\s+)[^\s\"',;]+"),
    re.compile(r"()\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?"),
    # A field of JSON or of a Python dictionary, also inside a string, where its quotes are escaped: the value ends at
    # the next quote that is escaped as its first one is.
    re.compile(
        r"(?i)(\\*[\"'](?:password|passwd|secret|(?:access_|refresh_)?token|authorization)\\*[\"']\s*:\s*"
        r"(?P<quote>\\*[\"']))(?:(?!(?<!\\)(?P=quote)).)*"
    ),
    re.compile(r"(?i)(\b(?:password|passwd|secret|token)\s*=\s*)[^\s&\"',;]+"),
)
_CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if chr(code) not in "\t"}


class Masker:
    """Takes secrets out of text. One for the whole program, handed to the log and to the failure handler."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, None] = OrderedDict()

    def know(self, secret: Secret) -> None:
        """Masks this secret's text from now on, wherever it turns up."""
        text = secret.reveal()
        if len(text) < _SHORTEST:
            return
        self._known[text] = None
        self._known.move_to_end(text)
        if len(self._known) > SECRETS_KNOWN:
            self._known.popitem(last=False)

    def mask(self, text: str) -> str:
        """`text` without anything that is, or looks like, a secret."""
        # Sorting copies: the journal's thread masks while the loop's makes one known. The longest first: a password
        # that was typed too short would leave the rest of the right one standing.
        for secret in sorted(self._known, key=len, reverse=True):
            if secret in text:
                text = text.replace(secret, _MASK)
        for pattern in _PATTERNS:
            text = pattern.sub(rf"\g<1>{_MASK}", text)
        return text


class MaskingFormatter(logging.Formatter):
    """Masks the finished line, traceback included: a filter would only see the message."""

    def __init__(self, masker: Masker) -> None:
        super().__init__("%(asctime)s.%(msecs)03d %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
        self._masker = masker

    def formatMessage(self, record: logging.LogRecord) -> str:
        return super().formatMessage(record).translate(_CONTROL)

    def format(self, record: logging.LogRecord) -> str:
        return self._masker.mask(super().format(record))


class Logs:
    """The program's logging while it is set up. `close` puts the root logger back as it was."""

    def __init__(self, masker: Masker, *, level: int = logging.INFO, folder: Path | None = None) -> None:
        """Warnings go to stderr; with `folder`, all from `level` on goes to `quarterdeck.log` in it as well: at most
        `FILE_BYTES` times `FILES_KEPT` + 1.

        A folder that can't be written costs the file, not the start: stderr says so.
        """
        self._root = logging.getLogger()
        self._level_before = self._root.level
        self._handlers: list[logging.Handler] = []
        self.file: Path | None = None
        terminal = logging.StreamHandler(sys.stderr)
        terminal.setLevel(max(level, logging.WARNING))  # the file has the rest
        self._add(terminal, masker)
        self._root.setLevel(level)
        if folder is not None:
            try:
                self._add(_file_handler(folder), masker)
                self.file = folder / "quarterdeck.log"
            except OSError as error:
                logging.getLogger(__name__).warning("no log file in %s: %s", folder, error.strerror)

    def close(self) -> None:
        """Closes the file and lets go of the root logger."""
        for handler in self._handlers:
            self._root.removeHandler(handler)
            handler.close()
        self._handlers.clear()
        self._root.setLevel(self._level_before)

    def _add(self, handler: logging.Handler, masker: Masker) -> None:
        handler.setFormatter(MaskingFormatter(masker))
        self._root.addHandler(handler)
        self._handlers.append(handler)


def user_log_folder() -> Path:
    """Where the platform keeps a user's log files."""
    return Path(platformdirs.user_log_dir("quarterdeck", appauthor=False))


class _PrivateFile(logging.handlers.RotatingFileHandler):
    """A rotating file that only its owner can read, after rotating as well."""

    def _open(self) -> TextIOWrapper:
        return open(
            self.baseFilename,
            "a",
            encoding=self.encoding,
            errors=self.errors,
            opener=lambda path, flags: os.open(path, flags, 0o600),
        )


def _file_handler(folder: Path) -> logging.Handler:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return _PrivateFile(
        folder / "quarterdeck.log",
        maxBytes=FILE_BYTES,
        backupCount=FILES_KEPT,
        encoding="utf-8",
        errors="backslashreplace",
    )
