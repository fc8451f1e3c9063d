"""What is on the screen, pixel by pixel: only a live book looks live."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from protocols.market.events import Feed, Freshness
from tests.widgets.desk import DARK, LIGHT, show
from tests.widgets.ladder.market import LadderDesk
from widgets.ladder import Ladder, Options
from widgets.ladder.frame import Condition
from widgets.theme import Theme

SIZE = QSize(420, 600)


def stale(desk: LadderDesk) -> None:
    desk.freshness(Freshness.STALE, "the connection was lost")


def resynchronising(desk: LadderDesk) -> None:
    desk.freshness(Freshness.RESYNCHRONISING, "a message is missing")


def unsynchronised(desk: LadderDesk) -> None:
    desk.lose("a change came without a base")


def crossed(desk: LadderDesk) -> None:
    desk.change({"73.00": "1"})


def closed(desk: LadderDesk) -> None:
    desk.state(desk.key, phase="Closed")


def hibernated(desk: LadderDesk) -> None:
    desk.state(desk.key, "Hibernated", "Closed")


def standby(desk: LadderDesk) -> None:
    desk.state(desk.key, "Standby", "Continuous")


def empty(desk: LadderDesk) -> None:
    desk.levels({}, {})


def nothing_chosen(desk: LadderDesk) -> None:
    desk.group.choose(None)


States = Callable[[LadderDesk], None]
NOT_LIVE: list[tuple[States, Condition, str, str]] = [
    (stale, Condition.STALE, "Stale", "the connection was lost"),
    (resynchronising, Condition.RESYNCHRONISING, "Resynchronising", "a message is missing"),
    (unsynchronised, Condition.UNSYNCHRONISED, "Not synchronised", "a change came without a base"),
    (crossed, Condition.UNSYNCHRONISED, "Not synchronised", "crossed: the best bid reaches the best ask"),
    (closed, Condition.CLOSED, "Closed", "State Active"),
    (hibernated, Condition.HALTED, "Hibernated", "Phase Closed"),
    (standby, Condition.HALTED, "Standby", "Phase Continuous"),
]


def picture(ladder: Ladder, scale: float = 1.0) -> np.ndarray:
    """The ladder's pixels, one integer each."""
    image = QImage(SIZE * scale, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    ladder.render_to(image)
    pixels = np.frombuffer(image.constBits(), dtype=np.uint32).reshape(image.height(), image.width())
    return pixels & 0xFFFFFF


def body(ladder: Ladder, pixels: np.ndarray) -> np.ndarray:
    assert ladder.painted is not None
    area = ladder.painted.geometry.body
    return pixels[area.y : area.bottom]


def count(pixels: np.ndarray, colour: QColor) -> int:
    return int(np.count_nonzero(pixels == colour.rgb() & 0xFFFFFF))


def live_colours(theme: Theme) -> tuple[QColor, ...]:
    return theme.buy_depth, theme.sell_depth, theme.buy_surface, theme.sell_surface, theme.last


@pytest.fixture
def desk() -> LadderDesk:
    desk = LadderDesk()
    desk.levels()
    desk.trade(desk.key, "72.10", "5")
    desk.day(last_price="72.10", high="72.40", low="71.95", vwap="72.05")
    return desk


def ladder_of(qtbot, desk: LadderDesk, theme: Theme = DARK, options: Options | None = None) -> Ladder:
    ladder = Ladder(desk.market, desk.clock, desk.group, theme, options=options)
    show(qtbot, ladder, SIZE.width(), SIZE.height())
    return ladder


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize(
    ("happens", "condition", "title", "reason"), NOT_LIVE, ids=[case[0].__name__ for case in NOT_LIVE]
)
def test_what_is_not_live_never_looks_live(
    qtbot,
    desk: LadderDesk,
    theme: Theme,
    happens: States,
    condition: Condition,
    title: str,
    reason: str,
) -> None:
    ladder = ladder_of(qtbot, desk, theme)
    before = body(ladder, picture(ladder))
    assert all(count(before, colour) for colour in live_colours(theme))

    happens(desk)
    after = body(ladder, picture(ladder))  # the very next picture, without a beat of the clock
    assert not any(count(after, colour) for colour in live_colours(theme))
    assert ladder.painted is not None
    assert ladder.painted.condition is condition
    plate = ladder.painted.plate
    assert plate is not None
    assert (plate.title, plate.lines[0]) == (title, reason)


def test_each_state_is_drawn_in_its_own_way(qtbot) -> None:
    pictures = []
    for happens in (stale, resynchronising, unsynchronised, closed, hibernated, empty, nothing_chosen):
        desk = LadderDesk()
        desk.levels()
        ladder = ladder_of(qtbot, desk)
        happens(desk)
        pictures.append(body(ladder, picture(ladder)))
    for index, one in enumerate(pictures):
        for other in pictures[index + 1 :]:
            # Not the words alone: the grounds differ, or are dimmed differently.
            assert np.count_nonzero(one != other) > one.size * 0.02


def test_an_unsynchronised_book_shows_no_number(qtbot, desk: LadderDesk) -> None:
    ladder = ladder_of(qtbot, desk)
    unsynchronised(desk)
    one = picture(ladder)
    desk.levels({"1.00": "99"}, {"2.00": "98"})
    unsynchronised(desk)
    assert np.array_equal(picture(ladder), one)


def test_stale_figures_and_trades_are_dimmed_too(qtbot, desk: LadderDesk) -> None:
    ladder = ladder_of(qtbot, desk)
    assert count(picture(ladder), DARK.last)
    desk.freshness(Freshness.STALE, "gone", Feed.TRADES)
    assert not count(picture(ladder), DARK.last)
    assert ladder.painted is not None
    assert ladder.painted.body is not None
    assert ladder.painted.body.trades_note == "stale"


def test_an_empty_book_says_so_and_is_not_dimmed(qtbot, desk: LadderDesk) -> None:
    ladder = ladder_of(qtbot, desk)
    empty(desk)
    after = body(ladder, picture(ladder))
    assert ladder.painted is not None
    assert ladder.painted.plate is not None
    assert ladder.painted.plate.title == "No orders"
    assert count(after, DARK.surface_raised)  # the price column as it is


def test_the_focus_is_outlined(qtbot, desk: LadderDesk) -> None:
    ladder = ladder_of(qtbot, desk)
    ladder.setFocus()
    assert (picture(ladder)[0] == DARK.focus_ring.rgb() & 0xFFFFFF).all()
    ladder.clearFocus()
    assert not (picture(ladder)[0] == DARK.focus_ring.rgb() & 0xFFFFFF).any()


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5, 1.75, 2.0, 2.5])
def test_lines_are_crisp_at_every_scale(qtbot, desk: LadderDesk, scale: float) -> None:
    ladder = ladder_of(qtbot, desk)
    pixels = picture(ladder, scale)
    assert ladder.painted is not None
    geometry = ladder.painted.geometry
    # The line under the titles: whole pixels of one colour, neither blurred into its neighbours nor lost.
    x = int((geometry.width - 3) * scale)
    column = pixels[int((geometry.titles.y + 2) * scale) : int((geometry.body.y + 3) * scale), x]
    strong = int(np.count_nonzero(column == DARK.border_strong.rgb() & 0xFFFFFF))
    assert strong == max(1, int(scale))
    assert set(np.unique(column)) <= {
        colour.rgb() & 0xFFFFFF for colour in (DARK.surface_raised, DARK.border_strong, DARK.surface)
    }


