"""The pair that is being put together: what the texts in its fields come to so far. Pure.

Fields and ladder show the same texts: there is no other state that could differ from what is read.
"""

from collections.abc import Mapping
from datetime import tzinfo
from typing import NamedTuple

from protocols.market import forms
from protocols.market.commands import OcoLeg, PlaceOco
from protocols.market.events import Quote
from protocols.market.forms import Checked, OrderForm
from protocols.market.instruments import CurrencyPair
from protocols.market.pairs import PairConcern, pair_concerns
from protocols.market.pips import Typed
from protocols.market.times import UtcNs
from protocols.market.values import Price, Quantity, Side
from widgets.oco.placing import LEGS, leg_field


class Draft(NamedTuple):
    """What is missing or wrong is None, and among the problems of `checked`. `concerns` are what is unusual about the
    whole pair, known once it is one."""

    side: Side | None
    quantity: Quantity | None
    legs: tuple[OcoLeg, OcoLeg]
    command: PlaceOco | None
    concerns: tuple[PairConcern, ...]
    checked: Checked

    def leg(self, number: int) -> OcoLeg:
        return self.legs[number - 1]


def read_draft(
    form: OrderForm,
    pair: CurrencyPair,
    texts: Mapping[str, str],
    typed: Mapping[str, Typed],
    now: UtcNs,
    zone: tzinfo,
    quote: Quote | None,
) -> Draft:
    """Reads the texts. `typed` says what there was when each was typed, `quote` is the live one, if there is one."""
    checked = forms.check(form, texts, pair.spec, now, zone, typed)
    values = checked.values
    command = form.to_command(pair.key, values) if checked.ok else None
    assert command is None or isinstance(command, PlaceOco)
    one, other = (_leg(checked, texts, number) for number in LEGS)
    return Draft(
        side=Side(values[forms.SIDE]) if forms.SIDE in values else None,
        quantity=Quantity(int(values[forms.QUANTITY])) if forms.QUANTITY in values else None,
        legs=(one, other),
        command=command,
        concerns=() if command is None else tuple(pair_concerns(command, quote)),
        checked=checked,
    )


def _leg(checked: Checked, texts: Mapping[str, str], number: int) -> OcoLeg:
    price, stop = (_price(checked, leg_field(name, number)) for name in (forms.PRICE, forms.STOP_PRICE))
    return OcoLeg(texts.get(leg_field(forms.ORDER_TYPE, number), ""), price, stop)


def _price(checked: Checked, name: str) -> Price | None:
    value = checked.values.get(name)
    return None if value is None else Price(int(value))
