"""The FX side of the practice venue as one object: four WebSocket paths and its HTTP answers. Sans-IO.

| path | |
| --- | --- |
| `/acttrader/orders` | orders, later dialect |
| `/acttrader/seed/orders` | orders of the same account, seed dialect |
| `/acttrader/chart`, `/acttrader/chart/ws` | tickers |
| `/acttrader/chart/symbols`, `/acttrader/chart/candles` | the chart service's REST |
| `/truth/fx` | the account's own records |
| `/practice/fx/faults`, `/practice/fx/move` | switches; makes the market quote a price |

Nothing happens until somebody asks: the market begins then, and a client that trades only power pays nothing for it.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from protocols.market.times import Instant
from protocols.practice.acttrader.settings import FxSettings
from protocols.practice.sockets import ClientId, Frame, HangUp, Socket

if TYPE_CHECKING:
    from protocols.practice.acttrader.chart_gateway import ChartGateway
    from protocols.practice.acttrader.floor import Floor
    from protocols.practice.acttrader.order_gateway import OrderGateway

PATHS = {
    "/acttrader/chart/symbols": ["GET"],
    "/acttrader/chart/candles": ["GET"],
    "/truth/fx": ["GET"],
    "/practice/fx/faults": ["GET", "POST"],
    "/practice/fx/move": ["POST"],
}
"""What is answered over HTTP, by which methods."""


class FxVenue:
    """`sockets` take the frames of their paths, `answer` everything else. After any call: execute `outgoing()`."""

    def __init__(self, settings: FxSettings, seed: int, fault_seed: int) -> None:
        self._settings = settings
        self._seed = seed
        self._fault_seed = fault_seed
        self._floor: Floor | None = None
        chart = _ChartSocket(self.floor)
        self.sockets: dict[str, Socket] = {
            "/acttrader/orders": _OrderSocket(self.floor, "later"),
            "/acttrader/seed/orders": _OrderSocket(self.floor, "seed"),
            "/acttrader/chart": chart,
            "/acttrader/chart/ws": chart,
        }

    def floor(self, now: Instant) -> "Floor":
        """The trading floor, its market advanced to `now`; it opens when first asked for."""
        if self._floor is None:
            # Imported by need: a client that trades only power does not wait for it.
            from protocols.practice.acttrader.floor import Floor

            self._floor = Floor(self._settings, self._seed, self._fault_seed, now)
        self._floor.advance(now)
        return self._floor

    def tick(self, now: Instant) -> None:
        """Advances the market and tells what happened. Every 20 to 50 ms."""
        if self._floor is not None:
            self.floor(now).orders.tick(now)

    def outgoing(self) -> list[Frame | HangUp]:
        """Takes what is to be sent and which connections are to end, in order."""
        if self._floor is None:
            return []
        return self._floor.orders.outgoing() + self._floor.chart.outgoing()

    def answer(self, method: str, path: str, query: Mapping[str, str], body: bytes, now: Instant) -> tuple[int, bytes]:
        """Answers one of `PATHS`: HTTP status and JSON body."""
        return self.floor(now).answer(method, path, query, body)


class _OrderSocket:
    """The order path of one dialect."""

    def __init__(self, floor: Callable[[Instant], "Floor"], dialect: str) -> None:
        self._open = floor
        self._dialect = dialect
        self._orders: OrderGateway | None = None

    def connected(self, client: ClientId, bearer: str, now: Instant) -> None:
        """See `Socket`."""
        self._orders = self._open(now).orders
        self._orders.connected(client, self._dialect, bearer)

    def disconnected(self, client: ClientId) -> None:
        """See `Socket`."""
        if self._orders is not None:
            self._orders.disconnected(client)

    def receive(self, client: ClientId, frame: bytes, now: Instant) -> None:
        """See `Socket`."""
        self._open(now).orders.receive(client, frame, now)

    def too_slow(self, client: ClientId) -> None:
        """See `Socket`."""
        if self._orders is not None:
            self._orders.too_slow(client)


class _ChartSocket:
    """The chart service's path."""

    def __init__(self, floor: Callable[[Instant], "Floor"]) -> None:
        self._open = floor
        self._chart: ChartGateway | None = None

    def connected(self, client: ClientId, bearer: str, now: Instant) -> None:
        """See `Socket`: everybody is let in."""
        self._chart = self._open(now).chart
        self._chart.connected(client)

    def disconnected(self, client: ClientId) -> None:
        """See `Socket`."""
        if self._chart is not None:
            self._chart.disconnected(client)

    def receive(self, client: ClientId, frame: bytes, now: Instant) -> None:
        """See `Socket`."""
        self._open(now).chart.receive(client, frame)

    def too_slow(self, client: ClientId) -> None:
        """See `Socket`."""
        if self._chart is not None:
            self._chart.too_slow(client)
