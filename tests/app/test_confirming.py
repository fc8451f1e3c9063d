"""What the desk asks about goes only when the same is sent again by somebody who can have read the question."""

from pathlib import Path

import msgspec
import pytest

from app.arming import Arming
from app.desk import Step
from app.trading import CONFIRM_SECONDS, TO_READ, DeskTrading
from protocols.market.orders import VenueState
from tests.app import trading_desk as td
from tests.app.trading_desk import Trading, place

ASKED = place(size="60")


class Armed:
    """A trader at an armed desk, and what was said to him."""

    def __init__(self, folder: Path) -> None:
        self.at = Trading(folder).open_market()
        self.said: list[str] = []
        self.trading = DeskTrading(
            self.at.desk, Arming(), self.at.clock, self.said.append, lambda: td.KEY, lambda key: None
        )
        self.trading.arm()

    def wait(self, seconds: float) -> None:
        """Ticks go on meanwhile: the machine does not sleep."""
        for _ in range(10):
            self.at.clock.advance(seconds / 10)
            self.trading.look()


@pytest.fixture
def armed(tmp_path: Path):
    armed = Armed(tmp_path)
    yield armed
    armed.at.close()


def test_a_key_that_bounces_or_a_double_click_confirms_nothing(armed: Armed) -> None:
    assert armed.trading.send(ASKED, None)
    for _ in range(3):
        armed.wait(TO_READ / 4)
        assert armed.trading.send(ASKED, None)
    assert armed.at.venue.sent == [] and len(set(armed.said)) == 1
    armed.wait(TO_READ / 2)
    assert not armed.trading.send(ASKED, None), "the question stood long enough, whatever was pressed meanwhile"
    assert len(armed.at.venue.sent) == 1


def test_another_order_is_not_kept_waiting_by_a_question(armed: Armed) -> None:
    assert armed.trading.send(ASKED, None)
    assert not armed.trading.send(place(), None)


def test_a_question_that_nobody_answered_is_asked_anew(armed: Armed) -> None:
    assert armed.trading.send(ASKED, None)
    armed.wait(CONFIRM_SECONDS + 1)
    assert armed.trading.send(ASKED, None)
    assert armed.at.venue.sent == []


def test_an_order_wakes_up_only_by_who_can_have_read_what_is_asked(armed: Armed) -> None:
    for event in td.working("own", left="60"):
        armed.at.desk.apply(event)
    armed.at.desk.apply(td.report("own", VenueState.HIBERNATED, left="60", revision=2))
    order = armed.at.order("own")
    armed.wait(TO_READ * 2)
    armed.trading.set_active(order, True)
    armed.trading.set_active(order, True)
    assert armed.at.venue.sent == [] and "confirm" in armed.said[-1]
    armed.wait(TO_READ * 2)
    armed.trading.set_active(order, True)
    assert len(armed.at.venue.sent) == 1


def test_a_key_that_was_pressed_as_the_venue_hibernated_the_order_does_not_wake_it_up(armed: Armed) -> None:
    for event in td.working("own"):
        armed.at.desk.apply(event)
    armed.wait(60)
    told = td.report("own", VenueState.HIBERNATED, revision=2, by_user=False)
    armed.at.desk.apply(msgspec.structs.replace(told, at=armed.at.clock()))
    armed.wait(TO_READ / 2)
    armed.trading.set_active(armed.at.order("own"), True)
    assert armed.at.venue.sent == [] and "changed just now" in armed.said[-1]
    armed.wait(TO_READ)
    armed.trading.set_active(armed.at.order("own"), True)
    assert len(armed.at.venue.sent) == 1


def test_who_has_not_the_question_before_him_is_asked_again(armed: Armed) -> None:
    assert armed.trading.submit(ASKED).step is Step.ASKS
    armed.wait(TO_READ * 2)
    assert armed.trading.submit(ASKED).step is Step.ASKS, "an edit took it off the screen, say"
    assert armed.at.venue.sent == []
    assert armed.trading.submit(ASKED, confirms=True).step is Step.TAKEN
