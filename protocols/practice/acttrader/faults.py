"""What can go wrong at the FX venue, switched on purpose (`POST /practice/fx/faults`). A calm venue by default.

The account's own records (`GET /truth/fx`) know everything that a fault keeps from a client.
"""

from typing import Annotated, Literal

import msgspec

from protocols.practice.faults import Chance, Seconds


class FxFaults(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The switches."""

    lose_request: Chance = 0.0
    """Chance of a request to be swallowed: nothing happens, and nobody is told."""
    drop_before: Chance = 0.0
    """Chance of the connection to end as a request comes in: nothing happens."""
    drop_after: Chance = 0.0
    """Chance of the connection to end once a request is done, without its answer."""
    lose_answer: Chance = 0.0
    """Chance of an answer never to be sent, though the request was done."""
    double_answer: Chance = 0.0
    """Chance of an answer to be sent twice."""
    answer_delay: Seconds = 0.0
    """Seconds by which answers are late. What is pushed is not."""
    execution_first: Chance = 0.0
    """Chance of the executions that a request brings about to be pushed before its answer."""
    lose_execution: Chance = 0.0
    """Chance of an execution not to be pushed to a client."""
    double_execution: Chance = 0.0
    """Chance of an execution to be pushed twice."""
    refuse_requests: Chance = 0.0
    """Chance of a request to be answered with `error`, whatever it asks."""
    reject_orders: Chance = 0.0
    """Chance of a single order to be acknowledged as `REJECTED`."""
    refuse_leg: Chance = 0.0
    """Chance of one leg of an OCO pair to be `REJECTED`; the other stands alone."""
    omit_leg: Chance = 0.0
    """Chance of one leg of an OCO pair to be missing in the answer, though it was taken."""
    fill_both_legs: Chance = 0.0
    """Chance of an OCO pair to be linked wrongly: when one leg executes, the other is filled instead of cancelled."""
    stray_execution: Chance = 0.0
    """Chance of an execution to be pushed, after a single order's answer, of an order that the venue then knows nothing
    of: it is neither listed nor found."""

    garbage: Chance = 0.0
    """Chance of a frame to be cut off in the middle."""
    trailing_comma: Chance = 0.0
    """Chance of a frame to have one, as the vendor's examples do."""
    wrong_type: Chance = 0.0
    """Chance of a frame's `orderId`, or `requestId`, to be an object."""
    repeat_key: Literal["never", "equal", "different"] = "never"
    """Whether orders have the key `type` twice, and whether with the same value."""
    numbers_as_text: bool = False
    other_times: bool = False
    """`transactTime` as the other dialect writes it."""
    reasons_as_text: bool = False
    """`lifetime expired` where `LIFETIME_EXPIRED` is meant."""

    hold_quotes: bool = False
    """Nothing is quoted but what `POST /practice/fx/move` asks for."""
    market_closed: bool = False
    """No quotes, no executions, no new orders and no modifications. Cancelling works."""
    partial_fills: bool = True
    """Off, the best price is good for any quantity."""
    liquidity: Annotated[int, msgspec.Meta(ge=0, le=100_000_000, multiple_of=1_000)] = 0
    """What each price of a quote offers, in units of the base currency; 0 leaves it to the market."""
    instrument_initializing: bool = False
    """Candles are answered with `INSTRUMENT_INITIALIZING`."""
    insufficient_chart_data: bool = False
    """Candles are answered with `INSUFFICIENT_CHART_DATA`."""


NO_FX_FAULTS = FxFaults()
