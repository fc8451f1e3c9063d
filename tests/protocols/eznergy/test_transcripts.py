"""The protocol page's examples of what is not an object: authentication, envelopes, errors, names and odd times."""

import json
from pathlib import Path
from typing import Any

import pytest

from protocols.eznergy import messages
from protocols.eznergy.codec import decode_envelope, decode_one, encode, inner_json
from tests.protocols.eznergy.support import STATES, Conversation

FOLDER = Path(__file__).parents[2] / "transcripts" / "eznergy"


def transcript(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text())


def test_authentication() -> None:
    page = transcript("authentication")
    body = encode(messages.Credentials(**page["request"]))
    assert json.loads(body) == page["request"]
    assert decode_one(messages.Token, json.dumps(page["reply"]).encode()).token == page["reply"]["token"]


def test_subscribe_is_written_as_the_page_shows_it() -> None:
    page = transcript("subscribe")
    talk = Conversation()
    talk.connect()
    sent = next(frame for frame in talk.sent if frame["channel"] == page["channel"])
    assert set(sent) == set(page)
    assert sent["type"] == page["type"]
    assert len(sent["correlation"].encode()) < 512


def test_token_refresh_reaches_the_next_reconnect() -> None:
    talk = Conversation()
    talk.live()
    talk.raw((FOLDER / "token_refresh.json").read_bytes())
    talk.closed()
    talk.wait(1)
    assert talk.opens[-1].bearer.reveal() == "..."


@pytest.mark.parametrize("error", transcript("errors"), ids=lambda error: error["code"])
def test_every_error_code_is_read_and_named(error: dict[str, str]) -> None:
    talk = Conversation()
    talk.live()
    talk.say("error", data=error)
    assert error["code"] in talk.session.report().last_error


@pytest.mark.parametrize("name", transcript("contract_names"))
def test_contract_names_of_the_page(name: str) -> None:
    talk = Conversation()
    talk.live()
    area = {**transcript("contract_area_m7"), "contractName": name}
    talk.event(STATES, 1, {"contractArea": area, "state": "Active", "tradingPhase": "Continuous"})
    (contract,) = talk.market.contracts.values()
    assert contract.name == name.strip()
    assert contract.venue_id == "DE-AMPRION-1022776"


def test_the_odd_time_of_the_page_is_kept_as_text_and_told() -> None:
    talk = Conversation()
    talk.live()
    odd = transcript("odd_time")
    talk.event(STATES, 1, {"contractArea": transcript("contract_area_m7"), "state": "Active", "tradingPhaseEnd": odd})
    (state,) = talk.market.area_states.rows().values()
    assert state.phase_end is None
    assert odd in talk.market.anomalies[-1].message


def test_the_page_envelope_of_a_split_message() -> None:
    for frame in transcript("split_event"):
        envelope = decode_envelope(json.dumps(frame).encode())
        assert (envelope.part, envelope.totalparts) == (frame["part"], 4)
        assert inner_json(envelope.data) == frame["data"].encode()
