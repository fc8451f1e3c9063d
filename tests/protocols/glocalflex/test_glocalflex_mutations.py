"""Frames with anything wrong in them: typed errors only, and never a session that breaks."""

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from protocols.glocalflex.books import BookReader
from protocols.glocalflex.codec import Unreadable, decode_form, decode_message
from protocols.glocalflex.objects import ObjectReader
from protocols.glocalflex.requests import read_order
from protocols.session import Reply
from tests.support.flex import KINDS, FlexDesk, order

FOLDER = Path(__file__).parents[2] / "transcripts" / "glocalflex"
EXAMPLES = [path.read_bytes() for path in sorted(FOLDER.glob("*.json"))]

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from(
        ["", "NaN", "sNaN", "Infinity", "1e999999", "-0", "2024-13-01T00:00:00Z", "\ud800", "buy", "\x00"]
    )
)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner))


@st.composite
def bent(draw: st.DrawFn) -> bytes:
    """An example with one or two of its values replaced, left out or doubled."""
    document = json.loads(draw(st.sampled_from(EXAMPLES)))
    for _ in range(draw(st.integers(1, 2))):
        places = list(_places(document))
        if not places:
            break
        holder, key = draw(st.sampled_from(places))
        what = draw(st.sampled_from(("replace", "leave out", "double")))
        if what == "replace":
            holder[key] = draw(values)
        elif what == "leave out":
            del holder[key]
        elif isinstance(holder, list):
            holder.append(holder[key])
    return json.dumps(document).encode("utf-8", "surrogatepass")


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """An example with bytes of its own gone or others put in."""
    frame = bytearray(draw(st.sampled_from(EXAMPLES)))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(frame)))
        frame[at : at + draw(st.integers(0, 4))] = draw(st.binary(max_size=4))
    return bytes(frame)


def _places(value: Any) -> Any:
    if isinstance(value, dict | list):
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        for key in keys:
            yield value, key
            yield from _places(value[key])


@given(st.one_of(bent(), broken(), st.binary(max_size=60)))
def test_reading_fails_with_its_own_error_and_no_other(frame: bytes) -> None:
    def notice(kind: str, message: str) -> None:
        assert len(message) < 1_000

    for read in (
        lambda: BookReader(notice).book(decode_message(frame)),
        lambda: ObjectReader(("order_id", "id"), ("contract_id", "id"), notice).read(decode_message(frame)),
        lambda: read_order(frame, "Flex"),
        lambda: decode_form(frame),
    ):
        with contextlib.suppress(Unreadable):
            read()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> FlexDesk:
    desk = FlexDesk(tmp_path_factory.mktemp("mutations"))
    desk.ready()
    return desk


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(KINDS), frame=st.one_of(bent(), broken()))
def test_no_frame_breaks_a_session(desk: FlexDesk, kind: str, frame: bytes) -> None:
    if kind not in desk.streams:
        desk.wait(11, 1.0)
        desk.open(kind)
    desk.say(kind, frame)
    sent = len(desk.bodies)
    desk.wait(0.2)
    assert len(desk.bodies) == sent, "nothing that is received makes an order"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(status=st.integers(100, 599), body=st.one_of(bent(), broken(), st.binary(max_size=60)))
def test_no_answer_breaks_a_session(desk: FlexDesk, status: int, body: bytes) -> None:
    if desk.status != "live":
        desk.connect_anew()
        desk.ready()
    submission = desk.desk.submit(order())
    if submission.step.value == "asks":
        submission = desk.desk.submit(order(), submission)
    if submission.intent is None or submission.step.value != "taken":
        desk.wait(11, 1.0)
        return
    desk.session.answered(desk.calls[-1].call_id, Reply(status, body), desk.now)
    desk.crank()
    state = desk.state(submission.intent.client_id)
    expected = {"pending", "working", "hibernated", "partly filled", "filled", "cancelled", "expired", "in doubt"}
    if 400 <= status < 500 and status != 408:
        expected = {"rejected"}
    elif not 200 <= status < 300:
        expected = {"in doubt"}
    assert state in expected
