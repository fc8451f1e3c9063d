"""The contract-area state panel."""

from widgets.area_states.widget import AreaStates

__all__ = ["AreaStates"]
