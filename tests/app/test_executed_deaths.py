"""The desk dies between two writes of the journal: what it had received of an execution is not lost with it."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.journal import journal
from protocols.acttrader.messages import Dialect
from protocols.market.fx_positions import fx_net
from protocols.market.order_events import OrderReported, OwnExecuted
from protocols.market.values import SCALE
from tests.support.fx import FxDesk, key, order, placed, record

UNITS = 10_000
WRITES = 6
"""More than one message makes."""


class Died(BaseException):
    """Nothing catches it."""


def dies_before(monkeypatch: pytest.MonkeyPatch, writes: int) -> None:
    """The process ends before the journal's next write but so many."""
    write, left = journal.write_all, iter(range(writes))

    def dying(*of: Any) -> None:
        if next(left, None) is None:
            raise Died
        write(*of)

    monkeypatch.setattr(journal, "write_all", dying)


def told_at_once(desk: FxDesk) -> Callable[[], None]:
    """The venue's first word is that it is filled."""
    client_id = desk.submit(order())
    filled = record(client_id, 501, status="FILLED", executedQty=UNITS)
    return lambda: desk.say({"event": "execution", "payload": filled})


def told_before_it_is_named(desk: FxDesk) -> Callable[[], None]:
    """Its execution belongs to no order known here until the venue's answer says whose it is."""
    client_id = desk.submit(order())
    desk.say({"event": "execution", "payload": record(None, 501, status="FILLED", executedQty=UNITS)})
    taken = {"orderId": 501, "clientOrderId": client_id, "status": "NEW", "type": "LIMIT"}
    return lambda: desk.answer(desk.last("newordersingle"), taken)


WAYS = [told_at_once, told_before_it_is_named]


@pytest.mark.parametrize("dialect", list(Dialect), ids=lambda dialect: dialect.value)
@pytest.mark.parametrize("way", WAYS)
def test_whenever_it_dies_a_fill_is_counted_or_its_order_is_in_doubt(
    way: Callable[[FxDesk], Callable[[], None]], dialect: Dialect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list that leaves out what is over says nothing of it after the restart."""
    lived = counted = False
    for writes in range(WRITES):
        desk = FxDesk(tmp_path / str(writes), dialect)
        desk.ready()
        fill = way(desk)
        with monkeypatch.context() as patched:
            dies_before(patched, writes)
            try:
                fill()
                lived = True
            except Died:
                lived = False
        desk.restart()
        desk.open()
        desk.answer(desk.last("orders"), [])
        counted = fx_net(desk.desk.market, key()) == UNITS * SCALE
        statuses = [each.status.value for each in desk.desk.market.blotter.rows()]
        assert counted or statuses == ["in doubt"], f"after {writes} writes"
        if way is told_before_it_is_named:
            assert counted or desk.desk.market.strays.left(), f"after {writes} writes"
    assert lived
    assert counted


@pytest.mark.parametrize("way", WAYS)
def test_the_execution_is_told_before_its_order(way: Callable[[FxDesk], Callable[[], None]], tmp_path: Path) -> None:
    """And no order that fills is shown without it in between."""
    desk = FxDesk(tmp_path)
    desk.ready()
    fill = way(desk)
    told: list[Any] = []
    apply = desk.desk.apply

    def watch(event: Any) -> None:
        told.append(event)
        apply(event)

    desk.desk.apply = watch  # type: ignore[method-assign]
    fill()
    kinds = [type(event) for event in told if isinstance(event, OwnExecuted | OrderReported)]
    assert kinds[:2] == [OwnExecuted, OrderReported]


@pytest.mark.parametrize("dialect", list(Dialect), ids=lambda dialect: dialect.value)
@pytest.mark.parametrize("before", ["placed", "named"])
def test_whenever_it_dies_an_order_that_the_venue_has_is_there(
    before: str, dialect: Dialect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It dies around the venue's acknowledgement, or around a later fill; the venue's list leaves out what is over."""
    in_doubt = counted = False
    for writes in range(WRITES):
        desk = FxDesk(tmp_path / str(writes), dialect)
        desk.ready()
        client_id = desk.submit(order()) if before == "placed" else placed(desk)
        with monkeypatch.context() as patched, contextlib.suppress(Died):
            dies_before(patched, writes)
            if before == "placed":
                taken = {"orderId": 501, "clientOrderId": client_id, "status": "NEW", "type": "LIMIT"}
                desk.answer(desk.last("newordersingle"), taken)
            else:
                filled = record(client_id, 501, status="FILLED", executedQty=UNITS)
                desk.say({"event": "execution", "payload": filled})
        desk.restart()
        desk.open()
        desk.answer(desk.last("orders"), [])
        desk.tick()
        counted = fx_net(desk.desk.market, key()) == UNITS * SCALE
        in_doubt = desk.status(client_id) == "in doubt"
        assert counted or in_doubt, f"after {writes} writes"
        assert desk.desk.market.blotter.refused == []
        if in_doubt and desk.count("orderstatus"):
            desk.answer(desk.last("orderstatus"), record(client_id, 501, status="FILLED", executedQty=UNITS))
            assert fx_net(desk.desk.market, key()) == UNITS * SCALE
            assert not desk.journal.open_of(client_id)
            assert desk.journal.names.names() == []
    assert in_doubt is (before == "placed")
    assert counted is (before == "named")
