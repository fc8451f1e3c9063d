"""What a ticket says it would send, and why it would not be staged. No Qt."""

from protocols.market import forms
from protocols.market.forms import Values
from protocols.market.instruments import CurrencyPair, FlexMarket, FlexWindow, Instrument
from protocols.market.pairs import MARKET
from widgets import fx_staging, staging
from widgets.figures import amount_text, price_figure


def said(side: str, values: Values, instrument: Instrument | None) -> str:
    """`Buy 10.0 MW @ 38.40`, as soon as that much is known; a stop limit says its stop first."""
    quantity = values.get(forms.QUANTITY)
    if quantity is None or instrument is None:
        return side
    spec = instrument.spec
    at = [values[name] for name in (forms.STOP_PRICE, forms.PRICE) if name in values]
    never_waits = values.get(forms.ORDER_TYPE) == MARKET
    if not at and not never_waits:
        return side
    prices = " → ".join(price_figure(int(price), spec.price_decimals) for price in at)
    much = f"{side} {amount_text(int(quantity), spec.quantity_decimals)} {spec.quantity_unit}"
    hibernated = "" if values.get(forms.ACTIVE, True) else " hibernated"
    return f"{much} @ {prices}{hibernated}" if at else f"{much} at market"


def why_not_staged(values: Values, instrument: Instrument | None) -> str:
    """Why the ladder can't show what is being filled in, as soon as that is known; empty when it can."""
    if not values.get(forms.ACTIVE, True):
        return staging.HIBERNATED
    if isinstance(instrument, FlexMarket | FlexWindow):
        return fx_staging.MADE_IN_ITS_TICKET
    if isinstance(instrument, CurrencyPair):
        return fx_staging.why_not_of_type(str(values.get(forms.ORDER_TYPE, fx_staging.LIMIT)))
    return ""
