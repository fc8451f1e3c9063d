"""The venue's answers and pushes, as each dialect writes them, and the ways in which a frame may be wrong."""

import json
import random
from decimal import Decimal
from typing import Any

from protocols.acttrader import codec, messages
from protocols.acttrader.messages import Dialect
from protocols.market.times import UtcNs
from protocols.market.values import Side
from protocols.practice.acttrader.faults import FxFaults
from protocols.practice.acttrader.orders import Fill, Order
from protocols.practice.acttrader.refusals import Refused

MOST_FILLS = 1_000
"""Fills that a frame shows, the newest ones: `executedQty` is what counts (protocol page, traps)."""

_SIDES = {Side.BUY: messages.BUY, Side.SELL: messages.SELL}
_REASONS = {
    messages.OCO_CONDITION: "oco condition",
    messages.LIFETIME_EXPIRED: "lifetime expired",
    messages.USER: "user",
}
_NUMBERS = frozenset(("price", "stopPrice", "origQty", "executedQty", "cummulativeQuoteQty", "quantity", "qty"))


def record(order: Order, dialect: Dialect, faults: FxFaults, *, fills: bool) -> messages.OrderRecord:
    """An order as `orders`, `orderstatus` and `execution` show it. The seed knows no reason, note or lifetime here."""
    terms, later = order.terms, dialect is Dialect.LATER
    return messages.OrderRecord(
        symbol=terms.symbol,
        type=terms.type,
        side=_SIDES[terms.side],
        order_id=order.identifier,
        client_order_id=terms.client_id,
        transact_time=_transact_time(order.at, dialect, faults),
        price=_price(order),
        stop_price=None if terms.stop_price is None else codec.number(terms.stop_price),
        orig_qty=codec.number(terms.quantity),
        executed_qty=codec.number(order.executed),
        cummulative_quote_qty=codec.number(order.paid),
        time_in_force=terms.time_in_force,
        till_time=codec.time_text(terms.till) if later and terms.till is not None else None,
        status=order.status,
        reason=_reason(order, faults) if later else None,
        note=terms.note if later else None,
        fills=[_fill(fill) for fill in order.fills[-MOST_FILLS:]] if fills else None,
    )


def _fill(fill: Fill) -> messages.Fill:
    return messages.Fill(price=codec.number(fill.price), qty=codec.number(fill.quantity))


def placed(order: Order, dialect: Dialect, login: str) -> messages.Placed:
    """Acknowledges a new order, in the state that it entered with."""
    return messages.Placed(
        order_id=order.identifier,
        client_order_id=order.terms.client_id,
        status=order.status,
        type=order.terms.type,
        login=int(login) if dialect is Dialect.LATER else None,
    )


def modified(order: Order, asked: messages.ModifyOrder) -> messages.Changed:
    """Acknowledges a modification in the later dialect: the fields that were asked to change."""
    till = asked.till_time
    return messages.Changed(
        order_id=order.identifier,
        client_order_id=order.terms.client_id,
        price=asked.price,
        stop_price=asked.stop_price,
        quantity=asked.quantity,
        till_time=till if isinstance(till, str) else None,
        note=asked.note,
    )


def cancelled(order: Order, faults: FxFaults) -> messages.Changed:
    """Acknowledges a cancellation in the later dialect."""
    return messages.Changed(
        order_id=order.identifier,
        client_order_id=order.terms.client_id,
        note=order.terms.note,
        status=order.status,
        reason=_reason(order, faults),
    )


def refusal(refused: Refused, request_id: str | None, event: str, dialect: Dialect) -> bytes:
    """An `error`; the later dialect says of which event."""
    body = messages.ErrorBody(
        code=refused.code, error=str(refused), event=event if dialect is Dialect.LATER and event else None
    )
    return codec.message(messages.ERROR, request_id, body)


def spoiled(frame: bytes, faults: FxFaults, rng: random.Random) -> bytes:
    """The frame as the faults leave it."""
    if faults.numbers_as_text:
        frame = codec.encode(_numbers_as_text(json.loads(frame, parse_float=Decimal)))
    if _happens(faults.wrong_type, rng):
        frame = codec.encode(_wrongly_typed(json.loads(frame, parse_float=Decimal)))
    if faults.repeat_key != "never":
        frame = _with_repeats(frame, same=faults.repeat_key == "equal")
    if _happens(faults.trailing_comma, rng):
        frame = frame[:-1] + b",}"
    if _happens(faults.garbage, rng):
        frame = frame[: len(frame) // 2]
    return frame


def _numbers_as_text(found: Any, key: str = "") -> Any:
    if isinstance(found, dict):
        return {name: _numbers_as_text(value, name) for name, value in found.items()}
    if isinstance(found, list):
        return [_numbers_as_text(value) for value in found]
    if key not in _NUMBERS:
        return found
    return f"{found:f}" if isinstance(found, Decimal) else str(found)


def _wrongly_typed(message: dict[str, Any]) -> dict[str, Any]:
    payload = message.get("payload")
    first = payload[0] if isinstance(payload, list) and payload else payload
    if isinstance(first, dict) and "orderId" in first:
        first["orderId"] = {"value": first["orderId"]}
    else:
        message["requestId"] = {"value": message.get("requestId")}
    return message


def _with_repeats(text: bytes, *, same: bool) -> bytes:
    """Every `type` once more: JSON encoders can't, so in the text. No other text in a frame holds `"type":"`."""
    for kind in (messages.MARKET, messages.LIMIT, messages.STOP, messages.STOP_LIMIT):
        other = kind if same else messages.MARKET if kind != messages.MARKET else messages.LIMIT
        written = f'"type":"{kind}"'
        text = text.replace(written.encode(), f'"type" :"{other}",{written}'.encode())
    return text


def _happens(probability: float, rng: random.Random) -> bool:
    return probability > 0 and rng.random() < probability


def _price(order: Order) -> Decimal | None:
    """Its limit; for a MARKET order 0, as in the vendor's example."""
    if order.terms.price is not None:
        return codec.number(order.terms.price)
    return Decimal(0) if order.terms.type == messages.MARKET else None


def _reason(order: Order, faults: FxFaults) -> str | None:
    if order.reason is None or not faults.reasons_as_text:
        return order.reason
    return _REASONS[order.reason]


def _transact_time(at: UtcNs, dialect: Dialect, faults: FxFaults) -> messages.Identifier:
    if faults.other_times:
        dialect = Dialect.SEED if dialect is Dialect.LATER else Dialect.LATER
    return codec.wire_time(at, dialect)
