"""The truth against a client's fold: they come from different sources and must agree at every sequence."""

import json
from typing import Any

import pytest

BOOKS, TRADES, STATES, FIGURES = (
    "public_order_books",
    "public_trades",
    "contract_area_states",
    "market_information",
)


def ladders(truth: Any) -> dict[str, Any]:
    return {book["contract_id"]: (book["bids"], book["asks"]) for book in truth["books"]}


def payloads(event: Any) -> list[Any]:
    return event["data"] if isinstance(event["data"], list) else [event["data"]]


def started(rig: Any, name: str, **settings: Any) -> Any:
    # Two seconds before a quarter: contracts get listed, open, and at :55 gates close.
    venue = rig(**({"rate": 300.0, "start": "2026-11-21T11:54:57Z"} | settings))
    venue.connect()
    venue.subscribe(name)
    return venue


@pytest.mark.parametrize(
    ("area", "product"), [("DE-AMPRION", "Hour"), ("DE-TENNET", "QuarterHour"), ("NL-TENNET", "Hour")]
)
def test_folded_books_are_the_true_books_at_every_sequence(
    rig: Any, channel: Any, folded: Any, area: str, product: str
) -> None:
    name = channel(BOOKS, area, product)
    venue = started(rig, name)
    mine = folded()
    venue.pass_time(4)
    events = venue.take(kind="event")
    assert len(events) > 10
    for event in events:
        mine.apply(event["data"])
        if event["sequence"] % 7 == 0 or event is events[-1]:
            assert mine.ladders() == ladders(venue.truth(name, event["sequence"]))


def test_the_truth_follows_listings_openings_and_closures(rig: Any, channel: Any, folded: Any) -> None:
    name = channel(BOOKS, "DE-AMPRION", "QuarterHour")
    venue = started(rig, name, rate=5.0, start="2026-11-21T11:54:00Z")
    mine = folded()
    venue.pass_time(13 * 60, step=1.0)
    for event in venue.take(kind="event"):
        mine.apply(event["data"])
    assert len(mine.books) == 97
    assert any(not book.bids.levels() for book in mine.books.values())
    assert mine.ladders() == ladders(venue.truth(name))


@pytest.mark.parametrize("base", [0, 1])
def test_a_split_message_changes_the_state_with_its_last_part(rig: Any, channel: Any, folded: Any, base: int) -> None:
    name = channel(BOOKS, "DE-AMPRION", "QuarterHour")
    venue = started(rig, name)
    venue.http("POST", "/practice/faults", body={"split": 3, "split_base": base})
    venue.send({"type": "unsubscribe", "channel": name})
    venue.subscribe(name)
    venue.pass_time(4)
    events = venue.take(kind="event")
    events = events[next(i for i, e in enumerate(events) if e.get("totalparts")) :]
    assert [(e["sequence"], e["part"], e["totalparts"]) for e in events[:3]] == [(i, i + base, 3) for i in range(3)]
    assert [e["sequence"] for e in events] == list(range(len(events)))
    assert venue.truth(name, 1)["books"] == []
    mine, parts = folded(), []
    later_splits = 0
    for event in events:
        if "part" not in event:
            assert not isinstance(event["data"], list), "a list is split"
            mine.apply(event["data"])
        else:
            parts.append(event)
            if len(parts) == event["totalparts"]:
                assert [part["part"] for part in parts] == list(range(base, base + len(parts)))
                for part in parts:
                    mine.apply(part["data"])
                later_splits += event["sequence"] > 2
                parts = []
        if "part" in event or event["sequence"] % 16 == 0:
            assert mine.ladders() == ladders(venue.truth(name, event["sequence"]))
    assert later_splits, "later events with several books are split, too"


def test_trades_are_those_of_the_tape(rig: Any, channel: Any) -> None:
    name = channel(TRADES)
    venue = started(rig, name, rate=600.0)
    venue.pass_time(10)
    known: dict[str, Any] = {}
    for event in venue.take(kind="event"):
        for trade in payloads(event):
            before = known.get(trade["identifier"])
            assert before is None or int(trade["revisionNumber"]) > int(before["revisionNumber"])
            known[trade["identifier"]] = trade
        if event["sequence"] % 20 == 1:
            rows = {row["id"]: row for row in venue.truth(name, event["sequence"])["trades"]}
            assert rows.keys() == known.keys()
            for identifier, trade in known.items():
                row = rows[identifier]
                assert row["revision"] == int(trade["revisionNumber"])
                assert (row["price"], row["quantity"]) == (trade["price"], trade["quantity"])
                assert (row["state"], row["executed_at"]) == (trade["state"], trade["execDate"])
                assert row["buy_contract_id"] == trade["buyContractArea"]["identifier"]
                assert row["sell_area"] == trade["sellContractArea"]["deliveryArea"]


