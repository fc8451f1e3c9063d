"""Scope `test`: four channels that begin at 1 without a snapshot, and what each exercises (sections 2 and 8)."""

import msgspec
import pytest

from protocols.eznergy.channels import TEST_CHANNELS
from protocols.market.commands import Intent, PlaceOrder
from protocols.market.events import ConnectionStatus, Feed, Freshness
from protocols.market.instruments import ContractKey
from protocols.market.values import SCALE, Price, Quantity, Side
from protocols.session import Denied
from tests.protocols.eznergy.support import SETTINGS, Conversation


def urn(name: str) -> str:
    return f"urn:ez-api:EZ4a26927fea:test:{name}"


class Exercise(Conversation):
    """A connection of scope `test` whose four channels are subscribed."""

    def __init__(self) -> None:
        super().__init__(
            msgspec.structs.replace(SETTINGS, scope="test", areas=(), products=(), test_channels=TEST_CHANNELS)
        )
        self.connect()
        for name in TEST_CHANNELS:
            self.confirm(urn(name))

    def comes(self, name: str, *sequences: int) -> None:
        for sequence in sequences:
            self.event(urn(name), sequence, {})

    def beat(self, **sequences: int | None) -> None:
        """A heartbeat that lists these channels."""
        self.heartbeat({urn(name): sequence for name, sequence in sequences.items()})


def test_a_test_channel_is_live_once_it_is_subscribed() -> None:
    talk = Exercise()
    assert {frame["channel"] for frame in talk.sent} == {urn(name) for name in TEST_CHANNELS}
    assert {talk.channel(urn(name)).status for name in TEST_CHANNELS} == {Freshness.LIVE}
    assert talk.market.connections["EPEX M7"].status is ConnectionStatus.LIVE
    assert talk.channel(urn("normal")).feed is Feed.TEST


def test_its_first_event_is_number_one_and_its_payload_means_nothing() -> None:
    talk = Exercise()
    before = talk.market.revision
    talk.comes("normal", 1, 2, 3)
    talk.event(urn("normal"), 4, [{"contractArea": 7}], correlation="a test event may carry one")
    report = talk.channel(urn("normal"))
    assert (report.last_sequence, report.applied, report.dropped, report.gaps) == (4, 4, 0, 0)
    assert talk.market.revision == before
    assert not talk.market.anomalies


def test_events_that_overtake_their_subscribed_wait_for_it() -> None:
    talk = Conversation(msgspec.structs.replace(SETTINGS, scope="test", areas=(), test_channels=("fast_events",)))
    talk.connect()
    name = urn("fast_events")
    talk.event(name, 1, {})
    talk.event(name, 2, {})
    assert talk.channel(name).applied == 0
    talk.confirm(name)
    assert (talk.channel(name).applied, talk.channel(name).status) == (2, Freshness.LIVE)


def test_disorder_is_put_right_and_starts_nothing_over() -> None:
    talk = Exercise()
    for first in range(1, 40, 2):
        talk.comes("disorder", first + 1)
        talk.wait(0.2)
        talk.comes("disorder", first)
        talk.wait(0.2)
        talk.beat(normal=0, fast_events=0, disorder=first + 1, with_holes=0)
    report = talk.channel(urn("disorder"))
    assert (report.applied, report.reordered, report.gaps, report.resubscribes) == (40, 20, 0, 0)


def test_each_hole_costs_one_new_subscription() -> None:
    talk = Exercise()
    name = urn("with_holes")
    for round_ in range(1, 4):
        talk.comes("with_holes", 1, 2, 3)
        talk.wait(0.9)
        talk.comes("with_holes", 5)  # 4 is left out
        talk.wait(0.9)
        talk.comes("with_holes", 6)
        talk.wait(0.3)
        assert talk.sent[-1] == {"type": "unsubscribe", "channel": name, "correlation": talk.sent[-1]["correlation"]}
        talk.comes("with_holes", 7)
        talk.confirm(name, "unsubscribed")
        while talk.sent[-1]["type"] != "subscribe":
            talk.beat(normal=0, fast_events=0, disorder=0)
            talk.wait(0.1)
        talk.confirm(name)
        report = talk.channel(name)
        assert (report.gaps, report.resubscribes, report.stragglers) == (round_, round_, round_)
    assert talk.market.connections["EPEX M7"].status is ConnectionStatus.LIVE


@pytest.mark.parametrize("sequence", [0, None])
def test_a_heartbeat_before_the_first_event_agrees(sequence: int | None) -> None:
    talk = Exercise()
    for _ in range(4):
        talk.beat(**dict.fromkeys(TEST_CHANNELS, sequence))
    assert all(talk.channel(urn(name)).resubscribes == 0 for name in TEST_CHANNELS)


def test_nothing_can_be_ordered_on_it() -> None:
    talk = Exercise()
    order = PlaceOrder(ContractKey("EPEX M7", "FR-RTE", "1"), Side.BUY, Quantity(SCALE), Price(SCALE))
    denied = talk.session.prepare(Intent("intent", "client", order, talk.now), talk.now)
    assert isinstance(denied, Denied)
    assert "does not trade FR-RTE" in denied.reason
