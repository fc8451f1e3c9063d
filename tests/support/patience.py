"""How long a test waits for something that should come: shorter than pytest-timeout, which for a test that touches Qt
ends the whole worker, and says less."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

PATIENCE = 90.0
"""Seconds."""


@asynccontextmanager
async def patience(describe: Callable[[], str]) -> AsyncIterator[None]:
    """Fails with what `describe` says when the body takes longer."""
    try:
        async with asyncio.timeout(PATIENCE):
            yield
    except TimeoutError:
        raise AssertionError(f"never came: {describe()}") from None
