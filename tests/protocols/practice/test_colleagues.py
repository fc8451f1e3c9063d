"""Colleagues: seeded, in every area, shown and never ours."""

from typing import Any

import pytest

from protocols.practice.settings import PracticeSettings
from tests.protocols.practice.conftest import Rig
from tests.protocols.practice.trader import Trader, urn

ORDERS = urn("private_orders")


def test_the_first_snapshot_has_some_in_every_area(rig: Any) -> None:
    venue = rig(rate=1.0)
    for client, area in enumerate(("DE-AMPRION", "DE-TENNET", "FR-RTE", "NL-TENNET"), 1):
        venue.connect(client)
        venue.subscribe(urn("private_orders", area), client)
        (snapshot,) = venue.take(client, "event")
        assert len(snapshot["data"]) >= 1
        assert {row["contractArea"]["deliveryArea"] for row in snapshot["data"]} == {area}
        for row in venue.truth(urn("private_orders", area))["orders"]:
            assert row["ours"] is False


@pytest.fixture(scope="module")
def an_hour() -> Any:
    venue = Rig(PracticeSettings(rate=2.0))
    trader = Trader(venue)
    reports: list[Any] = []
    for _ in range(60):
        venue.pass_time(60, step=15.0)
        reports += trader.reports()
    return venue, trader, reports


def test_they_place_amend_sleep_wake_trade_and_cancel(an_hour: Any) -> None:
    venue, trader, reports = an_hour
    seen = {(row["state"], row["action"]) for row in reports}
    assert seen >= {
        ("Active", "AddedByUser"),
        ("Active", "ModifiedByUser"),
        ("Hibernated", "ModifiedByUser"),
        ("Inactive", "ModifiedByUser"),
        ("Inactive", "AddedByUser"),
        ("Inactive", "FullyExecuted"),
    }
    assert 60 < len(reports) < 600
    assert {row["state"] for row in reports} <= {"Active", "Inactive", "Hibernated"}
    assert trader.trades == [], "their trades are theirs"
    alive = [row for row in venue.truth(ORDERS)["orders"] if row["state"] in ("Active", "Hibernated")]
    assert 1 <= len(alive) <= 4


def test_their_orders_are_not_ours_to_change(an_hour: Any) -> None:
    venue, trader, _ = an_hour
    row = next(row for row in venue.truth(ORDERS)["orders"] if row["state"] in ("Active", "Hibernated"))
    order = trader.on(row["client_id"], identifier=int(row["venue_id"]), revisionNumber=row["revision"])
    _, rejected = trader.request("Cancellation", order)
    assert "somebody else" in rejected["metadata"]["rejectReason"]


def test_they_follow_from_the_seed(rig: Any) -> None:
    def play(seed: int, step: float) -> Any:
        venue = rig(rate=5.0, seed=seed)
        trader = Trader(venue)
        venue.pass_time(60, step=step)
        return trader.reports()

    assert play(3, 0.5) == play(3, 7.0) != play(4, 7.0)


def test_without_them_there_are_none(rig: Any) -> None:
    venue = rig(rate=1.0, colleagues=False)
    trader = Trader(venue)
    venue.pass_time(120, step=5.0)
    assert trader.reports() == []
    assert venue.truth(ORDERS)["orders"] == []
