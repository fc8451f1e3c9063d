"""The ladder of a currency pair: its book is the quote, and nobody says how much."""

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics

from app.gallery.market import FX, Exhibit, price, quantity
from protocols.market.commands import AmendOrder, FxTerms, PlaceOrder
from protocols.market.events import Feed, Freshness
from protocols.market.instruments import ContractKey
from protocols.market.orders import Order
from protocols.market.values import Price, Side
from tests.widgets.desk import DARK, show
from tests.widgets.ladder.market import row_at
from tests.widgets.ladder.test_mouse import CTRL, SHIFT, drag, left, spot
from widgets.ladder import Column, Ladder, LadderFrame
from widgets.ladder.speech import spoken
from widgets.ladder.words import Tone, Word

PLAIN = Qt.KeyboardModifier.NoModifier


class Quoted:
    """EURUSD at 1.08412 to 1.08416, on a ladder in a window."""

    def __init__(self, qtbot: object) -> None:
        self.exhibit = Exhibit()
        self.ladder = Ladder(self.exhibit.market, self.exhibit.clock, self.exhibit.group, DARK)
        show(qtbot, self.ladder, 560, 640)
        self.ladder.setFocus()
        self.key: ContractKey = self.exhibit.quote("EURUSD", "1.08412", "1.08416")
        self.exhibit.group.choose(self.key)

    def frame(self) -> LadderFrame:
        self.exhibit.beat()
        self.ladder.repaint()
        assert self.ladder.painted is not None
        return self.ladder.painted

    def moves(self, bid: str, ask: str) -> None:
        """A quote that no frame has shown yet."""
        self.exhibit.quote("EURUSD", bid, ask)

    def sell_stop(self, at: str) -> Order:
        terms = FxTerms("STOP", "AON", price(at))
        return self.exhibit.placed(PlaceOrder(self.key, Side.SELL, quantity("10000"), None, terms))


@pytest.fixture
def quoted(qtbot: object) -> Quoted:
    return Quoted(qtbot)


def test_the_quote_is_the_book_and_no_quantity_is_made_up(quoted: Quoted) -> None:
    shown = quoted.frame()
    assert shown.quote is not None and shown.header is not None and shown.body is not None
    assert (shown.quote.bid, shown.quote.ask, shown.quote.spread) == ("1.08412", "1.08416", "0.4 pip")
    assert (shown.quote.bid_quantity, shown.quote.ask_quantity) == ("", "")
    assert "no depth" in shown.header.area
    assert [figure.label for figure in shown.header.figures] == ["Bid", "Ask", "Pips", "Open", "High", "Low"]
    held = {row.price.text: (row.bid_text, row.ask_text) for row in shown.body.rows if row and row.meaning.holds}
    assert {at: (bid and bid.text, ask and ask.text) for at, (bid, ask) in held.items()} == {
        "1.08410": ("bid", None),
        "1.08420": (None, "ask"),
    }
    assert Column.TRADED not in shown.geometry.columns
    assert "Bid 1.08412 USD. Ask 1.08416 USD" in spoken(shown)


def test_a_quote_that_is_not_live_looks_it_and_nothing_is_staged(quoted: Quoted) -> None:
    quoted.exhibit.channel(Feed.QUOTES, Freshness.STALE, "no quote for 30 s", FX)
    shown = quoted.frame()
    assert shown.plate is not None and shown.plate.title == "Stale"
    quoted.ladder.stage(Side.BUY)
    left(quoted.ladder, spot(shown, "1.0840", Column.BID))
    assert quoted.ladder.staged is None
    assert quoted.ladder.notice == "Nothing is staged: the quote is stale (no quote for 30 s)"
    quoted.exhibit.channel(Feed.OWN_ORDERS, area=FX)
    left(quoted.ladder, spot(shown, "1.0840", Column.BID))
    assert quoted.ladder.notice.endswith("(no quote for 30 s); cancelling is possible")


def test_the_age_of_a_stale_quote_is_that_of_the_quote(quoted: Quoted) -> None:
    quoted.exhibit.beat(31.0)
    quoted.exhibit.channel(Feed.QUOTES, Freshness.STALE, "no quote for 30 s", FX)
    quoted.exhibit.beat(24.0)
    header = quoted.frame().header
    assert header is not None and header.freshness.text.endswith("stale, no data for 55 s")


def test_a_pair_that_is_quiet_says_for_how_long(quoted: Quoted) -> None:
    def state() -> Word:
        header = quoted.frame().header
        assert header is not None
        return header.state

    assert state().tone is Tone.SECONDARY
    quoted.exhibit.beat(6.0)
    assert state().text.endswith("UTC, 6 s ago")
    assert state().tone is Tone.WARNING
    quoted.moves("1.08413", "1.08417")
    assert state().tone is Tone.SECONDARY


def test_a_hop_to_another_pair_drops_the_stage_and_says_so(quoted: Quoted) -> None:
    refused: list[str] = []
    quoted.ladder.refused.connect(refused.append)
    other = quoted.exhibit.quote("USDJPY", "149.570", "149.576")
    quoted.frame()
    quoted.ladder.stage(Side.BUY)
    assert quoted.ladder.staged is not None
    quoted.ladder.hop_to(other)
    assert quoted.exhibit.group.contract == other
    assert quoted.ladder.staged is None
    assert refused == ["The stage was dropped: a price of EURUSD says nothing of another pair"]


