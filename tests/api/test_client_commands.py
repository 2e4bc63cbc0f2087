"""`citizen client`: what the design promises on the command line, and the options for stricter clients."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from services.cli.keys import keys as keys_group
from services.gateway.client_commands import client_commands
from services.settings import Settings, load
from services.vault import load_keys
from tests.support.certificates import SUBJECT
from tests.support.servers import TestServer
from wsgi import MANIFESTS


@pytest.fixture
def command_settings(server: TestServer, tmp_path: Path, worker_id: str) -> Iterator[Settings]:
    """Settings of a database that commands may write to."""
    name = f"citizen_clients_{os.getpid()}_{worker_id}"
    server.clone(name)
    url = server.app_url(name).set(drivername="postgresql").render_as_string(hide_password=False)
    settings = load({"CITIZEN_MODE": "demo", "CITIZEN_DATA_DIR": str(tmp_path), "CITIZEN_DATABASE_URL": url})
    load_keys(settings)
    yield settings
    server.drop(name)


def run(settings: Settings, *given: str) -> Result:
    return CliRunner().invoke(client_commands(MANIFESTS), given, obj=settings)


def test_the_design_s_line_makes_a_machine_with_a_secret(command_settings: Settings) -> None:
    made = run(
        command_settings, "create", "--name", "账务系统", "--grant", "client_credentials",
        "--scope", "ebills:import", "--auth", "client_secret_basic", "--json",
    )  # fmt: skip
    shown = json.loads(made.output)
    assert made.exit_code == 0
    assert (shown["client_id"][:2], len(shown["client_secret"])) == ("c-", 43)


def test_a_strict_client_is_made_by_its_options(command_settings: Settings) -> None:
    made = run(
        command_settings, "create", "--name", "安康药房", "--grant", "authorization_code", "--scope", "openid profile",
        "--redirect-uri", "https://client.example/cb", "--auth", "private_key_jwt",
        "--jwks-uri", "https://client.example/jwks", "--require-par", "--dpop-bound", "--json",
    )  # fmt: skip
    shown = json.loads(made.output)
    assert shown["require_pushed_authorization_requests"] is shown["dpop_bound_access_tokens"] is True
    assert shown["jwks_uri"] == "https://client.example/jwks"
    by_certificate = run(
        command_settings, "create", "--name", "医保", "--grant", "client_credentials", "--scope", "ebills:import",
        "--auth", "tls_client_auth", "--tls-subject-dn", SUBJECT, "--tls-bound", "--json",
    )  # fmt: skip
    assert json.loads(by_certificate.output)["tls_client_auth_subject_dn"] == SUBJECT


def test_an_option_that_does_not_fit_is_named(command_settings: Settings) -> None:
    refused = run(
        command_settings, "create", "--name", "x", "--grant", "client_credentials", "--scope", "ebills:import",
        "--auth", "client_secret_basic", "--jwks-uri", "https://client.example/jwks",
    )  # fmt: skip
    assert refused.exit_code == 1
    assert "--jwks-uri" in str(refused.output) + str(refused.exception)


def test_an_invitation_is_printed_once(command_settings: Settings) -> None:
    made = run(command_settings, "invite", "--purpose", "药房", "--uses", "2", "--json")
    shown = json.loads(made.output)
    assert len(shown["initial_access_token"]) == 43
    assert shown["registration_endpoint"].endswith("/oauth/register")
    assert run(command_settings, "invite", "--purpose", "药房", "--uses", "0").exit_code == 1


def test_keys_rotate_steps_once_and_then_says_when_again(command_settings: Settings) -> None:
    from services.gateway.commands import ensure_keys
    from services.runtime import open_database

    with open_database(command_settings) as database:
        ensure_keys(database)
    runner = CliRunner()
    first, second, stolen = (
        runner.invoke(keys_group, ["rotate", "--signing-only", *more], obj=command_settings)
        for more in ([], [], ["--at-once"])
    )
    assert first.output == stolen.output == "Keys are rotated.\n"
    assert second.output.startswith("Signing keys stay until ")
    assert {first.exit_code, second.exit_code, stolen.exit_code} == {0}
