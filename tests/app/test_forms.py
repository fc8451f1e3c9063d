"""The exchange's limits come from the instruments' table, by scope and area, and a wrong table is refused by name."""

import pytest

from app.forms import PowerForms, power_forms
from app.resources import TableRefused
from protocols.market import forms
from protocols.market.instruments import ContractKey, InstrumentSpec, PowerContract
from protocols.market.times import HOUR, UtcNs
from protocols.market.values import SCALE, Price, Quantity

SPEC = InstrumentSpec(Price(SCALE // 100), Quantity(SCALE // 10), 2, 1, "EUR/MWh", "MW")
TABLE = """
[limits.m7]
lowest_price = "-500"
highest_price = "4000"
largest_quantity = "100"

[limits.m7.area.UK-ELEXON]
largest_quantity = "50.5"
"""


def contract(scope: str, area: str = "DE-AMPRION") -> PowerContract:
    key = ContractKey("C", area, "1")
    return PowerContract(key, "1", "H12", "Hour", "Local", UtcNs(HOUR), UtcNs(2 * HOUR), SPEC, scope)


def limits(table: PowerForms, scope: str, area: str) -> tuple[int | None, int | None, int | None]:
    form = table(contract(scope, area))
    assert form is not None
    price, quantity = form.field(forms.PRICE), form.field(forms.QUANTITY)
    assert price is not None and quantity is not None
    return price.minimum, price.maximum, quantity.maximum


def test_an_area_may_have_its_own_limits_and_takes_the_others_from_its_scope() -> None:
    table = PowerForms(TABLE)
    assert limits(table, "m7", "DE-AMPRION") == (-500 * SCALE, 4000 * SCALE, 100 * SCALE)
    assert limits(table, "m7", "UK-ELEXON") == (-500 * SCALE, 4000 * SCALE, 101 * SCALE // 2)


def test_a_scope_without_limits_is_not_traded() -> None:
    assert PowerForms(TABLE)(contract("npid")) is None
    assert PowerForms("")(contract("m7")) is None


@pytest.mark.parametrize("scope", ["m7", "npid"])
def test_the_shipped_table_has_both_scopes(scope: str) -> None:
    assert power_forms()(contract(scope)) is not None
    assert power_forms()(contract("test")) is None


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("[limits.m7]\nlowest_price = '1'", "limits.m7.highest_price: is missing"),
        (TABLE + "lots = '1'", "limits.m7.area.UK-ELEXON.lots: is not a limit"),
        (TABLE.replace('"4000"', "4000"), "limits.m7.highest_price: must be a decimal number in quotes"),
        (TABLE.replace('"4000"', '"many"'), "limits.m7.highest_price: 'many' is not a number"),
        (TABLE.replace('"-500"', '"5000"'), "lowest_price is above highest_price"),
        (TABLE.replace('"50.5"', '"0"'), "largest_quantity is not above 0"),
        ("limits = 5", "mine.toml"),
        ("[limits]\nm7 = 5", "mine.toml"),
        ("[limits", "mine.toml"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_by_file_and_field(table: str, words: str) -> None:
    with pytest.raises(TableRefused, match=r"mine\.toml") as refused:
        PowerForms(table, "mine.toml")
    assert words in str(refused.value)
