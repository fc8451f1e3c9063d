"""Whatever bytes come: a message, or `Unreadable` and nothing else. Whatever goes out: strict JSON, exact numbers."""

import json
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.acttrader import messages
from protocols.acttrader.codec import (
    Contradictory,
    Unreadable,
    decode_chart,
    decode_message,
    identifier,
    identifier_text,
    message,
    number,
    payload_of,
    read_time,
    time_text,
    wire_time,
)
from protocols.acttrader.messages import Dialect
from protocols.acttrader.records import told_of
from protocols.market.times import UtcNs
from protocols.market.values import MAXIMUM
from tests.support.fx import START, FxDesk, order, record

KINDS = (messages.OrderRecord, messages.Placed, messages.Changed, messages.ErrorBody, list[messages.OrderRecord])


def read_all(frame: bytes) -> None:
    for decode in (decode_message, decode_chart):
        try:
            found = decode(frame)
        except Unreadable:
            continue
        if isinstance(found, messages.Envelope):
            for kind in KINDS:
                try:
                    payload_of(kind, found)
                except Unreadable:
                    continue


@given(st.binary(max_size=200))
def test_any_bytes(frame: bytes) -> None:
    read_all(frame)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("symbol", "type", "side", "orderId", "clientOrderId", "price", "origQty", "executedQty", "status", "fills")


@given(st.sampled_from(["execution", "orders", "orderstatus", "error"]), st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_any_fields(event: str, payload: dict[str, Any]) -> None:
    frame = json.dumps({"event": event, "payload": payload}).encode()
    read_all(frame)
    try:
        told_of(payload_of(messages.OrderRecord, decode_message(frame)))
    except Unreadable:
        return


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_no_message_breaks_a_session(data: st.DataObject) -> None:
    """Anything at any time: nothing raises, nothing is sent twice, and what was executed stays executed."""
    with tempfile.TemporaryDirectory() as folder:
        desk = FxDesk(Path(folder))
        desk.ready()
        bombard(desk, data)
        desk.journal.close()


def bombard(desk: FxDesk, data: st.DataObject) -> None:
    client_id = desk.submit(order())
    sent = desk.last("newordersingle")
    for _ in range(6):
        fields: dict[str, Any] = data.draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "status": st.sampled_from(["NEW", "PARTIAL_FILL", "FILLED", "CANCELED", "REJECTED", "?"]),
                    "executedQty": st.sampled_from([0, 3000, 10000, 20000, "4000", -1, True]),
                    "origQty": st.sampled_from([10000, 5000, None]),
                    "orderId": st.sampled_from([501, "501", 502, None, {}]),
                    "clientOrderId": st.sampled_from([client_id, "theirs", None]),
                    "reason": st.sampled_from(["USER", "OCO_CONDITION", "lifetime expired", "else"]),
                },
            )
        )
        event = data.draw(st.sampled_from(["execution", "newordersingle", "orderstatus", "orders", "ordercancel"]))
        payload: Any = {**record(client_id, 501), **fields}
        if event == "orders":
            payload = [payload]
        if "orders" in desk.streams:
            name = data.draw(st.sampled_from([sent["requestId"], desk.sent[-1]["requestId"], None]))
            desk.say({"event": event, "payload": payload} | ({} if name is None else {"requestId": name}))
        filled = desk.get(client_id).filled
        desk.wait(data.draw(st.sampled_from([0.1, 3.0])))
        assert desk.get(client_id).filled >= filled
    assert desk.count("newordersingle") == 1
    assert desk.desk.market.blotter.refused == []


@pytest.mark.parametrize(
    ("frame", "kind"),
    [
        (b'{"event":"execution","event":"error"}', Contradictory),
        (b'{"event":"execution","payload":{"type":"LIMIT","type":"STOP"}}', Contradictory),
        (b'{"event":"orders","payload":[{"fills":[{"qty":1,"qty":2}]}]}', Contradictory),
        (b'{"event":"execution",}', Unreadable),
        (b'{"event":"execution"} // comment', Unreadable),
        (b'{"event":"execution","payload":{"price":NaN}}', Unreadable),
        (b"\xef\xbb\xbf{}", Unreadable),
        (b'{"event":7}', Unreadable),
        (b"[]", Unreadable),
        (b"", Unreadable),
    ],
)
def test_what_is_refused(frame: bytes, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        decode_message(frame)


def test_equal_repeats_are_harmless_and_numbers_may_stand_as_text() -> None:
    found = decode_message(
        b'{"event":"execution","payload":{"price":1.10,"price":1.1,"executedQty":"5.5","orderId":"7"}}'
    )
    read = payload_of(messages.OrderRecord, found)
    assert (read.price, read.executed_qty, read.order_id) == (Decimal("1.1"), Decimal("5.5"), "7")


@given(st.integers(-MAXIMUM, MAXIMUM))
def test_numbers_leave_exactly(value: int) -> None:
    frame = message("x", "1", messages.ModifyOrder(order_id=1, price=number(value)))
    assert json.loads(frame, parse_float=Decimal)["payload"]["price"] * 10**9 == value


@given(st.integers(0, 4 * 10**18))
def test_times_of_either_dialect_read_back_to_the_millisecond(nanoseconds: int) -> None:
    at = UtcNs(nanoseconds)
    for dialect in Dialect:
        assert read_time(wire_time(at, dialect)) == nanoseconds // 10**6 * 10**6


def test_times_and_identifiers() -> None:
    assert time_text(START) == "2026-11-20T13:30:00.000Z"
    assert read_time("1507725176595") == 1507725176595 * 10**6
    for bad in ("soon", -1, 10**15, "2026-13-01T00:00:00Z", ""):
        with pytest.raises(Unreadable):
            read_time(bad)
    assert [identifier(each) for each in ("12", "012", "x", "9" * 30)] == [12, "012", "x", "9" * 30]
    assert [identifier_text(each) for each in (12, "12", "", None)] == ["12", "12", None, None]
