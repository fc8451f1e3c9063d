"""What the widgets of one link group look at."""

from PySide6.QtCore import QObject, Signal

from protocols.market.instruments import ContractKey
from protocols.market.state import MarketState
from widgets.flex.words import titled


class LinkGroup(QObject):
    """Choosing a contract in one member sets it in all others."""

    contract_changed = Signal()

    def __init__(self, number: int = 1, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.number = number
        self._contract: ContractKey | None = None

    @property
    def contract(self) -> ContractKey | None:
        return self._contract

    def choose(self, contract: ContractKey | None) -> None:
        """Sets the group's contract; members hear of it once, and not at all when it is the same."""
        if contract != self._contract:
            self._contract = contract
            self.contract_changed.emit()

    def chosen_words(self, market: MarketState) -> str:
        """What the group looks at: `15Q4 DE-AMPRION`, `EURUSD`, or its own name while no contract is known."""
        contract = market.instrument(self._contract)
        return titled(contract) if contract is not None else f"link group {self.number}"
