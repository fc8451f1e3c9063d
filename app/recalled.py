"""An order as the journal has it, in the words of a report: what a restart shows until the venue tells of it."""

from typing import Any

from protocols.market.commands import Intent, PlaceOrder
from protocols.market.order_events import OrderReported
from protocols.market.orders import OrderReport, VenueState, Verdict
from protocols.market.times import Instant

CHANNEL = "journal"
"""Where it comes from: no venue has a channel of that name."""


def recalled(
    placed: Intent, venue_id: str | None, revision: int | None, state: VenueState | None, at: Instant, **known: Any
) -> OrderReported:
    """What was placed, and that the venue called it `venue_id`; `known` are the fields that the journal knows besides,
    in place of those of an order just placed."""
    command = placed.command
    assert isinstance(command, PlaceOrder)
    of_placed: dict[str, Any] = {"quantity": command.quantity, "verdict": Verdict.NONE, "venue_state": ""}
    report = OrderReport(
        connection=placed.connection,
        client_id=placed.client_id,
        venue_id=venue_id,
        revision=revision,
        key=command.key,
        side=command.side,
        price=command.price,
        initial=command.quantity,
        state=state,
        terms=command.terms,
        correlation=placed.intent_id,
        **(of_placed | known),
    )
    return OrderReported(CHANNEL, report, False, at)
