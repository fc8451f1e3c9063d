"""What a venue may send and should not: contained where it is, told once, never shown as live."""

import json

import pytest

from protocols.market.events import AnomalyNoticed, Freshness
from tests.protocols.eznergy.support import BASE, BOOKS, INFORMATION, STATES, TRADES, Conversation, book, contract


@pytest.mark.parametrize(
    "value", ['"NaN"', '"Infinity"', "1e999999", "-1e999999", "1e-30", "99999999999999999999", "true", '"x"', "null"]
)
def test_a_number_no_price_can_be_costs_its_contract_and_a_new_snapshot(value: str) -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    change = json.dumps(book([(4, "PRICE", 2)], [], delta=True)).replace('"PRICE"', value)
    talk.raw(json.dumps({"type": "event", "channel": BOOKS, "sequence": 1, "data": change}).encode())
    assert talk.standing() != "live"
    assert talk.sent[-1]["type"] == "unsubscribe"
    assert any(isinstance(event, AnomalyNoticed) and "price" in event.message for event in talk.events)


def test_an_unreadable_contract_in_a_snapshot_leaves_the_others_live() -> None:
    talk = Conversation()
    other = book([(8, 10, 1)], [], contractArea={**contract("16Q1", "FR-RTE-2"), "deliveryEnd": "2026-11-21T15:15:00Z"})
    talk.live(snapshot=[book([(1, "NaN", 1)], []), other])
    standings = {
        talk.market.contracts[key].name: talk.market.book_standing(key).freshness.value for key in talk.market.books
    }
    assert standings == {"15Q4": "unsynchronised", "16Q1": "live"}
    assert talk.channel().status is Freshness.LIVE


def test_bare_nan_is_no_json() -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    text = json.dumps(book([(4, float("nan"), 2)], [], delta=True))
    assert "NaN" in text
    talk.raw(json.dumps({"type": "event", "channel": BOOKS, "sequence": 1, "data": text}).encode())
    assert talk.standing() == "resynchronising"


@pytest.mark.parametrize(
    "frame",
    [b"", b"\x00\xff", b"[]", b"{}", b'{"type": 7}', b"[" * 100_000, b'{"type":"event","sequence":1.5}', b"null"],
)
def test_garbage_is_told_and_changes_nothing(frame: bytes) -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    talk.raw(frame)
    assert talk.standing() == "live"
    assert talk.levels()[0][0] == (3840, 125)
    assert any(isinstance(event, AnomalyNoticed) for event in talk.events)


def test_the_unknown_passes_and_is_told_once() -> None:
    talk = Conversation()
    talk.live(snapshot=[{**BASE, "newField": {"a": [1]}}])
    talk.say("weather_report", data={})
    talk.say("weather_report", data={})
    assert talk.standing() == "live"
    told = [event.kind for event in talk.events if isinstance(event, AnomalyNoticed)]
    assert told == ["unrecognised message"]


def test_unknown_states_keep_the_venues_word() -> None:
    talk = Conversation()
    talk.live()
    talk.event(STATES, 1, {"contractArea": contract(), "state": "Meditating", "tradingPhase": "Yoga"})
    (state,) = talk.market.area_states.rows().values()
    assert (state.state, state.phase, state.phase_end) == ("Meditating", "Yoga", None)


def test_an_unsure_time_is_not_guessed() -> None:
    talk = Conversation()
    talk.live()
    trade = {
        "identifier": "T1",
        "revisionNumber": 0,
        "price": -12.5,
        "quantity": 3,
        "state": "Active",
        "buyContractArea": contract(),
        "sellContractArea": contract(),
        "execDate": "2022-05-22T15:02.23Z",
    }
    talk.event(TRADES, 1, trade)
    row = talk.market.tape.row(0)
    assert row.executed_at is None
    assert any("15:02.23" in event.message for event in talk.events if isinstance(event, AnomalyNoticed))


def test_absent_figures_are_absent() -> None:
    talk = Conversation()
    talk.live()
    talk.event(INFORMATION, 1, {"contractArea": contract(), "volumeWeightedAveragePrice": 38.333333333333336})
    (row,) = talk.market.information.rows().values()
    assert row.last_price is None
    assert row.vwap == 38_333_333_333


def test_a_contract_without_identifier_is_found_by_its_period() -> None:
    talk = Conversation()
    talk.live(snapshot=[BASE])
    talk.event(STATES, 1, {"contractArea": contract(identifier=None), "state": "Active"})
    assert set(talk.market.area_states.rows()) == set(talk.market.books)


@pytest.mark.parametrize(
    "product",
    [
        {"product": {"granularity": "QuarterHour", "type": "Local"}},
        {"product": {"granularity": "QuarterHour", "marketType": "Local"}},
        {"product": "QuarterHour", "type": "Local"},
    ],
)
def test_three_ways_to_write_a_product_are_one(product: dict[str, object]) -> None:
    talk = Conversation()
    area = {**contract("15Q4   "), **product}
    talk.live(snapshot=[book([], [], contractArea=area)])
    (only,) = talk.market.contracts.values()
    assert (only.name, only.product, only.market_type) == ("15Q4", "QuarterHour", "Local")
