"""Who meets whom in these tests: a clinic and a hospital, a file, an operator, the authorization server's door."""

from collections.abc import Iterator

import pytest
from flask import Flask

from hotline.actions.clocks import forget_versions
from services.database.transaction import Database
from tests.support.doors import Bearer, staff_bearer
from tests.support.fhir import File, open_file
from tests.support.oauth import Door, Person
from tests.support.people import PRIVATE, cheap_passwords, gateway_over
from tests.support.privacy import PrivacyAlarm


@pytest.fixture
def clinic(app: Flask) -> Bearer:
    """A practitioner of one clinic."""
    return staff_bearer(app, "practitioner", "CL-HP")


@pytest.fixture
def hospital(app: Flask) -> Bearer:
    """A practitioner of another unit."""
    return staff_bearer(app, "practitioner", "CL-BJ")


@pytest.fixture
def file(app: Flask, clinic: Bearer) -> File:
    """A resident's file that the clinic opened."""
    return open_file(app, clinic)


@pytest.fixture
def operator(app: Flask) -> Bearer:
    """Somebody at the desk of the hotline."""
    return staff_bearer(app, "operator", "HOTLINE")


@pytest.fixture
def supervisor(app: Flask) -> Bearer:
    """Who supervises the hotline."""
    return staff_bearer(app, "supervisor", "HOTLINE")


@pytest.fixture
def door(app: Flask) -> Door:
    """The authorization server."""
    return Door(app)


@pytest.fixture
def person(door: Door) -> Person:
    """A resident who is signed in at the door."""
    return door.add_person()


@pytest.fixture
def application(database: Database) -> Flask:
    """The gateway alone, without any service."""
    return gateway_over(database)


@pytest.fixture(autouse=True)
def _versions() -> Iterator[None]:
    """A process keeps calendars and policies by their version: those of a test that was undone are forgotten."""
    forget_versions()
    yield
    forget_versions()


@pytest.fixture
def private_people(privacy: PrivacyAlarm) -> Iterator[None]:
    """Names and passwords of the people enrolled here set off the alarm; their hashes are cheap."""
    privacy.watch(*PRIVATE)
    with cheap_passwords():
        yield
