"""The registry, what the acts do, hopping, and finding contracts."""

import msgspec
import pytest

from app.commands import Act, ActsRefused, Menu, NoTrading, Registry
from app.contract_search import find_contracts
from app.hop import neighbour, neighbour_pair
from app.order_acts import OrderActs
from protocols.market.commands import FxTerms
from protocols.market.instruments import ContractKey, CurrencyPair, InstrumentSpec, PowerContract
from protocols.market.orders import Order, OrderStatus
from protocols.market.times import HOUR, MINUTE, UtcNs, utc_from_text
from protocols.market.values import SCALE, Price, Quantity, Side
from tests.app.hands import Journal, Notebook, order
from tests.widgets.desk import NOON, Desk


def act(name: str, title: str = "", **how: object) -> Act:
    return Act(name, title or name, lambda: None, Menu.DESK, **how)  # type: ignore[arg-type]  # any of its other fields


@pytest.mark.parametrize(
    ("acts", "words"),
    [
        ([act("window.one"), act("window.one")], "two acts named window.one"),
        ([act("window.one", "Same"), act("window.two", "same")], "the same title"),
        ([act("one")], "no name"),
        ([act("window.One")], "no name"),
        ([act("kitchen.one")], "no name"),
        ([act("window.one", " ")], "no title"),
        ([act("window.one", trading=True, in_text=True)], "trades"),
        ([act("window.one", trading=True, under_dialogs=True)], "trades"),
        ([act("ladder.one", in_text=True)], "has to be the window's"),
    ],
)
def test_acts_that_contradict_each_other_are_refused(acts: list[Act], words: str) -> None:
    with pytest.raises(ActsRefused, match=words):
        Registry(acts)


def test_a_tip_says_title_and_keys() -> None:
    registry = Registry([act("window.one", "Do one"), act("window.two", "Do two", label=lambda: "Do 2 Tape")])
    registry.show_keys({"window.one": ("G", "keypad +")})
    assert registry.tip("window.one") == "Do one (G or keypad +)"
    assert registry.tip("window.two") == "Do 2 Tape"


# Orders


class Bench:
    """Order acts over a notebook and a journal."""

    def __init__(self) -> None:
        self.desk = Desk("DE-AMPRION")
        self.key = self.desk.contract("DE-AMPRION", "15Q4")
        self.ladder = Notebook(self.key)
        self.journal = Journal()
        self.said: list[str] = []
        self.own: list[Order] = []
        self.rows: list[Order] | None = None
        self.amended: list[Order] = []
        acts = OrderActs(
            lambda: self.ladder,
            lambda: None if self.rows is None else self,
            lambda: self.own,
            self.journal,
            self.said.append,
            lambda name: f"<{name}>",
            self.amended.append,
        )
        self.registry = Registry(acts.acts())

    def brings_into_sight(self) -> bool:
        return True

    def selected(self) -> list[Order]:
        return self.rows or []


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_what_is_staged_is_sent_once_while_armed(bench: Bench) -> None:
    bench.registry.run("ladder.stage_buy")
    staged = bench.ladder.staged
    bench.journal.arm()
    bench.registry.run("ladder.send")
    bench.registry.run("ladder.send")
    assert bench.journal.sent == [staged]
    assert "Nothing is staged" in bench.said[-1]


def test_what_was_not_taken_is_staged_again(bench: Bench) -> None:
    bench.registry.run("ladder.stage_buy")
    staged = bench.ladder.staged
    bench.journal.arm()
    bench.journal.takes = False
    bench.registry.run("ladder.send")
    assert bench.ladder.staged == staged


def test_disarmed_the_stage_stays_and_the_reason_is_told(bench: Bench) -> None:
    bench.registry.run("ladder.take_sell")
    bench.registry.run("ladder.send")
    assert bench.journal.sent == []
    assert bench.ladder.staged is not None
    assert bench.said == ["Not sent: disarmed. <window.arm> arms; the order stays staged"]


