"""The order forms: every rule of the page, each refusal naming its field; and what becomes of a checked form."""

from typing import Any

import pytest

from app.fx_table import fx_table
from protocols.acttrader.messages import Dialect
from protocols.acttrader.pairs import PairDirectory
from protocols.acttrader.rules import default_time_in_force, order_form, pair_form, to_order, to_pair
from protocols.market.forms import Checked, check
from protocols.market.instruments import CurrencyPair
from protocols.market.times import MINUTE, UtcNs
from tests.support.fx import START, key, order, pair, price, settings

FILLED = {"side": "Buy", "quantity": "10000", "price": "1.05"}


def currency_pair(symbol: str = "EURUSD") -> CurrencyPair:
    found: list[CurrencyPair] = []
    PairDirectory("FX", fx_table(), found.append).add([symbol])
    return found[0]


def checked(texts: dict[str, str], kind: str = "LIMIT", symbol: str = "EURUSD", **changes: Any) -> Checked:
    known = currency_pair(symbol)
    return check(order_form(known, settings(**changes), kind), texts, known.spec, START)


@pytest.mark.parametrize(
    ("texts", "field", "words"),
    [
        ({}, "side", "missing"),
        ({**FILLED, "price": ""}, "price", "missing"),
        ({**FILLED, "type": "STOP_LIMIT"}, "stop_price", "missing"),
        ({**FILLED, "type": "STOP", "stop_price": "1.2"}, "price", "goes with"),
        ({**FILLED, "type": "MARKET"}, "price", "goes with"),
        ({**FILLED, "stop_price": "1.2"}, "stop_price", "goes with"),
        ({**FILLED, "quantity": "0"}, "quantity", "above zero"),
        ({**FILLED, "quantity": "-1000"}, "quantity", "above zero"),
        ({**FILLED, "quantity": "1500"}, "quantity", "multiple of the step"),
        ({**FILLED, "price": "1.050001"}, "price", "multiple of the tick"),
        ({**FILLED, "price": "0"}, "price", "below the least"),
        ({**FILLED, "price": "-1"}, "price", "no price"),
        ({**FILLED, "price": "b-99999p"}, "price", "live quote"),
        ({**FILLED, "validity_until": "2026-11-20 13:00"}, "validity_until", "future"),
        ({**FILLED, "time_in_force": "GTC"}, "time_in_force", "none of its choices"),
        ({**FILLED, "type": "STOP_LIMIT", "stop_price": "1.2", "time_in_force": "TPI"}, "time_in_force", "limit"),
        ({**FILLED, "type": "TRAILING"}, "type", "none of its choices"),
    ],
)
def test_each_refusal_names_its_field(texts: dict[str, str], field: str, words: str) -> None:
    found = checked(texts)
    assert words in found.problems[field]


def test_the_seed_offers_neither_tpi_nor_a_note() -> None:
    form = order_form(currency_pair(), settings(Dialect.SEED))
    tif = form.field("time_in_force")
    assert tif is not None and [choice.value for choice in tif.choices] == ["AON", "FOK", "IOC"]
    assert form.field("comment") is None


def test_a_connection_may_add_times_in_force() -> None:
    assert checked({**FILLED, "time_in_force": "GTC"}, extra_tif=("GTC",)).ok
    found = checked({**FILLED, "time_in_force": "GTT"}, extra_tif=("GTT",))
    assert "missing" in found.problems["validity_until"]


def test_defaults_are_always_sent() -> None:
    assert (default_time_in_force("MARKET"), default_time_in_force("STOP")) == ("IOC", "AON")
    assert to_order(key(), checked(FILLED).values) == order()
    market = checked({"side": "Buy", "quantity": "10000"}, "MARKET")
    assert to_order(key(), market.values) == order("MARKET")


def test_everything_that_was_filled_in_is_in_the_order() -> None:
    texts = {
        **FILLED, "type": "STOP_LIMIT", "stop_price": "1.06", "time_in_force": "FOK",
        "validity_until": "2026-11-20 14:30", "comment": "why",
    }  # fmt: skip
    wanted = order("STOP_LIMIT", "1.05", "1.06", tif="FOK", until=UtcNs(START + 60 * MINUTE), note="why")
    assert to_order(key(), checked(texts).values) == wanted


def test_the_yen_has_its_own_tick() -> None:
    assert checked({**FILLED, "price": "151.123"}, symbol="USDJPY").ok
    assert "tick" in checked({**FILLED, "price": "151.1234"}, symbol="USDJPY").problems["price"]


def test_a_pair_is_a_limit_and_a_stop_unless_it_is_said_otherwise() -> None:
    known = currency_pair()
    texts = {"side": "Buy", "quantity": "10000", "price_1": "1.05", "stop_price_2": "1.15"}
    found = check(pair_form(known, settings()), texts, known.spec, START)
    assert found.ok, found.problems
    assert to_pair(key(), found.values) == pair()
    both = check(pair_form(known, settings()), {**texts, "type_2": "STOP_LIMIT"}, known.spec, START)
    assert set(both.problems) == {"price_2"}
    market = check(pair_form(known, settings()), {**texts, "type_1": "MARKET"}, known.spec, START)
    assert "none of its choices" in market.problems["type_1"]


def test_pairs_of_the_shipped_table() -> None:
    table = fx_table()
    assert len(table.pairs) == 12
    for symbol, figures in table.pairs.items():
        assert figures.pip == price("0.01" if symbol.endswith("JPY") else "0.0001")
        assert figures.tick * 10 == figures.pip
