"""The market's folds together: above all, that nothing looks fresher than what feeds it."""

from typing import Any

import msgspec
import pytest

from protocols.market.events import (
    AnomalyNoticed,
    AreaState,
    AreaStateChanged,
    BookOrder,
    BookReplaced,
    ChannelChanged,
    ConnectionChanged,
    ConnectionStatus,
    ContractLost,
    Feed,
    Freshness,
    InformationChanged,
    MarketInformation,
)
from protocols.market.instruments import ContractKey
from protocols.market.state import ANOMALIES_KEPT, MarketState, Standing
from protocols.market.times import Instant, UtcNs
from protocols.market.values import SCALE, Price, Quantity

KEY = ContractKey("EPEX M7", "DE-AMPRION", "1")
NOW = Instant(1.0, UtcNs(1))


def channel(status: Freshness, feed: Feed = Feed.ORDER_BOOKS, name: str = "books", reason: str = "") -> ChannelChanged:
    return ChannelChanged("EPEX M7", name, feed, "DE-AMPRION", "Hour", status, reason, NOW)


def whole(bid: int, ask: int) -> BookReplaced:
    orders = [BookOrder(str(price), Price(price * SCALE), Quantity(SCALE)) for price in (bid, ask)]
    return BookReplaced("books", KEY, (orders[0],), (orders[1],))


def folded(*events: Any) -> MarketState:
    market = MarketState()
    for event in events:
        market.apply(event)
    return market


def test_nothing_received_is_not_live() -> None:
    market = folded(channel(Freshness.LIVE))
    assert market.book_standing(KEY).freshness is Freshness.UNSYNCHRONISED
    assert market.area_state_standing(KEY).freshness is Freshness.UNSYNCHRONISED
    assert market.feed_standing(Feed.TRADES).freshness is Freshness.UNSYNCHRONISED


def test_a_book_of_an_unheard_of_channel_is_not_live() -> None:
    assert not folded(whole(1, 2)).book_standing(KEY).live


def dropped(feed: Feed = Feed.ORDER_BOOKS, name: str = "books") -> ChannelChanged:
    stale = channel(Freshness.STALE, feed, name, "not subscribed any more")
    return msgspec.structs.replace(stale, dropped=True)


def test_a_dropped_channel_makes_its_own_books_stale_and_no_feed() -> None:
    market = folded(channel(Freshness.LIVE), whole(1, 2), channel(Freshness.LIVE, name="others"), dropped())
    assert market.book_standing(KEY) == Standing(Freshness.STALE, "not subscribed any more")
    assert market.feed_standing(Feed.ORDER_BOOKS).live
    assert market.feed_standing(Feed.ORDER_BOOKS, [("EPEX M7", "DE-AMPRION")]).live


def test_a_feed_of_dropped_channels_alone_is_stale_until_one_is_taken_on_again() -> None:
    market = folded(channel(Freshness.LIVE), dropped())
    assert market.feed_standing(Feed.ORDER_BOOKS).freshness is Freshness.STALE
    market.apply(channel(Freshness.LIVE))
    assert market.feed_standing(Feed.ORDER_BOOKS).live


def test_a_connection_wants_a_password_until_its_next_news() -> None:
    wanting = ConnectionChanged("EPEX M7", ConnectionStatus.DOWN, "refused", NOW, wants_password=True)
    market = folded(wanting)
    assert market.connections["EPEX M7"].wants_password
    market.apply(ConnectionChanged("EPEX M7", ConnectionStatus.RESYNCHRONISING, "connecting", NOW))
    assert not market.connections["EPEX M7"].wants_password


@pytest.mark.parametrize("status", list(Freshness))
def test_a_book_is_as_fresh_as_its_channel(status: Freshness) -> None:
    market = folded(channel(status, reason="why"), whole(1, 2))
    standing = market.book_standing(KEY)
    assert standing.freshness is status
    assert standing.reason == ("" if status is Freshness.LIVE else "why")


@pytest.mark.parametrize("bid", [2, 3])
def test_a_crossed_book_is_never_live_and_an_uncrossed_one_is_again(bid: int) -> None:
    market = folded(channel(Freshness.LIVE), whole(bid, 2))
    assert market.book_standing(KEY).freshness is Freshness.UNSYNCHRONISED
    assert "crossed" in market.book_standing(KEY).reason
    market.apply(whole(1, 2))
    assert market.book_standing(KEY).live


@pytest.mark.parametrize("feed", [Feed.AREA_STATES, Feed.MARKET_INFORMATION])
def test_a_lost_row_stays_readable_and_is_not_live_until_the_next_report(feed: Feed) -> None:
    report: Any = (
        AreaStateChanged("rows", AreaState(KEY, "Active", "Continuous", None, None))
        if feed is Feed.AREA_STATES
        else InformationChanged("rows", MarketInformation(KEY))
    )
    market = folded(channel(Freshness.LIVE, feed, "rows"), report)
    rows: Any = market.area_states if feed is Feed.AREA_STATES else market.information

    def live() -> bool:
        standing = market.area_state_standing if feed is Feed.AREA_STATES else market.information_standing
        return standing(KEY).live

    assert live()
    before = rows.revision_of(KEY)
    market.apply(ContractLost("rows", feed, KEY, "gone"))
    assert not live()
    assert rows.get(KEY) is not None
    assert rows.revision_of(KEY) > before
    market.apply(report)
    assert live()


def test_a_feed_is_as_fresh_as_its_worst_channel() -> None:
    market = folded(
        channel(Freshness.LIVE, Feed.TRADES, "one"),
        channel(Freshness.STALE, Feed.TRADES, "two", "the link broke"),
        channel(Freshness.UNSYNCHRONISED, Feed.ORDER_BOOKS, "three"),
    )
    standing = market.feed_standing(Feed.TRADES)
    assert (standing.freshness, standing.reason) == (Freshness.STALE, "the link broke")
    market.apply(channel(Freshness.LIVE, Feed.TRADES, "two"))
    assert market.feed_standing(Feed.TRADES).live
    elsewhere = market.feed_standing(Feed.TRADES, [("EPEX M7", "FR-RTE")])
    assert elsewhere.freshness is Freshness.UNSYNCHRONISED


def test_every_status_moves_the_revision_that_painters_watch() -> None:
    market = MarketState()
    for status in Freshness:
        before = market.status_revision
        market.apply(channel(status))
        assert market.status_revision > before


def test_anomalies_are_bounded_and_counted() -> None:
    market = MarketState()
    for number in range(ANOMALIES_KEPT + 5):
        market.apply(AnomalyNoticed("EPEX M7", None, "kind", str(number), NOW))
    assert len(market.anomalies) == ANOMALIES_KEPT
    assert market.anomalies[-1].message == str(ANOMALIES_KEPT + 4)
    assert market.anomalies_seen == ANOMALIES_KEPT + 5
