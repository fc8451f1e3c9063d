"""The ticket of two orders of which one cancels the other (OCO), with a small ladder around the quote."""

from widgets.oco.ticket import OcoTicket
from widgets.oco.view import PairFormOf

__all__ = ["OcoTicket", "PairFormOf"]
