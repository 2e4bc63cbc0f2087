"""What a client may register, and which addresses an authorization may answer to."""

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from services.errors import Invalid
from services.gateway.client_rules import (
    check_grants,
    check_jwks,
    check_redirect_uri,
    matches_redirect_uri,
)


@pytest.mark.parametrize(
    "uri",
    [
        "https://client.example/callback",
        "https://client.example:8443/callback?tenant=1",
        "http://localhost:9000/cb",
        "http://127.0.0.1/cb",
        "http://[::1]:5000/cb",
        "com.example.app:/cb",
    ],
)
def test_check_redirect_uri_sound_address_passes(uri):
    check_redirect_uri(uri, is_public=True)


@pytest.mark.parametrize(
    "uri",
    [
        "http://client.example/callback",
        "https://client.example/callback#fragment",
        "https://user@client.example/callback",
        "https:///callback",
        "https://client.example:notaport/",
        "https://client.example/two words",
        "https://client.example/a\nb",
        "//client.example/callback",
        "/callback",
        "javascript:alert(1)",
        "data:text/html,x",
        "myapp:/cb",
        "com.example.app://host/cb",
        "",
    ],
)
def test_check_redirect_uri_unsound_address_is_refused(uri):
    with pytest.raises(Invalid):
        check_redirect_uri(uri, is_public=True)


def test_check_redirect_uri_app_scheme_of_a_confidential_client_is_refused():
    with pytest.raises(Invalid):
        check_redirect_uri("com.example.app:/cb", is_public=False)


@pytest.mark.parametrize(
    ("registered", "given", "is_native", "matches"),
    [
        ("https://a.example/cb", "https://a.example/cb", False, True),
        ("https://a.example/cb", "https://a.example/cb/", True, False),
        ("https://a.example/cb", "https://A.example/cb", True, False),
        ("https://a.example/cb", "https://a.example:443/cb", True, False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb", True, True),
        ("http://[::1]/cb", "http://[::1]:51004/cb", True, True),
        ("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb", False, False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:51004/other", True, False),
        ("http://127.0.0.1/cb", "http://[::1]:51004/cb", True, False),
        ("http://127.0.0.1:9000/cb", "http://127.0.0.1:9001/cb", True, False),
        ("http://localhost/cb", "http://localhost:9001/cb", True, False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:9000@evil.example/cb", True, False),
    ],
)
def test_matches_redirect_uri_is_byte_for_byte_but_for_native_loopback_ports(
    registered, given, is_native, matches
):
    assert matches_redirect_uri(registered, given, is_native=is_native) is matches


@pytest.mark.parametrize(
    ("auth_method", "grants", "uris"),
    [
        ("none", ["client_credentials"], []),
        ("none", ["implicit"], ["https://a.example/cb"]),
        ("none", ["password"], []),
        ("none", [], []),
        ("none", ["authorization_code"], []),
        ("none", ["refresh_token"], []),
        ("client_secret_post", ["client_credentials"], []),
        ("client_secret_basic", ["client_credentials"], ["https://a.example/cb"]),
    ],
)
def test_check_grants_that_do_not_fit_are_refused(auth_method, grants, uris):
    with pytest.raises(Invalid):
        check_grants(auth_method, grants, uris)


def test_check_jwks_public_keys_are_kept_without_anything_private():
    key = ECKey.generate_key("P-256", {"kid": "a"})
    kept = check_jwks("private_key_jwt", {"keys": [key.as_dict(private=False)]})
    assert kept is not None
    assert kept["keys"][0]["kid"] == "a"
    assert "d" not in kept["keys"][0]


@pytest.mark.parametrize(
    "make",
    [
        lambda: ECKey.generate_key("P-256").as_dict(private=True),
        lambda: ECKey.generate_key("P-521").as_dict(private=False),
        lambda: OctKey.generate_key(256).as_dict(),
        lambda: RSAKey.generate_key(1024).as_dict(private=False),
        lambda: {"kty": "nonsense"},
    ],
    ids=["private", "curve", "shared", "short", "nonsense"],
)
@pytest.mark.filterwarnings("ignore:Key size should be")
def test_check_jwks_private_shared_or_weak_keys_are_refused(make):
    with pytest.raises(Invalid):
        check_jwks("private_key_jwt", {"keys": [make()]})


@pytest.mark.parametrize("jwks", [None, {}, {"keys": []}, {"keys": "x"}, {"keys": [1]}])
def test_check_jwks_missing_keys_are_refused(jwks):
    with pytest.raises(Invalid):
        check_jwks("private_key_jwt", jwks)


def test_check_jwks_for_another_way_of_authentication_is_refused():
    with pytest.raises(Invalid):
        check_jwks("client_secret_basic", {"keys": []})
