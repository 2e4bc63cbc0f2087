"""Every documented route fuzzed with a fixed seed: whatever comes in, no 5xx but 503 goes out."""

from contextlib import suppress
from itertools import islice

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from services.web.openapi import document
from tests.support.oauth import Door

pytestmark = [pytest.mark.database, pytest.mark.filterwarnings("default")]
EXAMPLES = 8
# The routes are dealt out, so that workers share them.
HANDS = 6
FUZZING = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# Fuzzing the way out would sign out and revoke the fuzzer itself.
LEFT_OUT = frozenset({"/oauth/revoke"})


@pytest.mark.parametrize("hand", range(HANDS))
def test_documented_routes_fuzzed_answer_without_server_errors(app: Flask, hand: int) -> None:
    door = Door(app)
    scope = " ".join(door.scopes_for("resident"))
    token = door.tokens(door.add_client(), door.add_person(), scope=scope)["access_token"]
    schema = schemathesis.openapi.from_dict(document(app))
    failures: list[str] = []
    fuzzed = 0
    for found in islice(schema.get_all_operations(), hand, None, HANDS):
        operation = found.ok()
        if operation.path in LEFT_OUT:
            continue
        fuzzed += 1
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            failures += _fuzz(app, operation, mode, token)
    assert fuzzed > 25
    assert sorted(set(failures)) == []


def _fuzz(app: Flask, operation: object, mode: GenerationMode, token: str) -> list[str]:
    failures: list[str] = []

    @FUZZING
    @given(data=st.data())
    def run(data: st.DataObject) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))  # type: ignore[attr-defined]
        request = case.as_transport_kwargs(base_url="http://localhost:8000")
        response = app.test_client().open(
            path=request["url"],
            method=request["method"],
            query_string=request.get("params"),
            headers={**dict(request.get("headers") or {}), "Authorization": f"Bearer {token}"},
            json=request.get("json"),
            data=request.get("data"),
        )
        if response.status_code >= 500 and response.status_code != 503:
            failures.append(f"{operation.label}: {response.status_code}")  # type: ignore[attr-defined]

    # An operation that takes nothing has nothing wrong to be sent.
    with suppress(Unsatisfiable):
        run()
    return failures
