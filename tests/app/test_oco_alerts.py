"""Pairs at the practice venue, joined in memory: how they regroup, what is alerted, and what is not."""

from pathlib import Path

import pytest

from app.desk import Step, Submission
from app.findings import findings_of
from app.limits import Level
from app.oco_alerts import PairAlerts
from app.risk import Finding
from protocols.acttrader.messages import Dialect
from protocols.market.commands import CancelOrder
from protocols.market.orders import Order
from protocols.market.pair_book import OwnPair
from protocols.market.pairs import PairState
from tests.support.fx import pair
from tests.support.fx_paired import FxPaired


class Watched(FxPaired):
    """A desk whose pairs are looked at ten times a second; `told` are the alerts and the legs that are offered."""

    def __init__(self, folder: Path, dialect: Dialect = Dialect.LATER) -> None:
        self.told: list[tuple[str, Order | None]] = []
        super().__init__(folder, dialect)

    def boot(self) -> None:
        super().boot()
        self.lines: list[str] = []
        self._alerts = PairAlerts(
            self.desk.market, self.desk.pairs, lambda words, leg: self.told.append((words, leg)), self.lines.append
        )

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds * 10)):
            super().run(0.1)
            self._alerts.look(self.now)

    def placed(self) -> str:
        """A pair that waits, well away from the market."""
        name = self.submit(pair("1.0", "1.2"))
        self.run(1)
        return name

    def pair(self, name: str) -> OwnPair:
        self.desk.pairs.look()
        found = self.desk.pairs.get(("FX", name))
        assert found is not None
        return found


@pytest.fixture(params=list(Dialect), ids=lambda dialect: dialect.value)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Watched:
    desk = Watched(tmp_path, request.param)
    desk.run(1)
    return desk


def test_a_pair_that_behaves_alerts_nobody(desk: Watched) -> None:
    name = desk.placed()
    assert desk.pair(name).result.words == "both legs working"
    desk.move(ask="0.9999")
    desk.run(10)
    result = desk.pair(name).result
    assert result.state is PairState.DONE
    assert result.legs[1].words.startswith("cancelled by the venue")
    assert result.legs[1].words.endswith("the other leg was executed")
    assert desk.told == []
    named = "FX: pair Buy 10\N{NO-BREAK SPACE}000 EURUSD: "
    assert desk.lines == [f"{named}both legs working", f"{named}{result.words}"]


def test_a_leg_that_lives_alone_is_alerted_once_and_its_cancel_offered(desk: Watched) -> None:
    desk.turn(refuse_leg=1.0)
    name = desk.submit(pair("1.0", "1.2"))
    desk.run(0.5)
    assert desk.told == []
    desk.run(10)
    ((words, alone),) = desk.told
    assert "broken: leg" in words and words.endswith("lives alone")
    assert alone is not None and alone.pair == name
    desk.submit(CancelOrder("FX", alone.client_id))
    desk.run(10)
    assert len(desk.told) == 1
    assert desk.pair(name).result.state is PairState.DONE


def test_cancelling_both_legs_one_after_the_other_breaks_nothing(desk: Watched) -> None:
    desk.turn(answer_delay=1.5)
    name = desk.placed()
    desk.run(2)
    for leg in (1, 2):
        desk.submit(CancelOrder("FX", f"{name}.{leg}"))
        desk.run(0.7)
    desk.run(10)
    assert desk.pair(name).result.state is PairState.DONE
    assert desk.told == []


def test_a_leg_that_we_cancelled_leaves_an_orphan_and_that_is_said(desk: Watched) -> None:
    name = desk.placed()
    desk.submit(CancelOrder("FX", f"{name}.1"))
    desk.run(5)
    ((words, alone),) = desk.told
    assert "leg 1 (LIMIT) cancelled by us; leg 2 (STOP) lives alone" in words
    assert alone is not None and alone.client_id == f"{name}.2"


def test_a_brother_that_the_venue_forgets_to_end_is_alerted_after_its_time(desk: Watched) -> None:
    name = desk.placed()
    desk.turn(lose_execution=0.0)
    known = desk.get(f"{name}.1")
    record = {
        "symbol": "EURUSD", "type": "LIMIT", "side": "BUY", "orderId": int(known.venue_id), "status": "FILLED",
        "clientOrderId": f"{name}.1", "price": 1.0, "origQty": 10000, "executedQty": 10000, "timeInForce": "AON",
    }  # fmt: skip
    desk.say({"event": "execution", "payload": record})
    desk.run(3)
    assert desk.told == []
    assert desk.pair(name).result.state is PairState.ENDING
    desk.run(3)
    ((words, alone),) = desk.told
    assert words.endswith("the venue is to cancel leg 2 (STOP), which lives on")
    assert alone is not None and alone.client_id == f"{name}.2"


