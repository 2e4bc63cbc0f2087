"""The suite over a database that really commits."""

import pytest
from flask import Flask

from services.database.transaction import Database
from services.settings import Settings


@pytest.fixture
def committed_app(settings: Settings, committed: Database) -> Flask:
    """The whole app; what it does stays done."""
    from wsgi import make_app

    return make_app(settings, committed)
