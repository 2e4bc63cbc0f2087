"""Mutual TLS (RFC 8705): clients known by their certificate, tokens bound to it, headers only from our proxy."""

from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from services.errors import Invalid
from services.gateway.oauth.client_certificate import parse_header
from tests.support.app import app_over
from tests.support.certificates import SUBJECT, new_certificate
from tests.support.oauth import Door
from tests.support.outside import outside_server

PROXY = "10.0.0.7"
HEADER = "Client-Cert"


@pytest.fixture(scope="module")
def authority():
    return new_certificate("CN=City CA,C=CN", is_authority=True)


@pytest.fixture
def door(database, authority, tmp_path):
    given = {
        "CITIZEN_CLIENT_CERTIFICATE_HEADER": HEADER,
        "CITIZEN_CLIENT_CERTIFICATE_PROXIES": f"{PROXY},fd00::/8",
        "CITIZEN_CLIENT_CERTIFICATE_AUTHORITIES": str(authority.write(tmp_path / "ca.pem")),
        "CITIZEN_MTLS_BASE_URL": "https://mtls.citizen.example",
    }
    return Door(app_over(database, **given))


def machine(door, **given):
    settled = {
        "auth_method": "tls_client_auth",
        "grants": ["client_credentials"],
        "scopes": door.scopes_for("client")[:1],
        "redirect_uris": [],
        "post_logout_redirect_uris": [],
    } | given
    return door.add_client(**settled)


def ask(door, app, header, *, peer=PROXY, **form):
    body = {"grant_type": "client_credentials", "client_id": app.client.client_id} | form
    headers = {} if header is None else {HEADER: header}
    return door.http.post("/oauth/token", data=body, headers=headers, environ_base={"REMOTE_ADDR": peer})


@pytest.fixture
def known(door):
    return machine(door, certificate_names={"tls_client_auth_subject_dn": SUBJECT})


def test_an_issued_certificate_with_the_registered_name_proves_the_client(door, known, authority):
    own = new_certificate(by=authority)
    for header in (own.rfc9440, own.nginx):
        assert ask(door, known, header).status_code == 200
    assert ask(door, known, own.rfc9440, peer="fd00::1").status_code == 200
    assert ask(door, known, own.rfc9440, peer="::ffff:10.0.0.7").status_code == 200


@pytest.mark.parametrize("peer", ["127.0.0.1", "10.0.0.8", "192.0.2.1", "", "unix"])
def test_a_header_from_anybody_but_our_proxy_says_nothing(door, known, authority, peer):
    answer = ask(door, known, new_certificate(by=authority).rfc9440, peer=peer)
    assert (answer.status_code, answer.get_json()["error"]) == (401, "invalid_client")


def test_a_header_says_nothing_where_no_proxy_is_named(app, authority):
    door = Door(app)
    known = machine(door, certificate_names={"tls_client_auth_subject_dn": SUBJECT})
    for peer in (PROXY, "127.0.0.1"):
        assert ask(door, known, new_certificate(by=authority).rfc9440, peer=peer).status_code == 401
    document = door.http.get("/.well-known/openid-configuration").get_json()
    assert document["tls_client_certificate_bound_access_tokens"] is False
    assert "tls_client_auth" not in document["token_endpoint_auth_methods_supported"]


def test_the_proxy_that_is_connected_counts_and_not_whom_it_speaks_for(database, authority, tmp_path):
    """With `X-Forwarded-For` read, the address of the request is the client's own word."""
    given = {
        "CITIZEN_CLIENT_CERTIFICATE_HEADER": HEADER,
        "CITIZEN_CLIENT_CERTIFICATE_PROXIES": PROXY,
        "CITIZEN_CLIENT_CERTIFICATE_AUTHORITIES": str(authority.write(tmp_path / "ca.pem")),
        "CITIZEN_TRUSTED_PROXIES": "1",
    }
    door = Door(app_over(database, **given))
    known = machine(door, certificate_names={"tls_client_auth_subject_dn": SUBJECT})
    own = new_certificate(by=authority)

    def from_peer(peer, forwarded):
        return door.http.post(
            "/oauth/token",
            data={"grant_type": "client_credentials", "client_id": known.client.client_id},
            headers={HEADER: own.rfc9440, "X-Forwarded-For": forwarded},
            environ_base={"REMOTE_ADDR": peer},
        ).status_code

    assert from_peer(PROXY, "192.0.2.1") == 200
    assert from_peer("192.0.2.1", PROXY) == 401


def test_certificates_that_prove_nothing_are_invalid_client(door, known, authority):
    stranger = new_certificate("CN=City CA,C=CN", is_authority=True)
    wrong = {
        "self-signed": new_certificate(),
        "another authority of the same name": new_certificate(by=stranger),
        "another name": new_certificate("CN=api.other.example,O=Ankang Pharmacy,C=CN", by=authority),
        "the name as part": new_certificate(f"OU=Branch,{SUBJECT}", by=authority),
        "expired": new_certificate(by=authority, days=(-30, -1)),
        "not yet": new_certificate(by=authority, days=(1, 30)),
        "for servers": new_certificate(by=authority, uses=(ExtendedKeyUsageOID.SERVER_AUTH,)),
    }
    for why, one in wrong.items():
        answer = ask(door, known, one.rfc9440)
        assert (answer.status_code, answer.get_json()["error"]) == (401, "invalid_client"), why


def test_headers_that_hold_no_certificate_are_invalid_client(door, known, authority):
    own = new_certificate(by=authority)
    for header in (
        None, "", "::", ":AAAA:", ":not base64:", own.rfc9440[:-1], own.rfc9440 * 2, own.nginx + own.nginx,
        "-----BEGIN CERTIFICATE-----", "%00", "a" * 20_000,
    ):  # fmt: skip
        assert ask(door, known, header).status_code == 401