def test_armed_and_blocked_the_stage_stays_and_the_reason_is_told(bench: Bench) -> None:
    bench.registry.run("ladder.stage_sell")
    bench.journal.arm()
    bench.journal.why = "the book is stale"
    bench.registry.run("ladder.send")
    assert bench.journal.sent == []
    assert bench.ladder.staged is not None
    assert bench.said == ["Not sent: the book is stale"]


def test_the_first_enter_ends_the_typing(bench: Bench) -> None:
    bench.journal.arm()
    bench.registry.run("ladder.stage_buy")
    bench.registry.run("ladder.type_quantity")
    bench.registry.run("ladder.send")
    assert bench.journal.sent == []
    bench.registry.run("ladder.send")
    assert len(bench.journal.sent) == 1


def test_cancels_need_no_arming_and_take_the_side_that_is_meant(bench: Bench) -> None:
    bid, ask = order(bench.key, "b"), order(bench.key, "s", Side.SELL)
    bench.own = [bid, ask]
    for name, expected in (("cancel_bids", [bid]), ("cancel_asks", [ask]), ("cancel_all", [bid, ask])):
        bench.journal.cancelled.clear()
        bench.registry.run(f"ladder.{name}")
        assert bench.journal.cancelled == expected
    bench.own = [ask]
    bench.journal.cancelled.clear()
    bench.registry.run("ladder.cancel_bids")
    assert bench.journal.cancelled == []
    assert bench.said == ["Nothing to cancel: no own bids of this contract"]


def test_the_selected_own_order_is_cancelled_and_modified(bench: Bench) -> None:
    for name in ("ladder.cancel", "ladder.amend"):
        bench.registry.run(name)
        assert "No own order is selected" in bench.said.pop()
    bench.ladder.selected = order(bench.key, "b")
    bench.registry.run("ladder.cancel")
    bench.registry.run("ladder.amend")
    assert bench.journal.cancelled == [bench.ladder.selected]
    assert bench.ladder.notes == ["amend"]
    assert bench.amended == []


def test_an_order_of_more_than_one_price_is_amended_elsewhere(bench: Bench) -> None:
    stop_limit = msgspec.structs.replace(order(bench.key, "b"), terms=FxTerms("STOP_LIMIT", "AON", Price(10**9)))
    bench.ladder.selected = stop_limit
    bench.registry.run("ladder.amend")
    assert (bench.amended, bench.ladder.notes) == ([stop_limit], [])


def test_rows_of_the_orders_widget_are_cancelled_if_they_are_ours_and_alive(bench: Bench) -> None:
    assert not bench.registry["orders.cancel"].offered()
    mine, theirs = order(bench.key, "b"), order(bench.key, "c", ours=False)
    over = msgspec.structs.replace(mine, status=OrderStatus.FILLED)
    bench.rows = [theirs, over]
    bench.registry.run("orders.cancel")
    assert "no living order of ours" in bench.said[-1]
    bench.rows = [mine, theirs, over]
    bench.registry.run("orders.cancel")
    assert bench.journal.cancelled == [mine]


def test_a_desk_that_only_looks_sends_nothing() -> None:
    desk = NoTrading()
    desk.arm()
    assert not desk.armed
    assert desk.may_send()


# Hopping


def contract(desk: Desk, name: str, start: UtcNs, minutes: int = 15, area: str = "DE-AMPRION") -> PowerContract:
    return desk.market.contracts[desk.contract(area, name, start, minutes)]


def test_hopping_goes_from_period_to_period_through_the_day_with_25_hours() -> None:
    desk = Desk()
    first = utc_from_text("2026-10-24T23:30Z")
    row = [contract(desk, f"Q{n}", UtcNs(first + n * 15 * MINUTE)) for n in range(12)]
    contract(desk, "FR", row[1].delivery_start, area="FR-RTE")
    everything = list(reversed(desk.market.contracts.values()))
    here: PowerContract | None = row[0]
    seen = []
    while here is not None:
        seen.append(here)
        here = neighbour(everything, here, 1)
    assert seen == row
    assert neighbour(everything, row[0], -1) is None
    assert neighbour(everything, row[5], -1) == row[4]


