"""The quarter-hours of a market day and what is known of each: 92, 96 or 100 of them. No Qt."""

import enum
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from protocols.market.events import Feed
from protocols.market.instruments import ContractKey, PowerContract
from protocols.market.state import MarketState, Standing
from protocols.market.times import MINUTE, SECOND, UtcNs
from protocols.market.values import Price

QUARTER = 15 * MINUTE


class Mode(enum.Enum):
    """What the strip's colours mean."""

    POSITION = "position"
    PRICE = "price"
    STATE = "state"

    @property
    def following(self) -> "Mode":
        modes = list(Mode)
        return modes[(modes.index(self) + 1) % len(modes)]

    @property
    def feed(self) -> Feed:
        """The feed whose freshness is the strip's."""
        return _FEEDS[self]


_FEEDS = {
    Mode.POSITION: Feed.OWN_TRADES,
    Mode.PRICE: Feed.MARKET_INFORMATION,
    Mode.STATE: Feed.AREA_STATES,
}


class Slot(msgspec.Struct, frozen=True):
    """One quarter-hour of an area. `net` is what all our contracts that deliver in it come to, in 1e-9 MW; price and
    state are those of `contract`, the shortest one that delivers in it."""

    start: UtcNs
    end: UtcNs
    contract: PowerContract | None = None
    net: int = 0
    parts: tuple[tuple[PowerContract, int], ...] = ()
    price: Price | None = None
    state: str = ""
    phase: str = ""
    standing: Standing | None = None


def day_of(utc: UtcNs, zone: ZoneInfo) -> tuple[UtcNs, UtcNs]:
    """The market day around a moment, from local midnight to the next: 23, 24 or 25 hours."""
    local = datetime.fromtimestamp(utc // SECOND, zone).date()
    first = datetime.combine(local, time(), zone)
    last = datetime.combine(local + timedelta(days=1), time(), zone)
    return UtcNs(int(first.timestamp()) * SECOND), UtcNs(int(last.timestamp()) * SECOND)


def quarter_hours(day: tuple[UtcNs, UtcNs]) -> list[tuple[UtcNs, UtcNs]]:
    """The day's quarter-hours, the first at midnight."""
    start, end = day
    return [(UtcNs(at), UtcNs(at + QUARTER)) for at in range(start, end, QUARTER)]


class DayBook:
    """What `market` says of one area's day, quarter-hour by quarter-hour. `look` reads it anew."""

    def __init__(self, market: MarketState) -> None:
        self._market = market
        self._of: tuple[object, ...] = ()
        self._covering: list[list[PowerContract]] = []
        self._periods: list[tuple[UtcNs, UtcNs]] = []

    def look(self, connection: str, area: str, day: tuple[UtcNs, UtcNs], mode: Mode) -> list[Slot]:
        """The slots as they stand now."""
        wanted = (connection, area, day, self._market.contracts_revision)
        if wanted != self._of:
            self._of = wanted
            self._periods = quarter_hours(day)
            here = [each for key, each in self._market.contracts.items() if (key.connection, key.area) == wanted[:2]]
            self._covering = cover(self._periods, here)
        pairs = zip(self._periods, self._covering, strict=True)
        return [self._slot(period, contracts, mode) for period, contracts in pairs]

    def _slot(self, period: tuple[UtcNs, UtcNs], contracts: list[PowerContract], mode: Mode) -> Slot:
        market = self._market
        nets = tuple((each, net) for each in contracts if (net := market.positions.net(each.key)))
        first = contracts[0] if contracts else None
        price, state, phase = None, "", ""
        if first is not None:
            figures, area_state = market.information.get(first.key), market.area_states.get(first.key)
            price = None if figures is None else figures.last_price if figures.last_price is not None else figures.vwap
            state, phase = (area_state.state, area_state.phase) if area_state is not None else ("", "")
        standing = None if first is None else self._standing(first.key, mode)
        return Slot(*period, first, sum(net for _, net in nets), nets, price, state, phase, standing)

    def _standing(self, key: ContractKey, mode: Mode) -> Standing:
        match mode:
            case Mode.PRICE:
                return self._market.information_standing(key)
            case Mode.STATE:
                return self._market.area_state_standing(key)
            case Mode.POSITION:
                return self._market.feed_standing(mode.feed, [(key.connection, key.area)])


def cover(periods: list[tuple[UtcNs, UtcNs]], contracts: Iterable[PowerContract]) -> list[list[PowerContract]]:
    """For each period the contracts that deliver throughout it, the shortest first."""
    covering: list[list[PowerContract]] = [[] for _ in periods]
    if not periods:
        return covering
    first = periods[0][0]
    for contract in contracts:
        begin = -(-(contract.delivery_start - first) // QUARTER)
        end = (contract.delivery_end - first) // QUARTER
        for index in range(max(0, begin), min(len(periods), end)):
            covering[index].append(contract)
    for each in covering:
        each.sort(key=lambda contract: (contract.delivery_end - contract.delivery_start, contract.key))
    return covering
