"""Currency pairs, quotes and forms for the tests of the pair's ticket."""

from protocols.acttrader.messages import Dialect
from protocols.acttrader.rules import pair_form
from protocols.acttrader.settings import Settings
from protocols.market import forms
from protocols.market.events import Quote
from protocols.market.forms import OrderForm
from protocols.market.instruments import ContractKey, CurrencyPair, InstrumentSpec
from protocols.market.pips import Typed
from protocols.market.times import Instant, UtcNs, utc_from_text
from protocols.market.values import Price, Quantity, scaled_from_text
from widgets.delivery import UNIVERSAL
from widgets.oco.draft import Draft, read_draft

NOW = utc_from_text("2026-11-21T11:00:00Z")


def price(text: str) -> Price:
    return Price(scaled_from_text(text))


def currency_pair(name: str = "EURUSD") -> CurrencyPair:
    yen = name.endswith("JPY")
    tick, pip, decimals = ("0.001", "0.01", 3) if yen else ("0.00001", "0.0001", 5)
    thousand = Quantity(scaled_from_text("1000"))
    spec = InstrumentSpec(price(tick), thousand, decimals, 0, name[3:], name[:3])
    key = ContractKey("FX", "FX", name)
    return CurrencyPair(key, name, name[:3], name[3:], spec, price(pip), Quantity(100 * thousand), "EUR")


EURUSD, USDJPY = currency_pair(), currency_pair("USDJPY")


def quote(bid: str, ask: str, pair: CurrencyPair = EURUSD) -> Quote:
    return Quote(pair.key, price(bid), price(ask), None, Instant(0.0, NOW))


def form(pair: CurrencyPair = EURUSD, dialect: Dialect = Dialect.LATER) -> OrderForm:
    return pair_form(pair, Settings(pair.key.connection, "ws://127.0.0.1/orders", "1", (pair.name,), dialect))


GOOD = {forms.SIDE: "Buy", forms.QUANTITY: "50k", "price_1": "1.08212", "stop_price_2": "1.08616"}
LIVE = quote("1.08412", "1.08416")


def draft(texts: dict[str, str], pair: CurrencyPair = EURUSD, live: Quote | None = LIVE, now: UtcNs = NOW) -> Draft:
    """What the texts come to, typed now beside this quote."""
    typed = Typed(now, live)
    return read_draft(form(pair), pair, texts, dict.fromkeys(texts, typed), now, UNIVERSAL, live)
