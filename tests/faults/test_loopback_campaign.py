"""Both scopes side by side over loopback: real venue, real sockets, and between them wires that break.

What is claimed at every look, and that all is live 20 s after the last fault, is what `test_campaign` claims on virtual
time; here two connections share one loop, each behind a relay of its own, and one's trouble is not the other's.
"""

import random
from typing import Any

import pytest

from app.connections import ConnectionSettings
from protocols.market.events import ConnectionStatus, Freshness
from protocols.practice.relay import Relay
from protocols.session import Tls
from tests.endtoend.support import VenueProcess
from tests.support.headless import HeadlessDesk, headless
from tests.support.truth import crossed_and_live, differences, live_channels, live_without_channel

M7, NPID = "EPEX M7", "Nord Pool"
SCOPES = {
    M7: ("m7", ("DE-AMPRION", "FR-RTE"), ("Hour", "QuarterHour")),
    NPID: ("npid", ("DE-AMPRION", "UK-ELEXON"), ("P60Min", "P30Min")),
}
LOOKS = 5
"""In each stretch of faults."""
STALE_TICKS = 10
"""How long, beyond the first moment, it is looked at that what is stale stays so."""
SOON = 20.0
"""Seconds in which all is live again when the faults stop: promised."""


def settings(name: str, port: int) -> ConnectionSettings:
    scope, areas, products = SCOPES[name]
    return ConnectionSettings(
        name=name,
        venue="eznergy",
        scope=scope,
        host=f"127.0.0.1:{port}",
        tls=Tls(enabled=False),
        contract="EZ4a26927fea",
        client_guid="6395d740-6e55-11e8-b566-0800200c9a66",
        areas=areas,
        products=products,
        user="trader",
    )


class Campaign:
    """A desk with both connections, the relays in their way, and what is looked at all the while."""

    def __init__(self, desk: HeadlessDesk, venue: VenueProcess, relays: dict[str, Relay]) -> None:
        self.desk = desk
        self.venue = venue
        self.relays = relays

    def look(self) -> dict[str, Any]:
        """Holds the desk against the truth, of one moment: nothing else runs meanwhile."""
        state = self.desk.state()
        assert differences(state, self.venue.truth) == []
        assert crossed_and_live(state) == []
        assert live_without_channel(state) == []
        return state

    async def watch(self, ticks: int) -> None:
        for _ in range(LOOKS):
            for _ in range(ticks // LOOKS):
                await self.desk.tick()
            self.look()

    def books(self, name: str) -> list[Freshness]:
        market = self.desk.desk.market
        return [market.book_standing(key).freshness for key in market.books if key.connection == name]

    def nothing_live(self, name: str) -> bool:
        return not any(channel.status is Freshness.LIVE for channel in self.desk.report(name).channels)

    def shown_as_stale(self, name: str) -> None:
        """The books are still there, and none of them looks live."""
        assert self.books(name)
        assert Freshness.LIVE not in self.books(name)
        assert Freshness.STALE in self.books(name)
        assert not [channel for channel in live_channels(self.desk.state()) if channel["connection"] == name], (
            "no channel of a connection without a link is live"
        )

    async def reset(self, name: str, other: str) -> None:
        """One wire is cut in the middle of a frame: all behind it is stale at once, and the other goes on."""
        report, reconnects = self.desk.report(name), self.desk.report(name).reconnects
        elsewhere = (self.desk.report(other).reconnects, self.desk.report(other).messages)
        self.relays[name].reset(after=20_000)
        await self.desk.until(lambda: self.desk.report(name).status is ConnectionStatus.DOWN)
        self.shown_as_stale(name)
        self.look()
        await self.desk.until(lambda: self.desk.report(name).reconnects > reconnects)
        assert report.reconnects == reconnects + 1
        assert self.desk.report(other).reconnects == elsewhere[0]
        await self.desk.until(lambda: self.desk.report(other).messages > elsewhere[1])

    async def half_open(self) -> None:
        """Both peers vanish without a word: what no heartbeat vouches for any more is stale, at the latest when two are
        overdue, and stays so until they are back."""
        missed = {name: self.desk.report(name).heartbeats_missed for name in self.relays}
        for relay in self.relays.values():
            relay.half_open()
        for name in self.relays:
            await self.desk.until(lambda name=name: self.desk.report(name).heartbeats_missed > missed[name])
            await self.desk.until(lambda name=name: self.nothing_live(name))
        for _ in range(STALE_TICKS):
            await self.desk.tick()
            for name in self.relays:
                self.shown_as_stale(name)

    async def recover(self) -> float:
        """The faults stop; how long until all is live, in seconds."""
        for relay in self.relays.values():
            relay.half_open(False)
        self.venue.faults(reorder=0, duplicate=0, drop_every=0, split=0)
        began = self.desk.clock().monotonic
        await self.desk.until(self.desk.all_live)
        return self.desk.clock().monotonic - began

    def counted(self, name: str, counter: str) -> int:
        return sum(getattr(channel, counter) for channel in self.desk.report(name).channels)


async def run(venue: VenueProcess, base: int, drop_every: float, ticks: int) -> None:
    """The campaign: `ticks` of faults before, between and after the two resets of each wire."""
    async with headless() as desk:
        relays = {name: Relay(venue.port, rng=random.Random(name)) for name in SCOPES}
        async with relays[M7], relays[NPID]:
            campaign = Campaign(desk, venue, relays)
            venue.faults(reorder=0.2, duplicate=0.05, drop_every=drop_every, split=4, split_base=base)
            await desk.connect(*(settings(name, relay.port) for name, relay in relays.items()))
            await desk.until(lambda: all(Freshness.LIVE in campaign.books(name) for name in SCOPES))
            await campaign.watch(ticks)
            for name, other in ((M7, NPID), (NPID, M7), (M7, NPID), (NPID, M7)):
                await campaign.reset(name, other)
                await campaign.watch(ticks)
            await desk.until(lambda: all(campaign.counted(name, "gaps") for name in SCOPES))
            await campaign.half_open()
            took = await campaign.recover()
            assert took < SOON
            state = campaign.look()
            assert len(live_channels(state)) == len(state["channels"]) == 32
            for name in SCOPES:
                assert campaign.counted(name, "reordered") > 0
                assert campaign.counted(name, "dropped") > 0
                assert desk.report(name).reconnects >= 3
                report = desk.report(name)
                print(
                    f"\n{name}: {report.messages} messages, {report.reconnects} reconnects, "
                    f"{campaign.counted(name, 'reordered')} reordered, {campaign.counted(name, 'dropped')} dropped, "
                    f"{campaign.counted(name, 'gaps')} gaps; all live {took:.1f} s after the last fault"
                )


@pytest.mark.timeout(240)
async def test_what_is_live_is_true_on_two_broken_wires(venue: VenueProcess) -> None:
    await run(venue, base=0, drop_every=4, ticks=10)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("base", [0, 1])
async def test_what_is_live_is_true_on_two_broken_wires_for_long(venue: VenueProcess, base: int) -> None:
    await run(venue, base, drop_every=20, ticks=200)
