"""Every example of the seed document, and a message for every line of the later dialect's tables, both directions."""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from protocols.acttrader import messages
from protocols.acttrader.codec import Unreadable, decode_message, message, payload_of
from protocols.acttrader.messages import Dialect
from protocols.acttrader.requests import encode_intent, encode_orders, encode_status, read_request
from protocols.market.commands import AmendOrder, CancelOrder, Command, Intent, OcoLeg, PlaceOco
from protocols.market.times import Instant, UtcNs, utc_from_text
from protocols.market.values import Quantity, Side, scaled_from_text
from tests.support.fx import START, FxDesk, key, order, pair, price, settings

FOLDER = Path(__file__).parents[2] / "transcripts" / "acttrader"
NOW = Instant(1_000.0, START)
SEED_UNTIL = utc_from_text("2022-03-19T07:22:00Z")
LATER_UNTIL = utc_from_text("2026-11-20T15:00:00Z")

PAYLOADS: dict[str, Any] = {
    "new_order_request": messages.NewOrder,
    "new_order_answer": messages.Placed,
    "modify_request": messages.ModifyOrder,
    "modify_clearing_request": messages.ModifyOrder,
    "modify_answer": messages.Changed,
    "oco_request": messages.NewOco,
    "oco_answer": list[messages.Placed],
    "orders_request": messages.OrdersSince,
    "orders_answer": list[messages.OrderRecord],
    "status_request": messages.OrderName,
    "status_by_name_request": messages.OrderName,
    "status_answer": messages.OrderRecord,
    "cancel_request": messages.OrderName,
    "cancel_answer": messages.Changed,
    "execution": messages.OrderRecord,
    "execution_expired": messages.OrderRecord,
    "error": messages.ErrorBody,
    "error_closed": messages.ErrorBody,
}
FILES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("*/*.json"))


def text(name: str) -> bytes:
    """An example; one that is no JSON is mended."""
    path = FOLDER / f"{name}.json"
    if path.exists():
        return path.read_bytes()
    folder, _, plain = name.partition("/")
    odd = (FOLDER / folder / f"odd_{plain}.json").read_text()
    return re.sub(r",(\s*[}\]])", r"\1", re.sub(r"^\{\s*\{", "{", odd)).encode()


def example(name: str, **changes: Any) -> dict[str, Any]:
    found = dict(json.loads(text(name), parse_float=Decimal))
    return {**found, **changes}


