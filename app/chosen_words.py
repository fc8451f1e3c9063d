"""What the status line says of the link group's contract."""

from protocols.market.instruments import Instrument, PowerContract
from widgets.delivery import day_text, delivery_text, market_zone
from widgets.flex.words import titled


def chosen_words(contract: Instrument | None, widget: str) -> str:
    """Behind the title of the widget that keys go to: `   ·   15Q4 DE-AMPRION, Fri 27 Mar 15:45–16:00`; of a title that
    names the contract only what it doesn't say. Empty without a contract."""
    if contract is None:
        return ""
    words = [] if titled(contract) in widget else [titled(contract)]
    if isinstance(contract, PowerContract):
        start, zone = contract.delivery_start, market_zone(contract.area)
        words.append(f"{day_text(start, zone)} {delivery_text(start, contract.delivery_end, zone)}")
    return f"   ·   {', '.join(words)}" if words else ""
