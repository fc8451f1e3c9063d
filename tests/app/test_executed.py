"""What was executed survives a restart: positions, what they cost, the position limit, and what belongs to no order."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.executed import counted_since
from app.unmatched import GRACE, UnmatchedAlerts
from protocols.acttrader.messages import Dialect
from protocols.market.events import UnmatchedDismissed
from protocols.market.fx_positions import FxPosition, fx_net, fx_positions
from protocols.market.order_events import OwnExecuted
from protocols.market.times import DAY, HOUR, UtcNs, utc_from_text, utc_text
from protocols.market.values import SCALE, Quantity, Side, fixed_text, scaled_from_text
from tests.support.fx import FxDesk, key, order, placed, price, record
from tests.support.fx_paired import FxPaired


@pytest.mark.parametrize(
    ("now", "since"),
    [
        ("2026-11-20T13:30:00Z", "2026-11-19"),  # a Friday
        ("2026-11-20T00:00:00Z", "2026-11-19"),
        ("2026-11-21T08:00:00Z", "2026-11-20"),
        ("2026-11-22T22:30:00Z", "2026-11-20"),
        ("2026-11-23T08:00:00Z", "2026-11-20"),
        ("2026-11-24T00:00:01Z", "2026-11-23"),
    ],
)
def test_it_counts_from_the_trading_day_before_todays(now: str, since: str) -> None:
    assert utc_text(counted_since(utc_from_text(now))) == f"{since}T00:00:00Z"


@pytest.mark.parametrize("hours", range(0, 24 * 8, 5))
def test_it_always_reaches_further_than_the_venues_list(hours: int) -> None:
    now = UtcNs(utc_from_text("2026-11-16T00:30:00Z") + hours * HOUR)
    assert DAY < now - counted_since(now) <= 4 * DAY


def position(desk: FxDesk) -> FxPosition:
    (found,) = fx_positions(desk.desk.market)
    return found


def shares(desk: FxDesk) -> list[tuple[int, str | None, UtcNs]]:
    found = desk.desk.market.executions.of(key())
    return [
        (each.quantity // SCALE, None if each.price is None else fixed_text(each.price, 4), each.at) for each in found
    ]


def execute(desk: FxDesk, client_id: str, executed: int, paid: float | None = None, **more: Any) -> None:
    status = "FILLED" if executed == 10_000 else "PARTIAL_FILL"
    more = {"transactTime": "2026-11-20T13:29:30Z", **more}
    fields = {"status": status, "executedQty": executed, "cummulativeQuoteQty": paid, **more}
    desk.say({"event": "execution", "payload": record(client_id, 501, **fields)})


# Against the practice venue


@pytest.fixture(params=list(Dialect), ids=lambda dialect: dialect.value)
def paired(request: pytest.FixtureRequest, tmp_path: Path) -> FxPaired:
    desk = FxPaired(tmp_path, request.param)
    desk.run(1)
    return desk


def trade(desk: FxPaired) -> None:
    for units, side in (("40000", Side.BUY), ("15000", Side.SELL), ("35000", Side.BUY)):
        desk.submit(order("MARKET", units=units, side=side))
        desk.run(1)


@pytest.mark.parametrize("hours", [0, 30])
def test_a_restart_shows_the_position_that_was_there(paired: FxPaired, hours: int) -> None:
    """Whatever the venue lists: the seed dialect no order that is over, the later one none of before yesterday."""
    trade(paired)
    before, told = position(paired), shares(paired)
    assert before.net == 60_000 * SCALE
    assert before.realised is not None
    paired.step(hours * 3600)
    paired.restart()
    for _ in range(2):  # before the venue listed anything, and after
        after = position(paired)
        assert (after.net, after.average, after.realised) == (before.net, before.average, before.realised)
        assert shares(paired) == told
        assert fx_net(paired.desk.market, key()) == before.net, "what the position limit goes by"
        paired.run(5)
    listed = paired.settings.dialect is Dialect.LATER and not hours
    assert position(paired).unlisted == (0 if listed else 90_000 * SCALE)


def test_the_position_limit_counts_what_was_executed_before_the_restart(paired: FxPaired) -> None:
    much = Quantity(2_100_000 * SCALE)
    paired.desk.apply(OwnExecuted(key(), "before", Side.BUY, much, much, price("1.07"), paired.now.utc))
    for _ in range(2):
        findings = paired.desk.submit(order("MARKET", units="10000")).findings
        (words,) = (each.words for each in findings if each.rule == "position")
        assert words.startswith("Position could become 2110000 EUR long")
        paired.restart()
        paired.run(5)


def test_what_is_too_long_ago_is_not_counted_and_still_in_the_journal(paired: FxPaired) -> None:
    trade(paired)
    paired.step(8 * 24 * 3600)
    paired.restart()
    paired.run(5)
    assert fx_positions(paired.desk.market) == []
    assert len(paired.journal.executed.executions("FX", UtcNs(0)) or ()) == 3


def test_many_restarts_count_nothing_twice(paired: FxPaired) -> None:
    trade(paired)
    before = position(paired)
    for _ in range(3):
        paired.restart()
        paired.run(3)
        paired.submit(order("MARKET", units="10000"))
        paired.submit(order("MARKET", units="10000", side=Side.SELL))
        paired.run(2)
    assert position(paired).net == before.net
    assert len(paired.journal.executed.executions("FX", UtcNs(0)) or ()) == 9


# Word by word


def test_an_order_that_went_on_while_the_desk_was_down(tmp_path: Path) -> None:
    desk = FxDesk(tmp_path)
    desk.ready()
    client_id = placed(desk)
    execute(desk, client_id, 4_000, 4_200)
    desk.restart()
    assert position(desk).unlisted == 4_000 * SCALE
    more = {"status": "FILLED", "executedQty": 10_000, "cummulativeQuoteQty": 10_560}
    desk.ready(record(client_id, 501, **more))
    assert [each[:2] for each in shares(desk)] == [(4_000, "1.0500"), (6_000, "1.0600")]
    assert (position(desk).average, position(desk).unlisted) == (scaled_from_text("1.056"), 0)


def test_what_was_paid_is_not_known_where_nobody_says_it(tmp_path: Path) -> None:
    desk = FxDesk(tmp_path)
    desk.ready()
    client_id = placed(desk)
    execute(desk, client_id, 4_000)
    desk.restart()
    desk.ready(record(client_id, 501, status="PARTIAL_FILL", executedQty=4_000))
    assert shares(desk) == [(4_000, None, utc_from_text("2026-11-20T13:29:30Z"))]
    assert (position(desk).average, position(desk).net) == (None, 4_000 * SCALE)
    assert "did not say what was paid" in position(desk).cost_reason


def test_an_old_orders_earlier_parts_come_back_with_its_new_one(tmp_path: Path) -> None:
    """A part alone would be an execution of which nobody knows the price."""
    desk = FxDesk(tmp_path)
    desk.ready()
    client_id = placed(desk)
    execute(desk, client_id, 4_000, 4_200)
    desk.step(10 * 24 * 3600)
    execute(desk, client_id, 7_000, 7_500)
    desk.restart()
    assert [each[:2] for each in shares(desk)] == [(4_000, "1.0500"), (3_000, "1.1000")]


def test_less_on_the_venues_list_than_in_the_journal_is_not_believed(tmp_path: Path) -> None:
    desk = FxDesk(tmp_path)
    desk.ready()
    client_id = placed(desk)
    execute(desk, client_id, 7_000, 7_500)
    desk.restart()
    desk.ready(record(client_id, 501, status="PARTIAL_FILL", executedQty=4_000, cummulativeQuoteQty=4_200))
    assert (position(desk).net, position(desk).unlisted) == (7_000 * SCALE, 3_000 * SCALE)


def test_only_what_is_new_is_written(tmp_path: Path) -> None:
    desk = FxDesk(tmp_path)
    desk.ready()
    client_id = placed(desk)
    for _ in range(3):
        execute(desk, client_id, 4_000, 4_200)
    desk.restart()
    part = {"status": "PARTIAL_FILL", "executedQty": 4_000, "cummulativeQuoteQty": 4_200}
    desk.ready(record(client_id, 501, **part))
    assert len(desk.journal.executed.executions("FX", UtcNs(0)) or ()) == 1


def test_a_journal_that_can_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = FxDesk(tmp_path)
    monkeypatch.setattr("app.journal.executed.ExecutedRecord.executions", lambda *of: None)
    desk.restart()
    assert desk.alerts == [
        "FX: what was executed before can't be read from the journal: positions count only what the venue lists,"
        " and what belonged to no order is not shown"
    ]


# Executions of nobody's order


def stray(desk: FxDesk, venue_id: int = 900, executed: int = 4_000, client_id: str | None = None) -> None:
    told = record(client_id, venue_id, status="PARTIAL_FILL", executedQty=executed)
    desk.say({"event": "execution", "payload": told})


def left(desk: FxDesk) -> list[tuple[str, str, bool]]:
    return [(each.venue_id, each.executed, each.recalled) for each in desk.desk.market.strays.left()]


@pytest.fixture
def desk(tmp_path: Path) -> FxDesk:
    desk = FxDesk(tmp_path)
    desk.ready()
    return desk


def test_what_is_unmatched_comes_back_until_the_venue_shows_its_order(desk: FxDesk) -> None:
    stray(desk)
    for _ in range(2):
        desk.restart()
        assert left(desk) == [("900", "4000", True)]
    desk.ready(record("theirs", 900, status="PARTIAL_FILL", executedQty=2_000))
    assert left(desk) == [("900", "4000", True)], "less than that is shown: it is no evidence"
    desk.say({"event": "execution", "payload": record("theirs", 900, status="PARTIAL_FILL", executedQty=4_000)})
    assert left(desk) == []
    desk.restart()
    assert left(desk) == []


def test_a_dismissal_is_kept(desk: FxDesk) -> None:
    stray(desk)
    stray(desk, 901)
    desk.desk.apply(UnmatchedDismissed(desk.desk.market.strays.left()[0], desk.now))
    desk.restart()
    assert left(desk) == [("901", "4000", True)]
    desk.desk.apply(UnmatchedDismissed(desk.desk.market.strays.left()[0], desk.now))
    desk.restart()
    assert left(desk) == []
    desk.ready()
    stray(desk)
    assert left(desk) == [], "the venue says again what somebody has seen to"
    desk.restart()
    assert left(desk) == []
    desk.ready()
    stray(desk, executed=5_000)
    assert left(desk) == [("900", "5000", False)], "and this is news"


def test_what_comes_again_is_one_and_is_matched_as_one(desk: FxDesk) -> None:
    stray(desk)
    desk.restart()
    desk.ready()
    stray(desk)
    assert left(desk) == [("900", "4000", False)]
    desk.restart()
    assert left(desk) == [("900", "4000", True)]


def test_what_an_acknowledgement_claims_is_not_unmatched_after_a_restart(desk: FxDesk) -> None:
    client_id = desk.submit(order())
    stray(desk, 501)
    assert left(desk) == [("501", "4000", False)]
    sent = desk.last("newordersingle")
    desk.answer(sent, {"orderId": 501, "clientOrderId": client_id, "status": "NEW", "type": "LIMIT"})
    desk.restart()
    assert left(desk) == []
    assert position(desk).net == 4_000 * SCALE


def test_a_connection_that_is_started_anew_forgets_none(desk: FxDesk) -> None:
    stray(desk)
    stray(desk, 901)
    desk.desk.apply(UnmatchedDismissed(desk.desk.market.strays.left()[0], desk.now))
    desk.connect_anew()
    desk.ready()
    stray(desk, 902)
    assert left(desk) == [("901", "4000", True), ("902", "4000", False)]


def test_of_more_than_a_session_keeps_none_is_lost(desk: FxDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("protocols.acttrader.unmatched.KEPT", 2)
    for number in range(900, 903):
        stray(desk, number)
    assert [each[0] for each in left(desk)] == ["901", "902"]
    desk.restart()
    assert [each[0] for each in left(desk)] == ["900", "901", "902"]


def test_what_came_before_the_start_is_told_once_the_venue_has_listed_its_orders(desk: FxDesk) -> None:
    stray(desk)
    desk.restart()
    alerts: list[str] = []
    watch = UnmatchedAlerts(desk.desk.market, alerts.append)
    desk.wait(2 * GRACE)
    watch.look(desk.now)
    assert alerts == []
    desk.ready()
    desk.wait(GRACE)
    watch.look(desk.now)
    watch.look(desk.now)
    (words,) = alerts
    assert words.startswith("An execution from before the restart belongs to no order known here: Buy 4000 EURUSD")


def test_an_own_venue_that_ends_with_the_desk_leaves_nothing_behind(tmp_path: Path) -> None:
    class Brief(FxDesk):
        def ordering(self) -> Any:
            return msgspec.structs.replace(super().ordering(), outlives=False)

    desk = Brief(tmp_path)
    desk.ready()
    execute(desk, placed(desk), 4_000, 4_200)
    stray(desk)
    desk.connect_anew()
    assert left(desk) == [("900", "4000", True)], "a restart of the connection is none of the venue"
    desk.restart()
    assert (left(desk), fx_positions(desk.desk.market)) == ([], [])
