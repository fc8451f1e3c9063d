"""The positions: pairs and power, what is known of them and what not, and executions that belong to no order."""

from decimal import Decimal

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.gallery.market import AREA, FX, VENUE, Exhibit
from app.gallery.position_scenes import doubted, held, restarted, unmatched
from protocols.market.events import Feed, Freshness, Unmatched, UnmatchedChanged, UnmatchedDismissed
from protocols.market.instruments import ContractKey
from protocols.market.values import Side
from tests.widgets.desk import DARK, LIGHT, click, press, show
from widgets.positions import Positions
from widgets.positions.source import COLUMNS, Col
from widgets.positions.words import Result, results_text, signed


class Held:
    """A widget in a window before a market in which something is held."""

    def __init__(self, qtbot: object, happens=held) -> None:
        self.exhibit = Exhibit().fill()
        self.widget = Positions(self.exhibit.market, self.exhibit.clock, self.exhibit.group, DARK)
        show(qtbot, self.widget, 1240, 420)
        happens(self.exhibit)
        self.exhibit.beat(1.0)
        self.widget.grid.setFocus()

    def row(self, name: str) -> int:
        source = self.widget._source
        return next(row for row in range(source.count()) if source.cell(row, Col.NAME).text == name)

    def cells(self, name: str) -> dict[str, str]:
        source, row = self.widget._source, self.row(name)
        return {column.key: source.cell(row, index).text for index, column in enumerate(COLUMNS)}

    @property
    def names(self) -> list[str]:
        source = self.widget._source
        found = ((source.band(row), source.cell(row, Col.NAME)) for row in range(source.count()))
        return [band.left[0].text if band else cell.text for band, cell in found]

    def type(self, text: str) -> None:
        press(self.widget.filter, text)


@pytest.fixture
def desk(qtbot: object) -> Held:
    return Held(qtbot)


def test_pairs_come_first_then_each_area_by_delivery(desk: Held) -> None:
    assert desk.names == [
        "Currency pairs", "EURGBP", "EURUSD", "GBPUSD", "USDJPY", AREA, "14Q2", "14Q4", "15Q1", "15Q3",
    ]  # fmt: skip


def test_a_pair_is_marked_at_what_closes_it(desk: Held) -> None:
    assert desk.cells("EURUSD") == {
        "name": "EURUSD", "delivery": "", "net": "+100\N{NO-BREAK SPACE}000 EUR", "average": "1.08350",
        "mark": "1.08412", "realised": "+63.50 USD", "unrealised": "+62.00 USD",
        "worth": "+100\N{NO-BREAK SPACE}000.00 EUR", "venue": VENUE,
    }  # fmt: skip
    assert desk.cells("USDJPY")["net"] == "−80\N{NO-BREAK SPACE}000 USD"
    assert desk.cells("USDJPY")["mark"] == "149.576"
    flat = desk.cells("GBPUSD")
    assert (flat["net"], flat["average"], flat["mark"], flat["realised"]) == ("flat", "–", "–", "−11.00 USD")


def test_in_the_dock_of_a_small_screen_what_a_position_is_worth_is_whole(desk: Held) -> None:
    """At 1366 pixels the dock has 880 of them: the delivery gives way, which a contract's name tells as well."""
    grid = desk.widget.grid
    desk.widget.window().resize(881, 300)
    QApplication.processEvents()
    widths = grid._widths
    assert widths.given_way == {Col.DELIVERY}
    assert widths.lefts[Col.WORTH] + widths.widths[Col.WORTH] <= grid.viewport().width()


def test_executions_of_no_order_are_whole_in_such_a_dock_because_they_have_no_scroll_bar(qtbot: object) -> None:
    desk = Held(qtbot, unmatched)
    desk.widget.window().resize(881, 300)
    QApplication.processEvents()
    grid = desk.widget.unmatched.grid
    assert grid.isVisible() and grid.viewport().width() > 800
    assert grid._widths.total <= grid.viewport().width()


