"""Everything about the practice venue that can be chosen."""

import msgspec

from protocols.market.times import UtcNs
from protocols.practice.acttrader.settings import FxSettings
from protocols.practice.drills import FASTEST
from protocols.practice.faults import NO_FAULTS, Faults
from protocols.practice.glocalflex.settings import FlexSettings


class PracticeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Defaults are a calm venue on loopback."""

    host: str = "127.0.0.1"
    port: int = 0
    """0 takes a free one; `serve` tells which."""
    tls_certificate: str | None = None
    """Path of a PEM certificate chain; with `tls_key` it turns TLS on."""
    tls_key: str | None = None
    username: str = "trader"
    password: str = "practice"
    contract_code: str = "EZ4a26927fea"
    """The customer's contract code in every channel's name."""
    token_lifetime: int = 3600
    """Seconds."""
    seed: int = 1
    """What the market does follows from this and its start alone."""
    start: UtcNs | None = None
    """Virtual time at which the market starts; None takes the clock's at building. Other markets start when they
    are first asked for, or once the venue listens."""
    rate: float = 150.0
    """Book changes per second, on average, summed over all areas of a scope."""
    fast_events: int = FASTEST
    """Events per second of the channel `test:fast_events`."""
    colleagues: bool = True
    """Whether colleagues of the user's trade, too: a few orders in each area, reported on his private channels."""
    faults: Faults = NO_FAULTS
    fault_seed: int = 1
    ahead: bool = False
    """Opens every market as soon as the venue listens, instead of when it is first asked for."""
    tick: float = 0.025
    """Seconds between two looks at the clock."""
    queue_bytes: int = 32 * 1024 * 1024
    """What may wait for one client. Over it all its channels are unsubscribed, and their events thrown away."""
    slow_after: float = 10.0
    """Seconds that a client may take none of what waits for it; then its connection is closed (1008)."""
    compression: bool = False
    """Offers permessage-deflate."""
    fx: FxSettings = FxSettings()
    flex: FlexSettings = FlexSettings()

    def __repr__(self) -> str:
        return f"PracticeSettings(host={self.host!r}, port={self.port}, seed={self.seed}, rate={self.rate})"
