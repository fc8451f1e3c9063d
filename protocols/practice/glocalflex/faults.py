"""What can go wrong at the flexibility venue, switched on purpose (`POST /practice/flex/faults`). By default it is
calm.

The venue's own records (`GET /truth/flex`) know everything that a fault keeps from a client.
"""

from typing import Annotated

import msgspec

from protocols.practice.faults import Chance, Seconds


class FlexFaults(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The switches."""

    lose_request: Chance = 0.0
    """Chance of an order to be swallowed as it comes in: nothing happens, and it is never answered."""
    lose_reply: Chance = 0.0
    """Chance of an order that was taken never to be answered."""
    reply_delay: Seconds = 0.0
    """Seconds by which answers to orders are late. What is pushed is not."""
    refuse_orders: Chance = 0.0
    """Chance of an order to be answered with 422, whatever it asks."""
    unauthorised: Chance = 0.0
    """Chance of an order to be answered with 401, however good its token is."""
    too_many_requests: Chance = 0.0
    """Chance of an order or a grant to be answered with 429."""
    retry_after: Annotated[int, msgspec.Meta(ge=0, le=3_600)] = 5
    """Seconds that a 429 tells in `Retry-After`; 0 leaves the header out."""

    token_lifetime: Annotated[int, msgspec.Meta(ge=0, le=86_400)] = 0
    """Seconds that tokens are good for which are granted from now on; 0 leaves it to the settings."""
    refuse_refresh: Chance = 0.0
    """Chance of a renewal to be answered with `invalid_grant`."""
    refuse_password: Chance = 0.0
    """Chance of a password grant to be answered with `invalid_grant`."""
    close_expired: bool = False
    """Sockets end (1008) when the token expires that they were opened with, or is revoked. The pages leave it open."""
    open_market_data: bool = False
    """The book and the ticker ask for no token: "all clients" read the other way."""

    lose_status: Chance = 0.0
    """Chance of a status update not to be sent to a client."""
    double_status: Chance = 0.0
    """Chance of a status update to be sent twice."""
    unknown_status: Chance = 0.0
    """Chance of a status update to carry a text that no page knows."""
    silent_expiry: bool = False
    """The user's own orders expire without a word on any socket."""
    contracts_as_orders: bool = False
    """Contract updates have the type `order_status_update`, as in the vendor's example."""
    baseline_after: Seconds = 0.0
    """Seconds after which a sell order that came without a baseline is given one; 0 lets it wait until it expires."""
    fail_contracts: Chance = 0.0
    """Chance of a contract's settlement to end in `settlement_completed_failed`."""

    old_book: Chance = 0.0
    """Chance of a book to be followed by the one before it."""
    oversized_book: bool = False
    """Books are padded to 20 MB."""
    missing_country: Chance = 0.0
    """Chance of an order in the book to come without `country_code`."""
    keys_disagree: Chance = 0.0
    """Chance of a level's key to be another number than the price of its orders."""
    text_order: bool = False
    """Levels come in the order of their keys as text, where 9 stands after 100."""
    hold_market: bool = False
    """Nobody else does anything: only what is asked for happens."""


NO_FLEX_FAULTS = FlexFaults()
