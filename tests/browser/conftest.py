"""The suite as a browser meets it."""

from collections.abc import Iterator

import pytest

from services.database.transaction import Database
from tests.support.browser import served


@pytest.fixture
def suite(committed: Database) -> Iterator[str]:
    """The whole suite over a database that really commits: its base URL."""
    with served(committed) as base_url:
        yield base_url
