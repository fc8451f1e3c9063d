"""What a user asks of his orders, as it was read from the wire.

A request that can't be read is `Malformed` and answered with `error.not_processed`; one that can be read and not be
done is `Refused` and answered with a `Rejected` report (protocol page, section 7).
"""

import msgspec

from protocols.eznergy import messages
from protocols.market.times import UtcNs, utc_from_text
from protocols.market.values import Price, Quantity, Side, scaled
from protocols.practice import codes

CREATION, MODIFICATION, CANCELLATION = "Creation", "Modification", "Cancellation"
ACTIVATION, DEACTIVATION = "Activation", "Deactivation"
KINDS = (CREATION, MODIFICATION, ACTIVATION, DEACTIVATION, CANCELLATION)


class Malformed(ValueError):
    """The batch can't be read; the text names the field."""


class Refused(ValueError):
    """The request can't be done; the text is the reason that the user is told. `code` is NPID's word for its kind."""

    def __init__(self, reason: str, code: str = codes.UNKNOWN) -> None:
        super().__init__(reason)
        self.code = code


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """One order of a batch: what its sender wrote, in exact values. None is what he left out."""

    kind: str
    area: str
    client_id: str
    """Empty where he left it out, and may."""
    named: messages.ContractArea | None = None
    identifier: int | str | None = None
    revision: int | None = None
    side: Side | None = None
    price: Price | None = None
    quantity: Quantity | None = None
    state: str | None = None
    type: str | None = None
    restriction: str | None = None
    validity: str | None = None
    """M7's `validityRestriction`, NPID's `timeInForce`."""
    validity_until: UtcNs | None = None
    display: Quantity | None = None
    delta: Price | None = None
    comment: str | None = None
    unreadable: tuple[str, str] | None = None
    """Code and reason, where a value could not be read and the scope answers that with a reject."""


def read_order(kind: str, area: str, order: messages.PrivateOrder) -> Ask:
    """What an order says that has one name in every scope. Raises `Malformed`, `ValueRefused` and `TimeRefused`."""
    if order.direction not in (None, Side.BUY.value, Side.SELL.value):
        raise Malformed(f"direction: {order.direction[:40]!r}")
    display = order.iceberg_display_quantity
    if display is None:
        display = order.iceberg_visible_quantity  # the modification table's name for it
    return Ask(
        kind=kind,
        area=area,
        client_id=order.client_identifier or "",
        named=order.contract_area,
        identifier=order.identifier,
        revision=order.revision_number,
        side=None if order.direction is None else Side(order.direction),
        price=None if order.price is None else Price(scaled(order.price)),
        quantity=None if order.quantity is None else Quantity(scaled(order.quantity)),
        state=order.state,
        restriction=order.execution_restriction,
        validity_until=None if order.validity_date is None else utc_from_text(order.validity_date),
        display=None if display is None else Quantity(scaled(display)),
        delta=None if order.iceberg_price_delta is None else Price(scaled(order.iceberg_price_delta)),
        comment=order.comment,
    )
