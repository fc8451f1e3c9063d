"""A flexibility book of 5,000 orders in 200 windows, whole, once a second, with all that looks at it on the screen."""

import time
from statistics import median
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QImage

from app.gallery.flex_market import BOOK, FLEX, SPEC
from app.resources import tokens
from protocols.glocalflex import codec
from protocols.glocalflex.books import BookReader
from protocols.market.events import ChannelChanged, Feed, Freshness
from protocols.market.flex import AREA
from protocols.market.flex_book import FlexFilter
from protocols.market.flex_events import FlexBookReplaced, FlexMarketListed
from protocols.market.instruments import FlexMarket, market_key
from protocols.market.state import MarketState
from protocols.market.times import SECOND, Instant, UtcNs
from tests.benchmarks.test_flex_book import A_TENTH, ORDERS, START, books
from widgets.flex.order_list import OrderList
from widgets.frame_clock import FrameClock
from widgets.ladder import Ladder
from widgets.link_group import LinkGroup
from widgets.theme import dress, theme_from_tokens

FRAME = 1 / 30
"""Seconds: what a book costs, from its bytes to what is painted, has to fit into a frame."""


@pytest.fixture(scope="module")
def frames() -> list[bytes]:
    return books(A_TENTH)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("looked_at", ["all windows", "one window", "list of all orders"])
def test_a_whole_book_once_a_second_leaves_the_frame_rate_as_it_is(
    qtbot: Any, qapp: Any, frames: list[bytes], looked_at: str
) -> None:
    theme = theme_from_tokens(tokens(), "dark")
    dress(qapp, theme)
    picture = QImage(600, 900, QImage.Format.Format_ARGB32_Premultiplied)
    market, group, key = MarketState(), LinkGroup(), market_key(FLEX)
    now = [0.0]
    clock = FrameClock(lambda: Instant(now[0], UtcNs(START + int(now[0] * SECOND))))
    market.apply(FlexMarketListed(FlexMarket(key, SPEC)))
    market.apply(ChannelChanged(FLEX, BOOK, Feed.ORDER_BOOKS, AREA, "", Freshness.LIVE, "", clock.now))
    ladder = Ladder(market, clock, group, theme)
    qtbot.addWidget(ladder)
    ladder.resize(600, 900)
    ladder.show()
    listed = OrderList(market, clock, group, theme, ladder)
    reader = BookReader(lambda kind, message: None)
    read: list[float] = []
    shown: list[float] = []
    for number, frame in enumerate(frames):
        begun = time.process_time()
        orders, faults = reader.book(codec.decode_message(frame))
        read.append(time.process_time() - begun)
        now[0] += 1.0
        begun = time.process_time()
        market.apply(FlexBookReplaced(BOOK, key, UtcNs(START + number * SECOND), orders, faults, clock.now))
        clock.beat()
        QCoreApplication.sendPostedEvents()
        ladder.render_to(picture)
        if listed.isVisible():
            listed.grab()
        shown.append(time.process_time() - begun)
        if number == 0:
            delivery = market.flex.books[FLEX].deliveries()[3]
            group.choose(key if looked_at != "one window" else market.flex.markets[FLEX].window(delivery).key)
            if looked_at == "list of all orders":
                listed.resize(800, 600)
                listed.show_orders(key, FlexFilter(), None)
                listed.show()
    whole = [sum(both) for both in zip(read, shown, strict=True)][2:]  # the first two bring all of it, and the list
    print(
        f"{looked_at}: read {median(read) * 1e3:.1f} ms, shown {median(shown) * 1e3:.1f} ms, "
        f"together {median(whole) * 1e3:.1f} ms on the median, {max(whole) * 1e3:.1f} ms at worst"
    )
    assert ladder.painted is not None
    assert ladder.painted.condition.live
    assert len(market.flex.books[FLEX]) == ORDERS
    assert median(whole) < FRAME
