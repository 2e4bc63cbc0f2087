"""A setting that is missing or wrong refuses to start, and names itself."""

import pytest

from services.settings import SettingsError, load

PRODUCTION = {
    "CITIZEN_MODE": "production",
    "CITIZEN_KEYS_DIR": "/keys",
    "CITIZEN_DATABASE_URL": "postgresql://citizen_app@db/citizen",
    "CITIZEN_BASE_URL": "https://citizen.example",
}
WRONG = [
    ("CITIZEN_BASE_URL", "citizen.example"),
    ("CITIZEN_BASE_URL", "http://citizen.example"),
    ("CITIZEN_BASE_URL", "https://citizen.example/path"),
    ("CITIZEN_BIND", "8000"),
    ("CITIZEN_WORKERS", "many"),
    ("CITIZEN_WORKERS", "0"),
    ("CITIZEN_DATABASE_URL", "sqlite:///x"),
    ("CITIZEN_LOG_LEVEL", "LOUD"),
    ("CITIZEN_SMTP_URL", "mail.example"),
    ("CITIZEN_THROTTLE_POLICY", "none"),
    ("CITIZEN_MODE", "staging"),
    ("CITIZEN_CLIENT_CERTIFICATE_PROXIES", "proxy.example"),
    ("CITIZEN_CLIENT_CERTIFICATE_AUTHORITIES", "/nowhere/ca.pem"),
    ("CITIZEN_MTLS_BASE_URL", "mtls.example"),
]


@pytest.mark.parametrize("name", ["CITIZEN_KEYS_DIR", "CITIZEN_DATABASE_URL", "CITIZEN_BASE_URL"])
def test_load_in_production_without_a_setting_names_it(name: str) -> None:
    given = {key: value for key, value in PRODUCTION.items() if key != name}
    with pytest.raises(SettingsError, match=name):
        load(given)


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_load_with_a_wrong_setting_names_it(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        load({**PRODUCTION, name: value})


def test_load_of_production_is_secure_and_not_embedded() -> None:
    settings = load(PRODUCTION)
    assert settings.is_secure
    assert not settings.is_embedded
    assert not settings.is_demo
    assert settings.throttle_policy == "production"


def test_a_certificate_header_needs_the_proxies_it_is_believed_from() -> None:
    with pytest.raises(SettingsError, match="CITIZEN_CLIENT_CERTIFICATE_PROXIES"):
        load({**PRODUCTION, "CITIZEN_CLIENT_CERTIFICATE_HEADER": "Client-Cert"})
