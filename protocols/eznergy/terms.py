"""An order's terms, to the wire and back, in either dialect. Sections 6 to 8 of the protocol page.

Every term is written, whatever the venue's default is: left out, NPID takes `Aon` and `ImmediateOrCancel`.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from protocols.eznergy import messages
from protocols.eznergy.codec import Unreadable
from protocols.eznergy.dialects import Dialect
from protocols.eznergy.numbers import optional_price, optional_quantity
from protocols.market.commands import PowerTerms
from protocols.market.times import TimeRefused, UtcNs, utc_from_text, utc_text
from protocols.market.values import plain_text

ReadTime = Callable[[str, str | None], UtcNs | None]
"""Reads (field, text); a time may be missing."""


def why_not_written(dialect: Dialect, terms: PowerTerms) -> str:
    """Why the scope has no words for these terms; empty when it has."""
    if terms.kind:
        return f"type: {terms.kind!r} orders are shown here and not sent"
    if terms.validity not in dialect.validities:
        return f"validity: {terms.validity!r} is not one of {', '.join(dialect.validities)}"
    if dialect.lists_all_restrictions and terms.restriction not in dialect.restrictions:
        return f"restriction: {terms.restriction!r} is not one of {', '.join(dialect.restrictions)}"
    if (terms.validity == dialect.dated) != (terms.validity_until is not None):
        return f"valid until: goes with {dialect.dated}, and has to"
    return ""


def terms_fields(dialect: Dialect, terms: PowerTerms) -> dict[str, Any]:
    """The fields of a `PrivateOrder` that say the terms, by their names in the struct."""
    plain, iceberg, _ = dialect.kinds
    display, delta, until = terms.display_quantity, terms.price_delta, terms.validity_until
    fields: dict[str, Any] = {
        "execution_restriction": terms.restriction,
        dialect.validity_field: terms.validity,
        "validity_date": None if until is None else utc_text(until),
        "iceberg_display_quantity": None if display is None else Decimal(plain_text(display)),
        "iceberg_price_delta": None if delta is None else Decimal(plain_text(delta)),
        "comment": terms.comment or None,
    }
    if dialect.writes_kind:
        fields["type"] = plain if display is None else iceberg
    return fields


def repeated_fields(dialect: Dialect, terms: PowerTerms) -> dict[str, Any]:
    """The terms that a modification says again, as the order has them: NPID's `type` is mandatory, and a default of its
    own would make a resting order `ImmediateOrCancel`. Iceberg fields are left alone: which name they have in a
    modification is not sure, and a wrong one would show the hidden quantity (section 8)."""
    if not dialect.writes_kind:
        return {}
    fields = terms_fields(dialect, terms)
    return {name: fields[name] for name in ("type", "execution_restriction", dialect.validity_field, "validity_date")}


def reported_terms(dialect: Dialect, order: messages.PrivateOrder, time: ReadTime) -> PowerTerms:
    """The terms that a report shows. Raises `Unreadable`."""
    return _terms(dialect, order, dialect.absent, time)


def said_terms(dialect: Dialect, order: messages.PrivateOrder) -> PowerTerms:
    """The terms that our own request says; what is not in it is empty here. Raises `Unreadable`."""
    terms = _terms(dialect, order, ("", ""), _sure_time)
    plain, iceberg, _ = dialect.kinds
    expected = plain if terms.display_quantity is None else iceberg
    if dialect.writes_kind and order.type != expected:
        raise Unreadable(f"request: type {order.type!r}, and its fields make it {expected!r}")
    return terms


def _terms(dialect: Dialect, order: messages.PrivateOrder, absent: tuple[str, str], time: ReadTime) -> PowerTerms:
    display = order.iceberg_display_quantity
    if display is None:
        display = order.iceberg_visible_quantity  # the other name that the page has for it (section 7)
    return PowerTerms(
        restriction=order.execution_restriction or absent[0],
        validity=getattr(order, dialect.validity_field) or absent[1],
        validity_until=time("validityDate", order.validity_date),
        display_quantity=optional_quantity("icebergDisplayQuantity", display),
        price_delta=optional_price("icebergPriceDelta", order.iceberg_price_delta),
        comment=order.comment or "",
        kind="" if order.type in (None, *dialect.kinds[:2]) else str(order.type),
    )


def _sure_time(field: str, text: str | None) -> UtcNs | None:
    try:
        return None if text is None else utc_from_text(text)
    except TimeRefused as error:
        raise Unreadable(f"{field}: {error}") from error
