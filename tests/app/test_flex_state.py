"""Flexibility in the state file: what the desk knows, in plain text and by kind."""

import json
from pathlib import Path

from app.flex_state import flex_state_of
from app.state_file import state_of
from tests.support.flex import NAME, FlexDesk, order, order_object


def test_book_ticker_contracts_and_orders_are_told(tmp_path: Path) -> None:
    desk = FlexDesk(tmp_path)
    desk.ready()
    goods = order_object(order(), "o1", "accepted", energy=1000)
    entry = {name: goods[name] for name in ("side", "power", "price", "energy", "delivery_start", "delivery_end")}
    desk.book(bids={"0.25": [entry]})
    desk.say("ticker", {"type": "ticker_update", "data": {**entry, "closed_at": "2026-11-21T12:00:01Z"}})
    desk.say("ticker", {"type": "expired_order_update", "data": {**entry, "expired_at": "2026-11-21T12:00:02Z"}})
    client_id = desk.submit(order())
    desk.reply({"order_id": "o1", "status": "filled", "new_field": 7})
    contract = {"contract_id": "c1", "order_id": "o1", "status": "settlement_initiated"}
    desk.update(contract, "contract_status_update")

    whole = json.loads(json.dumps(state_of(desk.desk, desk.now)))
    told = flex_state_of(desk.desk.market)
    assert {name: whole[name] for name in told} == json.loads(json.dumps(told))
    (book,) = whole["flex_books"]
    assert (book["connection"], book["freshness"], book["created_at"]) == (NAME, "live", "2026-11-21T12:00:00.1Z")
    plain = {"price": "0.25", "power": "1000", "energy": "1000", "delivery_start": "2026-11-21T15:00:00Z"}
    assert plain.items() <= book["orders"][0].items()
    assert [(row["kind"], row["at"]) for row in whole["flex_ticker"]] == [
        ("expired", "2026-11-21T12:00:02Z"),
        ("trade", "2026-11-21T12:00:01Z"),
    ]
    (found,) = whole["flex_contracts"]
    assert (found["id"], found["order_ids"], [word for word, _ in found["steps"]]) == (
        "c1", ["o1"], ["settlement_initiated"],
    )  # fmt: skip
    (raw,) = whole["flex_orders"]
    assert raw["client_id"] == client_id
    assert json.loads(raw["raw"])["new_field"] == 7
    (shown,) = whole["orders"]
    assert (shown["status"], shown["type"], shown["until"]) == ("filled", "Limit", "2026-11-21T14:45:00Z")
    channels = {channel["channel"]: channel for channel in whole["channels"]}
    assert channels["trade"]["last_heard"] is not None
    assert channels["trade"]["last_pong"] is None
