"""What the status line says of the link group's contract."""

from protocols.market.instruments import Instrument, PowerContract
from widgets.delivery import delivery_text, market_zone
from widgets.flex.words import titled


def chosen_words(contract: Instrument | None) -> str:
    """Behind the name of the widget that keys go to: `   ·   15Q4 DE-AMPRION, 15:45–16:00`; empty without one."""
    if contract is None:
        return ""
    if not isinstance(contract, PowerContract):
        return f"   ·   {titled(contract)}"
    period = delivery_text(contract.delivery_start, contract.delivery_end, market_zone(contract.area))
    return f"   ·   {contract.name} {contract.area}, {period}"
