"""The connections file: what it says, and every way in which it can be wrong."""

from pathlib import Path

import pytest

from app.connections import ConnectionSettings, ConnectionsRefused, read_connections
from app.venues import eznergy_settings
from protocols.eznergy.channels import channels_of
from protocols.secret import Secret
from protocols.session import Tls

GOOD = {
    "name": '"EPEX M7"',
    "venue": '"eznergy"',
    "scope": '"m7"',
    "host": '"127.0.0.1:8765"',
    "tls": "false",
    "contract": '"EZ4a26927fea"',
    "client_guid": '"6395d740-6e55-11e8-b566-0800200c9a66"',
    "areas": '["DE-AMPRION", "FR-RTE"]',
    "products": '["QuarterHour", "Hour"]',
    "user": '"trader"',
    "password_env": '"QUARTERDECK_EPEX_PASSWORD"',
}


def _table(**changes: str | None) -> str:
    """A [[connection]] with some fields changed, or left out where None."""
    lines = [f"{key} = {value}" for key, value in (GOOD | changes).items() if value is not None]
    return "\n".join(["[[connection]]", *lines, ""])


def _read(tmp_path: Path, text: str) -> tuple[ConnectionSettings, ...]:
    path = tmp_path / "connections.toml"
    path.write_text(text, "utf-8")
    return read_connections(path)


def _problems(tmp_path: Path, text: str) -> list[str]:
    """What is wrong, without the file's name, which each problem must begin with."""
    with pytest.raises(ConnectionsRefused) as refused:
        _read(tmp_path, text)
    start = f"{tmp_path / 'connections.toml'}: "
    assert all(problem.startswith(start) for problem in refused.value.problems)
    return [problem.removeprefix(start) for problem in refused.value.problems]


def test_a_good_file_is_read_in_order(tmp_path: Path) -> None:
    second = _table(name='"Second"', host='"m7.example.com"', tls=None, password_env=None)
    first, other = _read(tmp_path, _table() + second)
    assert first == ConnectionSettings(
        name="EPEX M7",
        venue="eznergy",
        scope="m7",
        host="127.0.0.1:8765",
        tls=Tls(enabled=False),
        contract="EZ4a26927fea",
        client_guid="6395d740-6e55-11e8-b566-0800200c9a66",
        areas=("DE-AMPRION", "FR-RTE"),
        products=("QuarterHour", "Hour"),
        user="trader",
        password_env="QUARTERDECK_EPEX_PASSWORD",
    )
    assert (other.name, other.tls, other.password_env) == ("Second", Tls(enabled=True), None)


def test_nord_pool_has_the_same_areas_and_products_of_its_own(tmp_path: Path) -> None:
    nord_pool = _table(scope='"npid"', areas='["UK-ELEXON"]', products='["P60Min", "Block_2H", "CustomBlock"]')
    (connection,) = _read(tmp_path, nord_pool)
    assert (connection.scope, connection.areas) == ("npid", ("UK-ELEXON",))
    assert connection.products == ("P60Min", "Block_2H", "CustomBlock")
    (told,) = _problems(tmp_path, _table(scope='"npid"'))
    assert told.startswith(
        "connection 1 (EPEX M7): products: 'QuarterHour', 'Hour' not known; known are P15Min, P30Min"
    )


TEST_SCOPE: dict[str, str | None] = {"scope": '"test"', "areas": None, "products": None, "client_guid": None}


@pytest.mark.parametrize(
    ("written", "channels"),
    [
        (None, ("normal", "fast_events", "disorder", "with_holes")),
        ('["with_holes", "normal"]', ("with_holes", "normal")),
    ],
    ids=["all", "some"],
)
def test_scope_test_names_channels_in_place_of_areas_and_products(
    tmp_path: Path, written: str | None, channels: tuple[str, ...]
) -> None:
    (connection,) = _read(tmp_path, _table(**TEST_SCOPE, channels=written))
    assert connection.channels == channels
    assert (connection.areas, connection.products, connection.client_guid) == ((), (), "")
    settings = eznergy_settings(connection, Secret("x"))
    assert [channel.urn.rpartition(":")[2] for channel in channels_of(settings)] == list(channels)


def test_scope_test_has_neither_areas_nor_products(tmp_path: Path) -> None:
    wrong = _table(**TEST_SCOPE | {"areas": '["FR-RTE"]'}, channels="[]")
    assert _problems(tmp_path, wrong) == [
        "connection 1 (EPEX M7): areas: scope test has none, its channels are named by channels",
        'connection 1 (EPEX M7): channels: must be a list of text such as ["...", "..."], and not empty',
    ]


