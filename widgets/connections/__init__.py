"""Connections: the lamps of the status bar and the panel behind them."""

from widgets.connections.figures import ChannelFigures, ConnectionFigures
from widgets.connections.lamps import ConnectionLamps
from widgets.connections.panel import ConnectionsPanel

__all__ = ["ChannelFigures", "ConnectionFigures", "ConnectionLamps", "ConnectionsPanel"]
