"""How a desk hands orders to a connection. No Qt."""

from collections.abc import Callable
from typing import Protocol

from protocols.market.commands import Intent
from protocols.market.order_events import OrderDecided
from protocols.market.times import Instant
from protocols.session import Denied, Prepared, Session


class OrderEntry(Protocol):
    """How a connection takes orders. Whatever the session wishes and tells meanwhile is executed and applied."""

    def prepare(self, intent: Intent) -> Prepared | Denied:
        """Encodes an intent; changes nothing."""
        ...

    def commit(self, prepared: Prepared) -> None:
        """Sends it; the journal has it by now."""
        ...

    def ask(self, connection: str, client_id: str) -> str | None:
        """Asks the venue what became of an order in doubt. Why it can't, in words; None when it does."""
        ...

    def decided(self, decision: OrderDecided) -> None:
        """A person decided what became of it; the journal has it by now. Sends nothing."""
        ...


class Crank(Protocol):
    """Runs an act on a session, and drains it: `app.runner.Runner`."""

    def call(self, what: str, act: Callable[[Instant], None]) -> None: ...


class SessionOrders:
    """`OrderEntry` on a session and its runner. A session that was given up denies."""

    def __init__(self, crank: Crank, session: Session) -> None:
        self._crank = crank
        self._session = session

    def prepare(self, intent: Intent) -> Prepared | Denied:
        found: list[Prepared | Denied] = []
        self._crank.call("preparing an order", lambda now: found.append(self._session.prepare(intent, now)))
        return found[0] if found else Denied(intent, _stopped(intent.connection))

    def commit(self, prepared: Prepared) -> None:
        self._crank.call("sending an order", lambda now: self._session.commit(prepared, now))

    def ask(self, connection: str, client_id: str) -> str | None:
        found: list[str | None] = []
        self._crank.call("asking the venue", lambda now: found.append(self._session.ask(client_id, now)))
        return found[0] if found else _stopped(connection)

    def decided(self, decision: OrderDecided) -> None:
        self._crank.call("taking a decision", lambda now: self._session.decided(decision, now))


def _stopped(connection: str) -> str:
    return f"connection: {connection} stopped after an internal error"
