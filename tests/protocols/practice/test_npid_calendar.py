"""NPID's calendar: names, identifiers, areas, and the turn from `Xbid` to `Local` (protocol page, 2 and 6)."""

from typing import Any

import pytest

from protocols.market.times import HOUR, MINUTE, UtcNs, utc_from_text
from protocols.practice.contracts import Contract, Product, Zone, auctioned_at, starts_between
from protocols.practice.m7.rulebook import M7
from protocols.practice.npid.calendar import CUSTOM, DE, DK1, HALF_HOURS, HOURS, QUARTERS, TWO_HOURS, UK, ZONES
from protocols.practice.npid.rulebook import NPID
from protocols.practice.offered import AREAS, PRODUCTS
from protocols.practice.rulebook import Rulebook

SEVEN = {"DE-AMPRION", "DE-TENNET", "DE-50HERTZ", "FR-RTE", "NL-TENNET", "DK-DK1", "UK-ELEXON"}


def of(product: Product, start: str, zone: Zone = DE) -> Contract:
    return NPID.contract(zone, product, utc_from_text(start))


@pytest.mark.parametrize(
    ("zone", "product", "start", "name"),
    [
        (DE, QUARTERS, "2023-02-20T12:30:00Z", "QH-20230220-55"),  # the page's own example
        (DE, QUARTERS, "2026-11-20T23:00:00Z", "QH-20261121-01"),
        (DE, QUARTERS, "2026-11-21T22:45:00Z", "QH-20261121-96"),
        (DE, HOURS, "2026-11-21T17:00:00Z", "PH-20261121-19"),
        (DK1, HOURS, "2026-07-21T16:00:00Z", "PH-20260721-19"),
        (UK, HALF_HOURS, "2026-11-21T17:30:00Z", "HH-20261121-36"),
        (UK, HALF_HOURS, "2026-07-20T23:00:00Z", "HH-20260721-01"),
        (UK, TWO_HOURS, "2026-11-21T22:00:00Z", "2H-20261121-12"),
        # The clocks go back on 25 October 2026 and forward on 28 March 2027.
        (DE, QUARTERS, "2026-10-25T22:45:00Z", "QH-20261025-100"),
        (DE, HOURS, "2026-10-25T00:00:00Z", "PH-20261025-03"),
        (DE, HOURS, "2026-10-25T01:00:00Z", "PH-20261025-04"),
        (DE, HOURS, "2027-03-28T21:00:00Z", "PH-20270328-23"),
    ],
)
def test_names_count_the_periods_of_the_market_day(zone: Zone, product: Product, start: str, name: str) -> None:
    assert of(product, start, zone).name == name


def test_a_block_is_named_by_its_hours() -> None:
    start, end = utc_from_text("2026-11-21T12:00:00Z"), utc_from_text("2026-11-21T15:00:00Z")
    assert CUSTOM.naming(DE, start, end) == "CB-20261121-14-16"


