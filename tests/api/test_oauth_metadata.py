"""What the gateway publishes about itself."""

import pytest


def test_both_well_known_documents_are_the_same_and_point_into_the_suite(door):
    documents = [
        door.http.get(f"/.well-known/{name}").get_json()
        for name in ("openid-configuration", "oauth-authorization-server")
    ]
    assert documents[0] == documents[1]
    assert documents[0]["issuer"] == door.issuer
    known = {rule.rule for rule in door.application.url_map.iter_rules()}
    endpoints = {value for name, value in documents[0].items() if name.endswith("_endpoint")}
    assert len(endpoints) >= 7
    assert {value.removeprefix(door.issuer) for value in endpoints} <= known


def test_metadata_offers_only_what_is_served(door):
    document = door.http.get("/.well-known/openid-configuration").get_json()
    assert document["response_types_supported"] == ["code"]
    assert document["response_modes_supported"] == ["query"]
    assert set(document["grant_types_supported"]) == {
        "authorization_code",
        "refresh_token",
        "client_credentials",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:token-exchange",
    }
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["subject_types_supported"] == ["pairwise"]
    assert document["authorization_response_iss_parameter_supported"] is True
    assert document["request_uri_parameter_supported"] is False
    assert set(document["scopes_supported"]) == {*door.catalogue.scopes, *door.catalogue.smart.examples}
    assert "none" not in document["introspection_endpoint_auth_methods_supported"]


@pytest.mark.database
def test_jwks_holds_public_signing_keys_only(door):
    answer = door.http.get("/oauth/jwks")
    keys = answer.get_json()["keys"]
    assert len(keys) >= 2
    assert all(key["alg"] == "ES256" and key["use"] == "sig" and "d" not in key for key in keys)
    assert "max-age" in answer.headers["Cache-Control"]


def test_each_service_describes_itself_as_a_protected_resource(door):
    for service in {one.slug: one for one in door.catalogue.services.values()}.values():
        document = door.http.get(f"/.well-known/oauth-protected-resource/{service.slug}").get_json()
        assert document["resource"] == f"{door.issuer}/{service.slug}"
        assert document["authorization_servers"] == [door.issuer]
        smart = service.smart.examples if service.smart is not None else ()
        assert document["scopes_supported"] == sorted((*(scope.name for scope in service.scopes), *smart))
    assert door.http.get("/.well-known/oauth-protected-resource/no-such").status_code == 404
