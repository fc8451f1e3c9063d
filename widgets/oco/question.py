"""What was asked about a pair before it may be sent, and whether that can have been read. No Qt."""

from protocols.market.commands import PlaceOco
from widgets.ticket.findings import Finding, Level

TO_READ = 0.5
"""Seconds that a question must have stood before the same key confirms it: a key that bounces has read nothing."""


class Question:
    """The findings that stand against one pair. Any edit takes them off the screen; the very same pair gets them back:
    who is asked for it again must not think that it was agreed to.
    """

    def __init__(self) -> None:
        self._command: PlaceOco | None = None
        self._since: float | None = None
        self._to_confirm: tuple[PlaceOco, tuple[Finding, ...]] | None = None
        self.findings: tuple[Finding, ...] = ()
        self.shown = False
        """Whether the trader sees it now."""

    def ask(self, command: PlaceOco, findings: tuple[Finding, ...]) -> None:
        """It is on the screen with the next frame."""
        self._command, self.findings, self._since = command, findings, None
        self.shown = True
        if self.may_be_confirmed:
            self._to_confirm = (command, findings)

    def painted(self, now: float) -> None:
        """A frame, at this monotonic second: what is asked can be read from the first one on."""
        if self._since is None:
            self._since = now

    def withdraw(self) -> None:
        """The pair was edited or given up: what was asked is not on the screen any more."""
        self.shown = False

    def forget(self) -> None:
        """The pair was sent."""
        self._command, self._to_confirm, self.findings, self.shown = None, None, (), False

    def confirms(self, command: PlaceOco, now: float) -> bool:
        """Whether sending this pair now answers the question, which was seen long enough."""
        stood = 0.0 if self._since is None else now - self._since
        return self.shown and command == self._command and stood >= TO_READ

    def hidden(self, command: PlaceOco) -> tuple[Finding, ...]:
        """What this pair was asked about and is not on the screen now, be it that something else is: it has to be put
        there again before it may be confirmed. Empty for nothing."""
        if self._to_confirm is None or self._to_confirm[0] != command or (self.shown and self.may_be_confirmed):
            return ()
        return self._to_confirm[1]

    @property
    def may_be_confirmed(self) -> bool:
        return bool(self.findings) and all(finding.level is Level.WARN for finding in self.findings)
