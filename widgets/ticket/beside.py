"""What stands beside the fields of a pair's order: how far from the market a price is, and what it is worth. No Qt.

Only a live quote is measured against. What can't be worked out is said to be so, and never left to be guessed.
"""

from protocols.market import forms
from protocols.market.events import Feed, Freshness, Quote
from protocols.market.forms import Values
from protocols.market.fx_positions import in_account_currency, quoted_in_account_currency
from protocols.market.instruments import ContractKey, CurrencyPair
from protocols.market.pips import Typed, from_market_text
from protocols.market.state import MarketState, Standing
from protocols.market.times import UtcNs
from protocols.market.values import SCALE, Price
from widgets.figures import amount_text
from widgets.wording import standing_text

CENT = SCALE // 100
_NO_QUOTES = "no quotes"


def live_quote(market: MarketState, key: ContractKey) -> Quote | None:
    """The pair's quote, if it may be counted from."""
    return market.quotes.get(key) if market.quote_standing(key).live else None


def quotes_words(market: MarketState, key: ContractKey) -> str:
    """How a pair's quotes stand: `live`, or why they are not looked at, and what that means."""
    standing = market.quote_standing(key)
    if standing.live:
        return standing_text(standing)
    if not has_quotes(market, key):
        return f"{_NO_QUOTES}: market checks are skipped"
    return f"{_stale_word(standing, market.quotes.get(key))}: {standing.reason}"


def has_quotes(market: MarketState, key: ContractKey) -> bool:
    """Whether the connection has a channel of quotes at all."""
    where = (key.connection, key.area)
    return any(view.feed is Feed.QUOTES and (view.connection, view.area) == where for view in market.channels.values())


def typed_now(market: MarketState, key: ContractKey | None, now: UtcNs) -> Typed:
    """What a text that is typed now counts from."""
    quote = None if key is None else live_quote(market, key)
    if key is None or quote is not None:
        return Typed(now, quote)
    return Typed(now, None, quotes_words(market, key) if has_quotes(market, key) else _NO_QUOTES)


def words_beside(market: MarketState, pair: CurrencyPair, values: Values) -> dict[str, str]:
    """By field name: what the quantity is worth, and where each price is."""
    quantity = values.get(forms.QUANTITY)
    found = {}
    if quantity is not None:
        found[forms.QUANTITY] = _worth(market, pair, int(quantity))
    quote = live_quote(market, pair.key)
    for name in (forms.PRICE, forms.STOP_PRICE):
        price = values.get(name)
        if price is not None:
            found[name] = price_words(market, pair, Price(int(price)), int(quantity or 0), quote)
    return found


def price_words(market: MarketState, pair: CurrencyPair, price: Price, quantity: int, quote: Quote | None) -> str:
    """`12 p below the bid = 11.05 EUR`: how far from the market, and what that is worth over the quantity."""
    if quote is None or quote.bid is None or quote.ask is None:
        return "not held against a market: no live quote"
    far = max(quote.bid - price, price - quote.ask, 0)
    words = from_market_text(price, quote, pair.pip)
    if not far or not quantity:
        return words
    worth = quoted_in_account_currency(market, pair, -(-far * quantity // SCALE))
    return f"{words} =\N{NO-BREAK SPACE}{_money(worth, pair)}"


def _worth(market: MarketState, pair: CurrencyPair, quantity: int) -> str:
    if pair.base == pair.account_currency:
        return ""
    return f"worth {_money(in_account_currency(market, pair, quantity), pair)}"


def _money(amount: int | None, pair: CurrencyPair) -> str:
    """To the cent, upwards, with the thousands set apart."""
    if amount is None:
        return f"unknown in {pair.account_currency}: no live quotes to convert at"
    return f"{amount_text(-(-amount // CENT) * CENT, 2)}\N{NO-BREAK SPACE}{pair.account_currency}"


def _stale_word(standing: Standing, quote: Quote | None) -> str:
    if quote is None:
        return "no quote yet"
    return "stale quote" if standing.freshness is Freshness.STALE else f"quote {standing.freshness.value}"
