"""Where that is which a table of power trades does not have: said in words, or it would look broken, or complete."""

from protocols.market.instruments import CurrencyPair, FlexMarket, FlexWindow, Instrument
from protocols.market.state import MarketState


def tape_words(contract: Instrument | None) -> str:
    """Why the trade tape has nothing of this contract; empty for one that it has."""
    match contract:
        case FlexWindow() | FlexMarket():
            return "Flexibility has a tape of its own: the widget Flex tape"
        case CurrencyPair():
            return "No trades of currency pairs: their venue tells only quotes and own executions"
        case _:
            return ""


def own_words(contract: Instrument | None) -> str:
    """Why the own trades have nothing of this contract; empty for one that they have."""
    match contract:
        case FlexWindow() | FlexMarket():
            return "Own deals in flexibility are in the widget Flex contracts"
        case CurrencyPair():
            return "Own executions of currency pairs are in the widget Positions"
        case _:
            return ""


def power_only(market: MarketState) -> str:
    """`Power only; FX: Positions, flexibility: Flex contracts`, of what this desk has; empty with power alone."""
    elsewhere = ["FX: Positions"] if market.pairs else []
    elsewhere += ["flexibility: Flex contracts"] if market.flex.markets else []
    return f"Power only; {', '.join(elsewhere)}" if elsewhere else ""
