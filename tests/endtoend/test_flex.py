"""Flexibility in the real window: from the ladder through the ticket to settled, and what goes wrong on the way."""

import asyncio
import functools
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from protocols.market import forms
from protocols.market.commands import FlexTerms
from protocols.market.events import ConnectionStatus
from protocols.market.flex import Delivery
from protocols.market.flex_book import FlexFilter
from protocols.market.instruments import FlexWindow, market_key
from protocols.market.orders import Order, OrderStatus
from protocols.market.times import MINUTE, UtcNs, utc_text
from protocols.market.values import Side, plain_text, scaled_from_text
from tests.endtoend.support import Desk, VenueProcess, connection, on_a_desk
from widgets.orders.question import DoubtQuestion

pytestmark = pytest.mark.qt_loop

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
K = Qt.Key
NAME = "Practice Flex"
ALL = market_key(NAME)
CALM: dict[str, object] = {
    **dict.fromkeys(
        ("refuse_orders", "lose_request", "lose_reply", "missing_country", "keys_disagree", "old_book"), 0.0
    ),
    "hold_market": True,
    "oversized_book": False,
    "text_order": False,
    "close_expired": False,
}


@pytest.fixture(scope="module")
def _flex_venue() -> Iterator[VenueProcess]:
    venue = VenueProcess("--flex-orders", "60", "--flex-windows", "6", "--flex-pace", "8")
    yield venue
    venue.stop()


@pytest.fixture
def venue(_flex_venue: VenueProcess) -> VenueProcess:
    """Nobody trades but who is asked to, and nothing goes wrong."""
    _flex_venue.flex_faults(**CALM)
    return _flex_venue


async def ready(desk: Desk, venue: VenueProcess) -> None:
    """The whole book on the ladder, armed, with the keyboard there."""
    await desk.connect(connection(venue.port, "flexibility"))
    await desk.until(lambda: desk.market.flex_standing(NAME).live and len(desk.market.flex.books[NAME]))
    await desk.until(lambda: desk.market.connections[NAME].status is ConnectionStatus.LIVE)
    await desk.until(lambda: desk.window.group.contract == ALL)
    desk.window.docking.focus("ladder")
    await press(desk, K.Key_A, CTRL | SHIFT)
    assert desk.terminal.trading.armed
    await drawn(desk)


async def drawn(desk: Desk) -> None:
    """The ladder shows what the link group looks at."""
    await desk.until(lambda: (frame := desk.window.ladder.painted) and frame.key == desk.window.group.contract)
    await desk.frame()


async def hop(desk: Desk, windows: int) -> Delivery:
    """PgDn so often: the window that the ladder shows now."""
    for _ in range(windows):
        await press(desk, K.Key_PageDown)
        await drawn(desk)
    window = desk.market.instrument(desk.window.group.contract)
    assert isinstance(window, FlexWindow)
    return window.delivery


async def outside(act: Callable[[], object]) -> None:
    """Does it from outside this task: Qt's tests let the loop run within a key's event, and with it the tasks of calls
    and sockets."""
    loop = asyncio.get_running_loop()
    done = loop.create_future()

    def run() -> None:
        act()
        done.set_result(None)

    loop.call_soon(run)
    await done