def test_a_certificate_beside_another_way_of_authentication_is_refused(door, known, authority):
    own = new_certificate(by=authority)
    assert ask(door, known, own.rfc9440, client_assertion="x.y.z").status_code == 401
    assert ask(door, known, own.rfc9440, client_secret="s").status_code == 401
    by_secret = machine(door, auth_method="client_secret_basic")
    assert ask(door, by_secret, own.rfc9440).status_code == 401


@pytest.mark.parametrize(
    ("kind", "registered", "name"),
    [
        ("tls_client_auth_subject_dn", "CN=API.pharmacy.example,O=ankang  pharmacy,C=CN", None),
        ("tls_client_auth_san_dns", "api.pharmacy.example", x509.DNSName("API.pharmacy.example")),
        ("tls_client_auth_san_uri", "urn:x:1", x509.UniformResourceIdentifier("urn:x:1")),
        ("tls_client_auth_san_ip", "192.0.2.9", x509.IPAddress(ip_address("192.0.2.9"))),
        ("tls_client_auth_san_ip", "2001:DB8:0::1", x509.IPAddress(ip_address("2001:db8::1"))),
        ("tls_client_auth_san_email", "api@pharmacy.example", x509.RFC822Name("api@pharmacy.example")),
    ],
)
def test_each_kind_of_name_is_compared_as_its_standard_says(door, authority, kind, registered, name):
    app = machine(door, certificate_names={kind: registered})
    own = new_certificate(by=authority, names=(name,) if name else ())
    other = new_certificate("CN=other", by=authority, names=(x509.DNSName("other.example"),))
    assert ask(door, app, own.rfc9440).status_code == 200
    assert ask(door, app, other.rfc9440).status_code == 401


def test_a_self_signed_certificate_is_known_byte_for_byte(door):
    own, twin = new_certificate(), new_certificate()
    app = machine(door, auth_method="self_signed_tls_client_auth", jwks={"keys": [own.jwk()]})
    assert ask(door, app, own.nginx).status_code == 200
    assert ask(door, app, twin.nginx).status_code == 401
    expired = new_certificate(days=(-30, -1))
    app = machine(door, auth_method="self_signed_tls_client_auth", jwks={"keys": [expired.jwk()]})
    assert ask(door, app, expired.nginx).status_code == 401


def test_a_self_signed_certificate_may_be_published_at_an_address(door):
    own, twin = new_certificate(), new_certificate()
    with outside_server() as outside:
        uri = outside.put("/jwks", {"keys": [own.jwk("a"), twin.jwk("b")]})
        app = machine(door, auth_method="self_signed_tls_client_auth", jwks_uri=uri)
        assert [ask(door, app, one.rfc9440).status_code for one in (own, twin)] == [200, 200]
        assert outside.asked("/jwks") == 1


def test_a_bound_token_opens_resources_only_with_its_certificate(door, authority):
    own, other = new_certificate(by=authority), new_certificate(by=authority)
    pharmacy = door.add_client(
        tls_client_certificate_bound_access_tokens=True, auth_method="client_secret_basic"
    )
    person = door.add_person()
    code = door.code(pharmacy, person, scope="openid")
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": pharmacy.client.redirect_uris[0],
        "code_verifier": "v" * 64,
    }
    from_proxy = {"REMOTE_ADDR": PROXY}
    bare = door.http.post("/oauth/token", data=form, auth=pharmacy.basic, environ_base=from_proxy)
    assert (bare.status_code, bare.get_json()["error"]) == (400, "invalid_request")
    body = door.http.post(
        "/oauth/token", data=form, auth=pharmacy.basic, headers={HEADER: own.rfc9440}, environ_base=from_proxy
    ).get_json()
    assert body["token_type"] == "Bearer"

    def userinfo(header, peer=PROXY):
        headers = {"Authorization": f"Bearer {body['access_token']}"} | ({HEADER: header} if header else {})
        return door.http.get(
            "/oauth/userinfo", headers=headers, environ_base={"REMOTE_ADDR": peer}
        ).status_code

    assert userinfo(own.rfc9440) == 200
    assert userinfo(other.rfc9440) == 401
    assert userinfo(None) == 401
    assert userinfo(own.rfc9440, "192.0.2.1") == 401
    seen = door.http.post("/oauth/introspect", data={"token": body["access_token"]}, auth=pharmacy.basic)
    assert seen.get_json()["cnf"] == {"x5t#S256": parse_header(own.rfc9440).thumbprint}


def test_metadata_says_what_is_open(door):
    document = door.http.get("/.well-known/oauth-authorization-server").get_json()
    assert document["tls_client_certificate_bound_access_tokens"] is True
    assert {"tls_client_auth", "self_signed_tls_client_auth"} <= set(
        document["token_endpoint_auth_methods_supported"]
    )
    assert document["mtls_endpoint_aliases"]["token_endpoint"] == "https://mtls.citizen.example/oauth/token"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"certificate_names": {"tls_client_auth_subject_dn": "nonsense"}},
        {"certificate_names": {"tls_client_auth_san_ip": "a.b.c.d"}},
        {"certificate_names": {"tls_client_auth_san_dns": "a", "tls_client_auth_san_uri": "urn:b"}},
        {"auth_method": "private_key_jwt", "certificate_names": {"tls_client_auth_san_dns": "a"}},
        {"auth_method": "self_signed_tls_client_auth", "jwks": {"keys": []}},
        {"auth_method": "none", "tls_client_certificate_bound_access_tokens": True},
    ],
)
def test_a_client_registers_exactly_one_sound_name(door, given):
    with pytest.raises(Invalid):
        machine(door, **given)
