"""The session against the practice venue under every fault of its switches, on virtual time.

What is claimed at every look: a channel that is live equals the venue's truth at its last sequence, to the last digit;
no book that is crossed, half or fed by a broken channel is live. And when the faults stop, all is live in 20 s.
"""

from typing import Any

import pytest

from tests.support.paired import Paired
from tests.support.truth import crossed_and_live, differences, live_channels, live_without_channel

ISSUE = {"reorder": 0.2, "duplicate": 0.05, "drop_every": 20, "split": 4}
CAMPAIGNS: dict[str, dict[str, Any]] = {
    "calm": {},
    "the issue's, parts from 0": {**ISSUE, "split_base": 0},
    "the issue's, parts from 1": {**ISSUE, "split_base": 1},
    "disorder": {"reorder": 0.5, "duplicate": 0.5},
    "drops": {"drop": 0.02},
    "unsubscribed": {"unsubscribe_every": 3},
    "silent": {"stall_heartbeat": True},
    "heartbeats ahead": {"heartbeat_lies": 3},
    "heartbeats behind": {"heartbeat_lies": -3},
    "heartbeats empty": {"heartbeat_omits": True},
    "everything": {**ISSUE, "drop_every": 0, "drop": 0.02, "unsubscribe_every": 4, "heartbeat_omits": True},
}
AREAS = {"m7": ("DE-AMPRION", "FR-RTE"), "npid": ("DE-AMPRION", "UK-ELEXON")}
"""By scope."""


def check(pair: Paired) -> int:
    """Holds the desk against the truth; returns how many channels were live."""
    state = pair.state()
    assert differences(state, pair.truth) == []
    assert crossed_and_live(state) == []
    assert live_without_channel(state) == []
    return len(live_channels(state))


def campaign(seed: int, faults: dict[str, Any], looks: int, scope: str) -> Paired:
    pair = Paired(seed, AREAS[scope], scope=scope)
    pair.faults(**faults)
    live = 0
    for look in range(looks):
        pair.run(2.5)
        live += check(pair)
        if look % 5 == 4 and seed % 2:
            pair.cut()
            assert live_channels(pair.state()) == []
    assert live, "the campaign must see something live, or it shows nothing"
    pair.faults(**{name: type(value)() for name, value in faults.items()})
    pair.run(20)
    assert check(pair) == len(pair.session.report().channels), "all are live again within 20 s"
    return pair


@pytest.mark.parametrize("name", CAMPAIGNS)
@pytest.mark.parametrize(("scope", "seed", "looks"), [("m7", 1, 12), ("m7", 2, 12), ("npid", 1, 6)])
def test_what_is_live_is_true(scope: str, seed: int, looks: int, name: str) -> None:
    faults = CAMPAIGNS[name]
    pair = campaign(seed, faults, looks, scope)
    if faults.get("reorder"):
        assert pair.counters("reordered") > 20
    if faults.get("duplicate"):
        assert pair.counters("dropped") > 5
    if faults.get("drop") or (faults.get("drop_every") and not seed % 2):  # cut links last too short to drop one
        assert pair.counters("gaps") > 0
    if not faults and seed == 2:
        assert pair.counters("resubscribes") == 0


def test_a_token_that_expired_meanwhile_is_renewed_at_the_reconnect() -> None:
    pair = Paired(3, token_lifetime=10)
    pair.run(5)
    pair.reachable = False
    pair.cut()
    pair.run(12)
    assert live_channels(pair.state()) == []
    pair.reachable = True
    pair.run(12)
    assert "401" in pair.session.report().last_error
    assert check(pair) == len(pair.session.report().channels)


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("name", CAMPAIGNS)
@pytest.mark.parametrize("scope", AREAS)
def test_what_is_live_is_true_for_long(scope: str, name: str) -> None:
    for seed in range(10, 40):
        campaign(seed, CAMPAIGNS[name], looks=60, scope=scope)
