"""ActTrader in the connections file: what is read, what is refused and how, and what a session is told of it."""

from pathlib import Path
from typing import Any

import pytest

from app.connections import ConnectionsRefused, read_connections
from app.fx_connections import FxConnectionSettings, session_settings
from app.fx_table import TableRefused, fx_table_from_text
from app.venues import session_of
from protocols.acttrader.messages import Dialect
from protocols.secret import Secret

GOOD = """
[[connection]]
name = "FX"
venue = "acttrader"
orders_url = "wss://fx.example.com/orders"
chart_url = "wss://charts.example.com/ws"
login = 700100
token_env = "FX_TOKEN"
extra_tif = ["GTC"]
symbols = ["EURUSD", "USDJPY"]
"""


def read(folder: Path, text: str) -> FxConnectionSettings:
    path = folder / "connections.toml"
    path.write_text(text)
    (found,) = read_connections(path)
    assert isinstance(found, FxConnectionSettings)
    return found


def test_everything_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, GOOD)
    assert (found.host, found.user, found.scope, found.password_env) == (
        "fx.example.com",
        "700100",
        "later",
        "FX_TOKEN",
    )
    assert found.tls.enabled and found.has_password
    told = session_settings(found, Secret("planted"))
    assert (told.dialect, told.token, told.login) == (Dialect.LATER, Secret("planted"), "700100")
    assert told.times_in_force == ("AON", "FOK", "IOC", "TPI", "GTC")


def test_the_least_that_has_to_be_said(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        '[[connection]]\nname = "FX"\nvenue = "acttrader"\norders_url = "ws://127.0.0.1:8765/acttrader/seed/orders"\n'
        'login = "user-login"\ndialect = "seed"\nsymbols = ["EURUSD"]\n',
    )
    told = session_settings(found, Secret(""))
    assert (told.chart_url, told.token, told.login, told.dialect) == (None, None, "user-login", Dialect.SEED)
    assert not found.has_password and not found.tls.enabled
    session = session_of(found, Secret(""), lambda area: None, lambda client_id: False)  # type: ignore[arg-type]
    assert session.report().venue == "acttrader"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            '"wss://fx.example.com/orders"',
            '"ws://fx.example.com/orders"',
            "orders_url: fx.example.com is not this machine",
        ),
        ('"wss://fx.example.com/orders"', '"https://fx.example.com/orders"', "orders_url: the address must begin with"),
        ('"wss://charts.example.com/ws"', '"wss://me:secret@charts.example.com/ws"', "chart_url: the address of"),
        ("login = 700100", 'login = "me"', "login: must be a number in the later dialect"),
        ("login = 700100", "", "login: is missing"),
        ('"FX_TOKEN"', '"abc def"', "token_env: must be the name of an environment variable"),
        ("token_env", "token", "token: secrets never stand in this file"),
        ('["GTC"]', '["DAY"]', "extra_tif: 'DAY' is not known"),
        ('["EURUSD", "USDJPY"]', '["EURUSD", "EURUSD"]', "symbols: the same one stands there twice"),
        ('["EURUSD", "USDJPY"]', '["US30"]', "symbols: 'US30' is no pair of currencies"),
        ('["EURUSD", "USDJPY"]', "[]", "symbols: must be a list of text"),
        ("login = 700100", 'login = 700100\ndialect = "newest"', "dialect: must be seed or later"),
        ("login = 700100", 'login = 700100\nscope = "m7"', "scope: unknown"),
    ],
)
def test_what_is_refused_names_its_field(tmp_path: Path, old: str, new: str, problem: str) -> None:
    with pytest.raises(ConnectionsRefused) as refused:
        read(tmp_path, GOOD.replace(old, new))
    assert problem in str(refused.value)
    assert "secret@" not in str(refused.value)


def test_the_practice_venues_port_is_put_into_both_addresses(tmp_path: Path) -> None:
    text = GOOD.replace("wss://fx.example.com", "ws://127.0.0.1").replace("wss://charts.example.com", "ws://127.0.0.1")
    found = read(tmp_path, text).at_port(8765)
    assert (found.orders_url, found.chart_url, found.host) == (
        "ws://127.0.0.1:8765/orders",
        "ws://127.0.0.1:8765/ws",
        "127.0.0.1:8765",
    )


TABLE: dict[str, Any] = {"tick": "0.00001", "pip": "0.0001", "step": "1000", "contract_size": "100000"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "default is missing"),
        ('account_currency = "EUR"\n[default]\ntick = "0"', "pip is missing"),
        ("not toml at all", "pairs.toml"),
    ],
)
def test_a_table_of_pairs_that_can_not_be_used(text: str, problem: str) -> None:
    with pytest.raises(TableRefused, match=problem):
        fx_table_from_text(text, "pairs.toml")


def test_a_pip_off_the_tick_is_refused() -> None:
    fields = "\n".join(f'{name} = "{value}"' for name, value in {**TABLE, "pip": "0.000015"}.items())
    text = f'account_currency = "EUR"\n[default]\n{fields}\nprice_decimals = 5\nquantity_decimals = 0\n'
    with pytest.raises(TableRefused, match="no multiple of the tick"):
        fx_table_from_text(text, "pairs.toml")