def test_a_copied_position_is_read_by_a_spreadsheet(desk: Held) -> None:
    grid = desk.widget.grid
    grid.set_current(desk.row("USDJPY"))
    press(grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("USDJPY\t\t-80000 USD\t") and "−" not in copied


def test_power_is_marked_by_the_live_book_and_counts_its_hours(desk: Held) -> None:
    cells = desk.cells("15Q1")
    assert cells["net"] == "−10.0 MW"
    assert cells["delivery"] == "Sat 14:00–14:15"
    assert (cells["average"], cells["mark"]) == ("73.05", "71.78")
    assert cells["unrealised"] == "+3.18 EUR", "10 MW for a quarter of an hour, 1.27 better"
    assert cells["worth"] == "−2.50 MWh"
    assert desk.cells("14Q4")["realised"] == "+0.05 EUR"


def test_what_is_not_live_has_a_word_and_no_figure(desk: Held) -> None:
    desk.exhibit.channel(Feed.QUOTES, Freshness.STALE, "no quote for 30 s", FX)
    cells = desk.cells("EURUSD")  # before any frame: asked for, not remembered
    assert (cells["mark"], cells["unrealised"], cells["realised"]) == ("–", "? stale", "+63.50 USD")
    assert desk.cells("USDJPY")["worth"] == "? no quotes"
    tip = desk.widget._source.tip(desk.row("EURUSD"), Col.UNREALISED)
    assert "no quote for 30 s" in tip
    desk.exhibit.channel(Feed.ORDER_BOOKS, Freshness.RESYNCHRONISING, "a gap")
    assert desk.cells("15Q3")["unrealised"] == "? resynchronising"
    desk.exhibit.beat(0.1)
    assert desk.widget.footer.whole_text.endswith("unrealised 0.00 (7 not known)")


def test_totals_are_in_the_currency_of_the_account_or_not_known(desk: Held) -> None:
    band = desk.widget._source.band(0)
    assert band is not None
    dollars = Decimal("63.50") - 11
    euros = (dollars / Decimal("1.08414")).quantize(Decimal("0.01"))
    assert band.right[0].text.startswith(f"EUR realised +{euros} (1 not known), unrealised +")
    desk.exhibit.channel(Feed.QUOTES, Freshness.STALE, "no quote for 30 s", FX)
    desk.exhibit.beat(0.1)
    assert "(3 not known)" in desk.widget.footer.whole_text


def test_what_the_venue_did_not_price_is_said(desk: Held) -> None:
    cells = desk.cells("EURGBP")
    assert (cells["average"], cells["realised"], cells["unrealised"]) == ("–", "? not told", "? not told")
    assert cells["net"] == "+25\N{NO-BREAK SPACE}000 EUR"


def test_a_feed_that_is_down_dims_what_is_made_of_it(desk: Held) -> None:
    desk.exhibit.channel(Feed.OWN_ORDERS, Freshness.STALE, "the link is down", FX)
    desk.exhibit.beat(0.1)
    source = desk.widget._source
    assert source.look(desk.row("EURUSD")).dim
    assert not source.look(desk.row("15Q1")).dim
    assert "may have changed" in desk.widget.standing.text
    assert "stale: the link is down" in source.spoken(desk.row("EURUSD"))


def test_what_orders_in_doubt_may_have_moved_is_said_not_to_be_sure(qtbot: object) -> None:
    desk = Held(qtbot, doubted)
    source = desk.widget._source

    def unsure(name: str) -> dict[str, str]:
        return {key: text for key, text in desk.cells(name).items() if text.startswith("?")}

    assert unsure("15Q1") == {}, "nothing of it is in doubt"
    looked_at = source.name(desk.exhibit.key)
    assert unsure(looked_at) == {"net": "? +2.5 MW", "unrealised": "? 0.00 EUR", "worth": "? +0.63 MWh"}
    assert source.cell(desk.row(looked_at), Col.NET).ink == "warning"
    said = "2 orders in doubt may have moved it: sell 10.0 MW"
    assert said in source.spoken(desk.row(looked_at)) and said in source.tip(desk.row(looked_at), Col.NET)
    assert "sell 50\N{NO-BREAK SPACE}000 EUR" in source.spoken(desk.row("EURUSD")), "one leg cancels the other"
    opened = source.name(desk.exhibit.keys[6])
    assert desk.cells(opened)["net"] == "? flat", "it may be open"
    assert desk.widget.footer.whole_text.endswith("· ? 5 orders in doubt may have moved them")
    desk.widget.toggle_open()
    assert opened in desk.names
    rows = {row[0]: dict(zip(desk.widget.sheet().headings, row, strict=True)) for row in desk.widget.sheet().rows}
    assert said in rows[looked_at]["not_known"]
    desk.widget.begin_filter()
    desk.type("in doubt")
    assert [name for name in desk.names if name not in (AREA, "Currency pairs")] == ["EURUSD", looked_at, opened]


def test_a_doubt_that_ends_takes_its_mark_along(desk: Held) -> None:
    order = desk.exhibit.in_doubt(Side.SELL, "72.18", "5")
    desk.exhibit.beat(0.1)
    name = desk.widget._source.name(desk.exhibit.key)
    assert desk.cells(name)["net"] == "? +2.5 MW"
    desk.exhibit.report(order)
    desk.exhibit.beat(0.1)
    assert desk.cells(name)["net"] == "+2.5 MW"
    assert "doubt" not in desk.widget.footer.whole_text


def test_enter_chooses_and_folds(desk: Held) -> None:
    grid = desk.widget.grid
    grid.set_current(desk.row("EURUSD"))
    press(grid, Qt.Key.Key_Return)
    assert desk.exhibit.group.contract == ContractKey(VENUE, FX, "EURUSD")
    grid.set_current(0)
    press(grid, Qt.Key.Key_Return)
    assert desk.names[:2] == ["Currency pairs", AREA]
    press(grid, Qt.Key.Key_Return)
    assert desk.names[1] == "EURGBP"
    grid.set_current(desk.row("15Q1"))
    press(grid, Qt.Key.Key_Return)
    assert desk.exhibit.group.contract == desk.exhibit.keys[5]


def test_filter_and_open_only(desk: Held) -> None:
    desk.widget.begin_filter()
    desk.type("short")
    assert desk.names == ["Currency pairs", "USDJPY", AREA, "15Q1"]
    press(desk.widget.filter, Qt.Key.Key_Return)
    assert desk.widget.grid.hasFocus()
    press(desk.widget.grid, Qt.Key.Key_Escape)
    assert "GBPUSD" in desk.names
    desk.widget.toggle_open()
    assert "GBPUSD" not in desk.names
    assert "flat" in desk.widget.only_open.toolTip() or "closed" in desk.widget.only_open.toolTip()


def test_the_row_in_view_stays_when_more_is_traded(desk: Held) -> None:
    grid = desk.widget.grid
    grid.set_current(desk.row("15Q1"))
    desk.exhibit.own_trade(3, Side.BUY, "71.00", "1")
    desk.exhibit.beat(0.1)
    assert desk.names[7] == "14Q3"
    assert grid.current == desk.row("15Q1")


def test_the_sheet_is_exact_and_empty_where_nothing_is_known(desk: Held) -> None:
    sheet = desk.widget.sheet()
    rows = {row[0]: dict(zip(sheet.headings, row, strict=True)) for row in sheet.rows}
    assert rows["EURUSD"]["net"] == Decimal(100_000)
    assert rows["EURUSD"]["unrealised"] == Decimal(62)
    assert rows["EURGBP"]["realised"] is None
    assert "did not say what was paid" in rows["EURGBP"]["not_known"]
    assert rows["15Q1"]["unrealised"] == Decimal("3.175")
    assert len(sheet.kinds) == len(sheet.headings)


def test_what_a_workspace_keeps(desk: Held, qtbot: object) -> None:
    other = Positions(desk.exhibit.market, desk.exhibit.clock, desk.exhibit.group, DARK)
    show(qtbot, other)
    kept = {"filter": "long", "only_open": True, "columns": {"net": 99}, "choice": desk.widget.grid.column_choice()}
    other.restore(kept)
    assert other.state() == kept


def test_unmatched_executions_are_loud_until_seen_to(qtbot: object) -> None:
    desk = Held(qtbot)
    widget = desk.widget
    counts: list[int] = []
    widget.unmatched_changed.connect(counts.append)
    assert not widget.unmatched.isVisible()
    unmatched(desk.exhibit)
    desk.exhibit.beat(0.1)
    assert widget.unmatched.isVisible()
    assert counts == [2]
    assert "2 executions belong to no order known here" in widget.unmatched.words.whole_text
    assert "SELL 50000 EURUSD FILLED, order 100482" in widget.unmatched._source.spoken(0)
    asked: list[Unmatched] = []
    widget.dismiss_requested.connect(asked.append)
    widget.unmatched.grid.setFocus()
    press(widget.unmatched.grid, Qt.Key.Key_Down)
    click(widget.unmatched.dismiss, widget.unmatched.dismiss.rect().center())
    assert [each.venue_id for each in asked] == ["100519"]
    desk.exhibit.market.apply(UnmatchedDismissed(asked[0], desk.exhibit.clock.now))
    desk.exhibit.beat(0.1)
    assert widget.unmatched.current is not None
    assert widget.unmatched.current.venue_id == "100482"
    desk.exhibit.market.apply(UnmatchedChanged(VENUE, ()))
    desk.exhibit.beat(0.1)
    assert counts == [2, 1, 0]
    assert not widget.unmatched.isVisible()


def test_the_row_that_is_marked_stays_marked_when_an_older_one_is_claimed(qtbot: object) -> None:
    desk = Held(qtbot, unmatched)
    found = desk.exhibit.market.strays.left()
    desk.exhibit.beat(0.1)
    desk.widget.unmatched.grid.setFocus()
    press(desk.widget.unmatched.grid, Qt.Key.Key_Down)
    assert desk.widget.unmatched.current == found[1]
    new = msgspec.structs.replace(found[0], venue_id="100777")
    desk.exhibit.market.apply(UnmatchedChanged(VENUE, (found[1], new)))
    desk.exhibit.beat(0.1)
    assert desk.widget.unmatched.current == found[1]


def test_what_the_journal_alone_knows_is_marked_and_said(qtbot: object) -> None:
    desk = Held(qtbot, restarted)
    source = desk.widget._source
    net = source.cell(desk.row("EURUSD"), Col.NET)
    assert (net.text, net.mark) == ("+70\N{NO-BREAK SPACE}000 EUR", "J")
    assert source.cell(desk.row("USDJPY"), Col.NET).mark == ""
    said = "30\N{NO-BREAK SPACE}000 EUR of what was bought and sold known from the journal alone"
    assert said in source.spoken(desk.row("EURUSD"))
    assert said in source.tip(desk.row("EURUSD"), Col.NET)
    assert "the journal alone" in COLUMNS[Col.NET].tip
    band = source.band(0)
    assert band is not None
    assert [cell.text for cell in band.left] == ["Currency pairs", VENUE, "since Fri 20 Nov UTC"]
    assert "own orders of which anything was executed since Fri 20 Nov 00:00 UTC" in source.tip(0, 0)
    assert [cell.text for cell in source.band(desk.row("14Q2") - 1).left] == [AREA, VENUE], "power has venue's trades"
    sheet = desk.widget.sheet()
    rows = {row[0]: dict(zip(sheet.headings, row, strict=True)) for row in sheet.rows}
    assert [rows[name]["from_journal"] for name in ("EURUSD", "USDJPY", "15Q1")] == [30_000, 0, 0]


def test_what_was_unmatched_before_the_start_has_its_date_and_says_so(qtbot: object) -> None:
    desk = Held(qtbot, restarted)
    unmatched = desk.widget.unmatched
    assert unmatched.isVisible()
    assert unmatched.words.whole_text.endswith("not in these positions (1 from before the start)")
    assert unmatched._source.cell(0, 0).text.startswith("Fri 20 Nov ")
    assert "the journal has kept it" in unmatched._source.tip(0, 0)
    other = msgspec.structs.replace(unmatched.current, venue_id="100777", at=desk.exhibit.clock.now, recalled=False)
    desk.exhibit.market.apply(UnmatchedChanged(VENUE, (other,)))
    desk.exhibit.beat(0.1)
    assert len(unmatched._source.cell(1, 0).text) == len("15:02:23")
    assert "the journal" not in unmatched._source.tip(1, 0)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(0, 2, "0.00"), (1_234_500_000_000, 2, "+1\N{NO-BREAK SPACE}234.50"), (-500_000_000, 0, "−1"), (5, 2, "+0.00")],
)
def test_amounts(value: int, decimals: int, text: str) -> None:
    assert signed(value, decimals) == text


def test_totals_never_take_the_unknown_for_nothing() -> None:
    known, unknown = Result(10**9, -(10**9), "USD"), Result(10**9, None, "USD")
    assert results_text([known, unknown]) == "USD realised +2.00, unrealised −1.00 (1 not known)"
    assert results_text([unknown, Result(None, None, "EUR")]) == (
        "EUR realised not known, unrealised not known · USD realised +1.00, unrealised not known"
    )


def test_compact_and_theme_change_keep_the_list(qtbot: object) -> None:
    desk = Held(qtbot, unmatched)
    before = desk.widget.grid.row_height
    desk.widget.set_compact(True)
    desk.widget.set_theme(LIGHT)
    assert desk.widget.grid.row_height < before
    assert desk.widget.unmatched.isVisible()