def test_the_authoritys_file_is_found_beside_the_connections_file(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("certificate")
    (connection,) = _read(tmp_path, _table(tls=None, ca_file='"ca.pem"'))
    assert connection.tls == Tls(ca_file=str(tmp_path / "ca.pem"))


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("name", None, "name: is missing"),
        ("name", '"  "', "name: must be text on one line, and not empty"),
        ("user", '"tra\\u001bder"', "user: must be text on one line, and not empty"),
        ("venue", '"ezenergy"', "venue: 'ezenergy' is not known; known are eznergy, acttrader, glocalflex"),
        ("scope", '"xbid"', "scope: 'xbid' is not known; known are m7, npid, test"),
        ("channels", '["normal"]', "channels: scope m7 has none, its channels are named by areas and products"),
        ("host", '"https://m7.example.com"', "host: must be a host with an optional port"),
        ("host", '"trader:hunter2@m7.example.com"', "host: must be a host with an optional port"),
        ("host", '"m7.example.com/ws"', "host: must be a host with an optional port"),
        ("host", '"m7 example.com"', "host: 'm7 example.com' is not a host name"),
        ("host", '"-m7.example.com"', "host: '-m7.example.com' is not a host name"),
        ("host", '"::1"', "host: the port must be between 1 and 65535, not ':1'"),
        ("host", '"[::zz]:80"', "host: '::zz' is not an IPv6 address"),
        ("host", '"127.0.0.1:0"', "host: the port must be between 1 and 65535, not '0'"),
        ("host", '"127.0.0.1:99999"', "host: the port must be between 1 and 65535, not '99999'"),
        ("host", '"m7.example.com"', "tls: may only be false for this machine, and m7.example.com is not"),
        ("tls", '"no"', "tls: must be true or false"),
        ("contract", '"EZ4:a2"', "contract: must be letters, digits, points, dashes or underscores"),
        ("contract", '"EZ 4"', "contract: must be letters, digits, points, dashes or underscores"),
        ("client_guid", '"6395d740"', "client_guid: must be a GUID such as"),
        ("client_guid", "17", "client_guid: must be a GUID such as"),
        ("client_guid", '"{6395d740-6e55-11e8-b566-0800200c9a66}"', "client_guid: must be a GUID such as"),
        ("areas", '["DE-AMPRON"]', "areas: 'DE-AMPRON' not known; known are AT-APG, BE-ELIA"),
        ("areas", '["FR-RTE", "FR-RTE"]', "areas: the same one stands there twice"),
        ("areas", "[]", "areas: must be a list of text"),
        ("areas", '"FR-RTE"', "areas: must be a list of text"),
        ("products", '["P15Min"]', "products: 'P15Min' not known; known are Hour, HalfHour, QuarterHour"),
        ("products", "[15]", "products: must be a list of text"),
        ("password_env", '"hunter 2"', "password_env: must be the name of an environment variable"),
        ("password", '"hunter2"', "password: secrets never stand in this file"),
        ("api_token", '"hunter2"', "api_token: secrets never stand in this file"),
        ("ca_file", '"ca.pem"', "ca_file: there is no file"),
        ("port", "8765", "port: unknown; known are areas, ca_file, client_guid"),
    ],
)
def test_what_is_wrong_is_told_by_field(tmp_path: Path, field: str, value: str | None, problem: str) -> None:
    (told,) = _problems(tmp_path, _table(**{field: value}))
    label = "connection 1" if field == "name" and value is None else "connection 1 (" + _name(field, value) + ")"
    assert told.startswith(f"{label}: {problem}")
    assert "hunter" not in told


def _name(field: str, value: str | None) -> str:
    return str(value).strip('"') if field == "name" else "EPEX M7"


def test_the_authoritys_file_is_refused_without_tls(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("certificate")
    (told,) = _problems(tmp_path, _table(ca_file='"ca.pem"'))
    assert told == "connection 1 (EPEX M7): ca_file: is of no use with tls = false"


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    text = _table(venue='"other"', contract=None) + _table(name='"epex m7"', user='""')
    assert _problems(tmp_path, text) == [
        "connection 1 (EPEX M7): venue: 'other' is not known; known are eznergy, acttrader, glocalflex",
        "connection 1 (EPEX M7): contract: is missing",
        "connection 2 (epex m7): user: must be text on one line, and not empty",
        "connection 2 (epex m7): name: is taken by connection 1",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no [[connection]] in it"),
        ("[connection]\nname = 'x'", "connection: each stands under [[connection]], with two brackets"),
        ("connection = [1]", "connection: each stands under [[connection]], with two brackets"),
        ("[[connections]]", "unknown key connections: connections stand under [[connection]]"),
        ("[[connection]", "is not TOML: "),
        ("x = " + "[" * 5_000, "is not TOML: "),
    ],
    ids=["empty", "one bracket", "not a table", "unknown key", "not TOML", "nested too deeply"],
)
def test_a_file_that_is_something_else_is_refused_as_a_whole(tmp_path: Path, text: str, problem: str) -> None:
    (told,) = _problems(tmp_path, text)
    assert told.startswith(problem)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConnectionsRefused, match=r"missing\.toml: can't be read: No such file or directory"):
        read_connections(tmp_path / "missing.toml")
    path = tmp_path / "latin.toml"
    path.write_bytes(b"name = '\xe4'")
    with pytest.raises(ConnectionsRefused, match=r"latin\.toml: is not UTF-8 text"):
        read_connections(path)