def written(frame: bytes) -> dict[str, Any]:
    """What a frame of ours says, read by somebody who wants strict JSON without repeated keys."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(dict(pairs)) == len(pairs)
        return dict(pairs)

    return dict(json.loads(frame, parse_float=Decimal, object_pairs_hook=unique))


@pytest.mark.parametrize("file", FILES)
def test_every_example_reads_and_is_written_again_the_same(file: str) -> None:
    name = file.removesuffix(".json")
    raw = (FOLDER / file).read_bytes()
    plain = name.replace("odd_", "")
    if plain != name:
        with pytest.raises(Unreadable, match="not JSON"):
            decode_message(raw)
    envelope = decode_message(text(plain))
    kind = PAYLOADS[plain.partition("/")[2]]
    if envelope.payload is msgspec.UNSET:
        assert plain.startswith("seed/")
        return
    payload = payload_of(kind, envelope)
    assert written(message(envelope.event, envelope.request_id, payload)) == example(plain)


# What we send


SEED_PAIR = PlaceOco(
    key(), Side.BUY, Quantity(scaled_from_text("10000")),
    (OcoLeg("LIMIT", price("1.2345")), OcoLeg("STOP_LIMIT", price("1.2345"), price("1.2345"))), "AON", SEED_UNTIL,
)  # fmt: skip
LATER_PAIR = PlaceOco(
    key(), Side.BUY, Quantity(scaled_from_text("10000")),
    (OcoLeg("LIMIT", price("1.0795"), None, "low"), OcoLeg("STOP_LIMIT", price("1.0912"), price("1.091"))), "AON",
    LATER_UNTIL,
)  # fmt: skip
SEED_ORDER = order("STOP_LIMIT", "1.2345", "1.2345", until=SEED_UNTIL)
LATER_ORDER = order(
    "STOP_LIMIT", "1.2611", "1.2615", side=Side.SELL, units="20000", symbol="GBPUSD", until=LATER_UNTIL, note="hedge"
)
UNITS = Quantity(scaled_from_text("10000"))


def amend(at: str, stop: str, until: UtcNs | None = None) -> AmendOrder:
    return AmendOrder("FX", "mine", UNITS, price(at), price(stop), until)


@pytest.mark.parametrize(
    ("name", "client_id", "command", "venue_id"),
    [
        ("seed/new_order_request", "my first order", SEED_ORDER, None),
        ("seed/modify_request", "mine", amend("1.2345", "1.2345"), "123123"),
        ("seed/oco_request", "pair", SEED_PAIR, None),
        ("seed/cancel_request", "mine", CancelOrder("FX", "mine"), "123123"),
        ("later/new_order_request", "order 1", LATER_ORDER, None),
        ("later/modify_request", "mine", amend("1.2601", "1.2605", UtcNs(LATER_UNTIL + 3600 * 10**9)), "2000001"),
        ("later/modify_clearing_request", "mine", AmendOrder("FX", "mine", forever=True), "2000001"),
        ("later/oco_request", "pair", LATER_PAIR, None),
        ("later/cancel_request", "mine", CancelOrder("FX", "mine"), "2000004"),
    ],
)
def test_requests_are_written_as_the_documents_show_them(
    name: str, client_id: str, command: Command, venue_id: str | None
) -> None:
    dialect = Dialect(name.partition("/")[0])
    wanted = example(name)
    payload = wanted["payload"]
    if name == "seed/new_order_request":
        # The example is a LIMIT order with a stop price: of every type at once, to show the fields.
        payload["type"] = "STOP_LIMIT"
    if name.startswith("seed/oco"):
        for number, leg in enumerate(payload["orders"], start=1):
            leg["clientOrderId"] = f"pair.{number}"
    known = settings(dialect, login="user-login" if dialect is Dialect.SEED else "700100")
    frame = encode_intent(Intent(wanted["requestId"], client_id, command, NOW), known, venue_id)
    assert written(frame) == wanted
    assert read_request(frame, "FX", lambda venue: "mine") == command


@pytest.mark.parametrize("name", ["seed/orders_request", "later/orders_request"])
def test_the_list_is_asked_for_as_the_documents_show_it(name: str) -> None:
    known = settings(Dialect(name.partition("/")[0]))
    wanted = example(name)
    assert written(encode_orders(wanted["requestId"], known, utc_from_text("2026-11-20T00:00:00Z"))) == wanted


def test_a_single_order_is_asked_for_as_the_documents_show_it() -> None:
    seed, later = settings(Dialect.SEED), settings()
    by_number = encode_status("ID", "mine", seed, "123123")
    assert by_number is not None and written(by_number) == example("seed/status_request")
    assert encode_status("ID", "mine", seed, None) is None
    by_number = encode_status("r-6", "order 5", later, "2000005")
    assert by_number is not None and written(by_number) == example("later/status_request")
    by_name = encode_status("r-7", "order 5", later, None)
    assert by_name is not None and written(by_name) == example("later/status_by_name_request")


# What we are told


@pytest.fixture(params=list(Dialect), ids=lambda dialect: dialect.value)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> FxDesk:
    desk = FxDesk(tmp_path, request.param)
    desk.ready()
    return desk


def told(desk: FxDesk, name: str, request: dict[str, Any] | None = None, **payload: Any) -> None:
    """Says an example, with the identifiers of our own request in place of its own."""
    found = json.loads(text(f"{desk.settings.dialect.value}/{name}"))
    if request is not None:
        found["requestId"] = request["requestId"]
    if payload:
        found["payload"] = {**found["payload"], **payload}
    desk.say(found)


def test_an_acknowledgement_and_a_cancellation(desk: FxDesk) -> None:
    client_id = desk.submit(order())
    told(desk, "new_order_answer", desk.last("newordersingle"), clientOrderId=client_id, type="LIMIT")
    assert desk.status(client_id) == "working"
    desk.submit(CancelOrder("FX", client_id))
    told(desk, "cancel_answer", desk.last("ordercancel"))
    assert desk.get(client_id).request is not None  # accepted, and what became of it is asked
    desk.wait(0.1)
    assert desk.last("orderstatus")["payload"] == {"orderId": int(desk.get(client_id).venue_id)}


def test_a_modification_is_accepted(desk: FxDesk) -> None:
    client_id = desk.submit(order())
    told(desk, "new_order_answer", desk.last("newordersingle"), clientOrderId=client_id, type="LIMIT")
    desk.submit(AmendOrder("FX", client_id, price=price("1.06")))
    told(desk, "modify_answer", desk.last("modifyordersingle"))
    desk.wait(0.1)
    assert desk.count("orderstatus") == 1


def test_a_pair_is_acknowledged(desk: FxDesk) -> None:
    name = desk.submit(pair())
    found = example(f"{desk.settings.dialect.value}/oco_answer")["payload"]
    legs = [{**entry, "clientOrderId": f"{name}.1"} for entry in found]  # one name on both, as the seed has it
    legs[1]["type"] = "STOP"
    desk.answer(desk.last("neworderoco"), legs)
    assert [desk.status(f"{name}.{leg}") for leg in (1, 2)] == ["working", "working"]


def test_the_list_and_the_executions_of_others(desk: FxDesk) -> None:
    desk.lose()
    desk.wait(1)
    desk.open()
    told(desk, "orders_answer", desk.last("orders") if desk.settings.dialect is Dialect.LATER else None)
    shown = {each.venue_id: each.status.value for each in desk.desk.market.blotter.rows()}
    seed = desk.settings.dialect is Dialect.SEED
    assert shown == ({"28": "filled", "29": "cancelled"} if seed else {"2000004": "working", "2000005": "filled"})


def test_an_execution_and_the_status_that_says_whose_it_is(desk: FxDesk) -> None:
    told(desk, "execution")
    (held,) = desk.desk.market.strays.told["FX"]
    desk.wait(3)
    asked = desk.last("orderstatus")
    assert str(asked["payload"]["orderId"]) == held.venue_id
    told(desk, "status_answer", asked, orderId=asked["payload"]["orderId"])
    assert desk.desk.market.strays.told["FX"] == ()
    (shown,) = desk.desk.market.blotter.rows()
    assert (shown.status.value, shown.ours) == ("filled", False)


def test_an_error_answers_its_request(desk: FxDesk) -> None:
    client_id = desk.submit(order())
    found = example(f"{desk.settings.dialect.value}/error")["payload"]
    desk.refuse(desk.last("newordersingle"), "error message", found["code"])
    assert desk.status(client_id) == "rejected"
    assert f"error message ({found['code']})" in desk.get(client_id).reason
