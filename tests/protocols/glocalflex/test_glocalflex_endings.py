"""Orders that are over: the venue has no list of them, so after a restart they are shown as the journal has them."""

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from app.desk import Ordering
from app.endings import BY_JOURNAL
from protocols.market.orders import Decision, Order
from protocols.market.times import MINUTE, UtcNs
from protocols.market.values import plain_text
from tests.protocols.glocalflex.test_glocalflex_naming import lose
from tests.support.flex import START, FlexDesk, order, order_object
from widgets.orders.words import status_text

FIELDS = ("key", "side", "price", "quantity", "remaining", "terms", "status", "ours", "sent", "venue_state", "versions")


@pytest.fixture
def desk(tmp_path: Path) -> FlexDesk:
    desk = FlexDesk(tmp_path)
    desk.ready()
    return desk


def told(status: str, **fields: object) -> Callable[[FlexDesk], str]:
    def end(desk: FlexDesk) -> str:
        client_id = desk.submit(order())
        desk.reply({"order_id": "o1", "status": "matching_active"})
        desk.wait(1)
        desk.update(order_object(order(), "o1", status, **fields))
        return client_id

    return end


def part_filled_and_expired(desk: FlexDesk) -> str:
    client_id = told("partial_filled", filled_power=400)(desk)
    desk.wait(1)
    desk.update(order_object(order(), "o1", "expired"))
    return client_id


def refused(desk: FlexDesk) -> str:
    client_id = desk.submit(order())
    desk.reply({"detail": "no"}, 422)
    return client_id


def never_left(desk: FlexDesk) -> str:
    client_id = desk.submit(order())
    desk.fail("nothing listens there", unsent=True)
    return client_id


def closed_by_hand(desk: FlexDesk) -> str:
    client_id = lose(desk, order())
    assert desk.desk.decide(desk.get(client_id), Decision.GONE, "phoned") is None
    return client_id


def decided_after_its_time(desk: FlexDesk) -> str:
    client_id = desk.submit(order(expiry=UtcNs(START + MINUTE)))
    desk.reply({"order_id": "o1", "status": "matching_active"})
    desk.wait(125, 1.0)
    assert desk.desk.decide(desk.get(client_id), Decision.GONE) is None
    return client_id


def shown(found: Order) -> dict[str, object]:
    return {name: getattr(found, name) for name in FIELDS}


@pytest.mark.parametrize(
    ("end", "status", "filled"),
    [
        (told("filled"), "filled", "1000"),
        (told("expired"), "expired", "0"),
        (told("cancelled"), "cancelled", "0"),
        (part_filled_and_expired, "expired", "400"),
        (refused, "rejected", "0"),
        (never_left, "not sent", "0"),
        (closed_by_hand, "closed by hand", "0"),
        (decided_after_its_time, "closed by hand", "0"),
    ],
    ids=["filled", "expired", "cancelled", "part filled", "refused", "never left", "by hand", "by hand, named"],
)
def test_what_was_over_is_shown_after_a_restart_and_marked(
    desk: FlexDesk, end: Callable[[FlexDesk], str], status: str, filled: str
) -> None:
    client_id = end(desk)
    before = desk.get(client_id)
    assert (before.status.value, plain_text(before.filled)) == (status, filled)
    desk.wait(60, 10.0)
    for _ in range(2):
        desk.restart()
        after = desk.get(client_id)
        assert shown(after) == shown(before)
        assert after.updated == before.updated
        assert BY_JOURNAL in after.reason
        assert before.reason in after.reason
        assert after.reason.count(BY_JOURNAL) == 1
        assert status_text(after) == f"{status} · as journaled"
    assert desk.desk.market.blotter.own_alive() == []
    assert desk.desk.market.blotter.refused == []
    assert len(desk.bodies) == 1


def test_the_venues_own_word_counts_and_takes_the_mark_away(desk: FlexDesk) -> None:
    client_id = told("expired")(desk)
    desk.restart()
    desk.ready()
    desk.update(order_object(order(), "o1", "filled"))
    after = desk.get(client_id)
    assert (status_text(after), after.venue_id, after.reason) == ("filled", "o1", "")
    assert desk.get("venue:o1") is None
    desk.restart()
    assert desk.state(client_id) == "filled"


def test_what_the_venue_said_before_the_end_does_not_bring_it_back(desk: FlexDesk) -> None:
    client_id = told("filled")(desk)
    desk.restart()
    desk.ready()
    desk.update(order_object(order(), "o1", "pending"), at=START)
    assert desk.state(client_id) == "filled"


def test_an_order_that_was_over_is_not_taken_for_one_that_says_the_same(desk: FlexDesk) -> None:
    told("filled")(desk)
    desk.restart()
    desk.ready()
    client_id = lose(desk, order())
    desk.update(order_object(order(), "o1", "filled"))
    assert desk.state(client_id) == "in doubt"
    assert desk.desk.market.flex.candidates("Flex", client_id) == ()


def test_a_word_that_is_not_known_costs_its_own_row_and_is_told(desk: FlexDesk) -> None:
    client_id = told("filled")(desk)
    desk.wait(1)
    with contextlib.closing(sqlite3.connect(desk.journal.path, isolation_level=None)) as database:
        assert database.execute("SELECT status, state FROM endings").fetchall() == [("FILLED", "FILLED")]
        database.execute("UPDATE endings SET status = 'SETTLED'")
    desk.restart()
    assert desk.state(client_id) == "unknown"
    (notice,) = desk.journal.notices
    assert client_id in notice and "can't be read" in notice


def test_only_the_last_days_are_shown(desk: FlexDesk) -> None:
    client_id = told("filled")(desk)
    desk.step(24 * 3_600 - 10)
    desk.restart()
    assert desk.state(client_id) == "filled"
    desk.step(20)
    desk.restart()
    assert desk.state(client_id) == "unknown"


def test_an_order_that_lives_after_all_is_over_no_more(desk: FlexDesk) -> None:
    client_id = told("filled")(desk)
    desk.wait(1)
    desk.update(order_object(order(), "o1", "matching_active"))
    assert desk.get(client_id).status.alive
    assert desk.journal.endings.since(UtcNs(0)) == []


def test_what_the_journal_holds_open_is_in_doubt_whatever_else_it_says(desk: FlexDesk) -> None:
    client_id = desk.submit(order())
    desk.reply({"order_id": "o1", "status": "matching_active"})
    desk.journal.endings.keep(desk.get(client_id), desk.now)  # and the machine died before the intent was ended
    desk.restart()
    assert desk.state(client_id) == "in doubt"


def test_nothing_outlives_a_desk_whose_venue_ends_with_it(tmp_path: Path) -> None:
    class Passing(FlexDesk):
        def ordering(self) -> Ordering:
            return msgspec.structs.replace(super().ordering(), outlives=False)

    desk = Passing(tmp_path)
    desk.ready()
    client_id = told("filled")(desk)
    assert desk.journal.endings.since(UtcNs(0)) == []
    desk.restart()
    assert desk.state(client_id) == "unknown"
