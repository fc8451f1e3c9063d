"""Orders that lived when the desk ended are asked about after the restart, whatever the venue's list leaves out."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from protocols.acttrader.messages import Dialect
from protocols.market.commands import AmendOrder, CancelOrder
from protocols.market.fx_positions import fx_net, fx_positions
from protocols.market.orders import Decision
from protocols.market.values import SCALE, plain_text
from tests.support.fx import FxDesk, key, order, pair, placed, price, record
from tests.support.fx_paired import FxPaired


@pytest.fixture(params=list(Dialect), ids=lambda dialect: dialect.value)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> FxDesk:
    desk = FxDesk(tmp_path, request.param)
    desk.ready()
    return desk


def again(desk: FxDesk, *listed: dict[str, Any]) -> None:
    """The desk ends and begins anew; the venue's list has this."""
    desk.restart()
    desk.open()
    desk.answer(desk.last("orders"), list(listed))


def asked(desk: FxDesk, venue_id: int = 501) -> dict[str, Any]:
    """The question about an order, by the venue's name."""
    desk.tick()
    questions = [each for each in desk.sent if each["event"] == "orderstatus"]
    return [each for each in questions if str(each["payload"].get("orderId")) == str(venue_id)][-1]


def net(desk: FxDesk) -> Decimal:
    return Decimal(fx_net(desk.desk.market, key())) / SCALE


def kept(desk: FxDesk) -> list[tuple[str, str]]:
    return desk.journal.names.names()


@pytest.mark.parametrize("dialect", list(Dialect), ids=lambda dialect: dialect.value)
def test_an_order_that_fills_while_the_desk_is_down_is_counted(dialect: Dialect, tmp_path: Path) -> None:
    desk = FxPaired(tmp_path, dialect)
    desk.run(1)
    client_id = desk.submit(order(at="1.05", units="40000"))
    desk.run(1)
    desk.cut()
    desk.streams.clear()
    desk.move(bid="1.04")
    for _ in range(2):
        desk.restart()
        desk.run(5)
        assert net(desk) == 40_000
    assert desk.truth()["arrivals"] == {client_id: 1}
    assert kept(desk) == []


@pytest.mark.parametrize("restarts", [1, 3])
def test_it_is_there_in_doubt_before_the_venue_is_reached(desk: FxDesk, restarts: int) -> None:
    client_id = placed(desk)
    for _ in range(restarts):
        desk.restart()
        found = desk.get(client_id)
        assert (found.status.value, found.venue_id) == ("in doubt", "501")
        assert found.reason == "sent before a restart; asking the venue"
    assert desk.desk.market.blotter.refused == []


@pytest.mark.parametrize(
    ("told", "status", "executed"),
    [
        ({"status": "FILLED", "executedQty": 10000}, "filled", 10_000),
        ({"status": "CANCELED", "executedQty": 0}, "cancelled", 0),
        ({"status": "CANCELED", "executedQty": 4000}, "cancelled", 4_000),
        ({"status": "NEW"}, "working", 0),
        ({"status": "PARTIAL_FILL", "executedQty": 4000}, "partly filled", 4_000),
    ],
)
def test_the_answer_ends_the_doubt(desk: FxDesk, told: dict[str, Any], status: str, executed: int) -> None:
    client_id = placed(desk)
    again(desk)
    assert (desk.status(client_id), desk.locked != "") == ("in doubt", True)
    desk.answer(asked(desk), record(client_id, 501, **told))
    desk.wait(0.2)
    assert (desk.status(client_id), desk.locked) == (status, "")
    assert net(desk) == executed
    assert desk.count("newordersingle") == 0
    lives = not desk.get(client_id).status.over
    assert bool(kept(desk)) is lives
    again(desk)
    assert desk.status(client_id) == ("in doubt" if lives else "unknown")
    assert net(desk) == executed


def test_one_that_the_list_has_is_not_asked_about(desk: FxDesk) -> None:
    client_id = placed(desk)
    again(desk, record(client_id, 501))
    desk.wait(1)
    assert (desk.status(client_id), desk.get(client_id).reason, desk.locked) == ("working", "", "")
    assert desk.count("orderstatus") == 0


def test_what_was_executed_before_is_counted_once(desk: FxDesk) -> None:
    client_id = placed(desk)
    more = record(client_id, 501, status="PARTIAL_FILL", executedQty=4000, cummulativeQuoteQty=4200)
    desk.say({"event": "execution", "payload": more})
    again(desk)
    assert net(desk) == 4_000
    filled = record(client_id, 501, status="FILLED", executedQty=10000, cummulativeQuoteQty=10500)
    desk.answer(asked(desk), filled)
    assert (net(desk), desk.status(client_id)) == (10_000, "filled")
    (position,) = fx_positions(desk.desk.market)
    assert position.average == price("1.05")


