"""NPID's market and its words: what the channels of the scope tell (protocol page, sections 2, 4 and 6)."""

import json
import re
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from protocols.market.times import SECOND, Instant, UtcNs, utc_from_text
from protocols.market.values import SCALE, Side
from tests.protocols.practice.conftest import START

BOOKS, TRADES, STATES, FIGURES = "public_order_books", "public_trades", "contract_area_states", "market_information"
CONTRACT_AREA = {
    "deliveryArea",
    "identifier",
    "contractName",
    "deliveryStart",
    "deliveryEnd",
    "type",
    "product",
}


def following(rig: Any, name: str, **settings: Any) -> Any:
    venue = rig(**settings)
    venue.connect()
    venue.subscribe(name)
    return venue


def rows(events: list[Any]) -> list[Any]:
    return [row for event in events for row in (event["data"] if isinstance(event["data"], list) else [event["data"]])]


# Words


def test_a_contract_area_is_flat(rig: Any, channel: Any) -> None:
    venue = following(rig, channel(STATES, "DE-50HERTZ", scope="npid"))
    (snapshot,) = venue.take(kind="event")
    for row in snapshot["data"]:
        area = row["contractArea"]
        assert area.keys() == CONTRACT_AREA
        assert (area["type"], area["product"]) in {
            (kind, product)
            for kind in ("Local", "Xbid")
            for product in ("P15Min", "P30Min", "P60Min", "Block_2H", "CustomBlock")
        }
        assert re.fullmatch(r"DE-50HERTZ-NX_\d+", area["identifier"])
    assert {row["contractArea"]["type"] for row in snapshot["data"]} == {"Local", "Xbid"}


def test_states_and_their_phases(rig: Any, channel: Any) -> None:
    # DK1's gate closes half an hour before delivery; contracts wait some minutes after they are listed.
    venue = following(rig, channel(STATES, "DK-DK1", scope="npid"), start="2026-11-21T11:45:30Z")
    (snapshot,) = venue.take(kind="event")
    assert {row["state"] for row in snapshot["data"]} == {"Active", "Inactive", "Hibernated"}
    for row in snapshot["data"]:
        assert row.keys() == {"contractArea", "state", "phaseStart", "phaseEnd"}
        assert row["phaseStart"] < row["phaseEnd"]


def test_books_have_identifiers_as_text_and_a_time_for_a_revision(rig: Any, channel: Any) -> None:
    venue = following(rig, channel(BOOKS, "UK-ELEXON", "P30Min", "npid"), rate=300.0)
    venue.pass_time(5)
    frames = [frame for frame in venue.raw() if b'"type":"event"' in frame]
    whole, *changes = [json.loads(json.loads(frame)["data"]) for frame in frames]
    assert changes
    for book in whole:
        assert book["isDelta"] is False
    updated: dict[str, str] = {}
    for book in rows([{"data": data} for data in (whole, *changes)]):
        assert book.keys() == {"isDelta", "updatedAt", "contractArea", "buyOrders", "sellOrders"}
        for order in book["buyOrders"] + book["sellOrders"]:
            assert order.keys() == {"identifier", "price", "quantity", "entryDate"}
            assert re.fullmatch(r"X\d+", order["identifier"])
        name = book["contractArea"]["identifier"]
        assert utc_from_text(book["updatedAt"]) >= utc_from_text(updated.get(name, "2026-11-20T00:00:00Z"))
        updated[name] = book["updatedAt"]


def test_trades_begin_at_revision_0(rig: Any, channel: Any) -> None:
    venue = following(rig, channel(TRADES, "DE-AMPRION", scope="npid"), rate=400.0)
    venue.pass_time(3)
    for trade in rows(venue.take(kind="event")):
        assert trade.keys() == {
            *("identifier", "revisionNumber", "price", "quantity", "state", "execDate"),
            *("buyContractArea", "sellContractArea"),
        }
        assert (trade["revisionNumber"], trade["state"]) == ("0", "Completed")


def test_trades_are_disputed_and_then_cancelled_or_not(rig: Any) -> None:
    market = rig(rate=400.0, colleagues=False).venue.exchange("npid", Instant(0.0, START)).market
    trades = [trade for event in market.advance(UtcNs(START + 160 * SECOND)) for trade in event.trades]
    assert {trade.state for trade in trades if trade.revision == 1} == {"Disputed"}
    decided = {trade.state for trade in trades if trade.revision == 2}
    assert decided
    assert decided <= {"Cancelled", "NotCancelled"}