def test_a_key_is_held_when_the_quote_has_moved_since_the_frame(quoted: Quoted) -> None:
    quoted.frame()
    quoted.moves("1.08422", "1.08426")
    quoted.ladder.stage(Side.BUY)
    assert quoted.ladder.staged is None
    assert quoted.ladder.notice.startswith("The best bid was 1.08412, is 1.08422 now")


def test_what_is_staged_is_held_when_it_would_set_off_at_once_now(quoted: Quoted) -> None:
    shown = quoted.frame()
    left(quoted.ladder, spot(shown, "1.0838", Column.ASK), CTRL)
    assert quoted.ladder.preview == "SELL 50\N{NO-BREAK SPACE}000 EUR EURUSD @ 1.08380 STOP AON"
    quoted.frame()
    quoted.moves("1.08375", "1.08379")
    assert quoted.ladder.take_staged() is None
    assert "it would set off at once now" in quoted.ladder.notice


@pytest.mark.parametrize(
    ("held", "preview"), [(PLAIN, "BUY 50\N{NO-BREAK SPACE}000 EUR EURUSD @ 1.08380 AON"), (SHIFT, "")]
)
def test_a_click_stages_a_limit_and_there_is_no_iceberg(
    quoted: Quoted, held: Qt.KeyboardModifier, preview: str
) -> None:
    left(quoted.ladder, spot(quoted.frame(), "1.0838", Column.BID), held)
    assert quoted.ladder.preview == preview


def test_a_stop_that_is_dragged_gets_another_stop_price(quoted: Quoted) -> None:
    order = quoted.sell_stop("1.0838")
    shown = quoted.frame()
    assert row_at(shown, "1.0838").own_sell is not None
    drag(quoted.ladder, spot(shown, "1.0838", Column.OWN_SELL), spot(shown, "1.0836", Column.OWN_SELL))
    assert quoted.ladder.preview == "MODIFY SELL 10\N{NO-BREAK SPACE}000 @ 1.08380 → 10\N{NO-BREAK SPACE}000 @ 1.08360"
    quoted.frame()
    assert quoted.ladder.take_staged() == AmendOrder(order.connection, order.client_id, stop_price=price("1.0836"))


def test_quantities_of_pairs_and_of_power_are_apart(quoted: Quoted) -> None:
    ladder = quoted.ladder
    quoted.frame()
    ladder.preset_quantity(1)
    ladder.stage(Side.BUY)
    assert ladder.staged is not None and ladder.staged.quantity == quantity("10000")
    quoted.exhibit.fill()
    quoted.frame()
    ladder.stage(Side.BUY)
    assert ladder.staged is not None and ladder.staged.quantity == quantity("10")
    assert isinstance(ladder.staged.price, int) and ladder.staged.price == Price(price("72.10"))


def test_the_next_quantity_and_the_presets_stand_apart_and_a_click_moves_none(quoted: Quoted) -> None:
    shown = quoted.frame()
    assert shown.bar is not None
    name = QFontMetrics(DARK.ui_font(DARK.sizes.font_ui + 1, QFont.Weight.DemiBold))
    title = shown.geometry.bar_line(0).x + name.horizontalAdvance(shown.bar.title.text)
    assert shown.bar.title.text == "50\N{NO-BREAK SPACE}000 EUR"
    assert title + 4 <= shown.geometry.presets[0].x
    text = QFontMetrics(DARK.ui_font(DARK.sizes.font_title)).horizontalAdvance(shown.bar.presets[4])
    assert shown.bar.presets[4] == "500k"
    assert text + 6 <= shown.geometry.presets[4].width
    quoted.ladder.preset_quantity(5)
    assert quoted.frame().geometry.presets == shown.geometry.presets


def test_a_large_quantity_has_its_room(quoted: Quoted) -> None:
    quoted.ladder.begin_quantity()
    quoted.ladder.type_quantity("125000000")
    quoted.ladder.end_quantity()
    shown = quoted.frame()
    assert shown.bar is not None
    name = QFontMetrics(DARK.ui_font(DARK.sizes.font_ui + 1, QFont.Weight.DemiBold))
    title = shown.geometry.bar_line(0).x + name.horizontalAdvance(shown.bar.title.text)
    assert title + 4 <= shown.geometry.presets[0].x
    places = [button.geometry().x() for button in quoted.ladder._buttons.presets if button.isVisible()]
    assert places == [rect.x for rect in shown.geometry.presets if rect.width]


def test_in_the_narrowest_ladder_both_best_prices_are_written(quoted: Quoted) -> None:
    quoted.ladder.resize(quoted.ladder.minimumSizeHint())
    shown = quoted.frame()
    strip = shown.geometry.strip
    image = quoted.ladder.grab(QRect(*strip)).toImage()
    sells = [
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).rgb() == DARK.sell.rgb()
    ]
    assert sells, "the letter of the ask"
    button = quoted.ladder.childAt(strip.right - 10, strip.y + 8)
    assert button.accessibleName() == "Wider bucket"
