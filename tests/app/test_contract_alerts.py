"""Alerts where contracts with own orders or a position change: which, when, how gathered, and when none."""

import msgspec
import pytest

from app.contract_alerts import GATHERED, NAMED, REMEMBERED, ContractAlerts, change_of
from protocols.market.commands import Intent, PlaceOrder
from protocols.market.events import (
    AreaState,
    AreaStateChanged,
    ClockCompared,
    ContractListed,
    Feed,
    TradeState,
)
from protocols.market.instruments import ContractKey
from protocols.market.order_events import OrderIntended, OwnTrade, OwnTradePrinted, RequestDropped
from protocols.market.times import HOUR, MINUTE, SECOND, UtcNs
from protocols.market.values import Side
from tests.support.paired import Paired
from tests.widgets.desk import M7, NOON, Desk, price, quantity

A, B, UK = "DE-AMPRION", "FR-RTE", "UK-ELEXON"
LIVE = ("Active", "Continuous")
CLOSED = ("Inactive", "Closed")


class Alerted:
    """A market of quarter-hours, all trading; `told` is what was alerted."""

    def __init__(self) -> None:
        self.desk = Desk(A, B, UK)
        self.told: list[str] = []
        self.alerts = ContractAlerts(self.desk.market, self.told.append)
        self._made = 0

    def contract(self, name: str, area: str = A, state: tuple[str, str] | None = LIVE, quarter: int = 0) -> ContractKey:
        key = self.desk.contract(area, name, UtcNs(NOON + HOUR + quarter * 15 * MINUTE))
        if state is not None:
            self.desk.state(key, *state)
        return key

    def order(self, key: ContractKey) -> Intent:
        self._made += 1
        name = f"o{self._made}"
        intent = Intent(name, name, PlaceOrder(key, Side.BUY, quantity("1"), price("10")), self.desk.clock.now)
        self.desk.market.apply(OrderIntended(intent))
        return intent

    def end(self, intent: Intent) -> None:
        dropped = RequestDropped(M7, intent.client_id, intent.intent_id, "gone", self.desk.clock.now)
        self.desk.market.apply(dropped)

    def trade(self, key: ContractKey, side: Side = Side.BUY) -> None:
        self._made += 1
        own = OwnTrade(
            M7, f"t{self._made}", 1, side, key, price("10"), quantity("2"), TradeState.ACTIVE, "Active", None, "v"
        )
        self.desk.market.apply(OwnTradePrinted("OWN", own))

    def look(self, seconds: float = 0.1) -> list[str]:
        """A tick later, and what was told until then."""
        self.desk.beat(seconds)
        self.alerts.look(self.desk.clock.now)
        return self.told

    def settle(self) -> list[str]:
        """What is told once everything was gathered."""
        self.look()
        return self.look(GATHERED)


def test_a_contract_with_own_orders_that_closes_is_told_once_with_the_venues_time() -> None:
    market = Alerted()
    key, other = market.contract("13Q1"), market.contract("13Q2", quarter=1)
    market.order(key)
    market.desk.market.apply(ClockCompared(M7, 3 * SECOND, market.desk.clock.now))
    assert market.settle() == [], "nothing has changed yet"
    for each in (key, other):
        market.desk.state(each, *CLOSED)
    market.settle()
    market.settle()
    (words,) = market.told
    assert words == "A contract with own orders closed at 12:00:04 CET: 13Q1 DE-AMPRION"


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        (("Hibernated", "Closed"), LIVE, "opened"),
        (LIVE, ("Active", "Closed"), "closed"),
        (LIVE, ("Hibernated", "Continuous"), "hibernated"),
        (LIVE, ("Standby", "Continuous"), "went to standby"),
        (LIVE, ("Frozen", ""), "froze"),
        (("Frozen", "Continuous"), LIVE, "opened"),
        (LIVE, ("Suspended", "Auction"), "changed to suspended auction"),
        (("Active", "Closed"), CLOSED, ""),
        (LIVE, LIVE, ""),
    ],
)
def test_changes_have_words_and_a_second_step_of_closing_has_none(before, after, word) -> None:
    key = ContractKey(M7, A, "1")
    assert change_of(*(AreaState(key, *state, None, None) for state in (before, after))) == word


def test_where_there_are_no_phases_the_state_is_the_word() -> None:
    key = ContractKey("Nord Pool", A, "1")
    states = [AreaState(key, word, "", None, None, has_phases=False) for word in ("Inactive", "Active", "Frozen")]
    assert [change_of(*pair) for pair in ((states[0], states[1]), (states[1], states[2]), (states[2], states[0]))] == [
        "opened",
        "froze",
        "closed",
    ]


def test_what_changes_together_is_one_alert_and_each_kind_has_its_own() -> None:
    market = Alerted()
    one, two = market.contract("13Q1"), market.contract("13Q2", quarter=1)
    french, frozen = market.contract("13Q1", B), market.contract("14Q1", quarter=4)
    for key in (one, french, frozen):
        market.order(key)
    market.trade(two)
    market.look()
    market.desk.state(two, *CLOSED)
    market.look(0.3)
    market.desk.state(french, *CLOSED)
    market.desk.state(frozen, "Hibernated", "Continuous")
    assert market.look(0.3) == []
    market.desk.state(one, *CLOSED)
    market.settle()
    assert market.told == [
        "3 contracts with own orders or a position closed at 12:00:00 CET: 13Q1, 13Q2 DE-AMPRION; 13Q1 FR-RTE",
        "A contract with own orders hibernated at 12:00:00 CET: 14Q1 DE-AMPRION",
    ]


