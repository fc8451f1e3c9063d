"""What is shipped: the practice venue's two scopes side by side, in the window as it is at the first start."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from app.connections import ConnectionSettings
from app.practice_file import practice_file
from protocols.market.events import ConnectionStatus
from protocols.secret import Secret
from tests.endtoend.support import Desk, VenueProcess, connection, on_a_desk, unused_port
from tests.support.truth import crossed_and_live, differences, live_channels, live_without_channel

pytestmark = pytest.mark.qt_loop

M7, NPID = "Practice", "Practice Nord Pool"
PASSWORD = Secret("practice")


def shipped(port: int) -> tuple[ConnectionSettings, ...]:
    """Power's, in the file's order."""
    connections = practice_file(Path("nowhere"), port).read().connections
    return tuple(settings for settings in connections if settings.venue == "eznergy")


def live(desk: Desk, name: str) -> bool:
    view = desk.market.connections.get(name)
    return view is not None and view.status is ConnectionStatus.LIVE


async def started(desk: Desk, venue: VenueProcess) -> None:
    await desk.terminal.connect_in_turn(*shipped(venue.port), password=PASSWORD)
    await desk.until(lambda: live(desk, M7) and live(desk, NPID) and desk.window.group.contract is not None)


@on_a_desk
async def test_both_are_live_and_true_and_in_the_window(desk: Desk, venue: VenueProcess) -> None:
    await started(desk, venue)
    state = desk.state()
    assert differences(state, venue.truth) == []
    assert crossed_and_live(state) == live_without_channel(state) == []
    assert len(live_channels(state)) == len(state["channels"]) == 32 + 28
    assert [book["contract"] for book in state["books"] if book["freshness"] != "live"] == []
    listed = {(row["connection"], row["product"]) for row in state["area_states"]}
    assert listed <= {(channel["connection"], channel["channel"].split(":")[-1]) for channel in state["channels"]}, (
        "every contract that is listed has its book: none stands there as if something were broken"
    )
    assert desk.notices() == ""
    assert {report.name: report.anomalies for report in desk.terminal.desk.reports()} == {M7: {}, NPID: {}}
    await desk.frame()
    sections = list(desk.window.area_states._rows.sections)
    assert {(M7, "DE-AMPRION"), (NPID, "DE-AMPRION"), (NPID, "UK-ELEXON")} <= set(sections)
    assert [action.text() for name in (M7, NPID) for action in desk.window.lamps.menu(name).actions()][0::2] == [
        "Areas, products, pairs…",
        "Areas, products, pairs…",
    ]


@pytest.mark.parametrize(
    ("name", "area", "product", "form"),
    [
        (M7, "DE-AMPRION", "QuarterHour", "M7 limit order"),
        (NPID, "DE-AMPRION", "P15Min", "Nord Pool limit order"),
        (NPID, "UK-ELEXON", "P30Min", "Nord Pool limit order"),
    ],
)
@on_a_desk
async def test_ladder_and_ticket_take_the_form_of_the_contracts_own_exchange(
    desk: Desk, venue: VenueProcess, name: str, area: str, product: str, form: str
) -> None:
    await started(desk, venue)
    key = max(
        key
        for key, contract in desk.market.contracts.items()
        if (key.connection, key.area, contract.product) == (name, area, product) and desk.market.book_standing(key).live
    )
    desk.window.group.choose(key)
    await desk.until(lambda: desk.window.ladder.painted is not None and desk.window.ladder.painted.condition.live)
    assert desk.market.contracts[key].name in desk.window.docking.title("ladder")
    ticket = desk.window.ticket
    assert ticket.form is not None
    assert ticket.form.name == form
    assert desk.market.contracts[key].spec.price_unit == ("GBP/MWh" if area == "UK-ELEXON" else "EUR/MWh")


@on_a_desk
async def test_the_second_is_not_asked_for_before_the_first_is_live(desk: Desk, venue: VenueProcess) -> None:
    starting = asyncio.get_running_loop().create_task(
        desk.terminal.connect_in_turn(*shipped(venue.port), password=PASSWORD)
    )
    first_was_live = False
    while NPID not in desk.market.connections:
        first_was_live |= live(desk, M7)
        await desk.frame()
    assert first_was_live or live(desk, M7)
    await starting
    await desk.until(lambda: live(desk, NPID))


@on_a_desk
async def test_a_first_that_is_not_there_keeps_the_second_waiting_for_a_while_only(
    desk: Desk, venue: VenueProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.terminal.TURN_SECONDS", 0.1)
    first, second = connection(unused_port()), connection(venue.port, "npid", areas=("UK-ELEXON",))
    await desk.terminal.connect_in_turn(first, second, password=PASSWORD)
    await desk.until(lambda: live(desk, NPID))
    assert desk.market.connections[M7].status is ConnectionStatus.DOWN


@on_a_desk
async def test_what_the_trader_chose_meanwhile_is_left_alone(desk: Desk, venue: VenueProcess) -> None:
    m7, npid = shipped(venue.port)
    chosen = msgspec.structs.replace(npid, areas=("DK-DK1",), products=("P60Min",))
    await desk.terminal.connect(chosen, password=PASSWORD)
    await desk.terminal.connect_in_turn(msgspec.structs.replace(m7, areas=("FR-RTE",)), npid, password=PASSWORD)
    await desk.until(lambda: live(desk, M7) and live(desk, NPID))
    assert desk.terminal.switchboard.settings_of(NPID) == chosen
    assert {key.area for key in desk.market.books if key.connection == NPID} == {"DK-DK1"}
