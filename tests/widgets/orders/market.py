"""A desk whose orders are placed and reported by hand."""

import itertools

from protocols.market.commands import Command, Intent, PlaceOrder, PowerTerms
from protocols.market.instruments import ContractKey
from protocols.market.order_events import OrderIntended, OrderReported
from protocols.market.orders import OrderReport, VenueState, Verdict
from protocols.market.state import MarketState
from protocols.market.times import HOUR, UtcNs
from protocols.market.values import Side
from tests.widgets.desk import M7, NOON, Desk, price, quantity

A, B = "DE-AMPRION", "DE-TENNET"


class OrderDesk(Desk):
    """A desk with two contracts, whose orders are placed and reported by hand."""

    def __init__(self) -> None:
        super().__init__(A, B)
        self.own: set[str] = set()
        # The fold asks by client identifier; ours are those that `place` made.
        connected = dict(self.market.channels)
        self.market = MarketState(lambda client_id: client_id in self.own)
        self.market.channels.update(connected)
        self._numbers = itertools.count(1)
        self.one = self.contract(A, "15Q4", UtcNs(NOON + 3 * HOUR))
        self.other = self.contract(B, "16Q1", UtcNs(NOON + 4 * HOUR))

    def intent(self, client_id: str, command: Command) -> Intent:
        return Intent(f"i{next(self._numbers)}", client_id, command, self.clock.now)

    def place(
        self, key: ContractKey | None = None, side: Side = Side.BUY, much: str = "10", at: str = "38.40",
        terms: PowerTerms | None = None,
    ) -> Intent:  # fmt: skip
        client_id = f"c{next(self._numbers):03}"
        self.own.add(client_id)
        order = PlaceOrder(key or self.one, side, quantity(much), price(at), terms or PowerTerms())
        intent = self.intent(client_id, order)
        self.market.apply(OrderIntended(intent))
        return intent

    def report(
        self, client_id: str, key: ContractKey | None = None, side: Side = Side.BUY, much: str = "10",
        at: str = "38.40", left: str | None = None, state: VenueState | None = VenueState.ACTIVE,
        verdict: Verdict = Verdict.NONE, revision: int = 1, said: str = "Active/AddedByUser", reason: str = "",
        venue_id: str | None = None, entered: UtcNs | None = None,
    ) -> None:  # fmt: skip
        told = OrderReport(
            M7, client_id, (venue_id or f"v{client_id}") if state else None, revision if state else None,
            key or self.one, side, price(at), quantity(much if left is None else left), quantity(much), state, verdict,
            said, PowerTerms(), True, reason, entered=entered,
        )  # fmt: skip
        self.market.apply(OrderReported("orders", told, False, self.clock.now))

    def working(
        self, key: ContractKey | None = None, side: Side = Side.BUY, much: str = "10", at: str = "38.40"
    ) -> str:
        client_id = self.place(key, side, much, at).client_id
        self.report(client_id, key, side, much, at)
        return client_id

    def colleague(self, key: ContractKey | None = None) -> str:
        client_id = f"x{next(self._numbers):03}"
        self.report(client_id, key, entered=self.clock.now.utc)
        return client_id

    def ask(self, client_id: str, command: Command) -> Intent:
        intent = self.intent(client_id, command)
        self.market.apply(OrderIntended(intent))
        return intent