def test_a_net_position_matters_and_one_that_is_flat_does_not() -> None:
    market = Alerted()
    long, flat = market.contract("13Q1"), market.contract("13Q2", quarter=1)
    market.trade(long)
    market.trade(flat)
    market.trade(flat, Side.SELL)
    market.look()
    for key in (long, flat):
        market.desk.state(key, *CLOSED)
    (words,) = market.settle()
    assert words == "A contract with a net position closed at 12:00:00 CET: 13Q1 DE-AMPRION"


def test_orders_that_ended_with_the_contract_still_count_and_those_of_before_do_not() -> None:
    market = Alerted()
    key, earlier = market.contract("13Q1"), market.contract("13Q2", quarter=1)
    intent, gone = market.order(key), market.order(earlier)
    market.look()
    market.end(gone)
    market.look()
    market.look(60 + REMEMBERED)
    market.end(intent)
    market.look(0.5)
    for each in (key, earlier):
        market.desk.state(each, *CLOSED)
    (words,) = market.settle()
    assert words.endswith(": 13Q1 DE-AMPRION")


def test_xbid_that_becomes_local_is_told() -> None:
    market = Alerted()
    key = market.contract("13Q1")
    contract = market.desk.market.contracts[key]
    market.desk.market.apply(ContractListed(msgspec.structs.replace(contract, market_type="Xbid")))
    market.order(key)
    market.look()
    market.desk.market.apply(ContractListed(contract))
    (words,) = market.settle()
    assert words == "A contract with own orders turned local at 12:00:00 CET: 13Q1 DE-AMPRION"


def test_a_snapshot_that_says_what_was_known_is_no_change() -> None:
    market = Alerted()
    key, unknown = market.contract("13Q1"), market.contract("13Q2", state=None, quarter=1)
    for each in (key, unknown):
        market.order(each)
    market.look()
    market.desk.state(key, *LIVE)
    market.desk.state(unknown, *CLOSED)
    assert market.settle() == [], "and what was not known before has not changed"


def test_a_change_of_the_phases_times_alone_is_none() -> None:
    market = Alerted()
    key = market.contract("13Q1")
    market.order(key)
    market.look()
    row = AreaState(key, *LIVE, UtcNs(NOON), UtcNs(NOON + HOUR))
    market.desk.market.apply(AreaStateChanged(f"{Feed.AREA_STATES.name}:{A}", row))
    assert market.settle() == []


def test_of_very_many_some_are_named_and_the_others_counted() -> None:
    market = Alerted()
    keys = [market.contract(f"C{n:02}", quarter=n) for n in range(NAMED + 3)]
    for key in keys:
        market.order(key)
    market.look()
    for key in keys:
        market.desk.state(key, *CLOSED)
    (words,) = market.settle()
    assert words.startswith(f"{NAMED + 3} contracts") and words.endswith("C11 DE-AMPRION; 3 more")


def test_british_contracts_have_british_time() -> None:
    market = Alerted()
    key = market.contract("1", UK)
    market.order(key)
    market.look()
    market.desk.state(key, *CLOSED)
    (words,) = market.settle()
    assert "at 11:00:00 GMT" in words


def test_at_the_practice_venue_a_gate_that_closes_is_one_alert_and_a_new_link_none() -> None:
    pair = Paired(seed=5, rate=1.0)
    pair.run(10)
    told: list[str] = []
    alerts = ContractAlerts(pair.desk.market, told.append)
    opened = [state.key for state in pair.desk.market.area_states.rows().values() if state.open]
    soonest = min(pair.desk.market.area_states.rows()[key].phase_end or 0 for key in opened)
    ours = [key for key in opened if pair.desk.market.area_states.rows()[key].phase_end == soonest]
    for number, key in enumerate(opened):
        own = OwnTrade(
            M7, f"x{number}", 1, Side.BUY, key, price("1"), quantity("1"), TradeState.ACTIVE, "Active", None, "v"
        )
        pair.desk.apply(OwnTradePrinted("OWN", own))
    alerts.look(pair.now)
    pair.cut()
    for _ in range(60):
        pair.run(0.5)
        alerts.look(pair.now)
    assert pair.desk.market.connections[M7].status.value == "live"
    assert told == [], "the new snapshots said what was known"
    while pair.now.utc < soonest + 5 * SECOND:
        pair.run(1.0, step=0.5)
        alerts.look(pair.now)
    assert len(told) == 1, told
    assert "with a net position closed at" in told[0]
    assert all(pair.desk.market.contracts[key].name in told[0] for key in ours)


def test_a_contract_of_tomorrow_is_named_with_its_day() -> None:
    market = Alerted()
    key = market.contract("23-24_XB", quarter=4 * 34)
    market.order(key)
    market.settle()
    market.desk.state(key, *CLOSED)
    assert market.settle()[0].endswith(": 23-24_XB Sun 22 DE-AMPRION")
