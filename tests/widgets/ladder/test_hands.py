"""The ladder under a trader's hands: keys, wheel, buttons, menu, tips."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QMenu, QToolTip, QVBoxLayout, QWidget

from protocols.market.values import Side
from tests.widgets.desk import click, press, price, show
from tests.widgets.ladder.market import AREA, LadderDesk, frame, prices
from widgets.key_texts import KeyTexts
from widgets.ladder import Column, Ladder
from widgets.ladder.acts import Act
from widgets.ladder.axis import LevelAxis


def wheel(ladder: Ladder, angle: int) -> None:
    place = QPointF(ladder.rect().center())
    event = QWheelEvent(
        place,
        ladder.mapToGlobal(place),
        QPoint(),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(ladder, event)


@pytest.mark.parametrize(("act", "after"), [(Act.COARSER, "0.20 fixed"), (Act.FINER, "0.05 fixed")])
def test_acts_change_the_bucket(desk: LadderDesk, ladder: Ladder, act: Act, after: str) -> None:
    desk.levels()
    assert frame(desk, ladder).bucket.text == "0.10 auto"
    ladder.perform(act)
    assert frame(desk, ladder).bucket.text == after


def test_a_bucket_chosen_by_hand_is_kept_until_it_is_to_fit(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    frame(desk, ladder)
    ladder.perform(Act.COARSER)
    ladder.perform(Act.RECENTRE)
    ladder.perform(Act.COLLAPSED)
    ladder.perform(Act.COLLAPSED)
    assert frame(desk, ladder).bucket.text == "0.20 fixed"
    ladder.perform(Act.FIT)
    assert frame(desk, ladder).bucket.text == "0.10 auto"


def test_collapsed_rows_have_no_bucket(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    ladder.perform(Act.COLLAPSED)
    before = frame(desk, ladder)
    assert before.bucket.text == "levels"
    ladder.perform(Act.COARSER)
    after = frame(desk, ladder)
    assert prices(after) == prices(before)
    assert after.body is not None
    assert isinstance(after.body.axis, LevelAxis)


def test_the_wheel_scrolls_the_axis(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    before = prices(frame(desk, ladder))
    wheel(ladder, -120)
    assert prices(frame(desk, ladder))[:-3] == before[3:]
    wheel(ladder, 120)
    for _ in range(3):  # a touch pad sends less than a notch at a time
        wheel(ladder, 40)
    assert prices(frame(desk, ladder))[3:] == before[:-3]


def test_the_axis_is_scrolled_by_acts(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    before = prices(frame(desk, ladder))
    ladder.perform(Act.ROW_DOWN)
    assert prices(frame(desk, ladder))[:-1] == before[1:]
    ladder.perform(Act.ROW_UP)
    assert prices(frame(desk, ladder)) == before
    ladder.perform(Act.TOP)
    assert prices(frame(desk, ladder))[0] == "72.80"
    ladder.perform(Act.BOTTOM)
    assert prices(frame(desk, ladder))[-1] == "71.80"
    shown = prices(frame(desk, ladder))
    ladder.nudge_price(1)  # plain arrows too, until there is a staged price for them to move
    assert prices(frame(desk, ladder))[1:] == shown[:-1]
    ladder.stage(Side.BUY)
    ladder.nudge_price(1)
    assert prices(frame(desk, ladder))[1:] == shown[:-1]
    assert ladder.staged is not None
    assert ladder.staged.price == price("72.11")


def test_every_button_says_what_it_does_and_does_it(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    shown = frame(desk, ladder)
    ladder.set_keys(KeyTexts({"ladder.recentre": ("Space",), "ladder.coarser": ("F6", "keypad +")}))
    names = [
        "Recentre on the market (Space)",
        "Cumulative depth",
        "Occupied levels only",
        "Narrower bucket",
        "Wider bucket (F6 or keypad +)",
    ]
    buttons = [ladder.childAt(rect.x + 5, rect.y + 5) for rect in shown.geometry.buttons]
    assert [button.toolTip() for button in buttons] == names
    assert all(button.accessibleName() for button in buttons)
    click(ladder, QPoint(shown.geometry.buttons[4].x + 5, shown.geometry.buttons[4].y + 5))
    assert frame(desk, ladder).bucket.text == "0.20 fixed"
    click(ladder, QPoint(shown.geometry.buttons[1].x + 5, shown.geometry.buttons[1].y + 5))
    assert ladder.options.cumulative
    assert ladder.hasFocus()  # a click on a button leaves the keys with the ladder


def test_tab_goes_through_ladder_and_buttons(qtbot, desk: LadderDesk) -> None:
    window = QWidget()
    layout = QVBoxLayout(window)
    one, other = Ladder(*desk.parts), Ladder(*desk.parts)
    layout.addWidget(one)
    layout.addWidget(other)
    show(qtbot, window, 420, 1000)
    desk.levels()
    frame(desk, one)
    one.setFocus()
    seen = []
    while not other.hasFocus():
        seen.append(QApplication.focusWidget().accessibleName())
        press(window, Qt.Key.Key_Tab)
        assert len(seen) < 20
    assert seen == [
        f"Order book ladder 15Q4 {AREA}",
        "Recentre on the market",
        "Cumulative depth",
        "Occupied levels only",
        "Narrower bucket",
        "Wider bucket",
        *(f"Preset quantity {preset}" for preset in (1, 5, 10, 25, 50)),
    ]


def test_the_menu_offers_every_act_and_column(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels()
    frame(desk, ladder)
    ladder.set_keys(KeyTexts({"ladder.coarser": ("F6",)}))
    place = QPoint(200, 400)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, ladder.mapToGlobal(place))
    QApplication.sendEvent(ladder, event)
    menu = ladder.findChildren(QMenu)[0]
    assert "Wider bucket\tF6" in [action.text() for action in menu.actions()]
    texts = {action.text().split("\t")[0]: action for action in menu.actions()}
    texts["Own buy orders"].trigger()
    assert Column.OWN_BUY not in frame(desk, ladder).geometry.columns
    texts["Compact rows"].trigger()
    assert ladder.options.compact
    texts["Wider bucket"].trigger()
    assert frame(desk, ladder).bucket.text.endswith("fixed")
    menu.close()


def test_the_tip_of_a_row_tells_what_is_in_it(desk: LadderDesk, ladder: Ladder) -> None:
    desk.levels({"72.14": "12.5", "72.11": "5"}, {"72.36": "7.5"})
    desk.trade(desk.key, "72.10", "2")
    shown = frame(desk, ladder)
    while shown.bucket.text != "0.10 fixed":
        ladder.coarser()
        shown = frame(desk, ladder)
    assert shown.body is not None
    assert shown.body.bids.best_slot is not None
    row = shown.geometry.row(shown.body.bids.best_slot)
    place = QPoint(50, row.y + 5)
    QApplication.sendEvent(ladder, QHelpEvent(QEvent.Type.ToolTip, place, ladder.mapToGlobal(place)))
    assert QToolTip.text().split("\n") == [
        "72.10 EUR/MWh",
        "Bid 17.5 MW: 2 orders at 2 prices",
        "Bid to here 17.5 MW",
        "Traded 2.0 MW",
    ]
    QToolTip.hideText()
