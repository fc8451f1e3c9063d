"""Passwords that are asked for, and connections that start anew with other areas, against the real practice venue."""

from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt

from app.connection_acts import CHOOSE, ENTER_PASSWORD
from app.practice_file import practice_file
from protocols.market.events import ConnectionStatus, Feed, Freshness
from protocols.market.orders import Order, OrderStatus
from protocols.secret import Secret
from tests.app.hands import send_key
from tests.endtoend.support import Desk, VenueProcess, connection, on_a_desk
from tests.endtoend.test_orders import own, ready
from tests.endtoend.test_secrets import everything_in
from tests.support.truth import differences

pytestmark = pytest.mark.qt_loop

SMALL = {"areas": ("DE-AMPRION", "FR-RTE"), "products": ("Hour",)}


async def answer(desk: Desk, text: str, key: Qt.Key = Qt.Key.Key_Return) -> str:
    """Waits for the password dialog, types into it, and tells why it asked."""
    asking = desk.terminal.connections.passwords
    await desk.until(lambda: asking.dialog is not None and asking.dialog.isVisible())
    assert asking.dialog is not None
    why, handle = asking.dialog.why.text(), asking.dialog.windowHandle()
    for letter in text:
        send_key(handle, Qt.Key(ord(letter.upper())), text=letter)
    send_key(handle, key, release=False)
    return why


def status(desk: Desk) -> ConnectionStatus:
    return desk.market.connections["Practice"].status


@on_a_desk
async def test_a_password_is_asked_for_until_the_venue_takes_it(desk: Desk, venue: VenueProcess) -> None:
    await desk.terminal.connect(connection(venue.port, **SMALL))
    assert status(desk) is ConnectionStatus.OFF
    assert desk.market.connections["Practice"].reason.startswith("waits for its password: the keyring in use")
    assert desk.notices() == ""
    assert (await answer(desk, "wrongpasswordbsx")).startswith("No password was found: the keyring in use")
    assert "refused the user name or the password of 'trader'" in await answer(desk, "practice")
    await desk.live()
    assert desk.window.ladder.staged is None, "what is typed there never trades"
    assert "wrongpasswordbsx" not in everything_in(desk.profile)
    assert desk.terminal.connections.passwords.wanted == ()
    (report,) = desk.terminal.desk.reports()
    assert report.status is ConnectionStatus.LIVE


@on_a_desk
async def test_a_question_that_is_left_can_be_asked_again_from_menu_panel_and_lamp(
    desk: Desk, venue: VenueProcess
) -> None:
    window = desk.window
    assert not window.registry[ENTER_PASSWORD].offered()
    await desk.terminal.connect(connection(venue.port, **SMALL))
    await answer(desk, "x", Qt.Key.Key_Escape)
    await desk.until(lambda: desk.market.connections["Practice"].reason.startswith("no password was given"))
    assert status(desk) is ConnectionStatus.OFF
    (report,) = desk.terminal.desk.reports()
    assert (report.status, report.reason) == (ConnectionStatus.OFF, desk.market.connections["Practice"].reason)
    assert window.registry[ENTER_PASSWORD].offered()
    window.invoke(ENTER_PASSWORD)
    await answer(desk, "", Qt.Key.Key_Escape)
    window.docking.focus("connections")
    await desk.until(window.connections.password.isVisible)
    assert window.connections.password.text() == "Enter the password of Practice…"
    window.connections.password.click()
    await answer(desk, "", Qt.Key.Key_Escape)
    choose, enter = window.lamps.menu("Practice").actions()
    assert (choose.text(), enter.isEnabled()) == ("Areas, products, pairs…", True)
    enter.trigger()
    await answer(desk, "practice")
    await desk.live()
    await desk.until(lambda: not window.connections.password.isVisible())
    assert not window.registry[ENTER_PASSWORD].offered()


@on_a_desk
async def test_an_area_that_is_taken_off_is_stale_and_the_others_go_on(desk: Desk, venue: VenueProcess) -> None:
    both = connection(venue.port, **SMALL)
    await desk.connect(both)
    await desk.live()
    french = next(key for key in desk.market.books if key.area == "FR-RTE")
    await desk.terminal.connect(msgspec.structs.replace(both, areas=("DE-AMPRION",)))
    assert not any(desk.market.book_standing(key).live for key in desk.market.books), "stale at once"
    await desk.live()
    standing = desk.market.book_standing(french)
    assert (standing.freshness, standing.reason) == (Freshness.STALE, "not subscribed any more")
    for feed in (Feed.TRADES, Feed.OWN_ORDERS, Feed.ORDER_BOOKS):
        assert desk.market.feed_standing(feed).live
        assert not desk.market.feed_standing(feed, [("Practice", "FR-RTE")]).live
    (report,) = desk.terminal.desk.reports()
    assert {channel.area for channel in report.channels} == {"DE-AMPRION"}
    assert differences(desk.state(), venue.truth) == []
    await desk.terminal.connect(both)
    await desk.live()
    await desk.until(lambda: desk.market.book_standing(french).live)


