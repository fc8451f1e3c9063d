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
        self._since = 0.0
        self.findings: tuple[Finding, ...] = ()
        self.shown = False
        """Whether the trader sees it now."""

    def ask(self, command: PlaceOco, findings: tuple[Finding, ...], at: float) -> None:
        """`at` and all other times are monotonic seconds."""
        self._command, self.findings, self._since = command, findings, at
        self.shown = True

    def withdraw(self) -> None:
        """The pair was edited or given up: what was asked is not on the screen any more."""
        self.shown = False

    def forget(self) -> None:
        """The pair was sent."""
        self._command, self.findings, self.shown = None, (), False

    def confirms(self, command: PlaceOco, now: float) -> bool:
        """Whether sending this pair now answers the question, which was seen long enough."""
        return self.shown and command == self._command and now - self._since >= TO_READ

    def hides(self, command: PlaceOco) -> bool:
        """Whether this pair was asked about, and the question is not on the screen: it has to be put there again."""
        return not self.shown and command == self._command and self.may_be_confirmed

    @property
    def may_be_confirmed(self) -> bool:
        return bool(self.findings) and all(finding.level is Level.WARN for finding in self.findings)
