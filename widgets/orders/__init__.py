"""The blotter: a row per order."""

from widgets.orders.widget import OrdersTable

__all__ = ["OrdersTable"]
