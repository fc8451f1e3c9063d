"""GLocalFlex in the connections file: what is read, what is refused and how, and what a session is told of it."""

from pathlib import Path
from typing import Any

import pytest

from app.connections import ConnectionsRefused, read_connections
from app.flex_connections import FlexConnectionSettings, session_settings
from app.flex_limits import flex_limits_from_text
from app.flex_table import flex_spec, flex_spec_from_text
from app.limits import LimitsRefused
from app.resources import TableRefused
from app.venues import session_of
from protocols.market.values import plain_text
from protocols.secret import Secret

GOOD = """
[[connection]]
name = "Flex"
venue = "glocalflex"
host = "test.glocalflexmarket.com"
user = "trader@example.com"
password_env = "FLEX_PASSWORD"
order_id_keys = ["uuid", "id"]
contract_id_keys = ["deal"]
"""


def read(folder: Path, text: str) -> FlexConnectionSettings:
    path = folder / "connections.toml"
    path.write_text(text)
    (found,) = read_connections(path)
    assert isinstance(found, FlexConnectionSettings)
    return found


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConnectionsRefused) as refused:
        read(folder, text)
    return [problem.split(": ", 2)[2] for problem in refused.value.problems]


def test_everything_is_read(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("")
    found = read(tmp_path, GOOD + 'ca_file = "ca.pem"\n')
    assert (found.host, found.user, found.password_env) == (
        "test.glocalflexmarket.com", "trader@example.com", "FLEX_PASSWORD",
    )  # fmt: skip
    assert found.tls.enabled and found.tls.ca_file == str(tmp_path / "ca.pem")
    told = session_settings(found, Secret("planted"), flex_spec())
    assert told.token_url == "https://test.glocalflexmarket.com/auth/oauth/v2/token"
    assert told.order_url == "https://test.glocalflexmarket.com/api/v1/order/"
    assert told.socket_url("trade") == "wss://test.glocalflexmarket.com/api/v1/ws/trade"
    assert (told.order_id_keys, told.contract_id_keys) == (("uuid", "id"), ("deal",))
    assert "planted" not in repr(told)


def test_the_least_that_has_to_be_said(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        '[[connection]]\nname = "Flex"\nvenue = "glocalflex"\nhost = "127.0.0.1:8765"\ntls = false\nuser = "trader"\n',
    )
    told = session_settings(found, Secret(""), flex_spec())
    assert (told.http_url, told.ws_url) == ("http://127.0.0.1:8765", "ws://127.0.0.1:8765")
    assert (told.order_id_keys, told.contract_id_keys) == (("order_id", "id"), ("contract_id", "id"))
    assert found.at_port(99).host == "127.0.0.1:8765:99"
    session = session_of(found, Secret(""), lambda area: None, lambda client_id: False)  # type: ignore[arg-type]
    assert session.report().venue == "glocalflex"
    assert [channel.channel for channel in session.report().channels] == ["trade", "orderbook", "ticker"]


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ('user = "trader@example.com"\n', "", "user: is missing"),
        ("test.glocalflexmarket.com", "https://x.com/y", "host: must be a host with an optional port"),
        ("venue =", "tls = false\nvenue =", "tls: may only be false for this machine"),
        ('["uuid", "id"]', "[]", "order_id_keys: must be a list of text"),
        ('["uuid", "id"]', '["a b"]', "order_id_keys: 'a b' is no name of a key"),
        ('["deal"]', '"deal"', "contract_id_keys: must be a list of text"),
        ('["uuid", "id"]', '["id", "id"]', "order_id_keys: the same one stands there twice"),
        ("venue =", 'password = "hunter2"\nvenue =', "password: secrets never stand in this file"),
        ("venue =", "areas = []\nvenue =", "areas: unknown; known are"),
    ],
)
def test_what_is_wrong_is_told_by_field(tmp_path: Path, before: str, after: str, problem: str) -> None:
    (told,) = problems(tmp_path, GOOD.replace(before, after))
    assert told.startswith(problem)
    assert "hunter" not in told


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('tick = "0"\nstep = "1"\nprice_decimals = 2\nquantity_decimals = 0', "must be above 0"),
        ('step = "1"\nprice_decimals = 2\nquantity_decimals = 0', "tick is missing"),
        ("tick =", "Invalid value"),
    ],
)
def test_a_table_that_cant_be_used_says_where(text: str, problem: str) -> None:
    with pytest.raises(TableRefused, match=f"flex.toml: .*{problem}"):
        flex_spec_from_text(text, "flex.toml")


def test_the_shipped_figures() -> None:
    spec = flex_spec()
    assert (plain_text(spec.tick), plain_text(spec.step)) == ("0.001", "1")
    assert (spec.price_unit, spec.quantity_unit) == ("EUR/kWh", "W")


def test_limits_that_cant_be_used_say_everything_that_is_wrong() -> None:
    with pytest.raises(LimitsRefused) as refused:
        flex_limits_from_text('quantity = { warn = "x" }\nodd = 1', "flex.toml")
    told: Any = str(refused.value)
    for field in ("price", "quantity", "notional", "open_orders", "book_age", "odd"):
        assert f"flex.toml: {field}" in told
