"""Positions: currency pairs, and power by delivery period and area; and executions that belong to no order."""

from widgets.positions.widget import Positions

__all__ = ["Positions"]
