"""HTTP beside the WebSocket: each channel's REST companion, and a trader out of nowhere for tests."""

from decimal import Decimal
from typing import Literal

import msgspec

from protocols.eznergy import messages
from protocols.market.times import UtcNs
from protocols.market.values import Price, Quantity, Side, ValueRefused, plain_text, scaled
from protocols.practice import urn
from protocols.practice.asks import CREATION, Ask, Refused
from protocols.practice.checks import check_price, check_quantity
from protocols.practice.exchange import Exchange, exists
from protocols.practice.flow import OTHERS
from protocols.practice.market import Market
from protocols.practice.matching import Matched
from protocols.practice.private_data import PrivateOrders
from protocols.practice.requests import listing_named


def channel_at(path: str) -> urn.Channel:
    """The channel whose companion is at `/api/<Contract>/<scope>/<resource>/<ClientGuid>/<Area>[/<Product>]` (protocol
    page, section 2). Raises `urn.NotAChannel`."""
    channel = urn.parse(":".join(("urn", "ez-api", *path.removeprefix("/api/").split("/"))))
    if channel.scope not in urn.EXCHANGES or not exists(channel):
        raise urn.NotAChannel("no such area or product")
    return channel


def listed(exchange: Exchange, channel: urn.Channel, now: UtcNs) -> list[messages.Payload]:
    """What the companion answers: what a snapshot would tell; of private orders all of the session, dead ones too."""
    feed = exchange.feeds[channel.resource]
    if isinstance(feed, PrivateOrders):
        return feed.listed(exchange.market, channel, now)
    return feed.snapshot(exchange.market, channel, now)


class Aggression(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `POST /practice/trade`. `side` is the aggressor's; price and quantity are numbers, or text."""

    area: str
    contract_id: str
    side: Side
    price: Decimal
    quantity: Decimal
    scope: Literal["m7", "npid"] = "m7"


class Traded(msgspec.Struct, frozen=True):
    """What came of it: how much was traded, how much found nobody, and the trades."""

    traded: str
    left: str
    trades: list[str]


def aggress(market: Market, wanted: Aggression) -> Traded:
    """An anonymous participant takes what rests at his price or better, and leaves nothing. Raises `Refused`."""
    try:
        price, quantity = Price(scaled(wanted.price)), Quantity(scaled(wanted.quantity))
    except ValueRefused as error:
        raise Refused(str(error)) from error
    check_price(price)
    check_quantity(quantity)
    named = messages.ContractArea(delivery_area=wanted.area, identifier=wanted.contract_id)
    listing = listing_named(market, Ask(kind=CREATION, area=wanted.area, client_id="", named=named))
    if not listing.trading:
        raise Refused("the contract is not in continuous trading")
    facts = market.insert(listing, wanted.side, price, quantity, area=wanted.area, owner=OTHERS, rest=False)
    matches = [fact.quantity for fact in facts if isinstance(fact, Matched)]
    traded, newest = sum(matches), market.newest_trade
    return Traded(
        traded=plain_text(traded),
        left=plain_text(quantity - traded),
        trades=[str(identifier) for identifier in range(newest - len(matches) + 1, newest + 1)],
    )
