"""Hopping from delivery period to delivery period, and from pair to pair."""

from collections.abc import Callable, Iterable

from protocols.market.instruments import CurrencyPair, PowerContract


def neighbour(
    contracts: Iterable[PowerContract],
    here: PowerContract,
    step: int,
    tradable: Callable[[PowerContract], bool] = lambda contract: True,
) -> PowerContract | None:
    """The next (`step` 1) or previous (-1) contract by delivery start, in the same area, product and market.

    Those that are not `tradable` are hopped over; None at the end of the row. `here` itself need not be among the
    contracts, nor tradable. Starts are instants, so the days of 23 and 25 hours need no care.
    """
    kind = _kind(here)
    row = [
        contract
        for contract in contracts
        if _kind(contract) == kind and (contract.delivery_start - here.delivery_start) * step > 0 and tradable(contract)
    ]
    # Of two that start together (a venue that lists one twice) always the same one.
    return min(
        row, key=lambda contract: (abs(contract.delivery_start - here.delivery_start), contract.key), default=None
    )


def neighbour_pair(
    pairs: Iterable[CurrencyPair],
    here: CurrencyPair,
    step: int,
    quoted: Callable[[CurrencyPair], bool] = lambda pair: True,
) -> CurrencyPair | None:
    """The next (`step` 1) or previous (-1) pair of the same connection, in the order in which it lists them; None at
    the end, and where `here` is not among them. A venue lists more than is subscribed to: what was never `quoted` is
    hopped over, unless that is so of `here` as well."""
    everything = not quoted(here)
    row = [
        pair
        for pair in pairs
        if pair.key.connection == here.key.connection and (everything or pair.key == here.key or quoted(pair))
    ]
    place = next((place for place, pair in enumerate(row) if pair.key == here.key), None)
    if place is None or not 0 <= place + step < len(row):
        return None
    return row[place + step]


def _kind(contract: PowerContract) -> tuple[str, str, str, str]:
    return contract.key.connection, contract.area, contract.product, contract.market_type
