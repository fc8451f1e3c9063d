"""200,000 frames bent in every way that a broken peer can bend them: typed errors only, and nothing shown that is not.

Most go through codec, translators and folds alone; a part goes through the session, with everything around it.
"""

import random
from collections.abc import Callable

import pytest

from protocols.eznergy import messages
from protocols.eznergy.channels import Settings, channels_of
from protocols.eznergy.codec import Unreadable, decode_envelope, decode_heartbeat, decode_one, inner_json
from protocols.eznergy.contracts import ContractDirectory
from protocols.eznergy.subscription import Message
from protocols.eznergy.translate import Translates
from protocols.eznergy.translators import translator_of
from protocols.market.events import Freshness
from protocols.market.state import MarketState
from protocols.market.times import Instant
from protocols.market.values import MAXIMUM, ValueRefused, scaled_from_text
from tests.protocols.eznergy.mutations import Good, bent, good_frames, mutated
from tests.protocols.eznergy.support import NPID_SETTINGS, SETTINGS, SPEC, START, Everything

READ_IN_CI = 75_000
"""Frames a scope through codec, translators and folds."""
TAKEN_IN_CI = 25_000
"""Frames a scope through the session."""
SCOPES = {"m7": SETTINGS, "npid": NPID_SETTINGS}
RENEWED = 500
"""Frames after which a market begins anew, so that it stays small."""
NOW = Instant(100.0, START)


class Reader:
    """Codec, translators and folds of a scope, without a session around them. Raises nothing but `Unreadable`."""

    def __init__(self, settings: Settings) -> None:
        self.market = MarketState()
        self.contracts = ContractDirectory(settings.name, lambda area: SPEC, settings.scope)
        self._translators: dict[str, Translates] = {
            channel.resource: translator_of(channel, settings.name, self.contracts, lambda kind, text: None)
            for channel in channels_of(settings)
        }

    def read(self, good: Good, frame: bytes) -> None:
        payload = inner_json(decode_envelope(frame).data)
        if good.resource:
            try:
                told = self._translators[good.resource].translate(Message([payload], len(payload) % 2 == 0), NOW)
            finally:
                for listed in self.contracts.listed():
                    self.market.apply(listed)
            for event in told.events:
                self.market.apply(event)
            return
        match good.envelope["type"]:
            case "heartbeat":
                decode_heartbeat(payload)
            case "error":
                decode_one(messages.ErrorPayload, payload)
            case "token_refresh":
                decode_one(messages.Token, payload)


def nothing_absurd(market: MarketState) -> None:
    """Whatever was taken is a market that could be."""
    for book in market.books.values():
        for level in (*book.bids.levels(), *book.asks.levels()):
            assert level.quantity > 0 and abs(level.price) <= MAXIMUM
    for order in market.blotter.rows():
        assert order.remaining >= 0 and abs(order.price) <= MAXIMUM
    for contract in market.contracts.values():
        assert contract.delivery_start < contract.delivery_end


def read_campaign(settings: Settings, count: int, seed: int) -> int:
    """Returns how many frames were refused; the others were still good, or good enough."""
    chance = random.Random(seed)
    good = good_frames(settings)
    refused, reader = 0, Reader(settings)
    for number in range(count):
        frame = chance.choice(good)
        try:
            reader.read(frame, bent(frame, chance))
        except Unreadable:
            refused += 1
        if number % RENEWED == 0:
            nothing_absurd(reader.market)
            reader = Reader(settings)
    return refused


def take_campaign(settings: Settings, count: int, seed: int) -> None:
    chance = random.Random(seed)
    good = good_frames(settings)
    talk = Everything(settings)
    for _ in range(count):
        talk.raw(bent(chance.choice(good), chance))
        if chance.random() < 0.02:
            talk.wait(1.5, step=0.25)
        for key, found in talk.market.books.items():
            if talk.market.book_standing(key).live:
                assert talk.market.channels[key.connection, found.channel].status is Freshness.LIVE
                assert not found.crossed
        # A conversation that frames have broken is over, or most would fall on channels that ignore them.
        live = sum(report.status is Freshness.LIVE for report in talk.session.report().channels)
        if live < len(talk.urns) - 1 or talk.closes:
            nothing_absurd(talk.market)
            talk = Everything(settings)


@pytest.mark.parametrize("scope", SCOPES)
def test_mutated_frames_are_typed_errors(scope: str) -> None:
    refused = read_campaign(SCOPES[scope], READ_IN_CI, seed=20261121)
    assert READ_IN_CI // 3 < refused < READ_IN_CI, "neither all of them nor hardly any: the mutations mean something"


@pytest.mark.parametrize("scope", SCOPES)
def test_mutated_frames_raise_nothing_in_a_session(scope: str) -> None:
    take_campaign(SCOPES[scope], TAKEN_IN_CI, seed=20261122)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("campaign", [read_campaign, take_campaign])
def test_many_more_mutated_frames(campaign: Callable[[Settings, int, int], object]) -> None:
    for seed in range(10):
        for settings in SCOPES.values():
            campaign(settings, 10 * TAKEN_IN_CI, seed)


def test_mutated_numbers_are_refused_or_exact() -> None:
    chance = random.Random(7)
    for _ in range(5_000):
        text = mutated(b"-38.4500e0", chance).decode("latin-1")
        try:
            scaled_from_text(text)
        except ValueRefused:
            continue