def test_a_trade_across_areas_is_told_once_in_each(rig: Any, channel: Any) -> None:
    names = [channel(TRADES, area, scope="npid") for area in ("DE-AMPRION", "DE-TENNET", "DE-50HERTZ")]
    venue = following(rig, names[0], rate=400.0)
    for name in names[1:]:
        venue.subscribe(name)
    venue.take()
    venue.pass_time(5)
    told: dict[str, list[str]] = {}
    areas: dict[str, set[str]] = {}
    for event in venue.take(kind="event"):
        for trade in rows([event]):
            told.setdefault(trade["identifier"], []).append(event["channel"].rpartition(":")[2])
            sides = (trade["buyContractArea"], trade["sellContractArea"])
            areas[trade["identifier"]] = {side["deliveryArea"] for side in sides}
    assert {2} <= {len(sides) for sides in areas.values()}
    assert all(sorted(told[identifier]) == sorted(sides) for identifier, sides in areas.items())
    assert {area for sides in areas.values() for area in sides} == {"DE-AMPRION", "DE-TENNET", "DE-50HERTZ"}


def test_information_has_the_day_ahead_price_and_the_last_trades(rig: Any, channel: Any) -> None:
    venue = following(rig, channel(FIGURES, "DE-AMPRION", "P60Min", "npid"), rate=600.0)
    tape: dict[str, list[str]] = {}
    venue.subscribe(channel(TRADES, "DE-AMPRION", scope="npid"))
    venue.pass_time(20)
    information: dict[str, Any] = {}
    for event in venue.take(kind="event"):
        for row in rows([event]):
            if "histories" in row or "dayAheadPrice" in row:
                information[row["contractArea"]["identifier"]] = row
            elif "execDate" in row:
                for area in {row["buyContractArea"]["identifier"], row["sellContractArea"]["identifier"]}:
                    if row["revisionNumber"] == "0":
                        tape.setdefault(area, []).append(row["execDate"])
    traded = [row for row in information.values() if "histories" in row]
    assert traded
    for row in traded:
        histories = row["histories"]
        assert 1 <= len(histories) <= 5
        assert all(past.keys() <= {"quantity", "price", "state", "tradeDate"} for past in histories)
        assert [past["tradeDate"] for past in histories] == tape[row["contractArea"]["identifier"]][-5:]
        assert histories[-1]["price"] == row["lastTradedPrice"] or histories[-1]["state"] == "Cancelled"


def test_what_is_disputed_is_so_in_the_histories_too(npid_trader: Any, channel: Any) -> None:
    trader = npid_trader
    listing = trader.market()
    name = channel(FIGURES, "DE-AMPRION", listing.contract.product.granularity, "npid")
    trader.rig.subscribe(name, trader.client)
    rig, market = trader.rig, trader.exchange.market
    before = market.tape.figures("DE-AMPRION", listing.contract).total or 0
    trader.create(listing)
    trader.others(listing, "Sell", 40, 2)
    rig.take(trader.client)
    for state, counted in (("Disputed", 2), ("Cancelled", 0)):
        rig.gateway.act(partial(market.revise_trade, market.newest_trade, state), rig.now, "npid")
        (event,) = [event for event in rig.take(trader.client, "event") if event["channel"] == name]
        past = event["data"]["histories"][-1]
        assert (past["price"], past["quantity"], past["state"]) == ("40", "2", state)
        total = Decimal(event["data"].get("totalTradedQuantity", 0))
        assert total == Decimal(before) / SCALE + counted


def test_the_day_ahead_price_comes_when_the_auction_was_held(rig: Any, channel: Any) -> None:
    # 12:45 in Paris is 11:45 UTC: until then tomorrow's price is nobody's.
    venue = following(
        rig, channel(FIGURES, "FR-RTE", "P60Min", "npid"), start="2026-11-21T11:44:58Z", rate=1.0, colleagues=False
    )
    (snapshot,) = venue.take(kind="event")
    known = {row["contractArea"]["contractName"]: "dayAheadPrice" in row for row in snapshot["data"]}
    assert all(priced is name.startswith("PH-20261121") for name, priced in known.items())
    venue.pass_time(3)
    told = {row["contractArea"]["contractName"] for row in rows(venue.take(kind="event")) if "dayAheadPrice" in row}
    assert {name for name, priced in known.items() if not priced} <= told


# The market


