"""Executions that belong to no order known here: kept, and shown, until an answer says whose they are."""

from collections.abc import Callable, Sequence

import msgspec

from protocols.acttrader.records import Told
from protocols.market.events import Event, Unmatched, UnmatchedChanged
from protocols.market.times import Instant
from protocols.market.values import plain_text

KEPT = 1_000
"""Executions; one more, and the oldest is given up, which `hold` says."""


class _Held(msgspec.Struct, frozen=True):
    told: Told
    at: Instant


class UnmatchedExecutions:
    """Of one connection. `tell` takes the whole list whenever it changes: after `claim`, with `claimed`."""

    def __init__(self, connection: str, tell: Callable[[Event], None]) -> None:
        self._connection = connection
        self._tell = tell
        self._held: list[_Held] = []
        self._claimed = False

    def hold(self, told: Told, at: Instant) -> bool:
        """Takes an execution; False when an older one was given up for it."""
        self._held.append(_Held(told, at))
        given_up = self._held[:-KEPT]
        self._held = self._held[-KEPT:]
        self._say(given_up)
        return not given_up

    def claim(self, venue_id: str | None, client_id: str | None) -> list[Told]:
        """Executions of an order that is known now, in the order in which they came; they are held no longer. Call
        `claimed` once they are told as that order's: until then, the journal has them as unmatched alone."""
        mine = [held for held in self._held if _is_of(held.told, venue_id, client_id)]
        if mine:
            self._held = [held for held in self._held if held not in mine]
            self._claimed = True
        return [held.told for held in mine]

    def claimed(self) -> None:
        """Whatever came of what was claimed is told."""
        if self._claimed:
            self._claimed = False
            self._say()

    def _say(self, given_up: Sequence[_Held] = ()) -> None:
        rows, gone = (tuple(_row(self._connection, held) for held in these) for these in (self._held, given_up))
        self._tell(UnmatchedChanged(self._connection, rows, gone))


def _is_of(told: Told, venue_id: str | None, client_id: str | None) -> bool:
    if told.venue_id is not None and venue_id is not None:
        return told.venue_id == venue_id
    return told.client_id is not None and told.client_id == client_id


def _row(connection: str, held: _Held) -> Unmatched:
    told = held.told
    return Unmatched(
        connection=connection,
        venue_id=told.venue_id or "",
        client_id=told.client_id or "",
        symbol=told.symbol or "",
        side="" if told.side is None else told.side.value,
        executed="" if told.executed is None else plain_text(told.executed),
        status="" if told.status is None else told.status.value,
        at=held.at,
    )
