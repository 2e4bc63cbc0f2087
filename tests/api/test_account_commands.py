"""`citizen account`: the first member of staff is enrolled there, and anybody can be signed out."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.gateway.commands import account
from services.gateway.errors import AlreadyEnrolled, PasswordTooShort
from services.settings import Settings, load
from tests.support.people import PASSWORD, cheap_passwords
from tests.support.servers import TestServer

GIVEN = ("create-staff", "--name", "测试乙", "--role", "admin", "--unit", "GATEWAY", "--json")


@pytest.fixture
def command_settings(server: TestServer, tmp_path: Path, worker_id: str) -> Iterator[Settings]:
    """Settings of a database that commands may write to."""
    name = f"citizen_commands_{os.getpid()}_{worker_id}"
    server.clone(name)
    url = server.app_url(name).set(drivername="postgresql").render_as_string(hide_password=False)
    yield load({"CITIZEN_MODE": "demo", "CITIZEN_DATA_DIR": str(tmp_path), "CITIZEN_DATABASE_URL": url})
    server.drop(name)


def test_create_staff_by_command_once_then_sign_out(command_settings: Settings) -> None:
    runner = CliRunner()
    given = (*GIVEN, "--username", "admin1", "--password", PASSWORD)
    with cheap_passwords():
        made = runner.invoke(account, given, obj=command_settings)
        again = runner.invoke(account, given, obj=command_settings)
    shown = json.loads(made.output)
    assert (made.exit_code, len(shown["totp_secret"])) == (0, 32)
    assert isinstance(again.exception, AlreadyEnrolled)
    ended = runner.invoke(account, ["sign-out", shown["subject_id"]], obj=command_settings)
    assert (ended.exit_code, ended.output) == (0, "Signed out everywhere.\n")


def test_create_staff_by_command_with_a_short_password_is_refused(command_settings: Settings) -> None:
    given = (*GIVEN, "--username", "admin1", "--password", "short")
    refused = CliRunner().invoke(account, given, obj=command_settings)
    assert isinstance(refused.exception, PasswordTooShort)
