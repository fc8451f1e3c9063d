"""The flexibility side of the practice venue as one object: GLocalFlex at the root of the venue's port. Sans-IO.

| path, with or without a slash at its end | |
| --- | --- |
| `/auth/oauth/v2/token` | tokens, by password or by renewal |
| `/api/v1/order` | a new order |
| `/api/v1/ws/trade`, `.../orderbook`, `.../ticker` | the sockets |
| `/truth/flex` | the market's own records |
| `/practice/flex/faults` | switches |
| `/practice/flex/order` | somebody else places an order |
| `/practice/flex/cancel`, `/practice/flex/revoke` | ends an order of the user's; ends all tokens |

Nothing happens until somebody asks: the market begins then, and a client that trades only power pays nothing for it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from protocols.glocalflex import messages
from protocols.market.times import Instant
from protocols.practice.glocalflex.settings import FlexSettings
from protocols.practice.replies import Answer
from protocols.practice.sockets import ClientId, Frame, HangUp, Socket

if TYPE_CHECKING:
    from protocols.practice.glocalflex.floor import Floor

_TOKEN, _ORDER = messages.TOKEN_PATH, messages.ORDER_PATH.rstrip("/")
PATHS = {
    _TOKEN: ["POST"],
    _ORDER: ["POST"],
    "/truth/flex": ["GET"],
    "/practice/flex/faults": ["GET", "POST"],
    "/practice/flex/order": ["POST"],
    "/practice/flex/cancel": ["POST"],
    "/practice/flex/revoke": ["POST"],
}
"""What is answered over HTTP, by which methods."""
ENDPOINTS = (messages.TRADE, messages.ORDERBOOK, messages.TICKER)


class Asked(msgspec.Struct, frozen=True):
    """An HTTP request, as far as it matters here."""

    method: str
    path: str
    body: bytes = b""
    content_type: str = ""
    bearer: str = ""


class Account(msgspec.Struct, frozen=True):
    """The one user, and what his tokens are signed with; their lifetime in seconds."""

    username: str
    password: str
    secret: bytes
    token_lifetime: int

    def __repr__(self) -> str:
        return f"Account(username={self.username!r})"


def path_of(path: str) -> str | None:
    """Which of `PATHS` is meant; None for none of them."""
    path = path.rstrip("/")
    return path if path in PATHS else None


class FlexVenue:
    """`sockets` take the connections of their paths, `answer` everything else. After any call: execute `outgoing()`."""

    def __init__(self, settings: FlexSettings, account: Account, seed: int, fault_seed: int) -> None:
        self._settings = settings
        self._account = account
        self._seed = seed
        self._fault_seed = fault_seed
        self._floor: Floor | None = None
        self.sockets: dict[str, Socket] = {}
        for endpoint in ENDPOINTS:
            socket = _FlexSocket(self.floor, endpoint)
            self.sockets[messages.SOCKET_PATH + endpoint] = self.sockets[f"{messages.SOCKET_PATH}{endpoint}/"] = socket

    def floor(self, now: Instant) -> "Floor":
        """The trading floor, its market advanced to `now`; it opens when first asked for."""
        if self._floor is None:
            # Imported by need: a client that trades only power does not wait for it.
            from protocols.practice.glocalflex.floor import Floor
            from protocols.practice.glocalflex.grants import Grants

            account = self._account
            grants = Grants(account.secret, account.username, account.password, account.token_lifetime)
            self._floor = Floor(self._settings, grants, self._seed, self._fault_seed, now)
        self._floor.advance(now)
        return self._floor

    def tick(self, now: Instant) -> None:
        """Advances the market and tells what happened. Every 20 to 50 ms."""
        if self._floor is not None:
            self.floor(now).gateway.tick(now)

    def outgoing(self) -> list[Frame | HangUp]:
        """Takes what is to be sent and which connections are to end, in order."""
        return [] if self._floor is None else self._floor.gateway.outgoing()

    def answer(self, asked: Asked, now: Instant) -> Answer:
        """Answers a request at one of `PATHS` by one of its methods."""
        floor, path = self.floor(now), path_of(asked.path)
        if path in (_TOKEN, _ORDER) and (busy := floor.busy()) is not None:
            return busy
        match path, asked.method:
            case "/auth/oauth/v2/token", _:
                return floor.token(asked.content_type, asked.body, now)
            case "/api/v1/order", _:
                return floor.gateway.order(asked.body, asked.bearer, now)
            case "/truth/flex", _:
                return floor.tell_truth()
            case "/practice/flex/faults", "GET":
                return floor.tell_faults()
            case "/practice/flex/faults", _:
                return floor.set_faults(asked.body)
            case "/practice/flex/order", _:
                return floor.enter(asked.body)
            case "/practice/flex/cancel", _:
                return floor.cancel(asked.body)
            case "/practice/flex/revoke", _:
                return floor.revoke(asked.body)
        raise KeyError(asked.path)


class _FlexSocket:
    """The path of one of the three streams."""

    def __init__(self, floor: Callable[[Instant], "Floor"], endpoint: str) -> None:
        self._open = floor
        self._endpoint = endpoint
        self._floor: Floor | None = None

    def connected(self, client: ClientId, bearer: str, now: Instant) -> None:
        """See `Socket`."""
        self._floor = self._open(now)
        self._floor.gateway.connected(self._endpoint, client, bearer, now)

    def disconnected(self, client: ClientId) -> None:
        """See `Socket`."""
        if self._floor is not None:
            self._floor.gateway.disconnected(client)

    def receive(self, client: ClientId, frame: bytes, now: Instant) -> None:
        """See `Socket`: there is nothing to send, and what is sent is passed over."""

    def too_slow(self, client: ClientId) -> None:
        """See `Socket`."""
        if self._floor is not None:
            self._floor.gateway.too_slow(client)
