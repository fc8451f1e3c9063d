"""Own trades: what was bought and sold, one by one or by contract."""

from widgets.own_trades.widget import OwnTrades

__all__ = ["OwnTrades"]
