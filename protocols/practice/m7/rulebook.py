"""Everything that makes the scope: its calendar, its rules and its words."""

from protocols.practice.m7.calendar import PRODUCTS, ZONES
from protocols.practice.m7.orders import M7Orders
from protocols.practice.m7.words import M7Words
from protocols.practice.rulebook import Rulebook
from protocols.practice.trades import TradeStates

M7 = Rulebook(
    scope="m7",
    zones=ZONES,
    products=PRODUCTS,
    channel_products=frozenset(product.granularity for product in PRODUCTS),
    custom=None,
    trade_states=TradeStates(
        made="Active",
        questioned="RecallRequested",
        struck="RecallGranted",
        kept="RecallRejected",
        first_revision=1,
    ),
    first_order=25_310_000_001,
    first_trade=418_000_001,
    orders=M7Orders(),
    words=M7Words(),
)
