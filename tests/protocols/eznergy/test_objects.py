"""Every object of the protocol page (section 6) in both scopes, written from the page: what the desk makes of it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from protocols.eznergy import messages
from protocols.eznergy.codec import decode_one
from protocols.eznergy.contracts import ContractDirectory
from protocols.market.events import AnomalyNoticed, Freshness
from protocols.market.order_events import OwnTradePrinted
from protocols.market.times import utc_text
from protocols.market.values import plain_text
from tests.protocols.eznergy.support import NPID_SETTINGS, SETTINGS, SPEC, Everything

FOLDER = Path(__file__).parents[2] / "transcripts" / "eznergy"
SCOPES = {"m7": SETTINGS, "npid": NPID_SETTINGS}
Shown = dict[str, Any]


def transcript(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text())


def value(number: int | None) -> str | None:
    return None if number is None else plain_text(number)


def time(at: Any) -> str | None:
    return None if at is None else utc_text(at)


# What the desk shows of each resource, in words that are not the code's own


def state_shown(talk: Everything) -> Shown:
    (state,) = talk.market.area_states.rows().values()
    times = {name: time(getattr(state, name)) for name in ("phase_start", "phase_end", "expires")}
    return {"state": state.state, "phase": state.phase, "open": state.open, **times}


def book_shown(talk: Everything) -> Shown:
    (book,) = talk.market.books.values()
    assert talk.market.book_standing(book.key).live
    return {
        name: [[plain_text(level.price), plain_text(level.quantity)] for level in side.levels()]
        for name, side in (("bids", book.bids), ("asks", book.asks))
    }


def trades_shown(talk: Everything) -> Shown:
    rows = list(talk.market.tape.newest_first())
    assert len(rows) == len({row.identifier for row in rows}), "one line a trade"
    return {row.identifier: [row.venue_state, row.state.value, row.revision] for row in rows}


def information_shown(talk: Everything) -> Shown:
    (row,) = talk.market.information.rows().values()
    names = ("last_price", "last_quantity", "total_quantity", "high", "low", "vwap", "day_ahead")
    past = [[plain_text(t.price), plain_text(t.quantity), t.state.value, time(t.traded_at)] for t in row.past]
    return {
        **{name: value(getattr(row, name)) for name in names},
        "direction": row.direction,
        "last_at": time(row.last_at),
        "past": past,
    }


def order_shown(talk: Everything) -> Shown:
    (order,) = talk.market.blotter.rows()
    terms = order.terms
    display, delta = value(terms.display_quantity) or "", value(terms.price_delta) or ""
    return {
        "venue_id": order.venue_id,
        "status": order.status.value,
        "terms": [terms.restriction, terms.validity, display, delta, terms.kind],
        "reason": order.reason,
        "ours": order.ours,
    }


SHOWN: dict[str, Callable[[Everything], Shown]] = {
    "contract_area_states": state_shown,
    "public_order_books": book_shown,
    "public_trades": trades_shown,
    "market_information": information_shown,
    "private_orders": order_shown,
}


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("resource", SHOWN)
def test_each_object_is_shown_as_the_page_means_it(scope: str, resource: str) -> None:
    talk = Everything(SCOPES[scope])
    for step in transcript(f"{scope}/{resource}"):
        told = len(talk.market.anomalies)
        talk.tell(resource, step["data"])
        shown = SHOWN[resource](talk)
        assert {name: shown[name] for name in step["shows"]} == step["shows"], step
        if "odd" in step:
            assert step["odd"] in talk.market.anomalies[told].message
        assert talk.channel(talk.urns[resource]).status is Freshness.LIVE


@pytest.mark.parametrize("scope", SCOPES)
def test_own_trades_are_shown_as_the_page_means_them(scope: str) -> None:
    for step in transcript(f"{scope}/private_trades"):
        talk = Everything(SCOPES[scope])
        talk.tell("private_trades", step["data"])
        trades = [event.trade for event in talk.events if isinstance(event, OwnTradePrinted)]
        assert [
            [
                trade.identifier,
                trade.side.value,
                trade.order_venue_id,
                trade.state.value,
                plain_text(trade.price),
                plain_text(trade.quantity),
                trade.comment,
                trade.currency,
            ]
            for trade in trades
        ] == step["shows"]


@pytest.mark.parametrize("scope", SCOPES)
def test_every_way_to_write_a_contract_is_one_contract(scope: str) -> None:
    for step in transcript(f"{scope}/contract_area"):
        area = decode_one(messages.ContractArea, json.dumps(step["data"]).encode())
        found = ContractDirectory("C", lambda area: SPEC, scope).resolve(area)
        shown = {
            "venue_id": found.venue_id,
            "name": found.name,
            "product": found.product,
            "market_type": found.market_type,
            "start": utc_text(found.delivery_start),
            "end": utc_text(found.delivery_end),
        }
        assert {name: shown[name] for name in step["shows"]} == step["shows"]
        assert found.scope == scope


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("case", transcript("malformed"), ids=lambda case: f"{case['resource']}: {case['why']}")
def test_a_malformed_object_is_a_typed_error_and_costs_the_channel_a_new_snapshot(
    scope: str, case: dict[str, Any]
) -> None:
    talk = Everything(SCOPES[scope])
    urn = talk.urns[case["resource"]]
    talk.tell(case["resource"], case["data"])
    told = [event for event in talk.events if isinstance(event, AnomalyNoticed)]
    assert told and told[0].channel == urn
    if case["resource"] == "public_trades" and isinstance(case["data"], dict):
        return  # a trade has no standing of its own to lose
    assert talk.channel(urn).status is not Freshness.LIVE
    assert talk.sent[-1] == {"type": "unsubscribe", "channel": urn, "correlation": talk.sent[-1]["correlation"]}


@pytest.mark.parametrize("case", transcript("npid/order_errors"), ids=lambda case: json.dumps(case["errors"]))
def test_nord_pools_errors_are_the_reason_as_plain_text(case: dict[str, Any]) -> None:
    talk = Everything(NPID_SETTINGS)
    order = {**transcript("npid/private_orders")[0]["data"], "state": "Rejected", "errors": case["errors"]}
    talk.tell("private_orders", {k: v for k, v in order.items() if k not in ("identifier", "revisionNumber")})
    assert order_shown(talk)["reason"] == case["reason"]
    assert order_shown(talk)["status"] == "rejected"
