"""TLS for the practice venue: an authority of the user's own, and a certificate of this machine that it signed.

Both are made on first use and kept in the profile. The authority is for loopback names only (name constraints), so that
whoever trusts it trusts nothing else with it. A client is pointed at `authority`; verification is never off.

    <folder>/authority.pem      the authority's certificate: a client's `ca_file`
    <folder>/authority.key      its private key, for the owner's eyes only, as the other one
    <folder>/server.pem         the venue's certificate
    <folder>/server.key
"""

import contextlib
import ipaddress
import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from protocols.market.times import SECOND, Instant

AUTHORITY_DAYS = 3_650
SERVER_DAYS = 90
RENEWED_DAYS = 30
"""A certificate that is good for less is made anew."""
_BACKDATED = timedelta(hours=1)
"""Clocks of one machine differ too, from one start to the next."""

_LOCALHOST = x509.DNSName("localhost")
_ADDRESSES = (ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1"))
_PERMITTED = (
    _LOCALHOST,
    x509.IPAddress(ipaddress.ip_network("127.0.0.0/8")),
    x509.IPAddress(ipaddress.ip_network("::1/128")),
)


class CertificatesRefused(Exception):
    """The certificates can't be made or kept. The text names the file and says why."""


class ServerCertificate(msgspec.Struct, frozen=True):
    """Paths: `certificate` and `key` are for the server, `authority` is what its clients trust."""

    certificate: Path
    key: Path
    authority: Path


class _Pair(msgspec.Struct, frozen=True):
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def server_certificate(folder: Path, now: Instant) -> ServerCertificate:
    """What is kept in `folder`, made or renewed where it has to be. Raises `CertificatesRefused`."""
    files = ServerCertificate(folder / "server.pem", folder / "server.key", folder / "authority.pem")
    at = datetime.fromtimestamp(now.utc // SECOND, UTC)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        authority = _kept(files.authority, folder / "authority.key", at)
        if authority is None:
            authority = _make_authority(at)
            _keep(authority, files.authority, folder / "authority.key")
        server = _kept(files.certificate, files.key, at)
        if server is None or not _is_signed(server.certificate, authority.certificate):
            _keep(_make_server(authority, at), files.certificate, files.key)
    except OSError as error:
        raise CertificatesRefused(f"{error.filename or folder}: {error.strerror or error}") from error
    return files


def _kept(certificate: Path, key: Path, at: datetime) -> _Pair | None:
    """The pair that is kept there, unless it is damaged, doesn't belong together, or ends too soon."""
    try:
        pair = x509.load_pem_x509_certificate(certificate.read_bytes())
        private = serialization.load_pem_private_key(key.read_bytes(), password=None)
    except (FileNotFoundError, ValueError, TypeError, UnsupportedAlgorithm):
        return None
    if not isinstance(private, ec.EllipticCurvePrivateKey) or private.public_key() != pair.public_key():
        return None
    in_time = pair.not_valid_before_utc <= at <= pair.not_valid_after_utc - timedelta(days=RENEWED_DAYS)
    return _Pair(pair, private) if in_time else None


def _is_signed(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    """Whether a certificate is this authority's, not that of one before it."""
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _make_authority(at: datetime) -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Quarterdeck practice authority")
    builder = (
        _begin(name, name, key.public_key(), at, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(_PERMITTED, None), critical=True)
    )
    return _Pair(builder.sign(key, hashes.SHA256()), key)


def _make_server(authority: _Pair, at: datetime) -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    names = [_LOCALHOST, *(x509.IPAddress(address) for address in _ADDRESSES)]
    issuer = authority.certificate
    builder = (
        _begin(_name("Quarterdeck practice venue"), issuer.subject, key.public_key(), at, SERVER_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False)
    )
    return _Pair(builder.sign(authority.key, hashes.SHA256()), key)


def _begin(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, at: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - _BACKDATED)
        .not_valid_after(at + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _name(words: str) -> x509.Name:
    """Names of two authorities differ: a store of several finds the right one by its name."""
    tag = secrets.token_hex(4)
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{words} {tag}")])


def _keep(pair: _Pair, certificate: Path, key: Path) -> None:
    """The key first: a certificate that is there always has its key, or is found not to."""
    private = pair.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(key, private, 0o600)
    _write(certificate, pair.certificate.public_bytes(serialization.Encoding.PEM), 0o644)


def _write(path: Path, content: bytes, mode: int) -> None:
    """Whole or not at all, and never readable by more than `mode` says, not even for a moment."""
    other = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        descriptor = os.open(other, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(other, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(other)
        raise
