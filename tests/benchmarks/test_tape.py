"""The tape at its capacity of a million trades: a key in its filter, a frame of new trades, and what is forgotten."""

import random
import time
from collections.abc import Callable

import pytest

from protocols.market.events import Trade, TradePrinted, TradeState
from protocols.market.instruments import ContractKey, InstrumentSpec, PowerContract
from protocols.market.tape import CAPACITY, Tape
from protocols.market.times import MINUTE, SECOND, UtcNs
from protocols.market.values import SCALE, Price, Quantity
from widgets.tape.filter import filter_from_text
from widgets.tape.rows import TapeRows

AREAS, PERIODS = 20, 150
KEY_BUDGET = 0.050
"""Seconds of the processor that a key in the filter may take."""
FRAME_BUDGET = 0.015
"""Seconds of the processor for the new trades of a frame, folded and shown, the forgotten ones included."""
FRAMES, PER_FRAME = 200, 50
KEYS = ("1", "15", "15q", "15q4", "area-1", "area-1 >10", ">10", ">=0.1", "10..50", "own", "recalled", "")


class Full:
    """A full tape of seeded trades over many areas and periods, a tenth of them across areas."""

    def __init__(self) -> None:
        self._random = random.Random(1)
        spec = InstrumentSpec(Price(SCALE // 100), Quantity(SCALE // 10), 2, 1, "EUR/MWh", "MW")
        self._keys = [
            [ContractKey("EPEX M7", f"AREA-{area}", f"{area}/{period}") for period in range(PERIODS)]
            for area in range(AREAS)
        ]
        contracts = {
            key: PowerContract(
                key,
                None,
                f"{period}Q",
                "QuarterHour",
                "Local",
                UtcNs(0),
                UtcNs((15 + 15 * (period % 2)) * MINUTE),
                spec,
            )
            for keys in self._keys
            for period, key in enumerate(keys)
        }
        self.tape = Tape()
        self._told = 0
        for _ in range(CAPACITY):
            self.tell()
        self.rows = TapeRows(self.tape, contracts)
        while self.rows.behind:
            self.rows.advance()

    def tell(self) -> None:
        """One more; every other one is executed together with the one before."""
        chance, number = self._random, self._told
        self._told += 1
        area, period = chance.randrange(AREAS), chance.randrange(PERIODS)
        seller = chance.choice((area, area, area, area, 0))
        trade = Trade(
            "EPEX M7", str(number), 1, Price(chance.randrange(-100, 9000) * SCALE // 100),
            Quantity(chance.randrange(1, 500) * SCALE // 10), TradeState.ACTIVE, "", UtcNs(number // 2 * SECOND),
            self._keys[area][period], self._keys[seller][period],
        )  # fmt: skip
        self.tape.apply(TradePrinted("trades", trade))


@pytest.fixture(scope="module")
def full() -> Full:
    return Full()


def seconds(act: Callable[[], object]) -> float:
    """Of this processor: other programs don't count."""
    begun = time.process_time()
    act()
    return time.process_time() - begun


@pytest.mark.parametrize("merged", [False, True], ids=["each", "merged"])
def test_a_key_in_the_filter(full: Full, merged: bool) -> None:
    full.rows.choose(filter_from_text("numpy is imported"), False, None, merged)
    taken = {}
    for text in KEYS:
        chosen = filter_from_text(text)
        taken[text] = sorted(seconds(lambda c=chosen: full.rows.choose(c, False, None, merged)) for _ in range(5))[2]
    print(" ".join(f"{text!r}: {1000 * each:.0f} ms" for text, each in taken.items()))
    assert max(taken.values()) < KEY_BUDGET, taken


@pytest.mark.parametrize("text", ["", ">10"], ids=["all", "filtered"])
def test_a_frame_of_new_trades_and_forgotten_ones(full: Full, text: str) -> None:
    full.rows.choose(filter_from_text(text), False, None, bool(text))

    def frame() -> None:
        for _ in range(PER_FRAME):
            full.tell()
        full.rows.advance()

    first = full.tape.first
    taken = sorted(seconds(frame) for _ in range(FRAMES))
    print(f"median {1000 * taken[FRAMES // 2]:.1f} ms, worst {1000 * taken[-1]:.1f} ms")
    assert full.tape.first > first + FRAMES
    assert taken[-1] < FRAME_BUDGET
