"""Own trades as a trader meets them: newest first or by contract, totals that are exact, recalls, filters, export."""

from decimal import Decimal

from PySide6.QtCore import Qt

from protocols.market.events import Feed, Freshness, TradeState
from protocols.market.instruments import ContractKey
from protocols.market.order_events import OwnTrade, OwnTradePrinted
from protocols.market.times import UtcNs, utc_from_text
from protocols.market.values import Side
from tests.widgets.desk import M7, NOON, Desk, click, press, price, quantity, show
from widgets.own_trades import OwnTrades
from widgets.own_trades.source import Col

A, B = "DE-AMPRION", "UK-ELEXON"


def trade(
    desk: Desk, key: ContractKey, side: Side, at: str, much: str, *, name: str = "", revision: int = 1,
    state: TradeState = TradeState.ACTIVE, executed: UtcNs | None = None, comment: str = "",
) -> str:  # fmt: skip
    number = len(desk.market.positions.trades())
    name = name or f"T{number}"
    told = OwnTrade(
        connection=M7, identifier=name, revision=revision, side=side, key=key, price=price(at),
        quantity=quantity(much), state=state, venue_state=state.value.capitalize(),
        executed_at=UtcNs(desk.utc) if executed is None else executed, order_venue_id="4711", comment=comment,
    )  # fmt: skip
    desk.market.apply(OwnTradePrinted(f"{Feed.OWN_TRADES.name}:{key.area}", told))
    return name


def shown(widget: OwnTrades, column: Col) -> list[str]:
    return [widget._source.cell(row, column).text for row in range(widget._source.count())]


def test_newest_first_with_side_in_letters_and_totals_as_energy(qtbot) -> None:
    desk = Desk(A)
    quarter, hour = desk.contract(A, "15Q4"), desk.contract(A, "16-17_XB", minutes=60)
    widget = OwnTrades(*desk.parts)
    show(qtbot, widget)
    trade(desk, quarter, Side.BUY, "40.00", "4")
    desk.beat(1)
    trade(desk, hour, Side.SELL, "-5.50", "2")
    desk.beat(1)
    assert shown(widget, Col.CONTRACT) == ["16-17_XB", "15Q4"]
    assert shown(widget, Col.SIDE) == ["S", "B"]
    assert shown(widget, Col.PRICE) == ["−5.50", "40.00"]
    # 4 MW for a quarter is 1 MWh, bought for 40 EUR; 2 MWh were sold at a negative price, which costs 11.
    assert widget.footer.whole_text == "2 trades · bought 1.0 MWh · sold 2.0 MWh · net −1.0 MWh · −51.00 EUR"
    assert widget.grid.header.title("time") == "Time CET"


def test_a_recalled_trade_is_struck_out_and_leaves_the_totals(qtbot) -> None:
    desk = Desk(A)
    key = desk.contract(A, "15Q4")
    widget = OwnTrades(*desk.parts)
    show(qtbot, widget)
    wrong = trade(desk, key, Side.BUY, "99.00", "4")
    trade(desk, key, Side.BUY, "40.00", "8")
    trade(desk, key, Side.BUY, "99.00", "4", name=wrong, revision=2, state=TradeState.RECALLED)
    desk.beat()
    row = shown(widget, Col.PRICE).index("99.00")
    assert widget._source.cell(row, Col.PRICE).strike
    assert widget._source.cell(row, Col.STATE).text == "recalled"
    assert widget.footer.whole_text.startswith("1 trade · bought 2.0 MWh · sold 0.0 MWh")


def test_by_contract_in_order_of_delivery_with_bought_sold_and_net(qtbot) -> None:
    desk = Desk(A)
    later = desk.contract(A, "16Q1", start=UtcNs(NOON + 900 * 10**9))
    sooner = desk.contract(A, "15Q4")
    widget = OwnTrades(*desk.parts)
    show(qtbot, widget)
    trade(desk, later, Side.BUY, "40.00", "4")
    trade(desk, sooner, Side.BUY, "45.00", "10")
    trade(desk, sooner, Side.BUY, "46.00", "2")
    trade(desk, sooner, Side.SELL, "47.50", "5")
    desk.beat()
    click(widget.by_contract, widget.by_contract.rect().center())
    bands = [(row, band) for row in range(widget._source.count()) if (band := widget._source.band(row)) is not None]
    assert [band.left[0].text for _, band in bands] == ["15Q4", "16Q1"]
    assert bands[0][1].right[0].text == "bought 12.0 at 45.17 · sold 5.0 at 47.50 · net +7.0 MW"
    assert bands[0][1].right[0].ink == "buy"
    assert bands[1][0] == 4


def test_a_contract_folds_and_its_trades_stay_in_totals_and_export(qtbot) -> None:
    desk = Desk(A)
    key = desk.contract(A, "15Q4")
    widget = OwnTrades(*desk.parts)
    show(qtbot, widget)
    trade(desk, key, Side.BUY, "45.00", "10")
    desk.beat()
    click(widget.by_contract, widget.by_contract.rect().center())
    widget.grid.setFocus()
    press(widget, Qt.Key.Key_Home)
    press(widget, Qt.Key.Key_Return)
    assert widget._source.count() == 1
    assert widget._source.band(0).fold == "+"
    assert widget.footer.whole_text.startswith("1 trade")
    assert len(widget.sheet().rows) == 1
    press(widget, Qt.Key.Key_Return)
    assert widget._source.count() == 2


