"""The venue's test channels over loopback, through the real link and session: none lost, none out of order.

`fast_events` is thousands of events a second; `with_holes` leaves some out, and each is found; `disorder` sends some
late, and none of these is taken for lost. (Protocol page, sections 2 and 8.)
"""

import time

import pytest

from app.connections import ConnectionSettings
from protocols.market.events import Freshness
from protocols.practice.drills import FASTEST
from protocols.session import Tls
from tests.endtoend.support import VenueProcess
from tests.support.headless import HeadlessDesk, headless

NAME, CONTRACT = "Test channels", "EZ4a26927fea"
FAST, HOLES, DISORDER, NORMAL = "fast_events", "with_holes", "disorder", "normal"
CHANNELS = (FAST, HOLES, DISORDER, NORMAL)
"""In the order in which they are subscribed; second, `with_holes` has its first hole after two seconds."""


def settings(port: int, *channels: str) -> ConnectionSettings:
    return ConnectionSettings(
        name=NAME,
        venue="eznergy",
        scope="test",
        host=f"127.0.0.1:{port}",
        tls=Tls(enabled=False),
        contract=CONTRACT,
        client_guid="",
        areas=(),
        products=(),
        user="trader",
        channels=channels,
    )


def urn(channel: str) -> str:
    return f"urn:ez-api:{CONTRACT}:test:{channel}"


def none_lost(desk: HeadlessDesk, venue: VenueProcess, channel: str) -> None:
    """Every event from the first on was taken once and in its place, and the venue left none out."""
    report = desk.channel(NAME, channel)
    assert report.status is Freshness.LIVE
    assert report.applied == report.last_sequence
    assert (report.gaps, report.dropped, report.resubscribes, report.unsubscribed) == (0, 0, 0, 0)
    truth = venue.truth(urn(channel), report.last_sequence or 0)
    assert (truth["subscription"], truth["left_out"]) == (1, [])


def in_order(desk: HeadlessDesk, venue: VenueProcess) -> None:
    for channel in (FAST, NORMAL):
        none_lost(desk, venue, channel)
        assert desk.channel(NAME, channel).reordered == 0
    assert desk.report(NAME).reconnects == 0
    assert desk.report(NAME).anomalies == {}


def late_ones_put_right(desk: HeadlessDesk, venue: VenueProcess) -> None:
    """Of disorder nothing is started over, and as many were waited for as came late."""
    none_lost(desk, venue, DISORDER)
    report = desk.channel(NAME, DISORDER)
    late = venue.truth(urn(DISORDER), report.last_sequence or 0)["late"]
    assert late
    assert report.reordered >= len([number for number in late if number - 1 not in late])


def each_hole_costs_one_subscription(desk: HeadlessDesk, venue: VenueProcess) -> None:
    """A hole ends its subscription, once: what follows begins at 1, with holes of its own."""
    report = desk.channel(NAME, HOLES)
    assert report.gaps == report.resubscribes > 0
    for number in range(1, report.resubscribes + 1):
        truth = venue.ended(urn(HOLES), number)
        # A second hole right behind the first, before that one is found, is made good by the same new subscription.
        assert 1 <= len(truth["left_out"]) <= 2


async def taken(desk: HeadlessDesk, events: int) -> None:
    await desk.until(lambda: desk.channel(NAME, FAST).applied >= events)


@pytest.mark.timeout(240)
async def test_each_channel_is_as_the_vendor_says_and_none_is_lost(venue: VenueProcess) -> None:
    async with headless() as desk:
        await desk.connect(settings(venue.port, *CHANNELS))
        await taken(desk, 5 * FASTEST)
        holes = desk.channel(NAME, HOLES)
        await desk.until(lambda: holes.resubscribes and holes.status is Freshness.LIVE)
        await desk.until(lambda: desk.channel(NAME, DISORDER).reordered)
        in_order(desk, venue)
        late_ones_put_right(desk, venue)
        each_hole_costs_one_subscription(desk, venue)


@pytest.mark.soak
@pytest.mark.timeout(3600)
async def test_fast_events_for_a_minute(venue: VenueProcess) -> None:
    async with headless() as desk:
        await desk.connect(settings(venue.port, FAST, NORMAL))
        await taken(desk, FASTEST)
        began, worked = desk.clock().monotonic, time.process_time()
        before = desk.channel(NAME, FAST).applied
        await taken(desk, before + 60 * FASTEST)
        took, worked = desk.clock().monotonic - began, time.process_time() - worked
        events = desk.channel(NAME, FAST).applied - before
        in_order(desk, venue)
        print(
            f"\nfast_events: {events} events in {took:.1f} s, {events / took:.0f} a second, none lost; the client took "
            f"{worked / took:.0%} of a core, {worked / events * 1e6:.0f} µs an event"
        )


@pytest.mark.soak
@pytest.mark.timeout(3600)
async def test_holes_and_disorder_for_long(venue: VenueProcess) -> None:
    async with headless() as desk:
        await desk.connect(settings(venue.port, *CHANNELS))
        holes = desk.channel(NAME, HOLES)
        await desk.until(lambda: holes.resubscribes >= 10 and holes.status is Freshness.LIVE)
        in_order(desk, venue)
        late_ones_put_right(desk, venue)
        each_hole_costs_one_subscription(desk, venue)
