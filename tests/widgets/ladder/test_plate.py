"""The band of a ladder that is not live: where it stands, and what stays readable beside it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage

from protocols.market.events import Freshness
from protocols.market.values import Side
from tests.widgets.desk import DARK, LIGHT, show
from tests.widgets.ladder import own
from tests.widgets.ladder.market import LadderDesk, row_at
from widgets.ladder import Ladder, Options
from widgets.ladder.ink import Face, Ink
from widgets.ladder.plate import BAR, TONES, clear_run
from widgets.ladder.standing import Condition
from widgets.theme import Theme

SLOTS = st.sets(st.integers(0, 19))


def ladder_of(qtbot, desk: LadderDesk, theme: Theme = DARK, width: int = 560) -> Ladder:
    ladder = Ladder(desk.market, desk.clock, desk.group, theme, options=Options())
    show(qtbot, ladder, width, 640)
    return ladder


def picture(ladder: Ladder) -> np.ndarray:
    image = QImage(QSize(ladder.width(), ladder.height()), QImage.Format.Format_RGB32)
    ladder.render_to(image)
    pixels = np.frombuffer(image.constBits(), dtype=np.uint32).reshape(image.height(), image.width())
    return pixels & 0xFFFFFF


def hidden(ladder: Ladder, pixels: np.ndarray, theme: Theme = DARK) -> set[int]:
    """The slots on which the band lies: its bar at the left edge."""
    assert ladder.painted is not None
    geometry, condition = ladder.painted.geometry, ladder.painted.condition
    tone: QColor = getattr(theme, TONES[condition].value)
    middles = {slot: geometry.row(slot).y + geometry.metrics.row_height // 2 for slot in range(geometry.slots)}
    return {slot for slot, y in middles.items() if (pixels[y, :BAR] == tone.rgb() & 0xFFFFFF).all()}


def stale(desk: LadderDesk) -> None:
    desk.freshness(Freshness.STALE, "the connection was lost")


def test_the_band_stands_at_the_top_of_the_rows(qtbot, desk: LadderDesk) -> None:
    desk.levels()
    ladder = ladder_of(qtbot, desk)
    picture(ladder)
    stale(desk)
    covered = hidden(ladder, picture(ladder))
    assert covered == set(range(len(covered)))
    assert 0 < len(covered) <= 3


@pytest.mark.parametrize("at", ["72.30", "72.90"], ids=["at the best prices", "at the top"])
def test_the_band_hides_no_order_of_ours_and_no_best_price(qtbot, desk: LadderDesk, at: str) -> None:
    desk.levels()
    ladder = ladder_of(qtbot, desk)
    picture(ladder)
    order = own.pending(desk, Side.SELL, at, "10")
    own.report(desk, order, at=at)
    stale(desk)
    covered = hidden(ladder, picture(ladder))
    assert ladder.painted is not None
    body = ladder.painted.body
    assert body is not None
    assert body.own_sells.cells
    assert covered
    assert not covered & {*body.own_sells.cells, body.bids.best_slot, body.asks.best_slot}


def test_the_row_that_says_where_the_market_went_stays(qtbot, desk: LadderDesk) -> None:
    desk.levels()
    ladder = ladder_of(qtbot, desk)
    picture(ladder)
    ladder.scroll_rows(40)
    stale(desk)
    covered = hidden(ladder, picture(ladder))
    assert ladder.painted is not None
    assert ladder.painted.body is not None
    assert ladder.painted.body.notice_above
    assert covered
    assert 0 not in covered


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_own_orders_and_their_prices_are_readable_and_do_not_look_live(qtbot, desk: LadderDesk, theme: Theme) -> None:
    desk.levels()
    order = own.pending(desk, Side.BUY, "71.50", "10")
    own.report(desk, order, at="71.50")
    ladder = ladder_of(qtbot, desk, theme)
    picture(ladder)
    stale(desk)
    pixels = picture(ladder)
    assert ladder.painted is not None
    geometry, shown = ladder.painted.geometry, ladder.painted
    assert shown.body is not None
    slot = next(iter(shown.body.own_buys.cells))
    row = geometry.row(slot)
    band = pixels[row.y : row.bottom]
    assert int(np.count_nonzero(band == theme.text_muted.rgb() & 0xFFFFFF)), "the price is written in full"
    assert not np.count_nonzero(band == theme.buy.rgb() & 0xFFFFFF)
    assert not np.count_nonzero(band == theme.buy_surface.rgb() & 0xFFFFFF)
    # What rests where nothing is of interest stays under the veil.
    quiet = geometry.row(shown.body.rows.index(row_at(shown, "71.90")))
    assert not np.count_nonzero(pixels[quiet.y : quiet.bottom] == theme.text_muted.rgb() & 0xFFFFFF)


def test_in_a_narrow_ladder_the_words_wrap_and_stay_whole(qtbot, desk: LadderDesk) -> None:
    desk.levels()
    ladder = ladder_of(qtbot, desk, width=440)
    picture(ladder)
    desk.freshness(Freshness.RESYNCHRONISING, "the venue counts 4711 after 4709: a message is missing")
    covered = hidden(ladder, picture(ladder))
    tall, ink = Ink(DARK, compact=False).row_height, Ink(DARK, compact=False)
    assert len(covered) * tall > ink.height(Face.PLATE) + ink.height(Face.TEXT)


@given(SLOTS, SLOTS, st.lists(st.floats(-1, 20), max_size=4), st.integers(1, 5))
def test_a_band_hides_no_own_order_where_there_is_room_beside(
    own_slots: set[int], best: set[int], labels: list[float], rows: int
) -> None:
    run = clear_run(range(20), rows, own_slots, best, labels, 0)
    free = [slot for slot in range(21 - rows) if not own_slots & set(range(slot, slot + rows))]
    assert 0 <= run.slot < run.end <= 20
    assert rows <= run.rows <= rows + 1
    assert not free or not run.hides(own_slots)


def test_a_band_taller_than_the_rows_begins_at_the_first() -> None:
    assert clear_run(range(1, 3), 4, {1}, set(), [], 1) == (0, 4)


def test_every_condition_that_is_not_live_has_a_tone() -> None:
    assert set(TONES) == set(Condition) - {Condition.LIVE}
