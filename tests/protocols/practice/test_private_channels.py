"""The private channels: who is told what, when; snapshots, trades, the truth, and the REST companions."""

import json
from typing import Any

import pytest

from tests.protocols.practice.trader import GUID, Trader, urn

ORDERS, TRADES = urn("private_orders"), urn("private_trades")


def test_every_connection_of_the_user_is_told_and_the_sender_has_the_correlation(trader: Any) -> None:
    other = Trader(trader.rig)
    mine = trader.request("Creation", trader.wish(trader.market()))
    theirs = other.reports()
    assert [row.pop("correlation", None) for row in mine] == ["k", None]
    assert theirs == mine
    other.leave()


def test_after_a_reconnect_the_snapshot_has_what_lives_and_what_ended_lately(trader: Any) -> None:
    listing = trader.market()
    lives, ended = trader.create(listing), trader.create(listing, price=30)
    trader.request("Cancellation", trader.on(ended))
    trader.leave()
    rows = {row["clientIdentifier"]: (row["state"], row["action"]) for row in trader.connect()}
    assert rows[lives] == ("Active", "AddedByUser")
    assert rows[ended] == ("Inactive", "ModifiedByUser")
    # The other connection may go on with it.
    _, gone = trader.request("Cancellation", trader.on(lives))
    assert gone["state"] == "Inactive"


def test_what_ended_an_hour_ago_is_in_the_list_alone(rig: Any) -> None:
    venue = rig(rate=0.01, colleagues=False)
    trader = Trader(venue)
    listing = trader.market()
    lives, ended = trader.create(listing), trader.create(listing, price=30)
    trader.request("Cancellation", trader.on(ended))
    venue.pass_time(3601, step=15.0)
    trader.leave()
    assert [row["clientIdentifier"] for row in trader.connect()] == [lives]
    assert [row["client_id"] for row in venue.truth(ORDERS)["orders"]] == [lives]
    listed = companion(venue, "private_orders")
    assert [row["clientIdentifier"] for row in json.loads(listed.body)] == [lives, ended]


def test_trades_tell_the_users_side(trader: Any) -> None:
    listing = trader.market()
    client_id = trader.create(listing, comment="desk 7")
    identifier, _ = trader.orders[client_id]
    trader.others(listing, "Sell", 39, 2)
    trader.take()
    (trade,) = trader.trades
    assert (trade["price"], trade["quantity"], trade["state"], trade["revisionNumber"]) == ("40", "2", "Active", "1")
    assert "sellSide" not in trade
    side = trade["buySide"]
    assert (side["orderIdentifier"], side["comment"], side["userCode"]) == (str(identifier), "desk 7", "trader")
    assert side["contractArea"]["identifier"] == listing.contract.identifier("DE-AMPRION")
    (row,) = [row for row in trader.rig.truth(TRADES)["own_trades"] if row["client_id"] == client_id]
    assert (row["id"], row["side"], row["venue_id"]) == (trade["identifier"], "Buy", str(identifier))


def test_a_trade_with_oneself_across_areas_is_told_in_both(quiet_venue: Any) -> None:
    trader = Trader(quiet_venue, "DE-AMPRION", "DE-TENNET")
    listing = trader.market()
    trader.create(listing)
    trader.create(listing, area="DE-TENNET", direction="Sell")
    first, second = trader.trades
    assert first == second
    areas = [first[side]["contractArea"]["deliveryArea"] for side in ("buySide", "sellSide")]
    assert areas == ["DE-AMPRION", "DE-TENNET"]
    trader.leave()


def test_a_recall_revises_the_users_trade(trader: Any) -> None:
    listing = trader.market()
    trader.create(listing)
    trader.others(listing, "Sell", 40, 2)
    trader.take()
    market = trader.rig.venue.market
    trader.rig.gateway.act(lambda: market.revise_trade(market.newest_trade, "RecallGranted"), trader.rig.now)
    trader.take()
    assert [(t["revisionNumber"], t["state"]) for t in trader.trades] == [("1", "Active"), ("2", "RecallGranted")]