def only(desk: Desk) -> Order:
    (order,) = own(desk)
    return order


@on_a_desk
async def test_orders_live_through_a_new_start_of_their_connection(desk: Desk, venue: VenueProcess) -> None:
    await ready(desk, venue)
    settings = desk.terminal.switchboard.settings_of("Practice")
    assert settings is not None
    desk.key(Qt.Key.Key_B)
    for _ in range(5):
        desk.key(Qt.Key.Key_Down)
    desk.key(Qt.Key.Key_Return)
    await desk.until(lambda: only(desk).status is OrderStatus.WORKING)
    venue.faults(lose_acknowledgement=1)
    desk.key(Qt.Key.Key_N)
    desk.key(Qt.Key.Key_M)
    desk.key(Qt.Key.Key_Down)
    desk.key(Qt.Key.Key_Return)
    assert only(desk).request is not None
    venue.faults(lose_acknowledgement=0)
    wider = msgspec.structs.replace(settings, areas=(*settings.areas, "FR-RTE"))
    await desk.terminal.connect(wider)
    assert only(desk).status is OrderStatus.IN_DOUBT
    await desk.live()
    await desk.until(lambda: only(desk).status is OrderStatus.WORKING and only(desk).request is None)
    desk.terminal.trading.cancel([only(desk)])
    await desk.until(lambda: only(desk).status is OrderStatus.CANCELLED)
    assert desk.terminal.desk.blocked is None


@on_a_desk
async def test_an_order_of_an_area_that_is_taken_off_stays_shown(desk: Desk, venue: VenueProcess) -> None:
    await ready(desk, venue)
    settings = desk.terminal.switchboard.settings_of("Practice")
    assert settings is not None
    desk.key(Qt.Key.Key_B)
    for _ in range(5):
        desk.key(Qt.Key.Key_Down)
    desk.key(Qt.Key.Key_Return)
    await desk.until(lambda: only(desk).status is OrderStatus.WORKING)
    await desk.terminal.connect(msgspec.structs.replace(settings, areas=("FR-RTE",)))
    await desk.until(lambda: status(desk) is ConnectionStatus.LIVE)
    assert only(desk).status is OrderStatus.WORKING
    assert not desk.market.feed_standing(Feed.OWN_ORDERS, [("Practice", "DE-AMPRION")]).live
    desk.terminal.trading.cancel([only(desk)])
    assert "Not cancelled: order: not known here" in " ".join(desk.window.toasts.texts())
    await desk.terminal.connect(settings)
    await desk.until(lambda: status(desk) is ConnectionStatus.LIVE)
    desk.terminal.trading.cancel([only(desk)])
    await desk.until(lambda: only(desk).status is OrderStatus.CANCELLED)


@on_a_desk
async def test_areas_are_chosen_by_name_and_kept_in_the_profile(desk: Desk, venue: VenueProcess) -> None:
    file = practice_file(Path(desk.profile), venue.port)
    desk.terminal.connections.use(file)
    await desk.terminal.connect(file.read().connections[0], password=Secret("practice"))
    await desk.live()
    desk.window.invoke(CHOOSE)
    dialog = desk.terminal.connections.chooser.dialog
    assert dialog is not None
    await desk.until(dialog.isVisible)
    handle = dialog.windowHandle()
    for letter in "france":
        send_key(handle, Qt.Key(ord(letter.upper())), text=letter)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Space):
        send_key(handle, key)
    send_key(handle, Qt.Key.Key_Return, release=False)
    assert "FR-RTE" not in (Path(desk.profile) / "practice.toml").read_text()
    await desk.until(lambda: status(desk) is not ConnectionStatus.LIVE)
    await desk.live()
    assert any(line.startswith("Saved in ") for line in desk.window.toasts.texts())
    (report,) = desk.terminal.desk.reports()
    assert "FR-RTE" not in {channel.area for channel in report.channels}