def test_bars_grow_from_the_price(qtbot, desk: LadderDesk) -> None:
    desk.levels({"72.10": "40", "72.00": "10"}, {"72.20": "20"})
    ladder = ladder_of(qtbot, desk)
    pixels = picture(ladder)
    assert ladder.painted is not None
    geometry, shown = ladder.painted.geometry, ladder.painted.body
    assert shown is not None
    widths = {}
    for slot, row in enumerate(shown.rows):
        if row is not None and row.meaning.holds is not None:
            band = pixels[geometry.row(slot).y + 2]
            widths[row.price.text] = count(band, DARK.buy_depth) + count(band, DARK.sell_depth)
    full = widths["72.10"]
    assert widths["72.00"] == pytest.approx(full / 4, abs=1)
    assert widths["72.20"] == pytest.approx(full / 2, abs=1)


def test_the_screen_shows_what_was_composed(qtbot, desk: LadderDesk) -> None:
    """A frame that is painted for the screen and one that is rendered are the same picture."""
    ladder = ladder_of(qtbot, desk)
    QApplication.processEvents()
    grabbed = ladder.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(grabbed.constBits(), dtype=np.uint32).reshape(grabbed.height(), grabbed.width())
    assert np.array_equal(pixels & 0xFFFFFF, picture(ladder))
