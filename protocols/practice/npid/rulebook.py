"""Everything that makes the scope: its calendar, its rules and its words."""

from protocols.practice.npid.calendar import CUSTOM, OTHER_PRODUCTS, PRODUCTS, ZONES
from protocols.practice.npid.orders import NpidOrders
from protocols.practice.npid.words import NpidWords
from protocols.practice.rulebook import Rulebook
from protocols.practice.trades import TradeStates

NPID = Rulebook(
    scope="npid",
    zones=ZONES,
    products=PRODUCTS,
    channel_products=frozenset((*(product.granularity for product in PRODUCTS), *OTHER_PRODUCTS)),
    custom=CUSTOM,
    trade_states=TradeStates(
        made="Completed",
        questioned="Disputed",
        struck="Cancelled",
        kept="NotCancelled",
        first_revision=0,
    ),
    first_order=213_456_279,
    first_trade=7_100_001,
    first_block=900_000_001,
    histories=5,
    freezes=True,
    tells_day_ahead=True,
    orders=NpidOrders(),
    words=NpidWords(),
)
