"""M7's order rules (protocol page, 6 and 7): restriction and validity are two fields, and fields make an iceberg."""

import msgspec

from protocols.eznergy import messages
from protocols.market.times import UtcNs
from protocols.market.values import Side
from protocols.practice import checks
from protocols.practice.asks import Ask, Malformed, Refused, read_order
from protocols.practice.own_orders import AT_ONCE, FILL_OR_KILL, GOOD_FOR_SESSION, HIBERNATED, Terms
from protocols.practice.rulebook import Actions

GOOD_UNTIL_DATE = "GoodUntilDate"
_ACTIONS = Actions(
    added="AddedByUser",
    modified="ModifiedByUser",
    deactivated="DeactivatedByUser",
    deleted="DeletedByUser",
    system_deleted="DeletedBySystem",
    expired="DeletedBySystem",
    partially_executed="PartiallyExecuted",
    fully_executed="FullyExecuted",
    slice_added="NewIcebergSliceAdded",
)


class M7Orders:
    """See `OrderRules`."""

    actions = _ACTIONS
    defaults = Terms()
    one_at_a_time = False
    requests_per_second: int | None = None

    def read(self, kind: str, area: str, order: messages.PrivateOrder) -> Ask:
        if not order.client_identifier:
            raise Malformed("clientIdentifier: missing")
        return msgspec.structs.replace(read_order(kind, area, order), validity=order.validity_restriction)

    def check_creation(self, ask: Ask) -> None:
        checks.check_creation(ask)

    def terms_after(self, ask: Ask, before: Terms) -> Terms:
        validity = before.validity if ask.validity is None else ask.validity
        until = before.validity_until if ask.validity_until is None else ask.validity_until
        return Terms(
            restriction=before.restriction if ask.restriction is None else ask.restriction,
            validity=validity,
            validity_until=None if validity == GOOD_FOR_SESSION else until,
            display=before.display if ask.display is None else ask.display,
            delta=before.delta if ask.delta is None else ask.delta,
            comment=before.comment if ask.comment is None else ask.comment,
        )

    def check_terms(self, terms: Terms, side: Side, quantity: int, state: str, now: UtcNs) -> None:
        if terms.restriction == "AllOrNone":
            raise Refused("executionRestriction: AllOrNone is for blocks only")
        if terms.restriction not in ("None", *AT_ONCE):
            raise Refused(f"executionRestriction: {terms.restriction[:40]!r}")
        if terms.restriction in AT_ONCE and (state == HIBERNATED or terms.display is not None):
            raise Refused(f"executionRestriction: no iceberg and no hibernated order is {terms.restriction}")
        if terms.validity not in (GOOD_FOR_SESSION, GOOD_UNTIL_DATE):
            raise Refused(f"validityRestriction: {terms.validity[:40]!r}")
        if terms.validity == GOOD_UNTIL_DATE and terms.validity_until is None:
            raise Refused("validityDate: missing, with GoodUntilDate")
        if terms.validity_until is not None and terms.validity_until <= now:
            raise Refused("validityDate: in the past")
        checks.check_comment(terms)
        checks.check_iceberg(terms, side, quantity)

    def at_once(self, terms: Terms) -> bool:
        return terms.restriction in AT_ONCE

    def whole(self, terms: Terms) -> bool:
        return terms.restriction == FILL_OR_KILL

    def nature(self, terms: Terms) -> object:
        return (terms.restriction, terms.display, terms.delta)

    def resting(self, ask: Ask) -> Ask:
        return ask

    def block(self, ask: Ask) -> Ask | None:
        return None