def test_typing_filters_escape_clears_and_what_is_hidden_leaves_the_totals(qtbot) -> None:
    desk = Desk(A, B)
    here, there = desk.contract(A, "15Q4"), desk.contract(B, "1HH30", unit="GBP/MWh", minutes=30)
    widget = OwnTrades(*desk.parts)
    show(qtbot, widget, width=900)
    trade(desk, here, Side.BUY, "45.00", "10", comment="hedge")
    trade(desk, there, Side.SELL, "50.00", "1")
    desk.beat()
    assert "   " in widget.footer.whole_text  # two currencies are never added up
    widget.begin_filter()
    press(widget, "hedge")
    assert shown(widget, Col.CONTRACT) == ["15Q4"]
    assert "GBP" not in widget.footer.whole_text
    press(widget, Qt.Key.Key_Escape)
    assert len(shown(widget, Col.CONTRACT)) == 2
    assert widget.grid.hasFocus()
    widget.begin_filter()
    press(widget, "sold elexon")
    assert shown(widget, Col.CONTRACT) == ["1HH30"]
    press(widget, "x")
    assert shown(widget, Col.CONTRACT) == []


def test_enter_sets_the_link_groups_contract_and_the_filter_follows_it(qtbot) -> None:
    desk = Desk(A)
    one, other = desk.contract(A, "15Q4"), desk.contract(A, "16Q1")
    widget = OwnTrades(*desk.parts)
    show(qtbot, widget)
    trade(desk, one, Side.BUY, "45.00", "10")
    desk.beat(1)
    trade(desk, other, Side.SELL, "46.00", "10")
    desk.beat()
    press(widget, Qt.Key.Key_Home)
    press(widget, Qt.Key.Key_Return)
    assert desk.group.contract == other
    click(widget.only_linked, widget.only_linked.rect().center())
    assert shown(widget, Col.CONTRACT) == ["16Q1"]
    desk.group.choose(one)
    assert shown(widget, Col.CONTRACT) == ["15Q4"]


def test_the_row_looked_at_stays_under_the_eyes_when_new_trades_come(qtbot) -> None:
    desk = Desk(A)
    key = desk.contract(A, "15Q4")
    for number in range(60):
        trade(desk, key, Side.BUY, f"{number}.00", "1")
        desk.beat(1)
    widget = OwnTrades(*desk.parts)
    show(qtbot, widget)
    widget.grid.verticalScrollBar().setValue(20 * widget.grid.row_height + 5)
    widget.grid.set_current(25, show=False)
    seen = widget.grid.row_text(25), widget.grid.row_rect(25)
    trade(desk, key, Side.BUY, "99.00", "1")
    desk.beat(1)
    assert widget.grid.current == 26
    assert (widget.grid.row_text(26), widget.grid.row_rect(26)) == seen


def test_stale_own_trades_look_stale_and_say_what_may_be_missing(qtbot) -> None:
    desk = Desk(A)
    key = desk.contract(A, "15Q4")
    widget = OwnTrades(*desk.parts)
    show(qtbot, widget, width=1200)
    trade(desk, key, Side.BUY, "45.00", "10")
    desk.beat()
    assert not widget._source.look(0).dim
    desk.channel(Feed.OWN_TRADES, A, Freshness.STALE, "the link is down")
    desk.beat()
    assert widget._source.look(0).dim
    assert "stale: the link is down" in widget.standing.text
    assert "missing" in widget.standing.text


def test_the_sheet_is_exact_and_in_utc(qtbot) -> None:
    desk = Desk(A)
    key = desk.contract(A, "15Q4")
    widget = OwnTrades(*desk.parts)
    show(qtbot, widget)
    trade(desk, key, Side.SELL, "-0.015", "10.3", comment="=1+1")
    desk.beat()
    sheet = widget.sheet()
    row = dict(zip(sheet.headings, sheet.rows[0], strict=True))
    assert row["executed_utc"] == utc_from_text("2026-11-21T11:00:00Z")
    assert row["executed"] == "2026-11-21 12:00:00 CET"
    assert row["price"] == Decimal("-0.015")
    assert row["quantity"] == Decimal("10.3")
    assert row["side"] == "Sell"
    assert row["comment"] == "=1+1"


def test_what_a_workspace_keeps(qtbot) -> None:
    desk = Desk(A)
    one, other = OwnTrades(*desk.parts), OwnTrades(*desk.parts)
    show(qtbot, one)
    show(qtbot, other)
    one.restore({"filter": "15q", "by_contract": True, "only_linked": True, "columns": {"time": 99}})
    other.restore(one.state())
    assert other.state() == one.state() == {
        "filter": "15q", "by_contract": True, "only_linked": True, "columns": {"time": 99},
    }  # fmt: skip


def test_a_contract_of_another_day_is_named_with_it(qtbot) -> None:
    desk = Desk(A)
    tomorrow = desk.contract(A, "23-24_XB", utc_from_text("2026-11-22T22:00:00Z"), minutes=60)
    widget = OwnTrades(*desk.parts)
    show(qtbot, widget)
    trade(desk, tomorrow, Side.BUY, "40.00", "4")
    trade(desk, desk.contract(A, "15Q4"), Side.BUY, "40.00", "4")
    desk.beat()
    cells = [widget._source.cell(row, Col.CONTRACT) for row in range(2)]
    assert sorted((cell.text, cell.note) for cell in cells) == [("15Q4", ""), ("23-24_XB", "Sun 22")]
