"""What goes wrong between desk and venue: a clear word in the window, nothing crashed, nothing stale shown as live."""

import json
import random
from typing import Any

import pytest
from starlette.websockets import WebSocket

from protocols.practice.relay import Relay
from tests.endtoend.support import Desk, VenueProcess, connection, on_a_desk, scripted, unused_port

pytestmark = pytest.mark.qt_loop


def nothing_looks_live(desk: Desk) -> bool:
    return not any(desk.market.book_standing(key).live for key in desk.market.books)


@on_a_desk
async def test_wrong_password(desk: Desk, venue: VenueProcess) -> None:
    await desk.connect(connection(venue.port), password="not-the-password")
    await desk.until(lambda: "password" in desk.notices())
    assert "Practice is down" in desk.notices()
    assert "not-the-password" not in desk.notices()


@on_a_desk
async def test_unreachable_host(desk: Desk) -> None:
    port = unused_port()
    await desk.connect(connection(port))
    await desk.until(lambda: f"127.0.0.1:{port}" in desk.notices())
    assert "refused the connection" in desk.notices()


@on_a_desk
async def test_no_password_is_asked_for_and_says_where_it_was_looked_for(
    desk: Desk, venue: VenueProcess, monkeypatch: Any
) -> None:
    monkeypatch.delenv("QUARTERDECK_TEST_PASSWORD", raising=False)
    await desk.terminal.connect(connection(venue.port, password_env="QUARTERDECK_TEST_PASSWORD"))
    asking = desk.terminal.connections.passwords
    await desk.until(lambda: asking.dialog is not None and asking.dialog.isVisible())
    where = "the environment variable QUARTERDECK_TEST_PASSWORD is empty, and the keyring"
    assert asking.dialog is not None and where in asking.dialog.why.text()
    assert where in desk.market.connections["Practice"].reason


@on_a_desk
async def test_an_area_the_venue_does_not_know(desk: Desk, venue: VenueProcess) -> None:
    await desk.connect(connection(venue.port, areas=("DE-AMPRION", "CH-SWISSGRID")))
    await desk.until(lambda: "unknown_channel" in desk.market.connections["Practice"].reason)
    await desk.until(lambda: any(desk.market.book_standing(key).live for key in desk.market.books))
    assert desk.market.connections["Practice"].status.value == "resynchronising"


@on_a_desk
async def test_a_link_that_breaks_in_mid_frame_is_stale_at_once_and_comes_back(desk: Desk, venue: VenueProcess) -> None:
    async with Relay(venue.port, rng=random.Random(1)) as relay:
        await desk.connect(connection(relay.port))
        await desk.live()
        relay.refuse()
        relay.reset()
        await desk.until(lambda: "Practice is down" in desk.notices())
        assert nothing_looks_live(desk)
        relay.refuse(False)
        await desk.live()
        await desk.frame()
        assert desk.notices() == ""


@on_a_desk
async def test_frames_that_are_no_messages(desk: Desk) -> None:
    async def garbage(websocket: WebSocket) -> None:
        for frame in ("\x00", "{", '{"type": 7}', "[]", '{"type": "surprise"}', '{"type": "event", "sequence": NaN}'):
            await websocket.send_text(frame)
        await websocket.send_bytes(b"\xff\xfe garbage")

    async with scripted(desk, garbage) as broken:
        await desk.connect(connection(broken.port))
        await desk.until(
            lambda: {event.kind for event in desk.market.anomalies} >= {"unreadable frame", "unrecognised message"}
        )
        assert desk.market.connections["Practice"].status.value == "resynchronising"


@on_a_desk
async def test_a_frame_of_50_megabytes(desk: Desk) -> None:
    async def flood(websocket: WebSocket) -> None:
        await websocket.send_text('{"type": "event", "data": "' + "x" * 50_000_000 + '"}')

    async with scripted(desk, flood) as broken:
        await desk.connect(connection(broken.port))
        await desk.until(lambda: "Practice is down" in desk.notices())
        assert "16 MiB" in desk.notices()


@pytest.mark.parametrize("price", ['"NaN"', "1e999999", "NaN"])
@on_a_desk
async def test_numbers_that_are_none(desk: Desk, price: str) -> None:
    contract = {
        "identifier": "FR-RTE-1", "deliveryArea": "FR-RTE", "contractName": "15Q4",
        "deliveryStart": "2026-11-21T14:45Z", "deliveryEnd": "2026-11-21T15:00Z",
    }  # fmt: skip
    order = '{"identifier": 1, "quantity": 1, "price": ' + price + "}"
    book = '[{"isDelta": false, "contractArea": ' + json.dumps(contract) + ', "buyOrders": [' + order + "]}]"

    async def serve(websocket: WebSocket) -> None:
        while True:
            asked = json.loads(await websocket.receive_text())
            answer = {**asked, "type": f"{asked['type']}d"}
            await websocket.send_text(json.dumps(answer))
            if asked["type"] == "subscribe":
                data = book if "public_order_books" in asked["channel"] else "[]"
                event = {"type": "event", "channel": asked["channel"], "sequence": 0, "data": data}
                await websocket.send_text(json.dumps(event))

    async with scripted(desk, serve) as broken:
        await desk.connect(connection(broken.port, areas=("FR-RTE",), products=("QuarterHour",)))
        await desk.until(lambda: desk.market.anomalies)
        assert nothing_looks_live(desk)
        assert "price" in desk.market.anomalies[-1].message or "JSON" in desk.market.anomalies[-1].message


@on_a_desk
async def test_a_venue_that_falls_silent(desk: Desk, venue: VenueProcess) -> None:
    async with Relay(venue.port, rng=random.Random(1)) as relay:
        await desk.connect(connection(relay.port))
        await desk.live()
        relay.half_open()
        await desk.until(lambda: "no heartbeat" in desk.notices())
        assert nothing_looks_live(desk)
