"""The table of limits: read exactly, or refused with the file and the field."""

import pytest

from app.limits import Collar, LimitsRefused, Most, Range, limits_from_text
from protocols.market.values import SCALE
from tests.app import trading_desk as td

GOOD = """
restrictions = ["None"]
validities = ["GoodForSession"]
price = { block = { lowest = "-500", highest = "4000" } }
through_market = { warn = { absolute = "0.5", percent = 10 } }
away_from_market = {}
quantity = { warn = "1.5", block = "2" }
notional = { block = "100" }
open_orders = { block = 2 }
position = { warn = "0" }
"""


def test_limits_are_read_exactly() -> None:
    limits = limits_from_text(GOOD, "limits.toml")
    assert limits.quantity == Most(td.quantity("1.5"), td.quantity("2"))
    assert limits.price_warn is None and limits.price_block == Range(td.price("-500"), td.price("4000"))
    assert limits.through_warn == Collar(SCALE // 2, 10 * SCALE)
    assert limits.open_orders == Most(None, 2)


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ('"1.5"', "1.5", "quantity.warn: must be a decimal number in quotes"),
        ('"1.5"', '"3"', "quantity.warn: is above block: it would never be asked"),
        ('"1.5"', '"-1"', "quantity.warn: must not be negative"),
        ('"1.5"', '"a lot"', "quantity.warn: 'a lot' is not a number"),
        ('"1.5"', '"NaN"', "quantity.warn: NaN is not a number"),
        ('"1.5"', "true", "quantity.warn: must be a decimal number in quotes"),
        ('warn = "1.5"', 'wran = "1.5"', "quantity.wran: is not a limit"),
        ('{ block = "100" }', "{}", "notional: has neither warn nor block"),
        ("notional = ", "notonial = ", "notional: is missing"),
        ("notional = ", "notonial = ", "notonial: is not a limit"),
        ('{ block = "100" }', '"100"', "notional: must be a table"),
        ("{ block = 2 }", '{ block = "2" }', "open_orders.block: must be a whole number"),
        ("{ block = 2 }", "{ block = -2 }", "open_orders.block: must be a whole number"),
        ('"-500"', '"5000"', "price.block: lowest is above highest"),
        (', highest = "4000"', "", "price.block.highest: is missing"),
        ('absolute = "0.5"', 'absolute = "-0.5"', "through_market.warn: must not be negative"),
        ('absolute = "0.5"', 'absolut = "0.5"', "through_market.warn.absolut: is not a limit"),
        ("percent = 10", "percent = 10, step = 1", "through_market.warn.step: is not a limit"),
        ('restrictions = ["None"]', "restrictions = []", "restrictions: must be a list of words"),
        ("[", "[[[", ""),
    ],
)
def test_a_table_that_is_wrong_names_file_and_field(before: str, after: str, problem: str) -> None:
    assert before in GOOD
    with pytest.raises(LimitsRefused) as refused:
        limits_from_text(GOOD.replace(before, after, 1), "limits.toml")
    told = str(refused.value).splitlines()
    assert len(told) == len(set(told))
    assert any(line.startswith("limits.toml: ") and line.endswith(problem) for line in told), told


def test_all_problems_are_told_together() -> None:
    with pytest.raises(LimitsRefused) as refused:
        limits_from_text("", "limits.toml")
    assert len(str(refused.value).splitlines()) == 9
