"""Bearer tokens and channel names: what is taken and what is refused."""

import base64
import json

import pytest

from protocols.market.times import SECOND, UtcNs
from protocols.practice.tokens import Tokens, Unauthorised
from protocols.practice.urn import NotAChannel, parse

NOW = UtcNs(1_800_000_000 * SECOND)
GUID = "6395d740-6e55-11e8-b566-0800200c9a66"


def test_a_token_is_a_signed_jwt_that_expires() -> None:
    tokens = Tokens(b"k", 60)
    token = tokens.make("trader", NOW)
    header, claims, _ = token.split(".")
    assert json.loads(base64.urlsafe_b64decode(header + "==")) == {"alg": "HS256", "typ": "JWT"}
    assert json.loads(base64.urlsafe_b64decode(claims + "=="))["exp"] == NOW // SECOND + 60
    assert tokens.expiry(token, NOW) == NOW + 60 * SECOND
    assert tokens.user(token) == "trader"
    with pytest.raises(Unauthorised, match="expired"):
        tokens.expiry(token, UtcNs(NOW + 60 * SECOND))


def test_no_two_tokens_are_alike() -> None:
    tokens = Tokens(b"k", 60)
    assert tokens.make("trader", NOW) != tokens.make("trader", NOW)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda t: "",
        lambda t: "x",
        lambda t: "a.b",
        lambda t: "ä.ö.ü",
        lambda t: t[:-2],
        lambda t: t + ".more",
        lambda t: "." + t,
        lambda t: t.replace(".", "..", 1),
        lambda t: Tokens(b"another", 60).make("trader", NOW),
    ],
    ids=["empty", "word", "two parts", "not ascii", "cut", "longer", "shifted", "gap", "forged"],
)
def test_other_tokens_are_refused(spoil: object) -> None:
    tokens = Tokens(b"k", 60)
    with pytest.raises(Unauthorised):
        tokens.expiry(spoil(tokens.make("trader", NOW)), NOW)  # type: ignore[operator]


@pytest.mark.parametrize(("lifetime", "notice"), [(7200, 300), (3600, 300), (600, 120), (10, 2)])
def test_notice_is_five_minutes_or_a_fifth_of_a_short_life(lifetime: int, notice: int) -> None:
    assert Tokens(b"k", lifetime).notice == notice * SECOND


def test_a_name_is_taken_apart() -> None:
    name = f"urn:ez-api:EZ1:m7:public_order_books:{GUID}:FR-RTE:QuarterHour"
    channel = parse(name)
    assert (channel.contract_code, channel.resource, channel.area, channel.product) == (
        "EZ1",
        "public_order_books",
        "FR-RTE",
        "QuarterHour",
    )
    assert parse(f"urn:ez-api:EZ1:m7:public_trades:{GUID.upper()}:FR-RTE").product == ""


@pytest.mark.parametrize(
    "name",
    [
        "",
        "urn",
        "urn:ez-api:EZ1:m7",
        f"urn:other:EZ1:m7:public_trades:{GUID}:FR-RTE",
        f"urn:ez-api:EZ1:m8:public_trades:{GUID}:FR-RTE",
        f"urn:ez-api:EZ1:m7:nothing:{GUID}:FR-RTE",
        f"urn:ez-api:EZ1:m7:public_trades:{GUID}",
        f"urn:ez-api:EZ1:m7:public_trades:{GUID}:FR-RTE:Hour",
        f"urn:ez-api:EZ1:m7:public_order_books:{GUID}:FR-RTE",
        "urn:ez-api:EZ1:m7:public_trades:not-a-guid:FR-RTE",
        f"urn:ez-api:EZ1:m7:public_trades:{GUID[:-1]}:FR-RTE",
        f"URN:ez-api:EZ1:m7:public_trades:{GUID}:FR-RTE",
    ],
)
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(NotAChannel):
        parse(name)
