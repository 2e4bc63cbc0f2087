"""The two clients and the person of the FAPI 2.0 modules."""

import pytest


@pytest.fixture
def party(city):
    """The first client."""
    return city.fapi_client()


@pytest.fixture
def other(city):
    """The second client, with keys of its own."""
    return city.fapi_client()


@pytest.fixture
def visitor(city):
    """A resident who meets these clients for the first time."""
    return city.visitor()
