"""A venue of one's own: these tests break it."""

from collections.abc import Iterator

import pytest

from tests.endtoend.support import VenueProcess


@pytest.fixture
def venue() -> Iterator[VenueProcess]:
    venue = VenueProcess()
    yield venue
    venue.stop()
