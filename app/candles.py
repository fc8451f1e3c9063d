"""Where candles are asked for: a read, past the journal and the risk check. No Qt."""

from collections.abc import Callable

from app.order_entry import Crank
from protocols.market.intervals import CandleQuery
from protocols.session import CandleSource

AskCandles = Callable[[CandleQuery], str | None]
"""Why it can't be asked now, in words; None when it is. What comes of it is in the market."""


def no_candles(query: CandleQuery) -> str | None:
    """For a window that nobody connects."""
    return "nothing is connected"


class CandleDesk:
    """The connections that have candles, by name."""

    def __init__(self) -> None:
        self._sources: dict[str, AskCandles] = {}

    def add(self, connection: str, ask: AskCandles) -> None:
        """Questions about this connection's pairs go there from now on."""
        self._sources[connection] = ask

    def remove(self, connection: str) -> None:
        """Harmless where there was none."""
        self._sources.pop(connection, None)

    def ask(self, query: CandleQuery) -> str | None:
        source = self._sources.get(query.key.connection)
        return f"{query.key.connection} is not connected to a chart service" if source is None else source(query)


def session_candles(crank: Crank, session: CandleSource) -> AskCandles:
    """Asks a session through its runner, which executes what it wishes. A session that was given up answers nothing."""

    def ask(query: CandleQuery) -> str | None:
        found: list[str | None] = []
        crank.call("asking for candles", lambda now: found.append(session.ask_candles(query, now)))
        return found[0] if found else f"{query.key.connection} stopped after an internal error"

    return ask
