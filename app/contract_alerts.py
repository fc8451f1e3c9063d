"""Alerts where a contract that matters to us changes its state, its trading phase or its market.

A contract matters while we have living orders in it, or a net position. What a new snapshot repeats is no change, and
what changes together is told together: a quarter-hour's boundary is one alert, not one for each area.
"""

from collections.abc import Callable, Iterable

import msgspec

from protocols.market.events import AreaState
from protocols.market.instruments import ContractKey, PowerContract
from protocols.market.state import MarketState
from protocols.market.times import Instant, UtcNs
from widgets.delivery import dated_name, time_text, zone_name, zone_of_all
from widgets.wording import plain_words

GATHERED = 1.0
"""Seconds from the first change of a kind until it is told, with all others that came meanwhile."""
REMEMBERED = 5.0
"""Seconds that a contract matters after our last order there ended: a venue ends orders and contract in any order."""
NAMED = 12
"""So many contracts of an alert are named; of more, the others are counted."""


class _Watched(msgspec.Struct):
    """A contract that matters: how it was when it was looked at last, and why it matters."""

    state: AreaState | None
    market_type: str
    orders: bool
    position: bool
    until: float | None = None
    """When our orders of it, which have all ended, are forgotten."""


class _Gathered(msgspec.Struct):
    """Contracts that changed in the same way, since `since`."""

    since: Instant
    contracts: dict[ContractKey, tuple[bool, bool]]


class ContractAlerts:
    """`alert` shows words until they are dismissed, and logs them. Call `look` with every tick."""

    def __init__(self, market: MarketState, alert: Callable[[str], None]) -> None:
        self._market = market
        self._alert = alert
        self._watched: dict[ContractKey, _Watched] = {}
        self._gathered: dict[str, _Gathered] = {}
        self._seen: tuple[int, ...] = ()

    def look(self, now: Instant) -> None:
        """Notices what changed since the last look; tells what was noticed long enough ago."""
        market = self._market
        seen = (
            market.area_states.revision,
            market.contracts_revision,
            market.blotter.revision,
            market.positions.revision,
        )
        if seen != self._seen:
            self._seen = seen
            self._notice(now)
        for change, gathered in list(self._gathered.items()):
            if now.monotonic - gathered.since.monotonic >= GATHERED:
                del self._gathered[change]
                self._alert(self._words(change, gathered))

    def _notice(self, now: Instant) -> None:
        market = self._market
        with_orders = {order.key for order in market.blotter.own_alive()}
        held = set(market.positions.held())
        for key in with_orders | held:
            watched = self._watched.get(key)
            if watched is None:
                self._watched[key] = self._watch(key, key in with_orders, key in held)
                continue
            if key in with_orders:
                watched.orders, watched.until = True, None
        for key, watched in list(self._watched.items()):
            watched.position = key in held
            if watched.orders and key not in with_orders:
                if watched.until is None:
                    watched.until = now.monotonic + REMEMBERED
                watched.orders = now.monotonic <= watched.until
            if watched.orders or watched.position:
                self._compare(key, watched, now)
            else:
                del self._watched[key]

    def _watch(self, key: ContractKey, orders: bool, position: bool) -> _Watched:
        contract = self._market.contracts.get(key)
        market_type = "" if contract is None else contract.market_type
        return _Watched(self._market.area_states.get(key), market_type, orders, position)

    def _compare(self, key: ContractKey, watched: _Watched, now: Instant) -> None:
        state, contract = self._market.area_states.get(key), self._market.contracts.get(key)
        if contract is not None and contract.market_type != watched.market_type:
            if watched.market_type and contract.market_type:
                self._gather(f"turned {plain_words(contract.market_type)}", key, watched, now)
            watched.market_type = contract.market_type
        if state is not None and state != watched.state:
            change = change_of(watched.state, state)
            if change:
                self._gather(change, key, watched, now)
            watched.state = state

    def _gather(self, change: str, key: ContractKey, watched: _Watched, now: Instant) -> None:
        gathered = self._gathered.setdefault(change, _Gathered(now, {}))
        gathered.contracts[key] = (watched.orders, watched.position)

    def _words(self, change: str, gathered: _Gathered) -> str:
        """`3 contracts with own orders closed at 12:55:00 CET: 13Q1, 13Q2 DE-AMPRION; 13Q1 FR-RTE`."""
        listed = self._market.contracts
        found = sorted(
            (listed[key] for key in gathered.contracts if key in listed),
            key=lambda contract: (contract.key.connection, contract.area, contract.delivery_start, contract.name),
        )
        zone = zone_of_all(contract.area for contract in found)
        venue_now = self._market.venue_now(found[0].key.connection, gathered.since) if found else gathered.since.utc
        at = f"at {time_text(venue_now, zone)} {zone_name(venue_now, zone)}"
        whose = _whose(gathered.contracts.values())
        count = len(gathered.contracts)
        subject = f"A contract with {whose}" if count == 1 else f"{count} contracts with {whose}"
        return f"{subject} {change} {at}: {_names(found, venue_now)}"


def change_of(before: AreaState | None, after: AreaState) -> str:
    """What became of a contract, as a verb; empty where that is nothing to be told of."""
    if before is None or (before.state, before.phase) == (after.state, after.phase):
        return ""
    if after.open:
        return "opened"
    if _over(after):
        return "" if _over(before) else "closed"
    words = {"Hibernated": "hibernated", "Frozen": "froze", "Standby": "went to standby"}
    if after.state != before.state and after.state in words:
        return words[after.state]
    return f"changed to {plain_words(' '.join(filter(None, (after.state, after.phase))))}"


def _over(state: AreaState) -> bool:
    return state.state == "Inactive" or state.phase == "Closed"


def _whose(matters: Iterable[tuple[bool, bool]]) -> str:
    """Why they matter: own orders, a position, or the one or the other."""
    kinds = list(matters)
    if all(orders for orders, _ in kinds):
        return "own orders"
    return "own orders or a position" if any(orders for orders, _ in kinds) else "a net position"


def _names(contracts: list[PowerContract], now: UtcNs) -> str:
    """`13Q1, 13Q2 DE-AMPRION; 13Q1 Sun 22 FR-RTE`, in order; what is too much is counted."""
    by_area: dict[tuple[str, str], list[str]] = {}
    for contract in contracts[:NAMED]:
        by_area.setdefault((contract.key.connection, contract.area), []).append(dated_name(contract, now))
    several = len({connection for connection, _ in by_area}) > 1
    words = [
        f"{', '.join(names)} {area}{f' ({connection})' if several else ''}"
        for (connection, area), names in by_area.items()
    ]
    more = len(contracts) - NAMED
    return "; ".join([*words, f"{more} more"] if more > 0 else words)
