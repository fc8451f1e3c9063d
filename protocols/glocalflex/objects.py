"""Order and contract objects. The venue documents neither: known keys are read, everything is kept as it came.

Which key names an order is a setting. A known key with a value that can't be read is left out and told of, because the
rest of the object is news all the same.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from protocols.glocalflex import messages
from protocols.glocalflex.codec import Unreadable, decode_object, decode_one, raw_data, read_quantity, read_time
from protocols.glocalflex.values import FlexValues
from protocols.market.flex import Delivery, Place
from protocols.market.times import UtcNs
from protocols.market.values import Price, Quantity, Side

Read = TypeVar("Read")

ORDER_STATUSES = frozenset(
    {
        messages.PENDING, messages.AWAITING_BASELINE, messages.SELECTED_FOR_BASELINE, messages.ACCEPTED,
        messages.MATCHING, messages.PARTLY_FILLED, messages.FILLED, messages.CANCELLED, messages.EXPIRED, "rejected",
        "canceled", "partially_filled",
    }
)  # fmt: skip
_OF_CONTRACTS = ("verification", "settlement")
_CONTRACT_KEYS = ("contract_id", "verification_status", "settlement_status")
_ORDERS_OF_CONTRACT = ("order_ids", "buy_order_id", "sell_order_id")
_STATUS_KEYS = ("status", "order_status", "contract_status", "state")
_FILLED_KEYS = ("filled_power", "power_filled", "matched_power", "executed_power")
_REMAINING_KEYS = ("remaining_power", "power_remaining", "open_power", "unfilled_power")
_EXPIRY_KEYS = ("expiry_time", "expires_at", "expiry")
_RAW_LIMIT = 20_000
"""Characters of an object that are kept to be shown."""


class OrderObject(msgspec.Struct, frozen=True):
    """What an update says of an order. What it leaves out is None or empty; `filled` and `remaining` in W."""

    identifier: str
    status: str
    told_at: UtcNs | None
    side: Side | None
    power: Quantity | None
    price: Price | None
    delivery: Delivery | None
    expiry: UtcNs | None
    place: Place | None
    filled: Quantity | None
    remaining: Quantity | None
    reason: str
    raw: str


class ContractObject(msgspec.Struct, frozen=True):
    """What an update says of a contract."""

    identifier: str
    order_ids: tuple[str, ...]
    status: str
    verification: str
    settlement: str
    told_at: UtcNs | None
    side: Side | None
    power: Quantity | None
    price: Price | None
    energy: Quantity | None
    delivery: Delivery | None
    raw: str


class ObjectReader:
    """Reads both. `notice` tells of what could not be read."""

    def __init__(
        self, order_id_keys: tuple[str, ...], contract_id_keys: tuple[str, ...], notice: Callable[[str, str], None]
    ) -> None:
        self._order_id_keys = order_id_keys
        self._contract_id_keys = contract_id_keys
        self._notice = notice
        self._values = FlexValues()

    def read(self, envelope: messages.Envelope) -> OrderObject | ContractObject:
        """Reads the data of an update of either kind. Raises `Unreadable`."""
        raw = raw_data(envelope)
        fields = _Fields(raw, self._notice)
        told_at = _time(envelope.created_at)
        if self._is_contract(envelope, fields):
            return self._contract(envelope, fields, told_at)
        return self.order(fields, envelope.name or "", told_at)

    def answer(self, body: bytes) -> OrderObject | None:
        """The order in the answer to a placement, where there is one that names it: the object itself, or one within.
        None where there is none, which is no error: the order is taken all the same."""
        try:
            fields = _Fields(body, self._notice)
            for within in ("order", "data"):
                inner = fields.inner(within)
                if inner is not None:
                    fields = _Fields(inner, self._notice)
                    break
            found = self.order(fields, "", None)
        except Unreadable:
            return None
        return found if found.identifier else None

    def order(self, fields: "_Fields", name: str, told_at: UtcNs | None) -> OrderObject:
        return OrderObject(
            identifier=fields.text(*self._order_id_keys),
            status=self._status(fields, name),
            told_at=told_at,
            side=_side(fields.text("side")),
            power=fields.value("power", Decimal, read_quantity),
            price=fields.value("price", Decimal, self._values.price),
            delivery=self._delivery(fields),
            expiry=next(filter(None, (_time(fields.text(key)) for key in _EXPIRY_KEYS)), None),
            place=fields.value("location", messages.Location, self._values.place),
            filled=self._first(fields, _FILLED_KEYS),
            remaining=self._first(fields, _REMAINING_KEYS),
            reason=fields.text("reason", "message", "detail"),
            raw=fields.raw,
        )

    def _is_contract(self, envelope: messages.Envelope, fields: "_Fields") -> bool:
        """The vendor's own example calls a contract's update an order's: that type alone decides nothing. Its name and
        its status come next, then its shape: what nothing names as an order is none."""
        if envelope.type == messages.CONTRACT_STATUS_UPDATE:
            return True
        words = (envelope.name or "", fields.text(*_STATUS_KEYS))
        if any(word.startswith(_OF_CONTRACTS) for word in words) or "contract" in words[0]:
            return True
        if not any(key in fields for key in (*_CONTRACT_KEYS, self._contract_id_keys[0])):
            return False
        return words[1].lower() not in ORDER_STATUSES or not fields.text(*self._order_id_keys)

    def _status(self, fields: "_Fields", name: str) -> str:
        """The object's own word or the message's name, whichever is a known status; of two the object's."""
        own = fields.text(*_STATUS_KEYS)
        known = [word for word in (own, name) if word.lower() in ORDER_STATUSES]
        if len({word.lower() for word in known}) > 1:
            self._notice(
                "two statuses", f"an order's update is named {name[:40]!r} and says {own[:40]!r}, which is taken"
            )
        return next(iter(known), own or name)

    def _contract(self, envelope: messages.Envelope, fields: "_Fields", told_at: UtcNs | None) -> ContractObject:
        name = envelope.name or ""
        word = fields.text(*_STATUS_KEYS) or (name if name.startswith(_OF_CONTRACTS) else "")
        named = {kind: self._inner_status(fields, kind) or (word if kind in word else "") for kind in _OF_CONTRACTS}
        orders = [*fields.texts(_ORDERS_OF_CONTRACT[0]), *(fields.text(key) for key in _ORDERS_OF_CONTRACT[1:])]
        orders += [fields.text(key) for key in self._order_id_keys if key not in self._contract_id_keys]
        identifier = fields.text(*self._contract_id_keys)
        if not identifier:
            raise Unreadable("contract: nothing names it")
        return ContractObject(
            identifier=identifier,
            order_ids=tuple(dict.fromkeys(filter(None, orders))),
            status=word,
            verification=named["verification"],
            settlement=named["settlement"],
            told_at=told_at,
            side=_side(fields.text("side")),
            power=fields.value("power", Decimal, read_quantity),
            price=fields.value("price", Decimal, self._values.price),
            energy=fields.value("energy", Decimal, read_quantity),
            delivery=self._delivery(fields),
            raw=fields.raw,
        )

    def _inner_status(self, fields: "_Fields", kind: str) -> str:
        """The finer word: beside the others, or in an object of its own."""
        for key in (kind, f"{kind}_result"):
            inner = fields.inner(key)
            if inner is not None:
                return _Fields(inner, self._notice).text("status")
        return fields.text(f"{kind}_status")

    def _first(self, fields: "_Fields", keys: tuple[str, ...]) -> Quantity | None:
        found = (fields.value(key, Decimal, read_quantity) for key in keys)
        return next((value for value in found if value is not None), None)

    def _delivery(self, fields: "_Fields") -> Delivery | None:
        start, end = fields.text("delivery_start"), fields.text("delivery_end")
        if not start or not end:
            return None
        try:
            return self._values.delivery(start, end)
        except Unreadable as error:
            self._notice("unreadable field", str(error))
            return None


