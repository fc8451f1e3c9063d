"""A market that moves between paint and act: what has changed its meaning is held and asked about, none goes wrong."""

import random

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from protocols.market.commands import PlaceOrder
from protocols.market.values import SCALE, Price, Side, fixed_text
from tests.widgets.ladder.market import AREA, LadderDesk, frame, row_at
from tests.widgets.ladder.test_mouse import spot
from tests.widgets.ladder.test_staged import Heard
from widgets.ladder import Column, Ladder

ACTS = 300
MOVES = 30
"""How many of the acts meet a market that has moved since the frame: a tenth."""

LEFT, PLAIN = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def heard(ladder: Ladder) -> Heard:
    return Heard(ladder)


def text(ticks: int) -> str:
    return fixed_text(ticks * SCALE // 100, 2)


class Market:
    """A quote, in ticks, that a test moves; three levels a side, a tick apart."""

    def __init__(self, desk: LadderDesk, seed: int) -> None:
        self._desk = desk
        self.chance = random.Random(seed)
        self.bid, self.ask = 7210, 7212
        self.tell()

    def tell(self) -> None:
        bids = {text(self.bid - level): str(self.chance.randint(1, 60)) for level in range(3)}
        asks = {text(self.ask + level): str(self.chance.randint(1, 60)) for level in range(3)}
        self._desk.levels(bids, asks)

    def move(self) -> None:
        """Through the price that was shown: bids become asks, or asks bids."""
        way = self.chance.choice((-4, 4)) if 7190 < self.bid < 7230 else (4 if self.bid <= 7190 else -4)
        self.bid, self.ask = self.bid + way, self.ask + way
        self.tell()


def test_clicks_on_what_has_changed_are_held_and_the_others_stage_what_was_shown(
    desk: LadderDesk, ladder: Ladder, heard: Heard
) -> None:
    market = Market(desk, 1)
    moving = set(market.chance.sample(range(ACTS), MOVES))
    handle, staged = ladder.windowHandle(), 0
    for act in range(ACTS):
        ladder.recentre()
        shown = frame(desk, ladder)
        side = market.chance.choice(list(Side))
        price = text(market.bid if side is Side.BUY else market.ask)
        place = spot(shown, price, Column.BID if side is Side.BUY else Column.ASK)
        held = len(heard.refused)
        if act in moving:
            market.move()  # after the paint, before the click
        else:
            market.tell()  # other quantities: the meaning stays
        QTest.mousePress(handle, LEFT, PLAIN, place)
        QTest.mouseRelease(handle, LEFT, PLAIN, place)
        if act in moving:
            assert ladder.staged is None
            assert heard.refused[held:] and "click again" in heard.refused[-1]
            continue
        assert heard.refused[held:] == []
        assert ladder.staged is not None
        assert (ladder.staged.side, fixed_text(ladder.staged.price, 2)) == (side, price)
        staged += 1
        ladder.drop_stage()
    assert (staged, len(heard.refused)) == (ACTS - MOVES, MOVES)


def test_keys_stage_the_price_on_the_screen_or_are_held(desk: LadderDesk, ladder: Ladder, heard: Heard) -> None:
    market = Market(desk, 2)
    moving = set(market.chance.sample(range(ACTS), MOVES))
    for act in range(ACTS):
        frame(desk, ladder)
        bid, ask = market.bid, market.ask
        side, take = market.chance.choice(list(Side)), market.chance.random() < 0.5
        if act in moving:
            market.move()
        else:
            market.tell()
        held = len(heard.refused)
        ladder.stage(side, take)
        if act in moving:
            assert ladder.staged is None
            assert heard.refused[held:] and "press again to stage" in heard.refused[-1]
            continue
        assert ladder.staged is not None
        assert ladder.staged.price == Price((bid if (side is Side.BUY) is not take else ask) * SCALE // 100)
        ladder.drop_stage()
    assert len(heard.refused) == MOVES


def test_what_would_trade_at_once_only_since_the_frame_is_not_handed_over(
    desk: LadderDesk, ladder: Ladder, heard: Heard
) -> None:
    """Enter means the preview beside the market as it was painted: to rest, or to trade."""
    market = Market(desk, 3)
    moving = set(market.chance.sample(range(ACTS), MOVES))
    sent = 0
    for act in range(ACTS):
        frame(desk, ladder)
        side, take = market.chance.choice(list(Side)), market.chance.random() < 0.5
        ladder.stage(side, take)
        frame(desk, ladder)
        shown, reached = ladder.staged, take
        assert shown is not None
        bid, ask = market.bid, market.ask
        if act in moving:
            market.move()
        opposite = market.ask if side is Side.BUY else market.bid
        ticks = shown.price * 100 // SCALE
        reaches = ticks >= opposite if side is Side.BUY else ticks <= opposite
        seen, command = ladder.seen, ladder.take_staged()
        if reaches is not reached:
            assert command is None
            assert heard.refused[-1].startswith(f"Not sent: it would {'trade at once' if reaches else 'rest'} now")
            assert ladder.staged == shown  # it waits, to be looked at again
            ladder.drop_stage()
            continue
        assert isinstance(command, PlaceOrder)
        assert (command.side, command.price, command.quantity) == (side, shown.price, shown.quantity)
        assert seen is not None and ladder.painted is not None
        assert seen.frame == ladder.painted.revision
        assert (bid, ask) == (market.bid, market.ask) or act in moving
        sent += 1
    assert sent + len(heard.refused) == ACTS
    assert 0 < len(heard.refused) <= MOVES


def test_a_preview_that_was_not_painted_yet_is_not_sent(desk: LadderDesk, ladder: Ladder, heard: Heard) -> None:
    desk.levels()
    frame(desk, ladder)
    ladder.stage(Side.BUY)
    assert ladder.take_staged() is None
    assert heard.refused == ["Not sent: the preview was not on the screen yet, ask again"]
    frame(desk, ladder)
    assert ladder.take_staged() is not None


def test_a_contract_that_was_not_painted_yet_is_not_traded(desk: LadderDesk, ladder: Ladder, heard: Heard) -> None:
    desk.levels()
    frame(desk, ladder)
    other = desk.contract(AREA, "elsewhere")
    desk.levels({"10": "1"}, {"11": "1"}, other)
    desk.group.choose(other)
    ladder.stage(Side.BUY)
    assert ladder.staged is None
    assert heard.refused == ["The contract is not on the screen yet: press again"]
    assert row_at(frame(desk, ladder), "10.00").meaning.holds is Side.BUY
    ladder.stage(Side.BUY)
    assert ladder.staged is not None


def test_a_market_that_closes_after_the_preview_takes_nothing(desk: LadderDesk, ladder: Ladder, heard: Heard) -> None:
    desk.levels()
    frame(desk, ladder)
    ladder.stage(Side.BUY)
    frame(desk, ladder)
    desk.state(desk.key, "Active", "Closed")
    assert ladder.take_staged() is None
    assert heard.refused == ["Not sent: the contract is closed"]
