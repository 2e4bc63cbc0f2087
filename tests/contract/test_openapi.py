"""The interface's description: valid, complete, and honest about access."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from services.settings import CHECKOUT
from services.web.openapi import METHODS, document


@pytest.fixture
def spec(app: Flask) -> dict[str, object]:
    return document(app)


def operations(spec: dict) -> list[tuple[str, str, dict]]:
    return [
        (path, method, operation)
        for path, item in spec["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def test_document_is_openapi_31_and_served(client: FlaskClient, spec: dict) -> None:
    assert spec["openapi"] == "3.1.0"
    served = client.get("/openapi.json")
    assert served.status_code == 200
    assert set(served.get_json()["paths"]) == set(spec["paths"])


def test_operation_always_declares_security_with_known_scopes(spec: dict) -> None:
    known = set(spec["components"]["securitySchemes"]["gateway"]["flows"]["authorizationCode"]["scopes"])
    for path, method, operation in operations(spec):
        assert "security" in operation, (path, method)
        for requirement in operation["security"]:
            assert set(requirement["gateway"]) <= known, (path, method)


def test_operation_with_a_body_gives_an_example_or_a_media_type(spec: dict) -> None:
    schemas = spec["components"]["schemas"]
    for path, method, operation in operations(spec):
        content = operation.get("requestBody", {}).get("content", {})
        for media_type, body in content.items():
            if media_type != "application/json" or path.startswith("/oauth"):
                continue
            name = body["schema"]["$ref"].rsplit("/", 1)[-1]
            properties = schemas[name]["properties"]
            assert any("example" in value for value in properties.values()), (path, method)


def test_committed_file_names_the_same_paths(spec: dict) -> None:
    committed = json.loads((CHECKOUT / "docs" / "openapi.json").read_text())
    assert set(committed["paths"]) == set(spec["paths"])


def test_every_reference_in_the_document_leads_somewhere(spec: dict) -> None:
    text = json.dumps(spec)
    names = {part.split('"', 1)[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= set(spec["components"]["schemas"])