def test_one_that_the_venue_does_not_know_stays_until_a_person_ends_it(desk: FxDesk) -> None:
    client_id = placed(desk)
    again(desk)
    desk.refuse(asked(desk), "ORDER_NOT_EXISTS", 400)
    desk.wait(0.2)
    found = desk.get(client_id)
    assert (found.status.value, desk.locked) == ("in doubt", "")
    assert "the venue says that it has no such order" in found.reason
    assert desk.desk.ask(found) is None
    desk.answer(desk.last("orders"), [])
    desk.refuse(asked(desk), "ORDER_NOT_EXISTS", 400)
    desk.wait(0.2)
    assert "1 still in doubt" in desk.said[-1]
    assert desk.desk.decide(desk.get(client_id), Decision.GONE) is None
    assert (desk.status(client_id), kept(desk)) == ("closed by hand", [])
    questions = desk.count("orderstatus")
    desk.wait(60, 1.0)
    desk.lose()
    desk.wait(5)
    desk.open()
    desk.answer(desk.last("orders"), [])
    desk.wait(1)
    assert desk.count("orderstatus") == questions
    again(desk)
    assert desk.status(client_id) == "unknown"


def test_a_question_by_hand_is_answered(desk: FxDesk) -> None:
    client_id = placed(desk)
    again(desk)
    assert desk.desk.ask(desk.get(client_id)) is None
    desk.answer(desk.last("orders"), [])
    desk.answer(asked(desk), record(client_id, 501, status="FILLED", executedQty=10000))
    desk.wait(0.2)
    assert desk.said == ["FX FX: the venue's list of orders came: 1 settled"]


def test_a_cancellation_without_an_answer_is_asked_about_by_the_venues_name(desk: FxDesk) -> None:
    client_id = placed(desk)
    desk.submit(CancelOrder("FX", client_id))
    again(desk)
    found = desk.get(client_id)
    assert (found.status.value, found.request.value) == ("in doubt", "cancel")
    desk.answer(asked(desk), record(client_id, 501, status="CANCELED"))
    assert (desk.status(client_id), desk.get(client_id).reason) == ("cancelled", "cancelled by us")
    assert kept(desk) == []
    assert desk.desk.market.blotter.refused == []


def test_as_it_was_modified_the_venue_shows_it(desk: FxDesk) -> None:
    client_id = placed(desk)
    desk.submit(AmendOrder("FX", client_id, price=price("1.06")))
    desk.answer(desk.last("modifyordersingle"))
    desk.answer(asked(desk), record(client_id, 501, price=1.06))
    again(desk)
    assert desk.status(client_id) == "in doubt"
    desk.answer(asked(desk), record(client_id, 501, price=1.06))
    assert (desk.status(client_id), plain_text(desk.get(client_id).price)) == ("working", "1.06")


def test_both_legs_of_a_pair_are_asked_about(desk: FxDesk) -> None:
    name = desk.submit(pair())
    legs = [f"{name}.{number}" for number in (1, 2)]
    answers = [
        {"orderId": 501 + number, "clientOrderId": leg, "status": "NEW", "type": kind}
        for number, leg, kind in zip((0, 1), legs, ("LIMIT", "STOP"), strict=True)
    ]
    desk.answer(desk.last("neworderoco"), answers)
    again(desk)
    assert [desk.status(leg) for leg in legs] == ["in doubt", "in doubt"]
    filled, gone = asked(desk, 501), asked(desk, 502)
    desk.answer(filled, record(legs[0], 501, status="FILLED", executedQty=10000))
    stop = {"type": "STOP", "price": None, "stopPrice": 1.15}
    desk.answer(gone, record(legs[1], 502, status="CANCELED", reason="OCO_CONDITION", **stop))
    assert [desk.status(leg) for leg in legs] == ["filled", "cancelled"]
    assert (net(desk), kept(desk)) == (10_000, [])
    assert desk.desk.market.blotter.refused == []


def test_a_pair_of_which_one_leg_is_named_is_there_with_both(desk: FxDesk) -> None:
    name = desk.submit(pair())
    taken = {"orderId": 501, "clientOrderId": f"{name}.1", "status": "NEW", "type": "LIMIT"}
    desk.answer(desk.last("neworderoco"), [taken])
    again(desk)
    assert [desk.status(f"{name}.{number}") for number in (1, 2)] == ["in doubt", "in doubt"]
    assert desk.desk.market.blotter.refused == []
    desk.answer(asked(desk), record(f"{name}.1", 501, status="FILLED", executedQty=10000))
    assert (desk.status(f"{name}.1"), net(desk)) == ("filled", 10_000)
    assert desk.status(f"{name}.2") == "in doubt"


def test_a_venue_that_begins_to_count_anew_does_not_pass_another_order_off_as_ours(desk: FxDesk) -> None:
    client_id = placed(desk)
    again(desk, record("somebody", 501, side="SELL", status="PARTIAL_FILL", executedQty=4000))
    assert (desk.status(client_id), net(desk)) == ("in doubt", 0)
    assert (desk.status("somebody"), desk.get("somebody").ours) == ("partly filled", False)


def test_one_that_the_seeds_venue_never_named_is_left_to_a_person(seed: FxDesk) -> None:
    client_id = seed.submit(order())
    seed.say({"event": "execution", "payload": record(client_id, None, status="PARTIAL_FILL", executedQty=4000)})
    assert seed.status(client_id) == "partly filled"
    again(seed)
    seed.wait(0.2)
    assert "never named it" in seed.get(client_id).reason
    assert (seed.status(client_id), seed.locked, net(seed)) == ("in doubt", "", 4_000)
