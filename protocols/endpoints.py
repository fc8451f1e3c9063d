"""What sockets and HTTP calls share: which addresses are allowed, who is trusted, errors in words, quiet loggers.

Nothing here opens a connection. Words name the host, never a path, a header or a body, so that they can be shown and
logged as they are.
"""

import ipaddress
import logging
import re
import socket
import ssl
from collections.abc import Iterator
from os import strerror
from urllib.parse import urlsplit

import msgspec

from protocols.secret import Secret
from protocols.session import Tls

WORDS_LIMIT = 300
"""Characters of an explanation; what a peer wrote is cut here."""

_VISIBLE_ASCII = re.compile(r"[\x21-\x7e]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_ERRNO = re.compile(r"\[Errno (\d+)\]")


class AddressRefused(ValueError):
    """We don't connect there: not encrypted and not this machine, or not an address at all. Says why, in words."""


class Unsendable(ValueError):
    """The bearer token can't be written into a header. The text doesn't quote it."""


class NothingTrusted(ValueError):
    """The private certificate authority can't be used. Says why, in words."""


class Origin(msgspec.Struct, frozen=True):
    """Where a URL leads. `str()` is what messages name."""

    host: str
    port: int
    secure: bool

    def __str__(self) -> str:
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == (443 if self.secure else 80) else f"{name}:{self.port}"


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine by name or number: `localhost`, 127.0.0.0/8, `::1`."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def origin_of(url: str, *, plain: str, secure: str) -> Origin:
    """Reads where a URL with one of two schemes leads. Raises `AddressRefused`.

    The plain scheme is for loopback only, and a user or password in the URL is refused: URLs get logged.
    """
    try:
        parsed = urlsplit(url)
        host, port = parsed.hostname, parsed.port
    except ValueError:
        raise AddressRefused("the address can't be read") from None
    if parsed.scheme not in (plain, secure):
        raise AddressRefused(f"the address must begin with {secure}:// (or {plain}:// for this machine)")
    if not host or not url.isascii() or not url.isprintable() or " " in url:
        raise AddressRefused("the address names no host, or has characters that no address has")
    if "@" in parsed.netloc:
        raise AddressRefused(f"the address of {host} carries a user name or password")
    encrypted = parsed.scheme == secure
    if not encrypted and not is_loopback(host):
        raise AddressRefused(f"{host} is not this machine: {plain}:// is not encrypted, use {secure}://")
    return Origin(host, port or (443 if encrypted else 80), encrypted)


def trust(tls: Tls) -> ssl.SSLContext:
    """A context that verifies certificates and host names, always. Takes about 20 ms: make it once.

    Raises `NothingTrusted` when `ca_file` can't be read or holds no certificate.
    """
    context = ssl.create_default_context()
    if tls.ca_file is not None:
        try:
            context.load_verify_locations(cafile=tls.ca_file)
        except ssl.SSLError:
            raise NothingTrusted(f"{tls.ca_file} holds no certificate of an authority") from None
        except OSError as error:
            raise NothingTrusted(f"the certificates in {tls.ca_file} can't be read: {error.strerror}") from None
    return context


def bearer_header(token: Secret, scheme: str) -> str:
    """The value of the Authorization header. Raises `Unsendable` for text that would break out of it."""
    text = token.reveal()
    if not _VISIBLE_ASCII.fullmatch(text):
        raise Unsendable("the token holds characters that a header can't carry")
    return f"{scheme} {text}"


def without(words: str, secret: Secret | None) -> str:
    """`words` on one line, cut at `WORDS_LIMIT`, with the secret masked in case a peer echoed it."""
    if secret is not None and secret.reveal():
        words = words.replace(secret.reveal(), "***")
    words = _CONTROL.sub(" ", words)
    return words if len(words) <= WORDS_LIMIT else words[: WORDS_LIMIT - 1] + "…"


def words_for(error: BaseException, origin: Origin) -> str:
    """Why `origin` could not be reached or spoken to: a name, a port, a certificate, a time-out."""
    chain = list(_causes(error))
    for cause in chain:
        match cause:
            case ssl.SSLCertVerificationError():
                return f"the certificate of {origin} is not trusted: {cause.verify_message}"
            case ssl.SSLError():
                return f"TLS with {origin} failed: {_tls_words(cause)}"
            case socket.gaierror():
                return f"the name {origin.host} can't be resolved"
            case ConnectionRefusedError():
                return f"{origin} refused the connection: nothing listens there"
            case ConnectionResetError() | BrokenPipeError():
                return f"{origin} reset the connection"
            case _:
                pass
    for cause in chain:
        if isinstance(cause, TimeoutError):
            return f"{origin} did not answer in time"
        if isinstance(cause, OSError) and (number := _errno(cause)):
            return f"{origin} can't be reached: {strerror(number)}"
    return f"{origin} can't be reached ({type(error).__name__})"


class Quiet(logging.LoggerAdapter[logging.Logger]):
    """A logger that never says less than a warning, whoever turns up the levels: at DEBUG, the WebSocket library
    prints the handshake's headers, with the token, and every frame."""

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802 -- its name in logging
        return level >= logging.WARNING and super().isEnabledFor(level)


def warnings_only(record: logging.LogRecord) -> bool:
    """The same as a filter, for loggers that a library makes itself."""
    return record.levelno >= logging.WARNING


def _errno(error: OSError) -> int | None:
    """asyncio folds the failures of several addresses into one message; they mostly agree."""
    numbers = {int(number) for number in _ERRNO.findall(str(error))}
    return error.errno or (numbers.pop() if len(numbers) == 1 else None)


def _tls_words(error: ssl.SSLError) -> str:
    return (error.reason or "the handshake broke off").replace("_", " ").lower()


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what led to it, groups opened; each once."""
    seen: set[int] = set()
    waiting: list[BaseException] = [error] if error is not None else []
    while waiting:
        found = waiting.pop(0)
        if id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        if isinstance(found, BaseExceptionGroup):
            waiting.extend(found.exceptions)
        waiting.extend(cause for cause in (found.__cause__, found.__context__) if cause is not None)