def test_folded_reports_are_the_truth_at_every_sequence(rig: Any) -> None:
    venue = rig(rate=20.0)
    trader = Trader(venue)
    venue.http("POST", "/practice/faults", body={"old_first": 0.5})
    listing = trader.market()
    ids = [trader.wish(listing, price=price, icebergDisplayQuantity=2) for price in (40, 41, 42)]
    sequence, known = 0, {}
    for row in venue.truth(ORDERS)["orders"]:
        known[row["client_id"], row["venue_id"]] = row["state"]

    def play(kind: str, order: Any) -> None:
        data = json.dumps({"type": kind, "orders": [order]})
        venue.send({"type": "request", "channel": ORDERS, "data": data}, trader.client)

    def fold() -> None:
        nonlocal sequence
        for event in trader.take():
            if event["channel"] != ORDERS:
                continue
            sequence += 1
            assert event["sequence"] == sequence
            row = event["data"]
            client_id, identifier = row["clientIdentifier"], row.get("identifier")
            if row["state"] not in ("Pending", "Rejected"):
                known.pop((client_id, None), None)
            if identifier is None or row["state"] not in ("Pending", "Rejected"):
                known[client_id, identifier] = row["state"]
            rows = venue.truth(ORDERS, sequence)["orders"]
            assert {(r["client_id"], r["venue_id"]): r["state"] for r in rows} == known

    for order in ids:
        play("Creation", order)
        fold()
    for order in ids:
        play("Modification", trader.on(order["clientIdentifier"], price=39, quantity=6))
        fold()
    trader.others(listing, "Sell", 39, 9)
    venue.pass_time(60, step=1.0)
    fold()
    assert sequence > 20


def test_gate_closure_ends_what_works_and_what_sleeps(rig: Any) -> None:
    venue = rig(rate=0.01, colleagues=False, start="2026-11-21T11:54:58Z")
    trader = Trader(venue)
    (listing,) = [
        x
        for x in venue.venue.market.listings.values()
        if "DE-AMPRION" in x.contract.zone.areas and x.contract.name == "13Q1"
    ]
    orders = [trader.create(listing, price=-9999, state=state) for state in ("Active", "Hibernated")]
    trader.take()
    venue.pass_time(3)
    ended = trader.reports()
    assert [(row["clientIdentifier"], row["state"], row["action"], row["revisionNumber"]) for row in ended] == [
        (client_id, "Inactive", "DeletedBySystem", "2") for client_id in orders
    ]
    assert listing.state.phase == "Closed"
    _, rejected = trader.request("Cancellation", trader.on(orders[0], revisionNumber=2))
    assert rejected["state"] == "Rejected"


@pytest.mark.parametrize("state", ["Active", "Hibernated"])
def test_an_order_with_a_date_ends_then(rig: Any, state: str) -> None:
    venue = rig(rate=0.01, colleagues=False)
    trader = Trader(venue)
    until = {"validityRestriction": "GoodUntilDate", "validityDate": "2026-11-21T11:30:05Z"}
    order = trader.create(trader.market(), state=state, **until)
    later = trader.create(trader.market(), **until)
    trader.request("Modification", trader.on(later, validityDate="2026-11-21T11:30:10Z"))
    session = trader.create(trader.market(), **until)
    trader.request("Modification", trader.on(session, validityRestriction="GoodForSession"))
    ends = []
    for _ in range(3):
        venue.pass_time(5)
        ends.append([(row["clientIdentifier"], row["state"], row["action"]) for row in trader.reports()])
    assert ends == [
        [(order, "Inactive", "DeletedBySystem")],
        [(later, "Inactive", "DeletedBySystem")],
        [],
    ]


def test_a_contract_takes_its_orders_along_when_it_is_forgotten(rig: Any) -> None:
    venue = rig(rate=0.01, colleagues=False, start="2026-11-21T11:54:58Z")
    trader = Trader(venue)
    market = venue.venue.market
    (listing,) = [
        x for x in market.listings.values() if "DE-AMPRION" in x.contract.zone.areas and x.contract.name == "13Q1"
    ]
    client_id = trader.create(listing, price=9999, quantity=999)
    assert trader.trades
    venue.pass_time(7600, step=20.0)
    assert listing.contract.key not in market.listings
    assert [json.loads(companion(venue, what).body) for what in ("private_orders", "private_trades")] == [[], []]
    assert venue.venue.office.order(client_id) is None
    trader.take()
    other = trader.market()
    _, rejected = trader.request("Creation", trader.wish(other, clientIdentifier=client_id))
    assert rejected["state"] == "Rejected"


