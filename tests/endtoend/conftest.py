"""The venue of the end-to-end tests: one process for all, calm before each."""

from collections.abc import Iterator

import pytest

from tests.endtoend.support import VenueProcess


@pytest.fixture(scope="session")
def _venue() -> Iterator[VenueProcess]:
    venue = VenueProcess()
    yield venue
    venue.stop()


CALM = dict.fromkeys(
    (
        *("reorder", "duplicate", "drop", "drop_every", "split", "unsubscribe_every"),
        *("lose_request", "reject_requests", "lose_acknowledgement", "double_acknowledgement", "answer_delay"),
    ),
    0,
)


@pytest.fixture
def venue(_venue: VenueProcess) -> VenueProcess:
    _venue.faults(**CALM)
    _venue.fx_calm()
    return _venue
