"""Own orders for flexibility and their contracts: a line of stations, words as they came, every field to be read."""

import pytest
from PySide6.QtCore import Qt

from protocols.market.events import Freshness
from protocols.market.flex_contracts import FlexContractView
from protocols.market.values import Side
from tests.widgets.desk import press, show
from tests.widgets.flex.flex_desk import FLEX, FlexDesk
from widgets.flex.contract_rows import Col
from widgets.flex.contracts import FlexContracts, laid_out
from widgets.flex.progress import order_words, progress_of, step_words

K = Qt.Key


def view_of(desk: FlexDesk, name: str) -> FlexContractView:
    view = desk.market.flex.contracts.get(FLEX, name)
    assert view is not None
    return view


@pytest.mark.parametrize(
    ("told", "line", "words"),
    [
        ([("verification_initiated", "", "")], "●━○━○━○", "verification has begun"),
        ([("verification_completed_success", "", "")], "●━●━○━○", "verified"),
        ([("settlement_initiated", "", "")], "●━●━●━○", "settlement has begun"),
        ([("settlement_completed_success", "", "")], "●━●━●━●", "settled"),
        ([("", "awaiting_metering_data", "")], "○━○━○━○", "waits for metering data"),
        ([("", "completed_success", "awaiting_verification_completion")], "●━●━○━○", "verified"),
        ([("", "completed_failed", "")], "●━×━○━○", "verification failed"),
        ([("", "baseline_rejected", "")], "×━○━○━○", "baseline rejected"),
        ([("", "", "completed_error")], "●━●━●━×", "settlement ended with an error"),
        ([("settlement_completed_failed", "", "")], "●━●━●━×", "settlement failed"),
        ([("on_hold <b>", "", "")], "○━○━○━○", "“on_hold <b>”"),
        ([("", "", "")], "○━○━○━○", "nothing told yet"),
    ],
)
def test_the_venues_words_make_a_line_of_four_stations(
    desk: FlexDesk, told: list[tuple[str, str, str]], line: str, words: str
) -> None:
    desk.contract("C", *told)
    progress = progress_of(view_of(desk, "C"))
    assert (progress.line, progress.words) == (line, words)


def test_times_stand_at_their_stations_and_the_order_of_reports_does_not_matter(desk: FlexDesk) -> None:
    desk.contract("C", ("verification_completed_success", "", ""), ("verification_initiated", "", ""))
    progress = progress_of(view_of(desk, "C"))
    assert [station.at is not None for station in progress.stations] == [True, True, False, False]
    assert step_words("completed_success") == "completed success", "whose it is was not told"


def test_words_of_orders_are_plain_and_unknown_ones_stand_as_they_came() -> None:
    assert order_words("selected_for_baseline_activation") == "its baseline is being activated"
    assert order_words("napping") == "“napping”"
    assert order_words("") == ""


@pytest.fixture
def contracts(qtbot, desk: FlexDesk) -> FlexContracts:
    contracts = FlexContracts(*desk.parts)
    show(qtbot, contracts, 980, 430)
    contracts.grid.setFocus()
    return contracts


def column(contracts: FlexContracts, col: Col) -> list[str]:
    return [contracts.grid._source.cell(row, col).text for row in range(len(contracts.rows))]


def test_contracts_stand_under_their_orders_with_all_that_was_said(desk: FlexDesk, contracts: FlexContracts) -> None:
    desk.contract("lonely", ("verification_initiated", "", ""), raw="not { json")
    desk.contract("C1", ("settlement_initiated", "", ""), raw='{"contract_id":"C1","odd":[1.50]}')
    desk.order("order-C1", Side.SELL, "0.23", "4500", "matching_active")
    desk.beat()
    assert column(contracts, Col.NAME) == ["order-C1", "C1", "lonely"]
    assert column(contracts, Col.STATUS) == ["in the book", "settlement has begun", "verification has begun"]
    assert column(contracts, Col.EXPIRY)[0].startswith("44:")
    assert contracts.footer.whole_text == "1 order · 2 contracts, 2 not settled"
    press(contracts, K.Key_Home)
    assert '"status": "matching_active"' in contracts.raw.toPlainText()
    assert not contracts.line.isVisible()
    press(contracts, K.Key_Down)
    assert "1.50" in contracts.raw.toPlainText(), "a number is shown as it came"
    assert contracts.line.isVisible()
    assert "Settlement done" in contracts.line.accessibleName()
    press(contracts, K.Key_Down)
    assert contracts.raw.toPlainText() == "not { json"
    press(contracts, K.Key_Return)
    assert desk.group.contract == desk.window(0)


def test_the_chosen_row_stays_while_others_come_and_the_filter_keeps_families(
    desk: FlexDesk, contracts: FlexContracts
) -> None:
    desk.contract("C1", ("verification_initiated", "", ""))
    desk.order("order-C1", Side.SELL, "0.23", "4500", "matching_active")
    desk.beat()
    press(contracts, K.Key_End)
    desk.order("newer", Side.BUY, "0.2", "100", "pending", window=2)
    desk.beat()
    assert contracts.rows[contracts.grid.current].name == ("contract", FLEX, "C1")
    contracts.begin_filter()
    press(contracts, "verification")
    assert column(contracts, Col.NAME) == ["order-C1", "C1"], "an order stays with its contracts"
    press(contracts, K.Key_Escape)
    assert len(contracts.rows) == 3


def test_statuses_that_may_be_old_look_old(desk: FlexDesk, contracts: FlexContracts) -> None:
    desk.contract("C1", ("verification_initiated", "", ""))
    desk.channels(Freshness.STALE, "the link was lost")
    desk.beat()
    assert "newer statuses may be missing" in contracts.standing.text
    assert contracts.grid._source.look(0).dim


def test_fields_are_laid_out_and_nothing_is_hidden() -> None:
    assert laid_out('{"a":1.10,"b":null}') == '{\n  "a": 1.10,\n  "b": null\n}'
    assert laid_out("[broken") == "[broken"
