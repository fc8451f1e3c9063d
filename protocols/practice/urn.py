"""Channel names, `urn:ez-api:<Contract>:<scope>:<resource>:<ClientGuid>:<Area>[:<Product>]` (protocol page, 2)."""

import re

import msgspec

_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)

EXCHANGES = ("m7", "npid")
"""The scopes that have a market."""
TEST = "test"
TEST_CHANNELS = ("normal", "fast_events", "disorder", "with_holes")

_RESOURCES = {
    "public_order_books": ("client", "area", "product"),
    "market_information": ("client", "area", "product"),
    "public_trades": ("client", "area"),
    "contract_area_states": ("client", "area"),
    "private_orders": ("client", "area"),
    "private_trades": ("client", "area"),
}
"""Of both markets; `exchange.FEEDS` and `truth` have a row for each."""
SHAPES: dict[tuple[str, str], tuple[str, ...]] = {
    **{(scope, resource): names for scope in EXCHANGES for resource, names in _RESOURCES.items()},
    **{(TEST, channel): () for channel in TEST_CHANNELS},
}
"""The parameters of each (scope, resource) that is served."""


class Channel(msgspec.Struct, frozen=True):
    """A channel's name, taken apart. Parameters that the resource doesn't have are empty."""

    text: str
    contract_code: str
    scope: str
    resource: str
    client: str = ""
    area: str = ""
    product: str = ""

    @property
    def kind(self) -> tuple[str, str]:
        """Scope and resource."""
        return (self.scope, self.resource)


class NotAChannel(ValueError):
    """The text doesn't name a channel; the message says why."""


def parse(text: str) -> Channel:
    """Takes a URN apart, strictly. Raises `NotAChannel`; whether the area exists is another question."""
    parts = text.split(":")
    if len(parts) < 5 or parts[:2] != ["urn", "ez-api"]:
        raise NotAChannel("not of the form urn:ez-api:<contract>:<scope>:<resource>:...")
    contract_code, scope, resource, *parameters = parts[2:]
    names = SHAPES.get((scope, resource))
    if names is None:
        raise NotAChannel(f"no resource {resource!r} in scope {scope!r}")
    if len(parameters) != len(names):
        raise NotAChannel(f"{resource} takes {len(names)} parameters, not {len(parameters)}")
    given = dict(zip(names, parameters, strict=True))
    if "client" in given and _GUID.fullmatch(given["client"]) is None:
        raise NotAChannel("the client's identifier is not a GUID")
    return Channel(text, contract_code, scope, resource, **given)


def scope_of(text: str) -> str:
    """The scope a channel's name claims, for error messages; empty when there is none."""
    parts = text.split(":")
    return parts[3] if len(parts) > 3 else ""
