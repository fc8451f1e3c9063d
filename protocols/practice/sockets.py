"""What a gateway and the server that carries it say to each other, whichever venue's protocol the gateway speaks."""

from typing import Protocol

import msgspec

from protocols.market.times import Instant

ClientId = int
"""One connection; the server numbers them over all gateways."""


class Frame(msgspec.Struct, frozen=True):
    """Send one text frame to a client. An event may be thrown away when its client is too slow: its gateway is told
    (`too_slow`)."""

    client: ClientId
    data: bytes
    event: bool = False


class HangUp(msgspec.Struct, frozen=True):
    """End a client's connection, with this close code (RFC 6455). Its gateway has forgotten it."""

    client: ClientId
    code: int
    reason: str


class Socket(Protocol):
    """One WebSocket path of the venue, sans-IO. After any call: execute the venue's `outgoing()`."""

    def connected(self, client: ClientId, bearer: str, now: Instant, /) -> None:
        """A handshake that carries this bearer token, or "". Raises `tokens.Unauthorised`."""

    def disconnected(self, client: ClientId, /) -> None:
        """The connection ended, however it did; harmless for one that is unknown."""

    def receive(self, client: ClientId, frame: bytes, now: Instant, /) -> None:
        """A frame came in."""

    def too_slow(self, client: ClientId, /) -> None:
        """More waits for the client than it may; the events that waited were thrown away."""
