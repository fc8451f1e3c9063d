"""Net position per contract, from own trades alone. A fold of `OwnTradePrinted`."""

from protocols.market.instruments import ContractKey
from protocols.market.order_events import OwnTrade, OwnTradePrinted
from protocols.market.profit import Turnover
from protocols.market.values import Side


class Positions:
    """Bought less sold, in 1e-9 of the quantity unit; a recalled or cancelled trade leaves it."""

    def __init__(self) -> None:
        self._trades: dict[tuple[str, str, Side], OwnTrade] = {}
        self._net: dict[ContractKey, int] = {}
        self._turnover: dict[ContractKey, Turnover] = {}
        self._own: set[tuple[str, str]] = set()
        self.revision = 0

    def net(self, key: ContractKey) -> int:
        """Positive is long."""
        return self._net.get(key, 0)

    def turnover(self, key: ContractKey) -> Turnover:
        """What was bought and sold of a contract, and for how much. To read only."""
        return self._turnover.get(key) or Turnover()

    def traded(self) -> list[ContractKey]:
        """The contracts of which anything of ours was traded and stands."""
        return [key for key, turnover in self._turnover.items() if turnover.bought or turnover.sold]

    def held(self) -> list[ContractKey]:
        """The contracts in which we are long or short."""
        return [key for key, net in self._net.items() if net]

    def is_own(self, connection: str, trade_identifier: str) -> bool:
        """Whether a public trade is ours."""
        return (connection, trade_identifier) in self._own

    def trades(self) -> list[OwnTrade]:
        """Own trades, the oldest first."""
        return list(self._trades.values())

    def apply(self, event: OwnTradePrinted) -> None:
        """Folds one report; an earlier or equal revision changes nothing."""
        trade = event.trade
        name = (trade.connection, trade.identifier, trade.side)
        known = self._trades.get(name)
        if known is not None and trade.revision <= known.revision:
            return
        if known is not None:
            self._count(known, -1)
        self._trades[name] = trade
        self._own.add((trade.connection, trade.identifier))
        self._count(trade, 1)
        self.revision += 1

    def _count(self, trade: OwnTrade, sign: int) -> None:
        if trade.state.stands:
            signed = trade.quantity if trade.side is Side.BUY else -trade.quantity
            self._net[trade.key] = self._net.get(trade.key, 0) + sign * signed
            turnover = self._turnover.setdefault(trade.key, Turnover())
            turnover.add(trade.side, sign * trade.quantity, trade.price)