# The REST companions


def companion(rig: Any, resource: str, tail: str = "", **more: Any) -> Any:
    path = f"/api/EZ4a26927fea/m7/{resource}/{GUID}/DE-AMPRION{tail}"
    call = {"method": "GET", "path": path, "bearer": rig.token()} | more
    return rig.venue.http(call["method"], call["path"], {}, b"", rig.now, call["bearer"])


@pytest.mark.parametrize(
    ("resource", "product"),
    [
        ("private_orders", ""),
        ("private_trades", ""),
        ("public_trades", ""),
        ("contract_area_states", ""),
        ("public_order_books", "Hour"),
        ("market_information", "QuarterHour"),
    ],
)
def test_a_companion_answers_what_a_snapshot_tells(quiet_venue: Any, resource: str, product: str) -> None:
    venue = quiet_venue
    venue.connect(7)
    venue.take(7)
    venue.subscribe(urn(resource, "DE-AMPRION", product), 7)
    (snapshot,) = venue.take(7, "event")
    answer = companion(venue, resource, f"/{product}" if product else "")
    assert answer.status == 200
    assert json.loads(answer.body, parse_float=str, parse_int=str) == snapshot["data"]
    venue.gateway.disconnected(7)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"bearer": ""}, 401),
        ({"bearer": "nonsense"}, 401),
        ({"method": "POST"}, 405),
        ({"path": "/api/EZ4a26927fea/m7/private_orders"}, 404),
        ({"path": f"/api/EZ4a26927fea/m7/private_orders/{GUID}/XX-NONE"}, 404),
        ({"path": f"/api/EZ4a26927fea/m7/nothing/{GUID}/DE-AMPRION"}, 404),
        ({"path": f"/api/EZother/m7/private_orders/{GUID}/DE-AMPRION"}, 403),
    ],
    ids=["no token", "bad token", "method", "short", "area", "resource", "contract"],
)
def test_a_companion_refuses(quiet_venue: Any, change: dict[str, Any], status: int) -> None:
    assert companion(quiet_venue, "private_orders", **change).status == status


# A trader out of nowhere


def test_a_trade_on_demand_tells_what_came_of_it(trader: Any) -> None:
    listing = trader.market()
    trader.create(listing)
    body = {"area": "DE-TENNET", "contract_id": listing.contract.identifier("DE-TENNET"), "side": "Sell"}
    answer = trader.rig.http("POST", "/practice/trade", body=body | {"price": "39.5", "quantity": 7})
    told = json.loads(answer.body)
    trader.take()
    assert (told["traded"], told["left"]) == ("5", "2")
    assert told["trades"] == [trade["identifier"] for trade in trader.trades]
    assert trader.shown(listing) == []


@pytest.mark.parametrize(
    "change",
    [
        {"area": "XX"},
        {"contract_id": "DE-AMPRION-1"},
        {"side": "Up"},
        {"price": "much"},
        {"price": 1e300},
        {"price": 0.001},
        {"quantity": 0},
        {"extra": 1},
    ],
    ids=["area", "contract", "side", "text", "absurd", "tick", "nothing", "unknown field"],
)
def test_a_trade_that_can_not_be_is_refused(quiet_venue: Any, change: dict[str, Any]) -> None:
    market = quiet_venue.venue.market
    listing = next(x for x in market.listings.values() if "DE-AMPRION" in x.contract.zone.areas and x.trading)
    body = {
        "area": "DE-AMPRION",
        "contract_id": listing.contract.identifier("DE-AMPRION"),
        "side": "Buy",
        "price": 1,
        "quantity": 1,
    }
    assert quiet_venue.http("POST", "/practice/trade", body=body | change).status == 422
