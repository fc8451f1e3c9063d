"""How places are typed: what a book names goes into the field, and from there into the order, as the same locations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.market.flex import Place
from protocols.market.flex_form import locations_in, locations_text

IDENTIFIERS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=8)


@given(st.lists(IDENTIFIERS, unique=True, max_size=4).map(tuple))
def test_locations_stay_what_they_are(location_ids: tuple[str, ...]) -> None:
    assert locations_in(locations_text(Place(location_ids))) == location_ids


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("", ()),
        (" , ", ()),
        ("loc1, loc2,loc1", ("loc1", "loc2")),
        ('"Berlin, Mitte", loc2', ("Berlin, Mitte", "loc2")),
    ],
)
def test_what_is_typed(typed: str, read: tuple[str, ...]) -> None:
    assert locations_in(typed) == read
