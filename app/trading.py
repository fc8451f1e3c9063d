"""What keys, clicks and the ticket ask of the desk: the one way from the window to `Desk.submit`.

Sending needs the desk armed; pulling does not, and is never refused for stale data. What the risk check asks about goes
only after the trader asked for the very same again.
"""

from collections.abc import Callable, Sequence

from app.arming import Arming
from app.clock import Clock
from app.desk import Desk, Step, Submission
from app.flex_search import neighbour_window
from app.hop import neighbour, neighbour_pair
from protocols.market.commands import CancelOrder, Command, Seen, SetOrderActive
from protocols.market.instruments import (
    ContractKey,
    CurrencyPair,
    FlexMarket,
    FlexWindow,
    Instrument,
    PowerContract,
)
from protocols.market.orders import Decision, Order

CONFIRM_SECONDS = 30.0
"""How long a question stays open; after it, the same order is asked about again."""
TO_READ = 0.5
"""Seconds that a question must have stood before the same again confirms it: a double click, or a key that bounces, has
read nothing."""


class DeskTrading:
    """`app.commands.Trading` on a desk. `say` tells the trader; `here` is the link group's contract and `go` sets it,
    what is staged going along."""

    def __init__(
        self,
        desk: Desk,
        arming: Arming,
        clock: Clock,
        say: Callable[[str], None],
        here: Callable[[], ContractKey | None],
        go: Callable[[ContractKey], object],
        to_read: float = TO_READ,
    ) -> None:
        self._desk = desk
        self._arming = arming
        self._clock = clock
        self._say = say
        self._here = here
        self._go = go
        self._to_read = to_read
        self._asked: tuple[Submission, float] | None = None

    @property
    def armed(self) -> bool:
        return self._arming.armed

    def arm(self) -> None:
        self._arming.arm(self._clock())

    def disarm(self) -> None:
        self._arming.disarm()

    def look(self) -> None:
        """On every tick: idleness and a machine that slept disarm."""
        self._arming.look(self._clock())

    def may_send(self) -> str | None:
        return self._arming.may_send(self._clock()) or self._desk.blocked

    def send(self, command: Command, seen: Seen | None) -> str:
        """What stands against it; empty when it was taken. What has to be confirmed is asked about, and sent when it is
        asked for again."""
        submission = self._unread(command) or self.submit(command, seen, confirms=True)
        words = ""
        if submission.step is Step.ASKS:
            words = f"Not sent yet: {submission.reason}. Send the same again to confirm"
        elif submission.step is Step.DENIED:
            words = f"Denied: {submission.reason}"
        if words:
            self._say(words)
        return words

    def submit(self, command: Command, seen: Seen | None = None, *, confirms: bool = False) -> Submission:
        """Submits. With `confirms` a command that was asked about a moment ago counts as confirmed: who calls knows
        that the question is on the screen, and was read. Refused words when disarmed."""
        why = self.may_send()
        if why is not None:
            return Submission(Step.DENIED, command, why)
        now = self._clock()
        self._arming.touched(now)
        asked, self._asked = self._asked if confirms else None, None
        confirmed = None
        if asked is not None and asked[0].command == command and now.monotonic - asked[1] < CONFIRM_SECONDS:
            confirmed = asked[0]
        submission = self._desk.submit(command, confirmed, seen)
        if submission.step is Step.ASKS:
            self._asked = (submission, now.monotonic)
        return submission

    def cancel(self, orders: Sequence[Order]) -> None:
        self._arming.touched(self._clock())
        for order in orders:
            if not order.ours or order.status.over:
                continue
            submission = self._desk.submit(CancelOrder(order.connection, order.client_id))
            if submission.step is not Step.TAKEN:
                self._say(f"Not cancelled: {submission.reason}")

    def set_active(self, order: Order, active: bool) -> None:
        """Activating puts an order into the market and needs arming; hibernating takes one out and does not."""
        if not order.ours or order.status.over:
            return
        why = (self.may_send() or self._changed_just_now(order)) if active else None
        if why is not None:
            self._say(f"Not activated: {why}")
            return
        self._arming.touched(self._clock())
        command = SetOrderActive(order.connection, order.client_id, active)
        submission = (
            (self._unread(command) or self.submit(command, confirms=True)) if active else self._desk.submit(command)
        )
        if submission.step is not Step.TAKEN:
            again = ". Ask for the same again to confirm" if submission.step is Step.ASKS else ""
            self._say(f"Not {'activated' if active else 'hibernated'}: {submission.reason}{again}")

    def ask(self, order: Order) -> None:
        why = self._desk.ask(order)
        self._say(f"The venue is asked for the orders of {order.key.area}" if why is None else f"Not asked: {why}")

    def decide(self, order: Order, decision: Decision, note: str, known: str, venue_id: str | None) -> None:
        why = self._desk.decide(order, decision, note, known, venue_id)
        if why is not None:
            self._say(f"Not decided: {why}")

    def hop(self, step: int) -> None:
        market = self._desk.market
        here = market.instrument(self._here())
        found: Instrument | None
        match here:
            case None:
                self._say("No contract to hop from")
                return
            case CurrencyPair():
                found = neighbour_pair(market.pairs.values(), here, step, self._quoted)
                none = f"No pair of {here.key.connection} comes {'after' if step > 0 else 'before'} {here.name}"
            case PowerContract():
                found = neighbour(market.contracts.values(), here, step, self._tradable)
                none = f"No {'later' if step > 0 else 'earlier'} delivery period of this product is open"
            case FlexMarket() | FlexWindow():
                found = neighbour_window(market, here, step, market.venue_now(here.key.connection, self._clock()))
                none = f"No {'later' if step > 0 else 'earlier'} delivery window of this book is open"
        if found is None:
            self._say(none)
            return
        self._arming.touched(self._clock())
        self._go(found.key)

    def _unread(self, command: Command) -> Submission | None:
        """The question about this command, where nobody can have read it yet."""
        if self._asked is None:
            return None
        submission, at = self._asked
        fresh = self._clock().monotonic - at < self._to_read
        return submission if fresh and submission.command == command else None

    def _changed_just_now(self, order: Order) -> str | None:
        """One key puts to sleep and wakes up: pressed as the venue itself hibernated the order, it meant the first."""
        now = self._clock().monotonic
        just_now = order.updated is not None and now - order.updated.monotonic < self._to_read
        return "the order changed just now: look, and ask again" if just_now else None

    def _quoted(self, pair: CurrencyPair) -> bool:
        return self._desk.market.quotes.get(pair.key) is not None

    def _tradable(self, contract: PowerContract) -> bool:
        market = self._desk.market
        venue_now = market.venue_now(contract.key.connection, self._clock())
        state = market.area_states.get(contract.key)
        return state is not None and (state.phase_end is None or state.phase_end > venue_now)
