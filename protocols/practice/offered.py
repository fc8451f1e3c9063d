"""What the venue has a market in, by scope: for those who choose, without the market itself."""

from protocols.practice.m7 import calendar as m7
from protocols.practice.npid import calendar as npid

AREAS = {
    "m7": tuple(area for zone in m7.ZONES for area in zone.areas),
    "npid": tuple(area for zone in npid.ZONES for area in zone.areas),
}
PRODUCTS = {
    "m7": tuple(product.granularity for product in m7.PRODUCTS),
    "npid": tuple(product.granularity for product in (*npid.PRODUCTS, npid.CUSTOM)),
}
"""Those with contracts, now or when somebody defines a block. NPID's others are channels without any."""