def test_at_border_closure_a_contract_turns_local_and_keeps_its_orders(rig: Any, channel: Any, folded: Any) -> None:
    books, states = (channel(what, "NL-TENNET", "P15Min", "npid") for what in (BOOKS, STATES))
    venue = following(rig, books, start="2026-11-21T11:59:57Z", rate=300.0)
    venue.subscribe(states)
    mine = folded()
    venue.pass_time(0.5)
    before = venue.take(kind="event")
    venue.pass_time(30)
    after = venue.take(kind="event")
    switched = [row for event in after if event["channel"] == states for row in rows([event])]
    quarters = [row for row in switched if row["contractArea"]["contractName"] == "QH-20261121-57"]
    assert [(row["state"], row["contractArea"]["type"], row["phaseStart"], row["phaseEnd"]) for row in quarters] == [
        ("Active", "Local", "2026-11-21T12:00:00Z", "2026-11-21T12:55:00Z")
    ]
    identifier = quarters[0]["contractArea"]["identifier"]
    types = [
        (row["contractArea"]["type"], row["isDelta"])
        for event in before + after
        if event["channel"] == books
        for row in rows([event])
        if row["contractArea"]["identifier"] == identifier
    ]
    assert types[0] == ("Xbid", False)
    assert types[-1] == ("Local", True)
    assert [is_delta for _, is_delta in types].count(False) == 1, "the book goes on as it is"
    for event in before + after:
        if event["channel"] == books:
            mine.apply(event["data"])
    truth = {book["contract_id"]: (book["bids"], book["asks"]) for book in venue.truth(books)["books"]}
    assert mine.ladders()[identifier] == truth[identifier]


def test_a_local_contract_trades_until_shortly_before_delivery(rig: Any, channel: Any) -> None:
    venue = following(rig, channel(STATES, "DE-TENNET", scope="npid"), start="2026-11-21T11:54:58Z", rate=1.0)
    venue.take()
    venue.pass_time(4)
    closed = [row for row in rows(venue.take(kind="event")) if row["state"] == "Inactive"]
    assert {row["contractArea"]["contractName"] for row in closed} == {
        *("QH-20261121-53", "HH-20261121-27", "PH-20261121-14", "2H-20261121-07"),
    }
    assert all(row["contractArea"]["type"] == "Local" for row in closed)


def test_a_frozen_contract_keeps_its_orders_and_takes_none(rig: Any, channel: Any) -> None:
    states = channel(STATES, "DE-AMPRION", scope="npid")
    venue = following(rig, states, rate=200.0, colleagues=False)
    venue.http("POST", "/practice/faults", body={"freeze_every": 0.5})
    venue.pass_time(12)
    frozen = [row for row in rows(venue.take(kind="event")) if row["state"] == "Frozen"]
    assert frozen
    venue.http("POST", "/practice/faults", body={"freeze_every": 0})
    market = venue.venue.exchange("npid", venue.now).market
    name = frozen[-1]["contractArea"]["identifier"]
    (listing,) = [
        one
        for one in market.listings.values()
        if "DE-AMPRION" in one.contract.zone.areas and one.contract.identifier("DE-AMPRION") == name
    ]
    resting = listing.book.state()
    assert resting.bids
    venue.pass_time(5)
    assert listing.book.state() == resting
    body = {"area": "DE-AMPRION", "contract_id": name, "side": "Buy", "price": 9999, "quantity": 1, "scope": "npid"}
    assert venue.http("POST", "/practice/trade", body=body).status == 422
    venue.pass_time(30, step=1.0)
    thawed = [row for row in rows(venue.take(kind="event")) if row["contractArea"]["identifier"] == name]
    assert [row["state"] for row in thawed][-1] == "Active"
    assert utc_from_text(frozen[-1]["phaseEnd"]) - utc_from_text(frozen[-1]["phaseStart"]) == 20 * SECOND


def test_a_frozen_order_can_be_cancelled_and_not_amended(npid_trader: Any) -> None:
    trader = npid_trader
    listing, rig = trader.market(), trader.rig
    client_id = trader.create(listing)
    until = UtcNs(rig.now.utc + 600 * SECOND)
    rig.gateway.act(lambda: trader.exchange.market.freeze(listing, until), rig.now, "npid")
    for kind, fields, code in (("Modification", {"price": 41}, "AccessModeViolation"), ("Cancellation", {}, None)):
        _, told = trader.request(kind, trader.on(client_id, **fields))
        assert told.get("errors", [{"code": None}])[0]["code"] == code
    assert told["state"] == "Inactive"
    _, rejected = trader.request("Creation", trader.wish(listing))
    assert rejected["errors"][0]["code"] == "AccessModeViolation"


