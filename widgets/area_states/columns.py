"""The panel's columns, in their order."""

from widgets.grid import Align, Column

(
    NAME, DELIVERY, MARKET, STATE, PHASE, GATE, DATA,
    BID, ASK, LAST, VWAP, HIGH, LOW, VOLUME, DAY_AHEAD, NET, WORKING,
) = range(17)  # fmt: skip


def _price(key: str, title: str, tip: str, width: int = 6, gives_way: int = 0) -> Column:
    return Column(key, title, width, Align.DECIMAL, decimals=2, numbers=True, tip=tip, gives_way=gives_way)


COLUMNS = (
    Column("contract", "Contract", 9, tip="The exchange's name of the contract", middle=True, roomy=16),
    Column("delivery", "Delivery", 15, numbers=True, tip="Delivery period, in market time"),
    Column("market", "Market", 5, tip="Where it is traded now: Local, or Xbid with the other areas", gives_way=1),
    Column("state", "State", 8, tip="The contract's state in this area", gives_way=5, glyph=True, roomy=11),
    Column("phase", "Phase", 9, tip="The trading phase", gives_way=3),
    Column("gate", "Closes in", 8, Align.RIGHT, numbers=True,
           tip="Until the trading phase ends, by the venue's clock: amber below 15 minutes, red with ! below 5"),
    Column("data", "Data", 6, tip="How fresh this row is; what is not live is grey", gives_way=4, glyph=True,
           stretch=True),
    _price("bid", "Bid", "Best bid of the order book"),
    _price("ask", "Ask", "Best ask of the order book"),
    _price("last", "Last", "Last price, ▲ up and ▼ down in the venue's word", 8),
    _price("vwap", "VWAP", "Volume-weighted average price, as the venue gives it", gives_way=8),
    _price("high", "High", "Day's high", gives_way=7),
    _price("low", "Low", "Day's low", gives_way=6),
    Column("volume", "Volume", 6, Align.DECIMAL, decimals=1, numbers=True, tip="Day's volume", gives_way=9),
    _price("day_ahead", "Day-ahead", "Price of the day-ahead auction", gives_way=2),
    Column("net", "Net", 6, Align.DECIMAL, decimals=1, numbers=True,
           tip="Own net position from own trades: + long (bought), − short (sold)"),
    Column("working", "Orders", 10, Align.RIGHT, numbers=True, vital=True,
           tip="Own orders that may still be executed: what they buy (B) and sell (S); ? some are in doubt,"
               " ◇ some are hibernated, and in grey all"),
)  # fmt: skip
