"""What power is worth: a reference curve by hour of the day, wind, and walks that move it through the session.

These are the participants' opinions, so floats in the zone's currency per MWh; a price becomes exact when somebody
quotes it (`flow`).
"""

import random
from collections.abc import Iterable

from protocols.market.times import HOUR, MINUTE, UtcNs
from protocols.practice.contracts import Contract, Zone, local_time

_BY_HOUR = (
    *(58.0, 54.0, 51.0, 50.0, 52.0, 60.0, 78.0, 96.0),
    *(99.0, 82.0, 61.0, 47.0, 39.0, 36.0, 41.0, 55.0),
    *(76.0, 101.0, 118.0, 124.0, 108.0, 90.0, 76.0, 66.0),
)
"""Night low, morning peak, solar dip, evening peak; the price in the middle of each hour of market time."""

_RAMP = 0.55
"""How much of an hour's rise its quarter-hours show: the sawtooth."""

_BLOCK = 3 * HOUR
_BLOCKS = 16


class Fundamentals:
    """Fair values that everybody more or less agrees on. All randomness comes from the given generator, and the wind
    of a day from the seed and the day, so that a contract's worth doesn't depend on when it was asked for."""

    def __init__(self, seed: int, rng: random.Random, zones: Iterable[Zone]) -> None:
        self._seed = seed
        self._rng = rng
        self._winds: dict[int, list[float]] = {}
        self._base: dict[tuple[str, int], float] = {}
        self._common = 0.0
        self._zones = {zone.name: 0.0 for zone in zones}
        self._blocks = [0.0] * _BLOCKS

    def step(self) -> None:
        """Lets two seconds of news arrive."""
        gauss = self._rng.gauss
        self._common = 0.9995 * self._common + gauss(0.0, 0.018)
        for zone in self._zones:
            self._zones[zone] = 0.999 * self._zones[zone] + gauss(0.0, 0.012)
        block = self._rng.randrange(_BLOCKS)
        self._blocks[block] = 0.97 * self._blocks[block] + gauss(0.0, 0.08)

    def surprise(self, zone: Zone) -> None:
        """A forecast revision or an outage: one zone moves at once, its neighbours a little."""
        jump = self._rng.gauss(0.0, 0.5)
        self._zones[zone.name] += jump
        self._common += 0.3 * jump

    def fair(self, contract: Contract) -> float:
        """What a MWh of it is worth now."""
        zone = contract.zone.name
        base = self._base.get(contract.key)
        if base is None:
            base = self._base[contract.key] = self.reference(contract)
        block = (contract.delivery_start // _BLOCK) % _BLOCKS
        return base + self._common + self._zones[zone] + self._blocks[block]

    def forget(self, contract: Contract) -> None:
        self._base.pop(contract.key, None)

    def reference(self, contract: Contract) -> float:
        """What was thought of it before the session began: the same whenever it is asked for."""
        start, length = contract.delivery_start, contract.delivery_end - contract.delivery_start
        if length > HOUR:
            hours = range(start, contract.delivery_end, HOUR)
            return sum(self._within_hour(contract.zone, UtcNs(hour), HOUR) for hour in hours) / len(hours)
        return self._within_hour(contract.zone, start, length)

    def _within_hour(self, zone: Zone, start: UtcNs, length: int) -> float:
        local = local_time(zone, start)
        price = _BY_HOUR[local.hour]
        last = HOUR // length - 1
        if last:
            rise = (_BY_HOUR[(local.hour + 1) % 24] - _BY_HOUR[local.hour - 1]) / 2
            period = local.minute * MINUTE // length
            price += _RAMP * rise * (period - last / 2) / (last / 2)
        return price + zone.offset - zone.wind_share * self._wind(start)

    def _wind(self, at: UtcNs) -> float:
        """How far the wind pushes a delivery hour down, in EUR/MWh. Each UTC day has one windy stretch, strong enough
        for prices below zero in its middle."""
        day, within = divmod(at, 24 * HOUR)
        hours = self._winds.get(day)
        if hours is None:
            rng = random.Random(f"wind {self._seed} {day}")
            first, length = rng.randrange(1, 17), rng.randrange(4, 7)
            depth = max(_BY_HOUR[first : first + length + 2]) + rng.uniform(5.0, 40.0)
            hours = self._winds[day] = [0.0] * 24
            for offset in range(length):
                edge = min(offset + 1, length - offset)
                hours[first + offset] = depth * min(1.0, 0.45 * edge)
        return hours[within // HOUR]
