"""Which quantities changed a moment ago. Time comes in as monotonic seconds; no Qt, no timer."""

from collections.abc import Hashable, Mapping

from protocols.market.values import Price, Side

Cell = tuple[Side, Price]


class Flashes:
    """Compares each frame's quantities with the last frame's, as long as both stand on the same ground."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ground: Hashable = None
        self._quantities: Mapping[Cell, int] = {}
        self._started: dict[Cell, float] = {}

    @property
    def alight(self) -> bool:
        """Whether something flashed in the last frame, so that another has to be painted."""
        return bool(self._started)

    def forget(self) -> None:
        """The next frame is compared with nothing."""
        self._ground = None
        self._started.clear()

    def observe(self, ground: Hashable, quantities: Mapping[Cell, int], now: float) -> dict[Cell, float]:
        """Takes a frame's quantities by cell; answers how strongly each cell flashes, from 1 down to 0.

        `ground` says what the rows mean (contract, bucket): when it differs from the last frame's nothing flashes.
        A row that was out of view in the last frame does not flash either.
        """
        if ground != self._ground:
            self._started.clear()
        else:
            before = self._quantities
            for cell, quantity in quantities.items():
                if before.get(cell, quantity) != quantity:
                    self._started[cell] = now
        self._ground, self._quantities = ground, quantities
        self._started = {cell: at for cell, at in self._started.items() if now - at < self._seconds}
        return {cell: 1 - (now - at) / self._seconds for cell, at in self._started.items()}