class _Fields:
    """An object's fields, read one by one. Raises `Unreadable` where it is none."""

    def __init__(self, raw: bytes, notice: Callable[[str, str], None]) -> None:
        self._fields = decode_object(raw)
        self._notice = notice
        text = raw.decode()
        self.raw = text if len(text) <= _RAW_LIMIT else text[: _RAW_LIMIT - 1] + "…"

    def __contains__(self, key: str) -> bool:
        return key in self._fields and bytes(self._fields[key]) != b"null"

    def text(self, *keys: str) -> str:
        """The first of these that is there, text or number; empty where none is."""
        for key in keys:
            found = self.value(key, str | int, str) if key in self else None
            if found:
                return found
        return ""

    def texts(self, key: str) -> list[str]:
        return self.value(key, list[str | int], lambda found: [str(each) for each in found]) or []

    def inner(self, key: str) -> bytes | None:
        """The object that stands there, unread; None where none does."""
        if key not in self:
            return None
        raw = bytes(self._fields[key])
        return raw if raw.startswith(b"{") else None

    def value(self, key: str, kind: Any, then: Callable[[Any], Read]) -> Read | None:
        """What stands there, decoded as `kind` and read by `then`; None where nothing or something unreadable does."""
        if key not in self:
            return None
        try:
            return then(decode_one(kind, bytes(self._fields[key])))
        except Unreadable as error:
            self._notice("unreadable field", f"{key}: {error}")
            return None


def _side(text: str) -> Side | None:
    return {messages.BUY: Side.BUY, messages.SELL: Side.SELL}.get(text.lower())


def _time(text: str | None) -> UtcNs | None:
    try:
        return read_time(text) if text else None
    except Unreadable:
        return None
