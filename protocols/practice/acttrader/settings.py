"""Everything about the FX venue that can be chosen; its seed is the practice venue's."""

import msgspec

from protocols.practice.acttrader.faults import NO_FX_FAULTS, FxFaults


class FxSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Defaults are a calm venue that asks for no token."""

    login: str = "700100"
    """The account's: a number in the later dialect, the same as text in the seed's."""
    token: str | None = None
    """What handshakes of the order path must carry as a bearer; None lets everybody in."""
    rate: float = 1.0
    """Multiplies how often pairs are quoted."""
    faults: FxFaults = NO_FX_FAULTS

    def __repr__(self) -> str:
        return f"FxSettings(login={self.login!r}, rate={self.rate})"