def test_states_are_those_of_the_calendar(rig: Any, channel: Any) -> None:
    name = channel(STATES)
    venue = started(rig, name, rate=5.0)
    venue.pass_time(60, step=0.5)
    known: dict[str, Any] = {}
    events = venue.take(kind="event")
    assert len(events) > 1
    for event in events:
        for state in payloads(event):
            known[state["contractArea"]["identifier"]] = [
                state["state"],
                state["tradingPhase"],
                state["tradingPhaseStart"],
                state["tradingPhaseEnd"],
            ]
        rows = venue.truth(name, event["sequence"])["area_states"]
        assert {r["contract_id"]: [r["state"], r["phase"], r["phase_start"], r["phase_end"]] for r in rows} == known


def test_figures_are_those_of_the_tape(rig: Any, channel: Any) -> None:
    name = channel(FIGURES)
    venue = started(rig, name)
    venue.pass_time(8)
    known: dict[str, Any] = {}
    for event in venue.take(kind="event"):
        for figures in payloads(event):
            known[figures["contractArea"]["identifier"]] = (
                figures.get("lastTradedPrice"),
                figures.get("totalTradedQuantity"),
                figures.get("volumeWeightedAveragePrice"),
                figures.get("lastTradedDate"),
                figures.get("priceDirection"),
            )
        if event["sequence"] % 5 == 0:
            rows = venue.truth(name, event["sequence"])["market_information"]
            assert known == {
                r["contract_id"]: (r["last_price"], r["total_quantity"], r["vwap"], r["last_at"], r["direction"])
                for r in rows
            }


def test_each_subscription_has_its_own_truth(rig: Any, channel: Any) -> None:
    name = channel(BOOKS)
    venue = started(rig, name)
    venue.pass_time(2)
    venue.send({"type": "unsubscribe", "channel": name})
    venue.subscribe(name)
    first, second = venue.truth(name, 0, subscription=1), venue.truth(name, 0)
    assert (first["subscription"], second["subscription"]) == (1, 2)
    assert first["books"] != second["books"]
    assert second["last_sequence"] == 0
    assert first["last_sequence"] > 5


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ({}, 422, "channel"),
        ({"channel": "urn:none"}, 404, "urn:none"),
        ({"sequence": "99999"}, 404, "99999"),
        ({"sequence": "x"}, 422, "sequence"),
        ({"sequence": "-1"}, 422, "sequence"),
        ({"subscription": "7"}, 404, "7"),
    ],
    ids=["no channel", "unknown", "not sent", "not a number", "negative", "no subscription"],
)
def test_what_is_not_known_is_said_in_words(
    shared_venue: Any, channel: Any, query: dict[str, str], status: int, words: str
) -> None:
    name = channel(STATES)
    venue = shared_venue
    venue.connect(5)
    venue.subscribe(name, 5)
    venue.gateway.disconnected(5)
    answer = venue.http("GET", "/truth", ({"channel": name} if query else {}) | query)
    assert answer.status == status
    assert words in json.loads(answer.body)["message"]


def test_an_old_sequence_is_no_longer_held(rig: Any, channel: Any) -> None:
    name = channel(BOOKS)
    venue = started(rig, name, rate=50.0)
    venue.pass_time(120, step=10.0)
    held = venue.try_truth(name, 0).status
    venue.pass_time(400, step=10.0)
    assert (held, venue.try_truth(name, 0).status) == (200, 404)
    assert venue.try_truth(name).status == 200


def test_numbers_are_plain_text(rig: Any, channel: Any) -> None:
    name = channel(BOOKS)
    venue = started(rig, name)
    for book in venue.truth(name)["books"]:
        for price, quantity in book["bids"] + book["asks"]:
            for text in (price, quantity):
                assert isinstance(text, str)
                assert "e" not in text.lower()
                assert "." not in text or not text.endswith(("0", "."))
