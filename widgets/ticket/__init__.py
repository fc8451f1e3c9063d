"""The order ticket, shaped by an order form."""

from widgets.ticket.findings import Finding, Level
from widgets.ticket.widget import OrderTicket

__all__ = ["Finding", "Level", "OrderTicket"]
