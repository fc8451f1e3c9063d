"""Watches pairs of which one leg cancels the other, and raises the alarm when a pair does not behave as one.

The venue links the legs, not we: what protects the trader is that nothing odd about a pair goes unnoticed.
"""

from collections.abc import Callable

from protocols.acttrader import messages
from protocols.acttrader.ledger import Known, Ledger
from protocols.acttrader.records import Status
from protocols.market.commands import leg_id, pair_of
from protocols.market.times import Instant

ALARM = "OCO alarm"
BROTHER_SECONDS = 5.0
"""How long a leg may live on after the other one was executed."""


class PairWatch:
    """`alarm` takes the words; `ask` wants an order asked about, now."""

    def __init__(self, ledger: Ledger, alarm: Callable[[str], None], ask: Callable[[str], None]) -> None:
        self._ledger = ledger
        self._alarm = alarm
        self._ask = ask
        self._raised: set[tuple[str, str]] = set()
        self._since: dict[str, float] = {}

    def missing(self, pair: str, number: int) -> None:
        """The venue's answer to a pair's placement says nothing of one leg."""
        self._raise(pair, f"leg {number} missing", f"the venue's answer says nothing of leg {number}")

    def look(self, known: Known, now: Instant) -> None:
        """After every change of an order."""
        pair = pair_of(known.client_id)
        legs = None if pair is None or not known.ours else self._legs(pair)
        if pair is None or legs is None:
            return
        one, other = legs
        if one.executed and other.executed:
            self._raise(pair, "both", "both legs were executed")
            return
        if not _halved(one, other):
            self._since.pop(pair, None)
        elif _refused(one) or _refused(other):
            self._raise(pair, "alone", _words(one, other))
        else:
            # One was executed, or cancelled for the other's execution: the news of the other may be on its way.
            self._since.setdefault(pair, now.monotonic)

    def tick(self, now: Instant) -> None:
        """What one leg's news promised of the other has to follow soon."""
        for pair, since in list(self._since.items()):
            legs = self._legs(pair)
            if legs is None or now.monotonic - since < BROTHER_SECONDS:
                continue
            del self._since[pair]
            self._raise(pair, "lives on", _words(*legs))
            for leg in legs:
                if leg.alive:
                    self._ask(leg.client_id)

    def _legs(self, pair: str) -> tuple[Known, Known] | None:
        one, other = (self._ledger.get(leg_id(pair, number)) for number in (1, 2))
        return None if one is None or other is None else (one, other)

    def _raise(self, pair: str, kind: str, words: str) -> None:
        if (pair, kind) not in self._raised:
            self._raised.add((pair, kind))
            self._alarm(f"pair {pair}: {words}")


def _name(leg: Known) -> str:
    return f"leg {leg.client_id[-1]} ({leg.terms.type})"


def _halved(one: Known, other: Known) -> bool:
    """Whether exactly one leg is still at the venue, or one that lives is executed in part beside a living one."""
    if one.alive and other.alive:
        return bool(one.executed or other.executed)
    return (one.alive and other.over) or (one.over and other.alive)


def _refused(leg: Known) -> bool:
    """Whether a leg ended for a reason of its own, which says nothing of its brother. A user who pulls one mostly pulls
    both, in two messages: the other's is waited for."""
    if not leg.over or leg.executed:
        return False
    return leg.status is Status.REJECTED or leg.reason not in ("", messages.OCO_CONDITION, messages.USER)


def _words(one: Known, other: Known) -> str:
    gone, left = (one, other) if one.over else (other, one)
    if gone.executed:
        return f"{_name(gone)} was executed and {_name(left)} lives on"
    return f"{_name(gone)} is over ({_why(gone)}) and {_name(left)} lives on alone"


def _why(leg: Known) -> str:
    status = "" if leg.status is None else leg.status.value
    return f"{status} {leg.reason}".strip()
