"""The contract that a desk looks at before anyone chose one, where there is flexibility."""

import pytest

from app.first_contract import FirstContract
from app.gallery.flex_market import FLEX, FlexDay
from app.gallery.market import Exhibit
from protocols.market.events import ConnectionStatus, Feed, Freshness
from protocols.market.instruments import ContractKey, market_key
from widgets.link_group import LinkGroup

ALL = market_key(FLEX)


class Looking:
    """A market with a book of flexibility, looked at every second as a window does."""

    def __init__(self) -> None:
        self.exhibit = Exhibit()
        self.group = LinkGroup()
        self.first = FirstContract(self.exhibit.market, self.group)
        self.flex = FlexDay(self.exhibit)

    def look(self) -> ContractKey | None:
        self.exhibit.beat(1.0)
        self.first.look(self.exhibit.clock.now)
        return self.group.contract


@pytest.fixture
def desk(qapp) -> Looking:
    return Looking()


def test_a_desk_with_flexibility_alone_looks_at_the_whole_book(desk: Looking) -> None:
    assert desk.look() == ALL


def test_a_book_that_is_not_live_is_not_looked_at_first(desk: Looking) -> None:
    desk.flex.channels(Freshness.STALE, "no pong")
    assert desk.look() is None
    desk.flex.channels(Freshness.LIVE)
    assert desk.look() == ALL


@pytest.mark.parametrize(
    ("status", "feed", "waits"),
    [
        (ConnectionStatus.RESYNCHRONISING, None, True),
        (ConnectionStatus.DOWN, None, True),
        (ConnectionStatus.LIVE, Feed.ORDER_BOOKS, True),
        (ConnectionStatus.OFF, None, False),
        (ConnectionStatus.LIVE, Feed.QUOTES, False),
    ],
)
def test_flexibility_waits_for_power_where_some_may_come(
    desk: Looking, status: ConnectionStatus, feed: Feed | None, waits: bool
) -> None:
    desk.exhibit.connection(status)
    if feed is not None:
        desk.exhibit.channel(feed)
    assert desk.look() == (None if waits else ALL)


def test_power_goes_before_flexibility(desk: Looking) -> None:
    desk.exhibit.fill()
    found = desk.look()
    assert found is not None
    assert found in desk.exhibit.keys


def test_what_somebody_chose_stays(desk: Looking) -> None:
    desk.group.choose(desk.flex.window(2))
    assert desk.look() == desk.flex.window(2)
