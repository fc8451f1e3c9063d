"""What acts on the ladder do to a pair: each gives the texts that are to stand in the fields, or says why not. Pure."""

from protocols.market import forms
from protocols.market.events import Quote
from protocols.market.instruments import CurrencyPair
from protocols.market.pairs import LIMIT, STOP, STOP_LIMIT
from protocols.market.values import Price, Side, fixed_text
from widgets.oco.draft import Draft
from widgets.oco.placing import (
    LEGS,
    Distances,
    leg_field,
    limit_of_stop,
    nudged,
    price_text,
    starting_prices,
    waits_at,
    waits_in,
)

Texts = dict[str, str]


class NotPlaced(Exception):
    """Nothing was changed; the words say why."""


def both_placed(side: Side, draft: Draft, quote: Quote, pair: CurrencyPair, distances: Distances) -> Texts:
    """Side and both legs, as far from a live quote as pairs begin."""
    texts = {forms.SIDE: side.value}
    for number in LEGS:
        kind = draft.leg(number).type
        prices = starting_prices(side, kind, quote, pair, distances)
        texts[waits_in(number, kind)] = price_text(prices[0], pair)
        if kind == STOP_LIMIT:
            texts[leg_field(forms.PRICE, number)] = price_text(prices[1], pair)
    return texts


def moved(number: int, price: Price, draft: Draft, pair: CurrencyPair) -> Texts:
    """One leg at another price; the limit of a stop limit goes along."""
    leg = draft.leg(number)
    texts = {waits_in(number, leg.type): price_text(price, pair)}
    if leg.type == STOP_LIMIT and leg.price is not None and leg.stop_price is not None:
        limit = max(pair.spec.tick, leg.price + price - leg.stop_price)
        texts[leg_field(forms.PRICE, number)] = price_text(Price(limit), pair)
    return texts


def nudged_leg(number: int, ticks: int, draft: Draft, pair: CurrencyPair) -> Texts:
    """One leg so many ticks further."""
    at = waits_at(draft.leg(number))
    if at is None:
        raise NotPlaced(f"Leg {number} has no price yet: buy or sell places both legs beside the quote")
    return moved(number, nudged(at, ticks, pair), draft, pair)


def stop_kind_changed(number: int, draft: Draft) -> Texts:
    """A stop leg as a stop limit, or the other way round: the leg that is meant, if it is a stop, else the other."""
    for each in (number, 3 - number):
        kind = draft.leg(each).type
        if kind != LIMIT:
            return {leg_field(forms.ORDER_TYPE, each): STOP if kind == STOP_LIMIT else STOP_LIMIT}
    raise NotPlaced("Neither leg is a stop")


def limit_beyond(number: int, draft: Draft, pair: CurrencyPair, distances: Distances) -> Texts:
    """The limit of a stop limit that has none yet: beyond its stop, where it would still be executed."""
    leg = draft.leg(number)
    if leg.type != STOP_LIMIT or leg.price is not None or leg.stop_price is None or draft.side is None:
        return {}
    limit = limit_of_stop(draft.side, leg.stop_price, pair, distances)
    return {leg_field(forms.PRICE, number): price_text(limit, pair)}


def more(steps: int, draft: Draft, pair: CurrencyPair) -> Texts:
    """So many steps more of the quantity, or fewer; never less than one. From nothing that can be read there is nowhere
    to step."""
    step, now = pair.spec.step, draft.quantity
    if now is None:
        raise NotPlaced(f"The quantity stays as it is: {draft.checked.problems[forms.QUANTITY]}")
    return {forms.QUANTITY: fixed_text(max(step, now + steps * step), pair.spec.quantity_decimals)}