def test_m7_has_nothing_to_freeze(rig: Any, channel: Any) -> None:
    venue = following(rig, channel(STATES), rate=1.0)
    venue.take()
    venue.http("POST", "/practice/faults", body={"freeze_every": 0.5})
    venue.pass_time(5)
    assert venue.take(kind="event") == []


def test_the_market_follows_from_seed_and_start_alone(rig: Any, channel: Any) -> None:
    def play(seed: int, step: float, other: bool = False) -> Any:
        venue = rig(seed=seed)
        venue.connect()
        if other:
            venue.subscribe(channel(BOOKS))
        venue.subscribe(channel(BOOKS, "DK-DK1", "P60Min", "npid"))
        venue.take()
        venue.pass_time(4, step=step)
        return [row for event in venue.take(kind="event") if ":npid:" in event["channel"] for row in rows([event])]

    assert play(3, 0.05) == play(3, 0.7) == play(3, 0.1, other=True) != play(4, 0.7)


def test_it_begins_when_it_is_first_asked_for(rig: Any, channel: Any) -> None:
    venue = rig(rate=20.0)
    venue.connect()
    venue.pass_time(10)
    assert list(json.loads(venue.http("GET", "/practice/health").body)["scopes"]) == ["m7"]
    venue.subscribe(channel(STATES, scope="npid"))
    scopes = json.loads(venue.http("GET", "/practice/health").body)["scopes"]
    assert scopes["npid"]["market_start"] == "2026-11-21T11:30:10Z"
    assert scopes["m7"]["market_start"] == "2026-11-21T11:30:00Z"


def test_books_have_depth_and_are_never_crossed(rig: Any) -> None:
    venue = rig(rate=150.0)
    market = venue.venue.exchange("npid", venue.now).market
    venue.pass_time(30, step=1.0)
    for listing in market.listings.values():
        bid, ask = listing.book.best(Side.BUY), listing.book.best(Side.SELL)
        if listing.contract.product.granularity == "CustomBlock" or not listing.trading:
            assert bid is ask is None
            continue
        assert bid is not None
        assert ask is not None
        assert bid < ask
        assert 2 <= len(listing.book.levels(Side.BUY)) <= 29


# The truth


@pytest.mark.parametrize(
    ("area", "product"),
    [("DE-50HERTZ", "P60Min"), ("UK-ELEXON", "P30Min"), ("DK-DK1", "P15Min"), ("DE-TENNET", "Block_2H")],
)
def test_folded_books_are_the_true_books(rig: Any, channel: Any, folded: Any, area: str, product: str) -> None:
    name = channel(BOOKS, area, product, "npid")
    venue = following(rig, name, start="2026-11-21T11:54:57Z", rate=600.0)
    mine = folded()
    venue.pass_time(6)
    events = venue.take(kind="event")
    for event in events:
        mine.apply(event["data"])
        if event["sequence"] % 5 == 0 or event is events[-1]:
            truth = venue.truth(name, event["sequence"])["books"]
            assert mine.ladders() == {book["contract_id"]: (book["bids"], book["asks"]) for book in truth}


def test_the_truth_tells_states_trades_and_figures(rig: Any, channel: Any) -> None:
    names = [channel(what, "DE-AMPRION", "P15Min", "npid") for what in (STATES, TRADES, FIGURES)]
    venue = following(rig, names[0], start="2026-11-21T11:54:57Z", rate=600.0)
    for name in names[1:]:
        venue.subscribe(name)
    venue.pass_time(5)
    known: dict[str, dict[str, Any]] = {name: {} for name in names}
    for event in venue.take(kind="event"):
        for row in rows([event]):
            key = row["identifier"] if "execDate" in row else row["contractArea"]["identifier"]
            known[event["channel"]][key] = row
    states, trades, figures = (known[name] for name in names)
    assert {row["contract_id"]: (row["state"], row["phase"]) for row in venue.truth(names[0])["area_states"]} == {
        name: (row["state"], "") for name, row in states.items()
    }
    assert {row["id"]: (row["revision"], row["price"]) for row in venue.truth(names[1])["trades"]} == {
        name: (int(row["revisionNumber"]), row["price"]) for name, row in trades.items()
    }
    assert {
        row["contract_id"]: (row["vwap"], row["product"]) for row in venue.truth(names[2])["market_information"]
    } == {name: (row.get("volumeWeightedAveragePrice"), "P15Min") for name, row in figures.items()}
