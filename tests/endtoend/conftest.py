"""Fixtures of the end-to-end tests: one venue for all, calm before each test, and a fresh desk for each."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.endtoend.support import Desk, VenueProcess


@pytest.fixture(scope="session")
def _venue() -> Iterator[VenueProcess]:
    venue = VenueProcess()
    yield venue
    venue.stop()


CALM = dict.fromkeys(("reorder", "duplicate", "drop", "drop_every", "split", "unsubscribe_every"), 0)


@pytest.fixture
def venue(_venue: VenueProcess) -> VenueProcess:
    _venue.faults(**CALM)
    return _venue


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    await desk.open()
    yield desk
    await desk.terminal.close()
