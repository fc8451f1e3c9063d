"""The practice venue's own authority: made once, kept, renewed in time, and trusted for this machine alone."""

import os
import ssl
import stat
from pathlib import Path

import pytest
from cryptography import x509

from app.certificates import CertificatesRefused, ServerCertificate, server_certificate
from protocols.market.times import HOUR, Instant, UtcNs, utc_from_text

NOW = utc_from_text("2026-11-21T12:00:00Z")
DAY = 24 * HOUR


def made(folder: Path, days: float = 0) -> ServerCertificate:
    return server_certificate(folder, Instant(0.0, UtcNs(NOW + round(days * DAY))))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def chain_of(files: ServerCertificate) -> tuple[x509.Certificate, x509.Certificate]:
    server, authority = (
        x509.load_pem_x509_certificate(path.read_bytes()) for path in (files.certificate, files.authority)
    )
    return server, authority


def test_it_is_made_once_and_kept(tmp_path: Path) -> None:
    folder = tmp_path / "profile" / "tls"
    files = made(folder)
    before = contents(folder)
    assert sorted(before) == ["authority.key", "authority.pem", "server.key", "server.pem"]
    assert made(folder, 59) == files
    assert contents(folder) == before
    server, authority = chain_of(files)
    server.verify_directly_issued_by(authority)
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(files.certificate, files.key)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_private_keys_are_the_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "tls"
    made(folder)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes["authority.key"] == modes["server.key"] == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_server_certificate_is_renewed_a_month_before_it_ends_and_the_authority_stays(tmp_path: Path) -> None:
    old = chain_of(made(tmp_path))
    kept = chain_of(made(tmp_path, 59.5))
    new = chain_of(made(tmp_path, 60.5))
    assert kept == old
    assert new[1] == old[1], "clients need not be told again"
    assert new[0].not_valid_after_utc > old[0].not_valid_after_utc


@pytest.mark.parametrize("days", [3_630, 5_000, -2])
def test_an_authority_that_ends_soon_or_is_of_the_future_is_made_anew_with_all_it_signed(
    tmp_path: Path, days: float
) -> None:
    old, new = chain_of(made(tmp_path)), chain_of(made(tmp_path, days))
    assert new[1] != old[1] and new[0] != old[0]
    new[0].verify_directly_issued_by(new[1])


@pytest.mark.parametrize("name", ["authority.key", "authority.pem", "server.key", "server.pem"])
@pytest.mark.parametrize("damage", [None, b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_is_lost_or_damaged_is_made_anew(tmp_path: Path, name: str, damage: bytes | None) -> None:
    made(tmp_path)
    path = tmp_path / name
    path.unlink() if damage is None else path.write_bytes(damage)
    files = made(tmp_path)
    server, authority = chain_of(files)
    server.verify_directly_issued_by(authority)
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(files.certificate, files.key)
    assert made(tmp_path) == files


def test_keys_that_were_mixed_up_are_found(tmp_path: Path) -> None:
    made(tmp_path / "one")
    made(tmp_path / "other")
    for name in ("authority.pem", "authority.key"):
        (tmp_path / "one" / name).write_bytes((tmp_path / "other" / name).read_bytes())
    server, authority = chain_of(made(tmp_path / "one"))
    server.verify_directly_issued_by(authority)


def test_a_folder_that_is_none_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CertificatesRefused, match="file"):
        made(tmp_path / "file" / "tls")
