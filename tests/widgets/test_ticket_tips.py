"""Every field of a ticket says what it is and by which keys it is filled in."""

import pytest

from protocols.market.forms import Choice, Field, FieldKind
from protocols.market.instruments import InstrumentSpec
from protocols.market.values import SCALE, Price, Quantity
from widgets.ticket.editors import FEW, usual_tip

SPEC = InstrumentSpec(Price(SCALE // 100), Quantity(SCALE // 10), 2, 1, "EUR/MWh", "MW")


def choices(count: int) -> tuple[Choice, ...]:
    return tuple(Choice(str(each), str(each)) for each in range(count))


@pytest.mark.parametrize(
    ("field", "says"),
    [
        (Field("q", "Quantity", FieldKind.QUANTITY, unit="MW"), ["Quantity", "Steps of 0.1 MW: up and down", "Shift"]),
        (
            Field("p", "Price", FieldKind.PRICE, unit="EUR/MWh", tip="The limit"),
            ["The limit", "Ticks of 0.01 EUR/MWh:"],
        ),
        (Field("s", "Side", FieldKind.CHOICE, choices(FEW)), ["Side", "Its first letter chooses"]),
        (Field("r", "Restriction", FieldKind.CHOICE, choices(FEW + 1)), ["Restriction", "A letter or the arrows"]),
        (Field("t", "Until", FieldKind.DATETIME), ["Until", "Such as 15:45"]),
        (Field("a", "Active", FieldKind.FLAG), ["Active", "Space ticks it"]),
        (Field("c", "Comment", FieldKind.TEXT), ["Comment"]),
    ],
)
def test_a_field_tells_its_keys(field: Field, says: list[str]) -> None:
    for words in says:
        assert words in usual_tip(field, SPEC)
