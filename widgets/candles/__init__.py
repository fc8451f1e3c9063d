"""Candles of a currency pair, with our orders and executions drawn in."""

from widgets.candles.widget import CandleChart

__all__ = ["CandleChart"]
