"""The ladder as a trader meets it: what its rows mean, and that nothing moves unless it is told to."""

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication, QWidget

from protocols.market.events import Feed, Freshness, TradeState
from protocols.market.times import MINUTE, UtcNs
from protocols.market.values import Side
from tests.widgets.desk import LIGHT, price, quantity, show
from tests.widgets.ladder.market import AREA, START, LadderDesk, frame, prices, row_at, rows
from widgets.ladder import Column, Ladder, Options, RowMeaning
from widgets.ladder.acts import Act
from widgets.ladder.axis import LevelAxis
from widgets.ladder.frame import Condition

# What the rows mean


def test_levels_stand_in_the_row_that_acting_on_them_would_name(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels({"72.14": "12.5", "72.11": "5"}, {"72.16": "7.5"})
    ladder.coarser()
    shown = frame(desk, ladder)
    while shown.bucket.text != "0.05 fixed":
        ladder.coarser()
        shown = frame(desk, ladder)
    bid, ask = row_at(shown, "72.10"), row_at(shown, "72.20")
    assert bid.meaning == RowMeaning(price("72.10"), Side.BUY)
    assert bid.bid_text is not None
    assert bid.bid_text.text == "17.5"
    assert ask.meaning == RowMeaning(price("72.20"), Side.SELL)
    assert row_at(shown, "72.15").meaning == RowMeaning(price("72.15"), None)
    assert shown.quote is not None
    assert (shown.quote.bid, shown.quote.ask, shown.quote.spread) == ("72.14", "72.16", "0.02")


def test_negative_prices_and_prices_off_the_tick_are_written_in_full(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels({"-0.505": "1", "-2": "2.25"}, {"1.5": "3"})
    ladder.toggle_collapsed()
    shown = frame(desk, ladder)
    assert prices(shown) == ["1.50", "−0.505", "−2.00"]
    assert [row.bid_text.text for row in rows(shown) if row.bid_text] == ["1.0", "2.25"]


def test_hits_are_answered_from_the_frame_that_was_painted(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    shown = frame(desk, ladder)
    assert shown.body is not None
    slot = shown.body.bids.best_slot
    assert slot is not None
    cell = shown.geometry.cell(slot, Column.BID)
    place = QPoint(cell.x + 5, cell.y + 5)
    before = ladder.hit(place)
    assert before is not None
    assert before.column is Column.BID
    assert before.meaning is not None
    assert before.meaning.holds is Side.BUY

    desk.levels({"71.00": "1"}, {"71.05": "1"})
    assert ladder.hit(place) == before  # nothing was painted since
    shown = frame(desk, ladder)
    after = ladder.hit(place)
    assert after is not None
    assert after.revision == shown.revision > before.revision
    assert after.meaning == RowMeaning(before.meaning.price, None)  # the level vanished, the price stayed


def test_nothing_is_hit_outside_the_rows(desk: LadderDesk, ladder: Ladder) -> None:
    assert ladder.hit(QPoint(5, 5)) is not None
    desk.levels()
    shown = frame(desk, ladder)
    for point in (QPoint(5, 5), QPoint(5, shown.geometry.footer.y + 2), QPoint(-1, 300)):
        hit = ladder.hit(point)
        assert hit is not None
        assert hit.meaning is None or hit.column is None


def test_cumulative_counts_what_is_out_of_view(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels({"72.10": "1", "72.09": "2", "72.08": "4"}, {"72.11": "8"})
    ladder.perform(Act.CUMULATIVE)
    shown = frame(desk, ladder)
    top = shown.body.bids.best_slot if shown.body else None
    assert top is not None
    ladder.scroll_rows(top + 1)
    shown = frame(desk, ladder)
    text = row_at(shown, "72.08").bid_text
    assert text is not None
    assert text.text == "7.0"


def test_collapsed_rows_change_only_when_recentred(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels({"72.10": "1", "72.00": "2"}, {"72.20": "3"})
    ladder.perform(Act.COLLAPSED)
    assert prices(frame(desk, ladder)) == ["72.20", "72.10", "72.00"]
    desk.change({"72.05": "5", "72.04": "6", "72.10": "0"})
    shown = frame(desk, ladder)
    assert prices(shown) == ["72.20", "72.10", "72.00"]
    assert shown.body is not None
    assert list(shown.body.bids.gaps.values()) == [2]
    ladder.perform(Act.RECENTRE)
    assert prices(frame(desk, ladder)) == ["72.20", "72.05", "72.04", "72.00"]


def test_volume_and_last_trade_stand_at_their_price(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels({"72.10": "1"}, {"72.11": "1"})
    desk.trade(desk.key, "72.10", "2")
    desk.trade(desk.key, "72.11", "5")
    name = desk.trade(desk.key, "72.13", "9")
    shown = frame(desk, ladder)
    assert shown.body is not None
    assert shown.body.last is not None
    assert (shown.body.last.text, shown.body.last.direction) == ("9.0", 1)
    desk.trade(desk.key, "72.13", "9", state=TradeState.RECALLED, name=name, revision=2)
    desk.trade(desk.key, "72.10", "0.5")
    shown = frame(desk, ladder)
    assert shown.body is not None
    assert shown.body.last is not None
    assert (shown.body.last.text, shown.body.last.direction) == ("0.5", -1)
    assert shown.body.last.slot == next(
        slot for slot, row in enumerate(shown.body.rows) if row and row.meaning.price == price("72.10")
    )
    assert row_at(shown, "72.10").volume == quantity("2.5")
    assert row_at(shown, "72.13").volume == 0


def test_the_day_is_drawn_as_lines_while_its_figures_are_live(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels({"72.10": "1"}, {"72.11": "1"})
    desk.day(high="72.13", low="72.07", vwap="72.1012345")
    shown = frame(desk, ladder)
    assert shown.body is not None
    assert {guide.label for guide in shown.body.guides} == {"High", "VWAP", "Low"}
    desk.freshness(Freshness.STALE, "gone", Feed.MARKET_INFORMATION)
    shown = frame(desk, ladder)
    assert shown.body is not None
    assert shown.body.guides == ()
    assert shown.header is not None
    assert shown.header.figures_note == "figures stale"


# The axis is static


def test_the_axis_stays_while_the_market_moves_through_it(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    before = prices(frame(desk, ladder))
    desk.levels({"72.20": "1"}, {"72.25": "1"})
    assert prices(frame(desk, ladder)) == before
    desk.levels({}, {})
    assert prices(frame(desk, ladder)) == before
    desk.lose("contradiction")
    frame(desk, ladder)
    desk.levels()
    assert prices(frame(desk, ladder)) == before


def test_a_market_off_the_axis_is_told_and_not_followed(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    before = prices(frame(desk, ladder))
    desk.levels({"95.10": "1"}, {"95.15": "1"})
    shown = frame(desk, ladder)
    assert prices(shown) == before[1:]  # the notice stands in the top row, which means nothing then
    assert shown.body is not None
    assert [word.text for word in shown.body.notice_above] == ["▲", "best bid 95.10", "best ask 95.15", "above"]
    top = shown.geometry.row(0)
    hit = ladder.hit(QPoint(100, top.y + 3))
    assert hit is not None
    assert hit.meaning is None
    ladder.perform(Act.RECENTRE)
    shown = frame(desk, ladder)
    assert "95.10" in prices(shown)
    assert shown.body is not None
    assert shown.body.notice_above == ()


def test_the_first_orders_centre_it_and_later_ones_do_not(desk: LadderDesk, ladder: Ladder) -> None:
    assert frame(desk, ladder).body is None
    desk.levels({}, {})
    desk.day(last_price="50.00")
    assert "50.00" in prices(frame(desk, ladder))  # an axis to look at, until there are orders
    desk.levels()
    first = prices(frame(desk, ladder))
    assert "72.10" in first
    desk.levels({}, {})
    frame(desk, ladder)
    desk.levels({"40.00": "1"}, {"40.10": "1"})
    assert set(prices(frame(desk, ladder))) < set(first)


def test_choosing_another_contract_centres_on_it(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    frame(desk, ladder)
    ladder.perform(Act.COARSER)
    other = desk.contract(AREA, "16Q1", UtcNs(START + 15 * MINUTE))
    desk.levels({"-5.00": "1"}, {"-4.00": "1"}, other)
    desk.group.choose(other)
    shown = frame(desk, ladder)
    assert {"−5.00", "−4.00"} <= set(prices(shown))
    assert shown.bucket.text.endswith("auto")
    assert shown.header is not None
    assert shown.header.name == "16Q1"


def test_a_taller_ladder_keeps_its_middle(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    shown = frame(desk, ladder)
    middle = prices(shown)[shown.geometry.slots // 2]
    ladder.resize(400, 800)
    shown = frame(desk, ladder)
    assert prices(shown)[shown.geometry.slots // 2] == middle


# Cost


def test_a_beat_without_news_paints_nothing(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    revision = frame(desk, ladder).revision
    for _ in range(5):
        assert frame(desk, ladder).revision == revision
    desk.levels(key=desk.contract(AREA, "elsewhere"))
    frame(desk, ladder)  # a contract was described
    revision = frame(desk, ladder).revision
    desk.change({"72.10": "3"})
    assert frame(desk, ladder).revision > revision


def test_a_part_that_is_painted_again_is_painted_from_the_frame_on_the_screen(
    qtbot, desk: LadderDesk, ladder: Ladder
) -> None:
    desk.levels()
    shown = frame(desk, ladder)
    ladder.update(QRect(0, 0, 20, 20))
    QApplication.processEvents()
    assert ladder.painted is shown
    desk.lose("contradiction")
    ladder.update(QRect(0, 0, 20, 20))
    # What changed meanwhile is painted whole, without waiting for a beat.
    qtbot.waitUntil(lambda: ladder.painted is not shown)
    assert ladder.painted.condition is Condition.UNSYNCHRONISED


def test_a_ladder_cut_off_by_its_parent_comes_to_rest(qtbot, desk: LadderDesk) -> None:
    window = QWidget()
    ladder = Ladder(*desk.parts, parent=window)
    ladder.resize(400, 640)
    show(qtbot, window, 200, 200)
    desk.levels()
    revision = frame(desk, ladder).revision
    for _ in range(5):
        assert frame(desk, ladder).revision == revision


def test_a_hidden_ladder_does_nothing(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    revision = frame(desk, ladder).revision
    ladder.hide()
    desk.change({"72.10": "3"})
    assert frame(desk, ladder).revision == revision


def test_a_change_flashes_for_as_long_as_the_theme_says(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    frame(desk, ladder)
    desk.change({"72.10": "3"})
    shown = frame(desk, ladder)
    assert shown.body is not None
    assert list(shown.body.flashes) == [(Side.BUY, price("72.10"))]
    desk.beat(0.35)
    shown = frame(desk, ladder)
    assert shown.body is not None
    assert not shown.body.flashes
    ladder.set_flash(False)
    desk.change({"72.10": "4"})
    shown = frame(desk, ladder)
    assert shown.body is not None
    assert not shown.body.flashes


def test_a_ladder_that_is_gone_hears_no_more_beats(qtbot, desk: LadderDesk) -> None:
    ladder = Ladder(*desk.parts)
    ladder.show()
    ladder.deleteLater()
    with qtbot.waitSignal(ladder.destroyed):
        pass
    desk.levels()
    desk.group.choose(None)
    desk.beat()


# Words


def test_the_countdown_runs_with_the_clock(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    shown = frame(desk, ladder)
    assert shown.header is not None
    assert shown.header.closing.text == "closes in 3:40:00"
    desk.beat(3 * 3600 + 36 * 60)
    shown = frame(desk, ladder)
    assert shown.header is not None
    assert (shown.header.closing.text, shown.header.closing.tone.value) == ("closes in 4:00", "danger")
    desk.beat(4 * 60)
    shown = frame(desk, ladder)
    assert shown.header is not None
    assert shown.header.closing.text == "closing time passed"


def test_a_screen_reader_hears_the_market(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels({"72.15": "12.5"}, {"-5": "1"} | {"72.2": "3"})
    frame(desk, ladder)
    assert "crossed" in ladder.accessibleDescription()
    assert "72.15" not in ladder.accessibleDescription()
    desk.levels({"-72.15": "12.5"}, {})
    desk.beat(1)
    frame(desk, ladder)
    assert ladder.accessibleDescription() == (
        "live. Active, Continuous. Bid minus 72.15 euro per megawatt hour, 12.5 megawatt. No asks"
    )
    desk.freshness(Freshness.STALE, "the connection was lost")
    frame(desk, ladder)
    assert ladder.accessibleDescription() == "Stale. the connection was lost. Active, Continuous"


def test_a_contract_not_described_yet_shows_no_numbers(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    frame(desk, ladder)
    contract = desk.market.contracts.pop(desk.key)
    desk.market.contracts_revision += 1
    assert frame(desk, ladder).condition is Condition.UNSYNCHRONISED
    desk.market.contracts[desk.key] = contract
    desk.market.contracts_revision += 1
    assert frame(desk, ladder).condition is Condition.LIVE


def test_options_and_theme_can_be_set_whole(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    ladder.set_theme(LIGHT)
    ladder.set_options(Options(cumulative=True, collapsed=True, compact=True, hidden=frozenset({Column.TRADED})))
    shown = frame(desk, ladder)
    assert shown.body is not None
    assert shown.body.cumulative
    assert isinstance(shown.body.axis, LevelAxis)
    assert shown.geometry.metrics.row_height == LIGHT.sizes.row_height_compact
    assert Column.OWN_BUY in shown.geometry.columns
    assert Column.TRADED not in shown.geometry.columns
