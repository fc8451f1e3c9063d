"""NPID's order rules (protocol page, 6 and 7): a mandatory type, and defaults that are not M7's.

The page gives `executionRestriction` a default, `Aon`, and no list of values. Here `None` is the other one, and `Aon`
means that an order is executed as a whole or not at all: at once, or as a block. A limit order that stays can't be
`Aon`: a book that has one may be crossed.
"""

import msgspec

from protocols.eznergy import messages
from protocols.market.times import TimeRefused, UtcNs
from protocols.market.values import Side, ValueRefused
from protocols.practice import checks, codes
from protocols.practice.asks import CREATION, Ask, Malformed, Refused, read_order
from protocols.practice.own_orders import (
    AT_ONCE,
    FILL_OR_KILL,
    GOOD_FOR_SESSION,
    HIBERNATED,
    IMMEDIATE_OR_CANCEL,
    USER_DEFINED_BLOCK,
    Terms,
)
from protocols.practice.rulebook import Actions

LIMIT, ICEBERG = "Limit", "Iceberg"
TYPES = (LIMIT, ICEBERG, USER_DEFINED_BLOCK)
GOOD_TO_DATE = "GoodToDate"
TIMES_IN_FORCE = (*AT_ONCE, GOOD_TO_DATE, GOOD_FOR_SESSION)
NO_RESTRICTION, ALL_OR_NONE = "None", "Aon"
REQUESTS_PER_SECOND = 100


class NpidOrders:
    """See `OrderRules`."""

    actions = Actions(
        added="UserAdded",
        modified="UserModified",
        deactivated="UserHibernated",
        deleted="UserDeleted",
        system_deleted="SystemDeleted",
        expired="SystemExpired",
        partially_executed="PartialExecution",
        fully_executed="FullExecution",
        slice_added="IcebergSliceAdded",
    )
    defaults = Terms(restriction=ALL_OR_NONE, validity=IMMEDIATE_OR_CANCEL)
    one_at_a_time = True
    requests_per_second: int | None = REQUESTS_PER_SECOND

    def read(self, kind: str, area: str, order: messages.PrivateOrder) -> Ask:
        """A value that can't be read is answered with a reject, not with `error.not_processed`."""
        try:
            ask = read_order(kind, area, order)
        except (ValueRefused, TimeRefused) as error:
            return _unreadable(kind, area, order, (codes.BAD_FORMAT, str(error)))
        except Malformed as error:
            return _unreadable(kind, area, order, (codes.PARSING, str(error)))
        return msgspec.structs.replace(ask, type=order.type, validity=order.time_in_force)

    def check_creation(self, ask: Ask) -> None:
        if ask.type is None:
            raise Refused("type: missing", codes.MISSING)
        checks.check_creation(ask)

    def terms_after(self, ask: Ask, before: Terms) -> Terms:
        validity = before.validity if ask.validity is None else ask.validity
        until = ask.validity_until
        if until is None and validity == before.validity:
            until = before.validity_until
        return Terms(
            type=before.type if ask.type is None else ask.type,
            restriction=before.restriction if ask.restriction is None else ask.restriction,
            validity=validity,
            validity_until=until,
            display=before.display if ask.display is None else ask.display,
            delta=before.delta if ask.delta is None else ask.delta,
            comment=before.comment if ask.comment is None else ask.comment,
        )

    def check_terms(self, terms: Terms, side: Side, quantity: int, state: str, now: UtcNs) -> None:
        if terms.type not in TYPES:
            raise Refused(f"type: {terms.type[:40]!r}", codes.ILLEGAL)
        _check_validity(terms, now)
        _check_restriction(terms, state)
        if terms.type == ICEBERG and terms.display is None:
            raise Refused("icebergDisplayQuantity: missing, with Iceberg", codes.MISSING)
        if terms.type != ICEBERG and (terms.display, terms.delta) != (None, None):
            raise Refused(f"icebergDisplayQuantity, icebergPriceDelta: not with {terms.type}", codes.ILLEGAL)
        checks.check_comment(terms)
        checks.check_iceberg(terms, side, quantity)

    def at_once(self, terms: Terms) -> bool:
        return terms.validity in AT_ONCE

    def whole(self, terms: Terms) -> bool:
        return terms.validity == FILL_OR_KILL or (self.at_once(terms) and terms.restriction == ALL_OR_NONE)

    def nature(self, terms: Terms) -> object:
        return (terms.type, terms.restriction, self.at_once(terms), terms.display, terms.delta)

    def resting(self, ask: Ask) -> Ask:
        return msgspec.structs.replace(ask, type=LIMIT, restriction=NO_RESTRICTION, validity=GOOD_FOR_SESSION)

    def block(self, ask: Ask) -> Ask | None:
        return msgspec.structs.replace(ask, type=USER_DEFINED_BLOCK, restriction=ALL_OR_NONE, validity=GOOD_FOR_SESSION)


def _check_validity(terms: Terms, now: UtcNs) -> None:
    if terms.validity not in TIMES_IN_FORCE:
        raise Refused(f"timeInForce: {terms.validity[:40]!r}", codes.ILLEGAL)
    if terms.validity == GOOD_TO_DATE and terms.validity_until is None:
        raise Refused("validityDate: missing, with GoodToDate", codes.MISSING)
    if terms.validity != GOOD_TO_DATE and terms.validity_until is not None:
        raise Refused(f"validityDate: not with {terms.validity}", codes.ILLEGAL)
    if terms.validity_until is not None and terms.validity_until <= now:
        raise Refused("validityDate: in the past", codes.OUT_OF_RANGE)


def _check_restriction(terms: Terms, state: str) -> None:
    if terms.restriction not in (NO_RESTRICTION, ALL_OR_NONE):
        raise Refused(f"executionRestriction: {terms.restriction[:40]!r}", codes.ILLEGAL)
    if terms.type == USER_DEFINED_BLOCK and terms.restriction != ALL_OR_NONE:
        raise Refused("executionRestriction: a block is Aon", codes.ILLEGAL)
    if terms.validity in AT_ONCE:
        if state == HIBERNATED or terms.display is not None:
            raise Refused(f"timeInForce: no iceberg and no hibernated order is {terms.validity}", codes.ILLEGAL)
    elif terms.type != USER_DEFINED_BLOCK and terms.restriction == ALL_OR_NONE:
        raise Refused("executionRestriction: Aon stays as a block only", codes.ILLEGAL)


def _unreadable(kind: str, area: str, order: messages.PrivateOrder, fault: tuple[str, str]) -> Ask:
    """What is left of an order with a value that can't be read: who asked what of which."""
    return Ask(
        kind=kind,
        area=area,
        client_id=order.client_identifier or "",
        named=order.contract_area if kind == CREATION else None,
        identifier=order.identifier,
        revision=order.revision_number,
        unreadable=fault,
    )
