"""The mouse on the ladder: what was painted is what a click means, or it is asked about."""

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from protocols.market.events import Freshness
from protocols.market.times import MINUTE, UtcNs
from protocols.market.values import Side
from tests.widgets.desk import price
from tests.widgets.ladder import own
from tests.widgets.ladder.market import AREA, START, LadderDesk, buckets_of, frame, row_at
from tests.widgets.ladder.test_staged import Heard
from widgets.key_texts import KeyTexts
from widgets.ladder import Column, Ladder, LadderFrame
from widgets.ladder.footing import HOLD_SECONDS
from widgets.ladder.geometry import Rect

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
PLAIN, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


@pytest.fixture
def heard(ladder: Ladder) -> Heard:
    return Heard(ladder)


def spot(shown: LadderFrame, at: str, column: Column) -> QPoint:
    assert shown.body is not None
    slot = shown.body.rows.index(row_at(shown, at))
    cell = shown.geometry.cell(slot, column)
    return QPoint(cell.x + cell.width // 2, cell.y + cell.height // 2)


def left(ladder: Ladder, at: QPoint, held: Qt.KeyboardModifier = PLAIN) -> None:
    QTest.mousePress(ladder.windowHandle(), LEFT, held, at)
    QTest.mouseRelease(ladder.windowHandle(), LEFT, held, at)


def drag(ladder: Ladder, start: QPoint, end: QPoint) -> None:
    handle = ladder.windowHandle()
    QTest.mousePress(handle, LEFT, PLAIN, start)
    QTest.mouseMove(handle, (start + end) / 2)
    QTest.mouseMove(handle, end)
    QTest.mouseRelease(handle, LEFT, PLAIN, end)


@pytest.mark.parametrize(
    ("at", "column", "said"),
    [
        ("72.10", Column.BID, "BUY 10.0 MW 15Q4 DE-AMPRION @ 72.10 GFS"),
        ("72.20", Column.ASK, "SELL 10.0 MW 15Q4 DE-AMPRION @ 72.20 GFS"),
        ("72.20", Column.BID, "BUY 10.0 MW 15Q4 DE-AMPRION @ 72.20 GFS"),
        ("72.00", Column.ASK, "SELL 10.0 MW 15Q4 DE-AMPRION @ 72.00 GFS"),
        ("72.00", Column.PRICE, ""),
        ("72.00", Column.TRADED, ""),
    ],
)
def test_a_click_on_a_quantity_stages(
    desk: LadderDesk, ladder: Ladder, heard: Heard, at: str, column: Column, said: str
) -> None:
    desk.levels()
    left(ladder, spot(frame(desk, ladder), at, column))
    assert ladder.preview == said
    assert heard.sends == 0


def test_a_click_on_a_bucket_stages_its_least_aggressive_price(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels({"72.14": "12.5", "72.11": "5"}, {"72.26": "7.5"})
    frame(desk, ladder)
    shown = buckets_of(desk, ladder, "0.10")
    left(ladder, spot(shown, "72.10", Column.BID))
    assert ladder.staged is not None
    assert ladder.staged.price == price("72.10")
    left(ladder, spot(frame(desk, ladder), "72.30", Column.ASK))
    assert ladder.staged is not None
    assert ladder.staged.price == price("72.30")


@pytest.mark.parametrize(
    ("bids", "asks", "why"),
    [
        ({"71.00": "1"}, {"72.10": "1"}, "72.10 was a bid, is an ask now: click again to stage"),
        ({"71.00": "1"}, {"72.50": "1"}, "72.10 was a bid, is empty now: click again to stage"),
    ],
)
@pytest.mark.parametrize("moved", ["before the press", "before the release"])
def test_a_click_on_what_has_changed_since_it_was_painted_is_held(
    desk: LadderDesk, ladder: Ladder, heard: Heard, bids: dict[str, str], asks: dict[str, str], why: str, moved: str
) -> None:
    desk.levels()
    shown = frame(desk, ladder)
    place, handle = spot(shown, "72.10", Column.BID), ladder.windowHandle()
    if moved == "before the press":
        desk.levels(bids, asks)  # no frame since
        left(ladder, place)
    else:
        QTest.mousePress(handle, LEFT, PLAIN, place)
        desk.levels(bids, asks)
        frame(desk, ladder)  # painted, under a button that is down
        QTest.mouseRelease(handle, LEFT, PLAIN, place)
    assert ladder.staged is None
    assert heard.refused == [why]
    frame(desk, ladder)
    again = QMouseEvent(QEvent.Type.MouseButtonDblClick, place, ladder.mapToGlobal(place), LEFT, LEFT, PLAIN)
    QApplication.sendEvent(ladder, again)
    QTest.mouseRelease(handle, LEFT, PLAIN, place)
    assert ladder.staged is None  # the second half of a double click is no second thought
    left(ladder, place)
    assert ladder.staged is not None
    assert (ladder.staged.side, ladder.staged.price) == (Side.BUY, price("72.10"))


def test_a_quantity_that_changes_changes_no_meaning(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    shown = frame(desk, ladder)
    desk.change({"72.10": "99"})
    left(ladder, spot(shown, "72.10", Column.BID))
    assert ladder.staged is not None


def test_a_click_on_an_axis_that_moved_is_held(desk: LadderDesk, ladder: Ladder, heard: Heard) -> None:
    desk.levels()
    shown = frame(desk, ladder)
    ladder.scroll_rows(2)  # no frame since
    left(ladder, spot(shown, "72.10", Column.BID))
    assert ladder.staged is None
    assert heard.refused == ["The rows have moved: click again to stage"]


def test_a_click_on_another_contracts_frame_is_held(desk: LadderDesk, ladder: Ladder, heard: Heard) -> None:
    desk.levels()
    place = spot(frame(desk, ladder), "72.10", Column.BID)
    other = desk.contract(AREA, "16Q1", UtcNs(START + 15 * MINUTE))
    desk.levels(key=other)
    desk.group.choose(other)
    left(ladder, place)
    assert ladder.staged is None
    assert heard.refused == ["The contract has changed: click again to stage"]


def test_a_click_on_a_book_that_went_stale_stages_nothing(desk: LadderDesk, ladder: Ladder, heard: Heard) -> None:
    desk.levels()
    place = spot(frame(desk, ladder), "72.10", Column.BID)
    desk.freshness(Freshness.STALE, "gone")
    left(ladder, place)
    frame(desk, ladder)
    left(ladder, place)
    assert ladder.staged is None
    assert len(heard.refused) == 2
    assert all("the book is stale (gone); cancelling is possible" in why for why in heard.refused)


def test_leaving_the_cell_before_the_release_stages_nothing(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    shown = frame(desk, ladder)
    drag(ladder, spot(shown, "72.10", Column.BID), spot(shown, "72.00", Column.BID))
    assert ladder.staged is None


def test_modifiers(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    place = spot(frame(desk, ladder), "72.10", Column.BID)
    left(ladder, place, CTRL)
    assert ladder.staged is None
    left(ladder, place, SHIFT)
    assert ladder.typing_quantity
    ladder.type_quantity("5")
    ladder.end_quantity()
    assert ladder.preview == "BUY 10.0 MW 15Q4 DE-AMPRION @ 72.10 GFS shows 5.0"


# Own orders


def test_dragging_an_order_stages_its_modification(desk: LadderDesk, ladder: Ladder, heard: Heard) -> None:
    desk.levels()
    order = own.working(desk, Side.BUY, "72.00", "10")
    shown = frame(desk, ladder)
    start, end = spot(shown, "72.00", Column.OWN_BUY), spot(shown, "71.80", Column.OWN_BUY)
    handle = ladder.windowHandle()
    QTest.mousePress(handle, LEFT, PLAIN, start)
    QTest.mouseMove(handle, end)
    shown = frame(desk, ladder)
    assert shown.body is not None
    assert shown.body.mark is not None
    assert shown.body.mark.dragged
    QTest.mouseRelease(handle, LEFT, PLAIN, end)
    assert ladder.selected == order
    assert ladder.preview == "MODIFY BUY 10.0 @ 72.00 → 10.0 @ 71.80: loses its place"
    assert (heard.sends, heard.cancels, heard.refused) == (0, [], [])


def test_a_drag_that_ends_nowhere_or_where_it_began_stages_nothing(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    own.working(desk, Side.BUY, "72.00", "10")
    shown = frame(desk, ladder)
    start = spot(shown, "72.00", Column.OWN_BUY)
    drag(ladder, start, QPoint(20, shown.geometry.strip.y + 3))
    drag(ladder, start, start + QPoint(150, 2))
    left(ladder, start)
    handle = ladder.windowHandle()
    QTest.mousePress(handle, LEFT, PLAIN, start)
    QTest.mouseMove(handle, spot(shown, "71.80", Column.OWN_BUY))
    ladder.drop_stage()  # Esc
    QTest.mouseRelease(handle, LEFT, PLAIN, spot(shown, "71.80", Column.OWN_BUY))
    assert ladder.staged is None


def test_a_drag_onto_what_has_changed_is_held(desk: LadderDesk, ladder: Ladder, heard: Heard) -> None:
    desk.levels()
    own.working(desk, Side.BUY, "71.80", "10")
    shown = frame(desk, ladder)
    handle = ladder.windowHandle()
    QTest.mousePress(handle, LEFT, PLAIN, spot(shown, "71.80", Column.OWN_BUY))
    QTest.mouseMove(handle, spot(shown, "72.00", Column.OWN_BUY))
    desk.levels({"71.00": "1"}, {"72.00": "1"})
    QTest.mouseRelease(handle, LEFT, PLAIN, spot(shown, "72.00", Column.OWN_BUY))
    assert ladder.staged is None
    assert heard.refused == ["72.00 was a bid, is an ask now: click again to stage"]


def test_an_order_filled_under_the_drag_stages_nothing(desk: LadderDesk, ladder: Ladder, heard: Heard) -> None:
    desk.levels()
    order = own.working(desk, Side.BUY, "72.00", "10")
    shown = frame(desk, ladder)
    handle = ladder.windowHandle()
    QTest.mousePress(handle, LEFT, PLAIN, spot(shown, "72.00", Column.OWN_BUY))
    QTest.mouseMove(handle, spot(shown, "71.80", Column.OWN_BUY))
    own.filled(desk, order)
    QTest.mouseRelease(handle, LEFT, PLAIN, spot(shown, "71.80", Column.OWN_BUY))
    assert ladder.staged is None
    assert heard.refused == ["The order is filled"]


@pytest.mark.parametrize("stale", [False, True])
def test_the_right_button_offers_the_cancel_of_an_own_order(
    desk: LadderDesk, ladder: Ladder, heard: Heard, stale: bool
) -> None:
    desk.levels()
    one = own.working(desk, Side.BUY, "72.00", "10")
    two = own.in_doubt(desk, Side.BUY, "72.01", "5")
    if stale:
        desk.freshness(Freshness.STALE, "gone")
    place = spot(frame(desk, ladder), "72.00", Column.OWN_BUY)
    QTest.mouseClick(ladder.windowHandle(), RIGHT, PLAIN, place)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    acts = {action.text(): action for action in menu.actions() if action.text()}
    assert list(acts) == [
        "Cancel BUY 10.0 @ 72.00",
        "Cancel BUY 5.0 @ 72.01",
        "Cancel these 2",
        "Modify BUY 10.0 @ 72.00",
        "Modify BUY 5.0 @ 72.01",
    ]
    assert not acts["Modify BUY 5.0 @ 72.01"].isEnabled()
    acts["Cancel BUY 5.0 @ 72.01"].trigger()
    acts["Cancel these 2"].trigger()
    menu.close()
    assert heard.cancels == [[two.client_id], [one.client_id, two.client_id]]


def test_the_menu_names_the_keys_beside_the_order_that_they_act_on(desk: LadderDesk, ladder: Ladder) -> None:
    ladder.set_keys(KeyTexts({"ladder.cancel": ("X",), "ladder.amend": ("M",)}))
    desk.levels()
    own.working(desk, Side.SELL, "72.30", "3")
    one = own.working(desk, Side.BUY, "72.00", "10")
    own.working(desk, Side.BUY, "72.01", "5")
    shown = frame(desk, ladder)
    ladder.next_own(1)
    assert ladder.selected is not None
    assert ladder.selected.side is Side.SELL
    QTest.mouseClick(ladder.windowHandle(), RIGHT, PLAIN, spot(shown, "72.00", Column.OWN_BUY))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    words = [action.text() for action in menu.actions() if action.text()]
    menu.close()
    assert words == [
        "Cancel BUY 10.0 @ 72.00\tX",
        "Cancel BUY 5.0 @ 72.01",
        "Cancel these 2",
        "Modify BUY 10.0 @ 72.00\tM",
        "Modify BUY 5.0 @ 72.01",
    ]
    assert ladder.selected.client_id == one.client_id, "what the keys beside would act on"


def test_a_click_on_a_price_means_nothing_and_says_nothing(desk: LadderDesk, ladder: Ladder, heard: Heard) -> None:
    desk.levels()
    left(ladder, spot(frame(desk, ladder), "72.00", Column.PRICE))
    assert (ladder.staged, ladder.notice, heard.refused) == (None, "", [])


def test_a_cancel_of_what_is_over_says_so(desk: LadderDesk, ladder: Ladder, heard: Heard) -> None:
    desk.levels()
    order = own.working(desk, Side.BUY, "72.00", "10")
    place = spot(frame(desk, ladder), "72.00", Column.OWN_BUY)
    QTest.mouseClick(ladder.windowHandle(), RIGHT, PLAIN, place)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    own.filled(desk, order)
    menu.actions()[0].trigger()
    menu.close()
    assert heard.cancels == []
    assert heard.refused == ["Nothing to cancel: the orders are over"]


def test_a_press_selects_the_own_order(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    order = own.working(desk, Side.SELL, "72.50", "10")
    left(ladder, spot(frame(desk, ladder), "72.50", Column.OWN_SELL))
    assert ladder.selected == order
    assert ladder.staged is None


def test_a_click_on_a_ladder_that_has_just_slid_is_held(desk: LadderDesk, ladder: Ladder, heard: Heard) -> None:
    desk.levels()
    shown = frame(desk, ladder)
    desk.beat(1.0)
    window = ladder.window()
    window.move(window.pos() + QPoint(0, 24))
    left(ladder, spot(shown, "72.10", Column.BID))
    assert ladder.staged is None
    assert heard.refused == ["The ladder has just moved on the screen: click again"]
    desk.beat(2 * HOLD_SECONDS)
    left(ladder, spot(frame(desk, ladder), "72.10", Column.BID))
    assert ladder.preview.startswith("BUY 10.0 MW")
    shown = frame(desk, ladder)
    window.move(window.pos() - QPoint(0, 24))
    QTest.mouseClick(ladder.windowHandle(), LEFT, PLAIN, _middle(shown.geometry.send))
    assert heard.sends == 0
    desk.beat(2 * HOLD_SECONDS)
    QTest.mouseClick(ladder.windowHandle(), LEFT, PLAIN, _middle(frame(desk, ladder).geometry.send))
    assert heard.sends == 1


def test_a_click_on_a_ladder_that_has_just_come_up_is_held(desk: LadderDesk, ladder: Ladder, heard: Heard) -> None:
    desk.levels()
    frame(desk, ladder)
    ladder.hide()
    desk.beat(5.0)
    ladder.show()
    shown = frame(desk, ladder)
    left(ladder, spot(shown, "72.10", Column.BID))
    assert ladder.staged is None
    assert heard.refused == ["The ladder has just moved on the screen: click again"]
    desk.beat(2 * HOLD_SECONDS)
    left(ladder, spot(frame(desk, ladder), "72.10", Column.BID))
    assert ladder.staged is not None


def _middle(rect: Rect) -> QPoint:
    return QPoint(rect.x + rect.width // 2, rect.y + rect.height // 2)
