"""The venue's tape: figures of the day, and what a recall does to them."""

from protocols.market.times import UtcNs, utc_from_text
from protocols.market.values import SCALE, Price, Quantity
from protocols.practice.m7.calendar import DE, HOURS
from protocols.practice.m7.rulebook import M7
from protocols.practice.trades import NO_FIGURES, Tape, TradeRecord

OF = M7.contract(DE, HOURS, utc_from_text("2026-11-21T17:00:00Z"))
RECALL_REQUESTED, RECALL_GRANTED, RECALL_REJECTED = "RecallRequested", "RecallGranted", "RecallRejected"
A, T = "DE-AMPRION", "DE-TENNET"


def trade(
    identifier: int, price: float, quantity: int, buy: str = A, sell: str = A, revision: int = 1, state: str = "Active"
) -> TradeRecord:
    return TradeRecord(
        identifier,
        revision,
        state,
        OF,
        Price(round(price * 100) * SCALE // 100),
        Quantity(quantity * SCALE),
        UtcNs(identifier),
        buy,
        sell,
        0,
        0,
    )


def tape(*trades: TradeRecord) -> Tape:
    made = Tape()
    for number, one in enumerate(trades):
        made.print(one, number, UtcNs(number))
    return made


def test_figures_add_up() -> None:
    figures = tape(trade(1, 50, 10), trade(2, 53, 5), trade(3, 49, 5)).figures(A, OF)
    assert (figures.last_price, figures.last_quantity, figures.total) == (49 * SCALE, 5 * SCALE, 20 * SCALE)
    assert (figures.high, figures.low, figures.direction) == (53 * SCALE, 49 * SCALE, "Down")
    assert figures.vwap == 50_500_000_000


def test_vwap_is_rounded_to_a_cent_also_below_zero() -> None:
    assert tape(trade(1, 1, 1), trade(2, 2, 2)).figures(A, OF).vwap == 1_670_000_000
    assert tape(trade(1, -1, 1), trade(2, -2, 2)).figures(A, OF).vwap == -1_670_000_000


def test_a_trade_across_areas_counts_in_both() -> None:
    made = tape(trade(1, 50, 10, A, T), trade(2, 60, 1, T, T))
    assert made.figures(A, OF).total == 10 * SCALE
    assert made.figures(T, OF).total == 11 * SCALE
    assert [t.identifier for t in made.as_of(T, 9)] == [1, 2]
    assert [t.identifier for t in made.as_of(A, 9)] == [1]


def test_a_granted_recall_leaves_every_figure() -> None:
    made = tape(
        trade(1, 50, 10),
        trade(2, 90, 10),
        trade(2, 90, 10, revision=2, state=RECALL_REQUESTED),
        trade(2, 90, 10, revision=3, state=RECALL_GRANTED),
    )
    assert made.figures_as_of(A, OF, 2).high == 90 * SCALE
    figures = made.figures(A, OF)
    assert (figures.high, figures.vwap, figures.total, figures.last_price) == (
        50 * SCALE,
        50 * SCALE,
        10 * SCALE,
        50 * SCALE,
    )


def test_a_rejected_recall_changes_no_figure() -> None:
    made = tape(trade(1, 50, 10), trade(1, 50, 10, revision=2, state=RECALL_REJECTED))
    assert made.figures(A, OF).total == 10 * SCALE


def test_without_standing_trades_there_are_no_figures() -> None:
    made = tape(trade(1, 50, 10), trade(1, 50, 10, revision=2, state=RECALL_GRANTED))
    assert made.figures(A, OF) == NO_FIGURES
    assert made.figures_as_of(A, OF, 0).total == 10 * SCALE


def test_the_tape_as_of_an_event_has_the_revisions_of_then() -> None:
    made = tape(trade(1, 50, 10), trade(2, 51, 1), trade(1, 50, 10, revision=2, state=RECALL_REQUESTED))
    assert [(t.identifier, t.revision) for t in made.as_of(A, 1)] == [(1, 1), (2, 1)]
    assert [(t.identifier, t.revision) for t in made.as_of(A, 2)] == [(1, 2), (2, 1)]


def test_forgetting_a_contract_leaves_nothing_of_it() -> None:
    made = tape(trade(1, 50, 10, A, T))
    made.forget(OF)
    assert made.trade(1) is None
    assert list(made.as_of(T, 9)) == []
    assert made.figures(A, OF) == NO_FIGURES
