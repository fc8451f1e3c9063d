"""Own orders on the ladder: where they stand, what is ahead, and how each state is told."""

import pytest

from protocols.market.commands import PowerTerms
from protocols.market.events import Feed, Freshness
from protocols.market.instruments import InstrumentSpec
from protocols.market.orders import Order, OrderStatus, VenueState
from protocols.market.queues import Ahead
from protocols.market.values import Side
from tests.widgets.desk import M7, price, quantity
from tests.widgets.ladder import own
from tests.widgets.ladder.market import LadderDesk, buckets_of, frame, row_at
from widgets.ladder import Column, Ladder, LadderFrame, Options
from widgets.ladder.own import OwnCell, own_text
from widgets.ladder.words import Tone

SPEC = InstrumentSpec(price("0.01"), quantity("0.1"), 2, 1, "EUR/MWh", "MW")


def cell(shown: LadderFrame, at: str, side: Side = Side.BUY) -> OwnCell:
    found = row_at(shown, at).own(Column.OWN_BUY if side is Side.BUY else Column.OWN_SELL)
    assert found is not None
    return found


def test_an_order_tells_its_quantity_and_its_place(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels({"72.10": "14.2", "72.00": "3"}, {"72.20": "5"})
    own.working(desk, Side.BUY, "72.10", "10")
    own.working(desk, Side.SELL, "72.40", "2.5")
    shown = frame(desk, ladder)
    assert (cell(shown, "72.10").number.text, cell(shown, "72.10").tail) == ("10.0", "14.2/1")
    assert cell(shown, "72.40", Side.SELL).tail == "first"


def test_what_went_from_ahead_is_told_apart(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels({"72.10": "14.2", "72.00": "3"}, {"72.20": "5"})
    order = own.working(desk, Side.BUY, "72.10", "10")
    assert cell(frame(desk, ladder), "72.10").progress is None
    desk.trade(desk.key, "72.10", "5")
    desk.change({"72.10": "7.1"})
    shown = cell(frame(desk, ladder), "72.10")
    assert shown.progress == Ahead(quantity("7.1"), 1, quantity("5"), quantity("2.1"))
    assert own_text(shown.orders[0], SPEC).endswith("Ahead 7.1 MW in 1 order · traded 5.0 · pulled 2.1")
    desk.freshness(Freshness.STALE, "gone", Feed.TRADES)
    desk.change({"72.10": "0"})
    shown = cell(frame(desk, ladder), "72.10")
    said = "First in the queue · traded 5.0 · pulled 2.1 · gone, traded or pulled 7.1"
    assert own_text(shown.orders[0], SPEC).endswith(said)
    assert shown.holds(order.client_id)


def test_orders_of_one_row_count_together(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels({"72.10": "5", "71.00": "5"}, {"72.20": "5"})
    frame(desk, ladder)
    own.working(desk, Side.BUY, "71.99", "10")
    own.working(desk, Side.BUY, "71.91", "2.5")
    shown = buckets_of(desk, ladder, "0.10")
    both = cell(shown, "71.90")
    assert (both.number.text, both.tail) == ("12.5", "×2")


def test_every_state_is_drawn_and_named(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels({"72.10": "5"}, {"72.11": "5"})
    own.working(desk, Side.BUY, "72.09", "1")
    own.partly_filled(desk, Side.BUY, "72.08", "10", "6")
    own.pending(desk, Side.BUY, "72.07", "1")
    own.in_doubt(desk, Side.BUY, "72.06", "1")
    own.hibernated(desk, Side.BUY, "72.05", "1")
    own.cancelling(desk, own.working(desk, Side.BUY, "72.04", "1"))
    shown = frame(desk, ladder)
    looks = [cell(shown, f"72.0{last}").look for last in (9, 8, 7, 6, 5, 4)]
    assert [look.mark for look in looks] == ["", "▶", "…", "?", "◇", "×"]
    assert [look.solid for look in looks] == [True, True, False, False, False, True]
    assert len(set(looks)) == len(looks)
    assert cell(shown, "72.08").number.text == "6.0"


def test_colleagues_orders_are_not_ours(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels({"72.10": "5"}, {"72.20": "5"})
    stranger = Order(
        M7, "theirs", desk.key, Side.BUY, price("72.10"), quantity("5"), quantity("5"), PowerTerms(),
        OrderStatus.WORKING, False,
    )  # fmt: skip
    own.report(desk, stranger)
    assert row_at(frame(desk, ladder), "72.10").own_buy is None


def test_an_order_that_is_over_is_gone(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels({"72.10": "5"}, {"72.20": "5"})
    order = own.working(desk, Side.BUY, "72.10", "5")
    assert cell(frame(desk, ladder), "72.10").holds(order.client_id)
    ladder.next_own(1)
    assert ladder.selected == order
    own.filled(desk, order)
    assert row_at(frame(desk, ladder), "72.10").own_buy is None
    assert ladder.selected is None


def test_orders_out_of_view_are_counted_at_the_edge(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels({"72.10": "5"}, {"72.20": "5"})
    frame(desk, ladder)
    own.working(desk, Side.BUY, "10", "1")
    own.working(desk, Side.SELL, "999", "1")
    shown = frame(desk, ladder)
    assert shown.body is not None
    assert (shown.body.own_buys.below, shown.body.own_sells.above) == (1, 1)


def test_next_goes_round_and_brings_the_order_into_view(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels({"72.10": "5"}, {"72.20": "5"})
    frame(desk, ladder)
    high, low = own.working(desk, Side.BUY, "72.05", "1"), own.working(desk, Side.BUY, "10", "1")
    seen = []
    for step in (1, 1, 1, -1, -1):
        ladder.next_own(step)
        assert ladder.selected is not None
        seen.append(ladder.selected.client_id)
    assert seen == [high.client_id, low.client_id, high.client_id, low.client_id, high.client_id]
    ladder.next_own(1)
    shown = frame(desk, ladder)
    assert cell(shown, "10.00").holds(low.client_id)
    assert shown.body is not None
    assert shown.body.selected == low.client_id


def test_other_contracts_orders_cost_no_frame(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    other = desk.contract("DE-AMPRION", "elsewhere")
    revision = frame(desk, ladder).revision
    stay, desk.key = desk.key, other
    own.pending(desk, Side.BUY, "72.10", "1")
    desk.key = stay
    assert frame(desk, ladder).revision == revision
    own.pending(desk, Side.BUY, "72.10", "1")
    assert frame(desk, ladder).revision > revision


def test_own_orders_and_the_stage_are_spoken(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    own.working(desk, Side.BUY, "72.10", "5")
    own.working(desk, Side.SELL, "72.40", "2")
    frame(desk, ladder)
    ladder.stage(Side.SELL)
    desk.beat(1)
    frame(desk, ladder)
    told = ladder.accessibleDescription()
    assert "1 own buy order, 5.0 megawatt. 1 own sell order, 2.0 megawatt" in told
    assert "Staged, not sent: SELL 10.0 MW 15Q4 DE-AMPRION @ 72.15 GFS" in told
    desk.freshness(Freshness.STALE, "gone")
    frame(desk, ladder)
    assert "own buy order" in ladder.accessibleDescription()


def test_hidden_columns_hide_nothing_else(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    own.working(desk, Side.BUY, "72.10", "5")
    ladder.set_options(Options(hidden=frozenset({Column.OWN_BUY, Column.OWN_SELL})))
    frame(desk, ladder)
    ladder.stage(Side.BUY)
    shown = frame(desk, ladder)
    assert shown.body is not None
    assert shown.body.own_buys.count == 1
    assert shown.body.mark is not None


@pytest.mark.parametrize(
    ("at", "venue_id", "said", "tone"),
    [
        (None, None, "BUY 9.0 @ 72.00 kept its place", Tone.ACCENT),
        ("71.90", "v-2", "BUY 9.0 @ 71.90 lost its place", Tone.ACCENT),
        (None, "v-2", "BUY 9.0 @ 72.00 lost its place, which was foretold otherwise", Tone.WARNING),
    ],
)
def test_what_an_amendment_did_to_the_place_is_told(
    desk: LadderDesk, ladder: Ladder, at: str | None, venue_id: str | None, said: str, tone: Tone
) -> None:
    desk.levels()
    order = own.working(desk, Side.BUY, "72.00", "10")
    frame(desk, ladder)
    ladder.next_own(1)
    ladder.amend_selected()
    ladder.nudge_quantity(-10)
    ladder.nudge_price(0 if at is None else -10)
    frame(desk, ladder)
    seen, command = ladder.seen, ladder.take_staged()
    assert seen is not None and command is not None
    assert seen.keeps_place is (at is None)
    own.intend(desk, command, order.client_id, seen)
    frame(desk, ladder)
    own.report(desk, order, remaining=quantity("9"), at=at, venue_id=venue_id)
    frame(desk, ladder)  # the first beat notices, the second shows
    bar = frame(desk, ladder).bar
    assert bar is not None and (bar.note.text, bar.note.tone) == (said, tone)
    ladder.stage(Side.BUY)
    bar = frame(desk, ladder).bar
    assert bar is not None and said not in bar.note.text


def test_where_an_amended_order_goes_is_foretold(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    own.working(desk, Side.BUY, "72.00", "10")
    frame(desk, ladder)
    ladder.next_own(1)
    ladder.amend_selected()
    ladder.nudge_price(5)
    bar = frame(desk, ladder).bar
    assert bar is not None and bar.title.text.endswith("loses its place")
    assert bar.note.text == "Behind 20.0 / 1 · A click sends"
    desk.change({"72.05": "0"})
    bar = frame(desk, ladder).bar
    assert bar is not None and bar.note.text.startswith("First in the queue")


def test_the_foot_tells_apart_what_is_not_plainly_in_the_book(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()

    def said() -> tuple[str, Tone]:
        bar = frame(desk, ladder).bar
        assert bar is not None
        return bar.note.text, bar.note.tone

    own.hibernated(desk, Side.SELL, "72.30", "10.1")
    assert said() == ("Own orders: S 10.1 in 1 (hibernated)", Tone.SECONDARY)
    own.working(desk, Side.SELL, "72.31", "5")
    own.working(desk, Side.BUY, "72.00", "2")
    assert said() == ("Own orders: B 2.0 in 1, S 15.1 in 2 (1 hibernated)", Tone.SECONDARY)
    own.in_doubt(desk, Side.SELL, "72.32", "1")
    assert said() == ("Own orders: B 2.0 in 1, S 16.1 in 3 (? 1 in doubt, 1 hibernated)", Tone.WARNING)


def test_of_a_pair_one_leg_counts_in_the_foot(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()

    def said() -> str:
        bar = frame(desk, ladder).bar
        assert bar is not None
        return bar.note.text

    for leg, at in (("1", "72.30"), ("2", "72.05")):
        order = own.report(desk, own.pending(desk, Side.SELL, at, "10", client_id=f"pair.{leg}"))
    assert said() == "Own orders: S 10.0 in 2 (1 pair)"
    own.working(desk, Side.SELL, "72.31", "5")
    assert said() == "Own orders: S 15.0 in 3 (1 pair)"
    own.report(desk, order, VenueState.CANCELLED)
    assert said() == "Own orders: S 15.0 in 2", "what lives alone is no pair"
