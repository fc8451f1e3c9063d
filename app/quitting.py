"""Whether the window may close: what stays at the venues is said before, once.

It is asked where the trader is, in the bar of notices, and not in a dialog: a dialog would take the keys, and who
closed by a slip beside `Ctrl+B` goes on trading.
"""

from collections import Counter
from collections.abc import Callable, Iterable

from app.commands import Trading
from app.trading import CONFIRM_SECONDS, TO_READ
from protocols.market.orders import Order, OrderStatus
from protocols.market.state import MarketState
from widgets.frame_clock import FrameClock
from widgets.notice_line import Offer
from widgets.notices import NoticeBar

_KEY = "quit"


class Quitting:
    """Asked by the window's every way to close; `at_once` for who ends the terminal from outside.

    `practice` is whether the venue ends with the desk, `keys` how the keys that quit are written, and `close` closes
    the window.
    """

    def __init__(
        self,
        market: MarketState,
        trading: Trading,
        clock: FrameClock,
        notices: NoticeBar,
        *,
        practice: bool,
        keys: Callable[[], str],
        close: Callable[[], object],
    ) -> None:
        self._market = market
        self._trading = trading
        self._clock = clock
        self._notices = notices
        self._practice = practice
        self._keys = keys
        self._close = close
        self._seen_since: float | None = None
        """When the first frame showed the question."""
        self._attended = True
        self.asking = False
        clock.pulse.connect(self._watch)

    def may_close(self) -> bool:
        """Whether nothing has to be said, or was said and read. Asks otherwise."""
        words = self._words() if self._attended else ""
        if not words:
            return True
        if self.asking:
            return self._seen_since is not None and self._clock.now.monotonic - self._seen_since >= TO_READ
        self.asking, self._seen_since = True, None
        self._ask(words)
        return False

    def at_once(self) -> None:
        """Nobody is there to be asked: from now on the window just closes."""
        self._attended = self.asking = False

    def stay(self) -> None:
        """The trader goes on."""
        self.asking = False
        self._notices.resolve(_KEY)

    def _watch(self) -> None:
        """Keeps the question true: it was answered by what happened, or too long ago, or other orders are there now."""
        if not self.asking:
            return
        now = self._clock.now.monotonic
        if self._seen_since is None:
            self._seen_since = now
        words = self._words()
        if words and now - self._seen_since < CONFIRM_SECONDS:
            self._ask(words)
        else:
            self.stay()

    def _ask(self, words: str) -> None:
        keys = f" ({self._keys()})" if self._keys() else ""
        offer = Offer("Quit", "Quit; what is at the venues stays there", self._close)
        self._notices.ask(_KEY, f"Quit? {words}. The same again{keys} quits", offer, self.stay)

    def _words(self) -> str:
        """What is left behind; empty when there is nothing to say."""
        alive = self._market.blotter.own_alive()
        acting = any(order.status is not OrderStatus.HIBERNATED for order in alive)
        if not acting and not self._trading.armed:
            return ""
        said = [left_behind(alive, self._practice)] if alive else []
        return ". ".join([*said, "The desk is armed"] if self._trading.armed else said)


def left_behind(orders: Iterable[Order], practice: bool) -> str:
    """`3 own orders stay at their venues and are not cancelled (EPEX M7: 2 working, 1 in doubt)`."""
    counts: dict[str, Counter[str]] = {}
    for order in orders:
        counts.setdefault(order.connection, Counter())[order.status.value] += 1
    total = sum(count.total() for count in counts.values())
    venues = "; ".join(
        f"{connection}: {', '.join(f'{number} {status}' for status, number in sorted(count.items()))}"
        for connection, count in sorted(counts.items())
    )
    if practice:
        what = "own order ends" if total == 1 else "own orders end"
        return f"{total} {what} with the practice venue ({venues})"
    if total == 1:
        return f"1 own order stays at its venue and is not cancelled ({venues})"
    return f"{total} own orders stay at their venues and are not cancelled ({venues})"