def test_hopping_stays_with_product_and_market_and_passes_over_what_is_closed() -> None:
    desk = Desk()
    row = [contract(desk, f"Q{n}", UtcNs(NOON + n * 15 * MINUTE)) for n in range(4)]
    hour = msgspec.structs.replace(contract(desk, "12-13", UtcNs(NOON + 15 * MINUTE), 60), product="Hour")
    xbid = msgspec.structs.replace(row[1], market_type="Xbid")
    assert neighbour([hour, xbid, row[0], row[2]], row[0], 1) == row[2]
    assert neighbour(row, row[0], 1, lambda contract: contract is not row[1]) == row[2]
    assert neighbour(row, row[3], 1) is None


def pair(name: str, connection: str) -> CurrencyPair:
    spec = InstrumentSpec(Price(10_000), Quantity(1_000 * SCALE), 5, 0, name[3:], name[:3])
    key = ContractKey(connection, "FX", name)
    return CurrencyPair(key, name, name[:3], name[3:], spec, Price(100_000), Quantity(100_000 * SCALE), "EUR")


def test_pairs_are_hopped_over_in_the_order_of_their_connection_and_no_further() -> None:
    one, two, other = (pair(name, key) for name, key in (("EURUSD", "FX"), ("USDJPY", "FX"), ("EURUSD", "FX 2")))
    listed = [one, other, two]
    assert neighbour_pair(listed, one, 1) == two
    assert neighbour_pair(listed, two, -1) == one
    assert neighbour_pair(listed, two, 1) is None
    assert neighbour_pair(listed, one, -1) is None
    assert neighbour_pair(listed, pair("GBPUSD", "FX"), 1) is None


def test_pairs_that_are_listed_and_never_quoted_are_hopped_over() -> None:
    row = [pair(name, "FX") for name in ("EURUSD", "USDJPY", "GBPUSD")]
    one, two, three = row
    assert neighbour_pair(row, one, 1, lambda each: each is not two) == three
    assert neighbour_pair(row, one, 1, lambda each: False) == two, "without a chart service nothing is quoted"


# Finding contracts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15Q4", ["15Q4 DE-AMPRION", "15Q4 FR-RTE"]),
        ("15q4 fr", ["15Q4 FR-RTE"]),
        ("fr 18-19", ["18-19_XB FR-RTE"]),
        ("fr 18–19", ["18-19_XB FR-RTE"]),
        ("amprion 15:45", ["15Q4 DE-AMPRION"]),
        ("rte 18", ["18-19_XB FR-RTE"]),
        ("15Q9", []),
        ("", []),
        ("old", []),
    ],
)
def test_contracts_are_found_by_a_few_letters(text: str, expected: list[str]) -> None:
    desk = Desk()
    for area in ("FR-RTE", "DE-AMPRION"):
        contract(desk, "15Q4", utc_from_text("2026-11-21T14:45Z"), area=area)
        contract(desk, "18-19_XB", utc_from_text("2026-11-21T17:00Z"), 60, area)
        contract(desk, "old", UtcNs(NOON - HOUR), area=area)
    found = find_contracts(desk.market.contracts.values(), text, NOON, 10)
    assert [f"{found.name} {found.area}" for found in found] == expected


def test_the_soonest_is_found_first() -> None:
    desk = Desk()
    for hours in (25, 1, 49):
        contract(desk, "15Q4", UtcNs(NOON + hours * HOUR), area=f"A{hours}")
    found = find_contracts(desk.market.contracts.values(), "15q4", NOON, 2)
    assert [contract.area for contract in found] == ["A1", "A25"]
