"""The trade tape."""

from widgets.tape.widget import TradeTape

__all__ = ["TradeTape"]
