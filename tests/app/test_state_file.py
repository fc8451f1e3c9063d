"""The state for automation: own trades as they were told, exact, in both of their sides."""

from app.desk import Desk
from app.state_file import state_of
from protocols.market.events import TradeState
from protocols.market.values import Side
from tests.widgets import desk as market
from tests.widgets.test_own_trades import trade


def test_own_trades_are_told_exactly() -> None:
    made = market.Desk("DE-AMPRION")
    desk = Desk()
    desk.market = made.market
    key = made.contract("DE-AMPRION", "15Q4")
    name = trade(made, key, Side.BUY, "-38.405", "0.1", comment="hedge")
    trade(made, key, Side.SELL, "-38.405", "0.1", name=name, revision=2, state=TradeState.RECALLED)
    own = state_of(desk, made.clock.now)["own_trades"]
    assert [(row["side"], row["revision"], row["state"]) for row in own] == [
        ("Buy", 1, "Active"),
        ("Sell", 2, "Recalled"),
    ]
    assert own[0] == {
        "connection": market.M7, "area": "DE-AMPRION", "contract_id": key.contract_id, "id": name, "revision": 1,
        "state": "Active", "side": "Buy", "price": "-38.405", "quantity": "0.1", "executed_at": "2026-11-21T11:00:00Z",
        "order_venue_id": "4711", "comment": "hedge",
    }  # fmt: skip