async def press(desk: Desk, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    await outside(lambda: desk.key(key, held))


async def press_in(widget: QWidget, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """On another window than the main one."""
    await outside(lambda: QTest.keyClick(widget.window().windowHandle(), key, held))


async def type_text(desk: Desk, text: str, widget: QWidget | None = None) -> None:
    window = (widget.window() if widget is not None else desk.window).windowHandle()
    for character in text:
        await outside(functools.partial(QTest.keyClick, window, character))


async def send(desk: Desk) -> Order:
    """Enter in the ticket, which has an order to send."""
    before = len(own(desk))
    await desk.apart()
    await press(desk, K.Key_Return)
    ticket = desk.window.ticket
    said = [ticket.header.note.text(), ticket.foot.general.text(), *(row.problem for row in ticket.rows.values())]
    assert len(own(desk)) == before + 1, (said, desk.window.target.name, ticket.texts())
    return own(desk)[-1]


def own(desk: Desk) -> list[Order]:
    return [order for order in desk.market.blotter.rows() if order.ours]


def offered(delivery: Delivery, side: str, price: str, power: float, **rest: object) -> dict[str, object]:
    """Somebody else's order, good for everybody."""
    return {
        "side": side,
        "power": power,
        "price": float(price),
        "delivery_start": utc_text(delivery.start),
        "delivery_end": utc_text(delivery.end),
        "expiry_time": utc_text(UtcNs(delivery.start - 20 * MINUTE)),
        "location": {"location_id": [], "country_code": ""},
        "baseline": None,
        **rest,
    }


def best(desk: Desk, side: Side, delivery: Delivery) -> str:
    level = desk.market.flex.books[NAME].best(side, FlexFilter(delivery))
    return "" if level is None else plain_text(level.price)


def between(desk: Desk, delivery: Delivery) -> str:
    """A price within the spread of a window, on the tick: whoever offers there comes first."""
    book, chosen = desk.market.flex.books[NAME], FlexFilter(delivery)
    bid, ask = book.best(Side.BUY, chosen), book.best(Side.SELL, chosen)
    assert bid is not None
    assert ask is not None
    tick = desk.market.flex.markets[NAME].spec.tick
    return plain_text((bid.price + ask.price) // 2 // tick * tick)


def texts(desk: Desk) -> dict[str, str]:
    return desk.window.ticket.texts()


async def settled(desk: Desk) -> None:
    """The newest own order is filled, and its one contract told of to the end."""

    def words() -> list[str]:
        views = desk.market.flex.contracts.of_order(NAME, own(desk)[-1].venue_id or "")
        return [view.steps[-1].word for view in views]

    await desk.until(lambda: own(desk)[-1].status is OrderStatus.FILLED)
    await desk.until(lambda: words() == ["settlement_completed_success"])


@on_a_desk
async def test_a_buy_and_a_sell_with_a_baseline_go_from_the_ladder_to_settled(desk: Desk, venue: VenueProcess) -> None:
    await ready(desk, venue)
    ladder = desk.window.ladder
    await press(desk, K.Key_B)
    assert "choose a delivery window" in ladder.notice
    delivery = await hop(desk, 3)
    inside = between(desk, delivery)
    venue.flex_order(**offered(delivery, "sell", inside, 1500.0))
    await desk.until(lambda: best(desk, Side.SELL, delivery) == inside)
    await desk.frame()

    # To buy, at the best ask.
    await press(desk, K.Key_B, SHIFT)
    await desk.until(lambda: desk.window.target.name == "ticket")
    assert texts(desk)[forms.SIDE] == "Buy"
    assert scaled_from_text(texts(desk)[forms.PRICE]) == scaled_from_text(inside)
    await type_text(desk, "1500")
    assert "no order back: it ends when filled, or in" in desk.window.flex.section.end.text()
    order = await send(desk)
    assert (order.side, plain_text(order.quantity)) == (Side.BUY, "1500")
    await settled(desk)

    # A best price between two ticks: the ticket says what it made of it.
    desk.window.docking.focus("ladder")
    tick = desk.market.flex.markets[NAME].spec.tick
    finer = plain_text(scaled_from_text(between(desk, delivery)) + tick // 5)
    venue.flex_order(**offered(delivery, "sell", finer, 100.0))
    await desk.until(lambda: best(desk, Side.SELL, delivery) == finer)
    await desk.frame()
    await press(desk, K.Key_B, SHIFT)
    await desk.until(lambda: desk.window.ticket.header.note.text().startswith(f"{finer} is between two ticks"))
    await press(desk, K.Key_Escape)

    # To sell what somebody wants, with a baseline that is pasted.
    inside = between(desk, delivery)
    venue.flex_order(**offered(delivery, "buy", inside, 800.0))
    await desk.until(lambda: best(desk, Side.BUY, delivery) == inside)
    desk.window.docking.focus("ladder")
    await desk.frame()
    await press(desk, K.Key_S, SHIFT)
    await desk.until(lambda: desk.window.target.name == "ticket")
    await type_text(desk, "800")
    section = desk.window.flex.section
    assert "waits for its baseline" in section.words.text()
    section.edit.setFocus()
    await press(desk, K.Key_Return)
    editor = desk.window.flex.editor
    await desk.until(lambda: editor.isVisible() and editor.isActiveWindow())
    await type_text(desk, "meter-1", editor)
    steps = (delivery.end - delivery.start) // (5 * MINUTE)
    times = [utc_text(UtcNs(delivery.start + step * 5 * MINUTE)) for step in range(steps)]
    clipboard = QApplication.clipboard()
    clipboard.setText("\n".join(f"{at}\tx" for at in times))
    editor.table.setFocus()
    await press_in(editor, K.Key_V, CTRL)
    assert editor.problems.item(0).text() == "■ Row 1, value: “x” is not a number"
    await press_in(editor, K.Key_A, CTRL)
    clipboard.setText("\n".join(f"{at}\t1.25" for at in times))
    await press_in(editor, K.Key_V, CTRL)
    await press_in(editor, K.Key_Return, CTRL)
    assert not editor.isVisible()
    assert f"{steps} reading" in section.words.text()
    desk.window.activateWindow()
    await desk.until(lambda: QGuiApplication.focusWindow() is desk.window.windowHandle())
    order = await send(desk)
    assert isinstance(order.terms, FlexTerms)
    assert order.terms.baseline is not None
    assert [reading.value for reading in order.terms.baseline.readings] == [1_250_000_000] * steps
    await settled(desk)

    # Both stand with their contracts, told to the end.
    desk.window.docking.focus("contracts")
    contracts = desk.window.flex.contracts
    await desk.until(lambda: len(contracts.rows) == 4)
    assert "2 orders · 2 contracts" in contracts.footer.text()
    await press(desk, K.Key_Home)
    await press(desk, K.Key_Down)
    assert contracts.line.accessibleName().startswith("Progress: Verification done")
    assert "settlement_completed_success" in contracts.raw.toPlainText()

    # The editor stands open, and a floating widget brings another window: its order is not given this baseline.
    desk.window.flex.edit_baseline()
    await desk.until(lambda: editor.isVisible() and editor.isActiveWindow())
    desk.window.group.choose(ALL)
    await press_in(editor, K.Key_Return, CTRL)
    assert not editor.isVisible()
    assert section.baseline is None
    assert "has not taken the baseline" in desk.window.toasts.texts()[-1]

    # And back to the whole book by the palette.
    await press(desk, K.Key_K, CTRL)
    await type_text(desk, "flex all")
    await press(desk, K.Key_Return)
    assert desk.window.group.contract == ALL


async def stage_and_fill(desk: Desk, power: str) -> None:
    """A buy at the best bid of the window on the ladder, from there into the ticket, its power typed."""
    desk.window.docking.focus("ladder")
    await drawn(desk)
    await press(desk, K.Key_B)
    await desk.until(lambda: desk.window.target.name == "ticket")
    await type_text(desk, power)


@on_a_desk
async def test_a_refusal_stands_at_its_field_and_a_lost_request_is_in_doubt_until_the_trader_decides(
    desk: Desk, venue: VenueProcess
) -> None:
    await ready(desk, venue)
    await hop(desk, 3)
    ticket = desk.window.ticket

    venue.flex_faults(refuse_orders=1.0)
    await stage_and_fill(desk, "700")
    await send(desk)
    await desk.until(lambda: own(desk)[0].status is OrderStatus.REJECTED)
    await desk.until(lambda: "refused on purpose" in ticket.rows[forms.PRICE].problem)
    assert texts(desk)[forms.QUANTITY] == "700", "what was refused can be mended"
    assert "mend it and send it anew" in ticket.header.note.text()
    assert QApplication.focusWidget() is ticket.rows[forms.PRICE].entry

    # A request that arrives, and its answer is lost; and one that is lost on its way.
    venue.flex_faults(refuse_orders=0.0, lose_reply=1.0)
    arrived = len(venue.flex_truth()["arrivals"])
    await press(desk, K.Key_Escape)
    await stage_and_fill(desk, "900")
    await send(desk)
    await desk.until(lambda: len(venue.flex_truth()["arrivals"]) == arrived + 1)
    venue.flex_faults(lose_request=1.0)
    await stage_and_fill(desk, "800")
    order = await send(desk)
    assert [each.status for each in own(desk)[1:]] == [OrderStatus.PENDING] * 2
    await desk.until(lambda: [each.status for each in own(desk)[1:]] == [OrderStatus.WORKING, OrderStatus.IN_DOUBT])
    assert own(desk)[1].venue_id, "the venue's own word of it tells, once no answer can"
    desk.window.docking.focus("contracts")
    contracts = desk.window.flex.contracts
    await desk.until(lambda: any("in doubt" in contracts.grid.row_text(row) for row in range(len(contracts.rows))))
    desk.window.docking.focus("orders")
    await desk.frame()
    await outside(desk.key_to_own_order)
    assert [each.client_id for each in desk.window.orders.selected()] == [order.client_id]
    await press(desk, K.Key_D)
    question = desk.window.findChild(DoubtQuestion)
    assert isinstance(question, DoubtQuestion)
    question.radios[0].click()
    await outside(question.record.click)
    assert own(desk)[2].reason == "decided by hand: it never reached the venue"
    assert len(venue.flex_truth()["arrivals"]) == arrived + 2, "nothing is sent twice"


@on_a_desk
async def test_what_goes_wrong_with_books_and_tokens_is_seen(desk: Desk, venue: VenueProcess) -> None:
    venue.flex_faults(close_expired=True)
    await ready(desk, venue)
    delivery = await hop(desk, 3)
    book, ladder = desk.market.flex.books[NAME], desk.window.ladder

    def told(kind: str) -> bool:
        return any(each.kind == kind for each in desk.market.anomalies)

    async def next_book(**faults: object) -> None:
        """One more book, with something wrong in it."""
        before = book.revision
        venue.flex_faults(**{**CALM, **faults})
        venue.flex_order(**offered(delivery, "buy", "0.01", 5.0))
        await desk.until(lambda: book.revision > before)

    # The token ends in the middle of the session: the desk says so, and gets a new one.
    venue.flex_revoke()
    await desk.until(lambda: not desk.market.flex_standing(NAME).live)
    await desk.until(lambda: ladder.painted and not ladder.painted.condition.live)
    await desk.until(lambda: desk.market.connections[NAME].status is ConnectionStatus.LIVE)
    await desk.until(lambda: ladder.painted and ladder.painted.condition.live)

    await next_book(missing_country=1.0, text_order=True)
    await desk.until(lambda: book.countries() == [""])
    prices = [level.price for level in book.levels(Side.BUY)]
    assert prices == sorted(prices, reverse=True)
    assert ladder.filters.country_box.itemText(1) == "no country"
    await next_book(keys_disagree=1.0)
    await desk.until(lambda: told("price key"))
    made = book.created_at
    await next_book(old_book=1.0)
    await desk.until(lambda: told("older book"))
    assert made is not None
    assert book.created_at is not None
    assert book.created_at >= made
    assert ladder.painted is not None
    assert ladder.painted.condition.live

    # 20 MB: an error that is seen, and no reconnecting over and over.
    venue.flex_faults(oversized_book=True)
    venue.flex_order(**offered(delivery, "buy", "0.01", 5.0))
    await desk.until(lambda: ladder.painted and ladder.painted.plate and not ladder.painted.condition.live)
    assert ladder.painted.plate is not None
    assert "more than 16 MiB" in " ".join(ladder.painted.plate.lines)
    desk.window.docking.focus("ticket")
    await desk.until(lambda: "16 MiB" in desk.window.ticket.header.standing.whole_text)
