"""The delivery ribbon: a day's quarter-hours in one strip, by position, price or state."""

from widgets.ribbon.widget import DeliveryRibbon

__all__ = ["DeliveryRibbon"]