@pytest.mark.parametrize(
    ("first", "last", "hours"),
    [
        ("2026-11-20T23:00:00Z", "2026-11-21T23:00:00Z", 24),
        ("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 25),
        ("2027-03-27T23:00:00Z", "2027-03-28T22:00:00Z", 23),
    ],
)
def test_a_market_day_has_its_periods_and_each_name_once(first: str, last: str, hours: int) -> None:
    after, until = UtcNs(utc_from_text(first) - 1), UtcNs(utc_from_text(last) - 1)
    for product, count in ((HOURS, hours), (HALF_HOURS, 2 * hours), (QUARTERS, 4 * hours)):
        names = {NPID.contract(DE, product, start).name for start in starts_between(product, after, until)}
        assert len(names) == count
        assert {name.split("-")[1] for name in names} == {last[:10].replace("-", "")}


def test_identifiers_are_text_per_area_and_unique() -> None:
    contract = of(QUARTERS, "2026-11-21T12:30:00Z")
    assert contract.identifier("DE-50HERTZ") == f"DE-50HERTZ-NX_{contract.number}"
    after = utc_from_text("2026-11-21T12:00:00Z")
    contracts = list(NPID.contracts_between(after, UtcNs(after + 24 * HOUR)))
    assert len({(area, one.identifier(area)) for one in contracts for area in one.zone.areas}) == sum(
        len(one.zone.areas) for one in contracts
    )
    assert len({one.key for one in contracts}) == len(contracts)


def test_every_area_is_priced_in_its_currency() -> None:
    assert {area: zone.currency for zone in ZONES for area in zone.areas} == {
        area: "GBP" if area == "UK-ELEXON" else "EUR" for area in SEVEN
    }


def test_hours_and_quarters_are_everywhere_and_half_hours_in_britain() -> None:
    after = utc_from_text("2026-11-21T12:00:00Z")
    contracts = NPID.contracts_between(after, UtcNs(after + 2 * HOUR))
    listed = {(one.zone.name, one.product.granularity) for one in contracts}
    assert {(zone.name, product) for zone in ZONES for product in ("P60Min", "P15Min")} <= listed
    assert ("UK", "P30Min") in listed
    assert ("UK", "Block_2H") in listed


@pytest.mark.parametrize("zone", ZONES, ids=[zone.name for zone in ZONES])
def test_borders_close_an_hour_before_delivery_and_britain_has_none(zone: Zone) -> None:
    contract = of(HOURS, "2026-11-21T17:00:00Z", zone)
    border = UtcNs(contract.delivery_start - 60 * MINUTE)
    before, after = contract.market_type(UtcNs(border - 1)), contract.market_type(border)
    assert (before, after) == (("Local", "Local") if zone is UK else ("Xbid", "Local"))
    assert contract.listed_at < contract.opens_at < border < contract.closes_at < contract.delivery_start


@pytest.mark.parametrize("rulebook", [M7, NPID], ids=["m7", "npid"])
def test_what_is_offered_is_what_has_a_market(rulebook: Rulebook) -> None:
    assert set(AREAS[rulebook.scope]) == set(rulebook.zone_of_area)
    traded = {*rulebook.products, rulebook.custom} - {None}
    assert set(PRODUCTS[rulebook.scope]) == {product.granularity for product in traded if product}


def test_blocks_that_users_define_are_local() -> None:
    start = utc_from_text("2026-11-21T17:00:00Z")
    block = Contract(DE, CUSTOM, 1, "CB", start, UtcNs(start + 3 * HOUR))
    assert block.market_type(block.listed_at) == "Local"


@pytest.mark.parametrize(
    ("start", "zone", "known"),
    [
        ("2026-11-21T17:00:00Z", DE, "2026-11-20T11:45:00Z"),
        ("2026-11-20T23:00:00Z", DE, "2026-11-20T11:45:00Z"),
        ("2026-11-20T22:00:00Z", DE, "2026-11-19T11:45:00Z"),
        ("2026-11-20T23:00:00Z", UK, "2026-11-19T12:45:00Z"),
        ("2026-10-26T00:00:00Z", DE, "2026-10-25T11:45:00Z"),
        ("2027-03-28T12:00:00Z", DE, "2027-03-27T11:45:00Z"),
    ],
)
def test_the_day_ahead_price_is_known_the_day_before(start: str, zone: Zone, known: str) -> None:
    assert auctioned_at(of(HOURS, start, zone)) == utc_from_text(known)


EVERY = ("P15Min", "P30Min", "P60Min", "Block_2H", "Block_4H", "Don", "Db34", "Dp", "Dep", "Db", "CustomBlock")


@pytest.mark.parametrize("product", EVERY)
@pytest.mark.parametrize("area", sorted(SEVEN))
def test_every_product_is_a_channel_in_every_area(quiet_venue: Any, channel: Any, area: str, product: str) -> None:
    quiet_venue.connect(8)
    quiet_venue.take(8)
    for resource in ("public_order_books", "market_information"):
        quiet_venue.subscribe(channel(resource, area, product, "npid"), 8)
        subscribed, snapshot = quiet_venue.take(8)
        assert subscribed["type"] == "subscribed"
        assert snapshot["sequence"] == 0
        assert all(row["contractArea"]["product"] == product for row in snapshot["data"])
    quiet_venue.gateway.disconnected(8)


@pytest.mark.parametrize(("area", "product"), [("DE-TRANSNET", "P60Min"), ("FR-RTE", "Hour"), ("FR-RTE", "p60min")])
def test_other_areas_and_products_are_not(quiet_venue: Any, channel: Any, area: str, product: str) -> None:
    quiet_venue.connect(8)
    quiet_venue.take(8)
    quiet_venue.subscribe(channel("public_order_books", area, product, "npid"), 8)
    (error,) = quiet_venue.take(8)
    assert error["data"]["code"] == "error.unknown_channel"
    quiet_venue.gateway.disconnected(8)