def test_two_executed_legs_are_alerted_at_once(desk: Watched) -> None:
    desk.turn(fill_both_legs=1.0)
    name = desk.placed()
    desk.move(ask="0.9999")
    desk.run(1)
    ((words, alone),) = desk.told
    assert "both legs were executed" in words and alone is None
    assert desk.pair(name).result.loud


# After a restart


def test_an_open_pair_regroups_after_a_restart(desk: Watched) -> None:
    name = desk.placed()
    desk.restart()
    desk.run(3)
    assert desk.pair(name).result.words == "both legs working"
    assert desk.told == []
    assert desk.lines == []
    assert desk.placements == 1


def test_a_broken_pair_is_told_again_after_a_restart_and_the_journal_names_the_leg_that_is_not_there(
    desk: Watched,
) -> None:
    desk.turn(refuse_leg=1.0)
    name = desk.submit(pair("1.0", "1.2"))
    desk.run(3)
    alone = desk.pair(name).result.survivor
    assert alone is not None
    gone = "2 (STOP 1.2)" if alone.client_id.endswith("1") else "1 (LIMIT 1)"
    desk.restart()
    desk.run(3)
    words, offered = desk.told[-1]
    assert f"broken: leg {gone} is not known to the venue" in words
    assert offered is not None and offered.client_id == alone.client_id


def test_a_lost_acknowledgement_and_a_reconnect_leave_one_pair(desk: Watched) -> None:
    desk.turn(lose_answer=1.0)
    name = desk.submit(pair("1.0", "1.2"))
    desk.run(1)
    desk.cut()
    assert desk.pair(name).result.state is PairState.IN_DOUBT
    desk.turn()
    desk.run(20)
    assert desk.truth()["arrivals"] == {f"{name}.1": 1, f"{name}.2": 1}
    assert desk.pair(name).result.words == "both legs working"
    assert (desk.placements, desk.told) == (1, [])
    assert [line.split(": ")[2] for line in desk.lines] == ["in doubt", "both legs working"]


def test_nothing_is_concluded_while_the_connection_is_down(desk: Watched) -> None:
    desk.turn(refuse_leg=1.0, answer_delay=0.3)
    desk.submit(pair("1.0", "1.2"))
    desk.run(0.6)
    desk.reachable = False
    desk.cut()
    desk.run(5)
    assert desk.told == []


def test_many_pairs_that_are_over_are_forgotten_the_open_ones_never(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("protocols.market.pair_book.KEPT", 3)
    desk = Watched(tmp_path)
    desk.run(1)
    names = [desk.placed() for _ in range(5)]
    for name in names[1:]:
        for leg in (1, 2):
            desk.submit(CancelOrder("FX", f"{name}.{leg}"))
            desk.run(1)
    kept = [pair.name[1] for pair in desk.desk.pairs.pairs()]
    assert kept == [names[0], *names[3:]]


# Findings


def _submission(*findings: Finding) -> Submission:
    return Submission(Step.ASKS, pair(), "words", findings)


def test_findings_are_at_the_field_of_the_leg_that_they_name() -> None:
    far = Finding("collar", "price", Level.WARN, "Price 1.16000 is 0.06 above the mid of 1.10000: more than 0.05", 2)
    near = Finding("collar", "stop_price", Level.WARN, "Stop price 1.15000 is 0.05 above the mid", 1)
    silent = Finding("no market", "price", Level.WARN, "Price can't be held against a market: no live quotes")
    fields = [each.field for each in findings_of(_submission(far, near, silent))]
    assert fields == ["price_2", "stop_price_1", "price"], "what is about both legs is at no leg's field"


def test_what_is_denied_says_why_whatever_was_agreed_to_before() -> None:
    (found,) = findings_of(Submission(Step.DENIED, pair(), "the desk is disarmed"))
    assert (found.field, found.words) == ("", "the desk is disarmed")
    agreed = Finding("collar", "price", Level.WARN, "Price 1.16000 is 0.06 above the mid of 1.10000: more than 0.05")
    why, _ = findings_of(Submission(Step.DENIED, pair(), "journal: the disk is full", (agreed,)))
    assert (why.level.value, why.words) == ("block", "journal: the disk is full")
