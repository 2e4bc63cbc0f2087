"""All settings, read once into one frozen object. What is missing or wrong refuses to start, by name."""

import json
import os
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from environs import Env, EnvError

CHECKOUT = Path(__file__).resolve().parent.parent
POINTER = CHECKOUT / ".citizen-demo.json"


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it and says what would do."""


class Mode(StrEnum):
    """Demo creates its own keys and city; production creates nothing by itself."""

    DEMO = "demo"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One process's settings. Durations in seconds, sizes in bytes."""

    mode: Mode
    base_url: str
    bind: str
    data_dir: Path
    keys_dir: Path
    log_dir: Path
    database_url: str | None
    database_owner_url: str | None
    log_level: str
    workers: int
    threads: int
    pool_timeout_seconds: float
    statement_timeout_ms: int
    lock_timeout_ms: int
    idle_timeout_ms: int
    trusted_proxies: int
    client_certificate_header: str | None
    client_certificate_proxies: tuple[IPv4Network | IPv6Network, ...]
    client_certificate_authorities: Path | None
    mtls_base_url: str | None
    metrics_bind: str | None
    max_body_bytes: int
    shed_wait_ms: int
    throttle_policy: str
    services: frozenset[str]
    require_par: bool
    require_dpop_nonce: bool
    smtp_url: str | None
    smtp_from: str | None
    sms_url: str | None
    sign_up: str

    @property
    def is_demo(self) -> bool:
        """Whether this process may invent keys, accounts and people."""
        return self.mode is Mode.DEMO

    @property
    def is_embedded(self) -> bool:
        """Whether we run our own PostgreSQL under `data_dir`."""
        return self.database_url is None

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach us over https, so that cookies can be `__Host-` and Secure."""
        return self.base_url.startswith("https://")


def load(environ: dict[str, str] | None = None) -> Settings:
    """Read `CITIZEN_*` from the environment, filled from the running demo of this checkout.

    Raises: SettingsError naming the setting that is missing or wrong.
    """
    given = dict(os.environ if environ is None else environ)
    merged = {**_remembered(given), **{k: v for k, v in given.items() if k.startswith("CITIZEN_")}}
    env = Env(prefix="CITIZEN_", expand_vars=False)
    before = dict(os.environ)
    try:
        for name in [n for n in os.environ if n.startswith("CITIZEN_")]:
            del os.environ[name]
        os.environ.update(merged)
        return _read(env)
    except (EnvError, ValueError) as error:
        raise SettingsError(str(error).replace('"', "")) from None
    finally:
        os.environ.clear()
        os.environ.update(before)


def remember(settings: Settings) -> None:
    """Leave word of a running demo, so that `citizen` in this checkout finds it without environment."""
    words = {
        "CITIZEN_MODE": settings.mode.value,
        "CITIZEN_DATA_DIR": str(settings.data_dir),
        "CITIZEN_KEYS_DIR": str(settings.keys_dir),
        "CITIZEN_BASE_URL": settings.base_url,
        "CITIZEN_BIND": settings.bind,
    }
    if settings.database_url:
        words["CITIZEN_DATABASE_URL"] = settings.database_url
    if settings.database_owner_url:
        words["CITIZEN_DATABASE_OWNER_URL"] = settings.database_owner_url
    descriptor = os.open(POINTER, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(words, file, indent=1)


def _remembered(given: dict[str, str]) -> dict[str, str]:
    if given.get("CITIZEN_MODE") == Mode.PRODUCTION or not POINTER.exists():
        return {}
    words: dict[str, str] = json.loads(POINTER.read_text())
    told = given.get("CITIZEN_DATA_DIR")
    if told and Path(told).absolute() != Path(words["CITIZEN_DATA_DIR"]):
        return {}
    return words


def _read(env: Env) -> Settings:
    mode = env.enum("MODE", enum=Mode, by_value=True, default=Mode.DEMO)
    data_dir = Path(env.str("DATA_DIR", default=str(CHECKOUT / "var"))).absolute()
    base_url = env.str("BASE_URL", default="http://localhost:8000").rstrip("/")
    database_url = env.str("DATABASE_URL", default=None)
    if mode is Mode.PRODUCTION:
        env.str("KEYS_DIR")
        env.str("DATABASE_URL")
        env.str("BASE_URL")
    settings = Settings(
        mode=mode,
        base_url=base_url,
        bind=env.str("BIND", default=_bind_of(base_url)),
        data_dir=data_dir,
        keys_dir=Path(env.str("KEYS_DIR", default=str(data_dir / "keys"))).absolute(),
        log_dir=Path(env.str("LOG_DIR", default=str(data_dir / "log"))).absolute(),
        database_url=database_url,
        database_owner_url=env.str("DATABASE_OWNER_URL", default=None),
        log_level=_log_level(env),
        workers=env.int("WORKERS", default=2),
        threads=env.int("THREADS", default=4),
        pool_timeout_seconds=env.float("POOL_TIMEOUT_SECONDS", default=0.5),
        statement_timeout_ms=env.int("STATEMENT_TIMEOUT_MS", default=2000),
        lock_timeout_ms=env.int("LOCK_TIMEOUT_MS", default=1000),
        idle_timeout_ms=env.int("IDLE_TIMEOUT_MS", default=10000),
        trusted_proxies=env.int("TRUSTED_PROXIES", default=0),
        client_certificate_header=env.str("CLIENT_CERTIFICATE_HEADER", default=None),
        client_certificate_proxies=_networks(env.list("CLIENT_CERTIFICATE_PROXIES", default=[])),
        client_certificate_authorities=_authorities(env.str("CLIENT_CERTIFICATE_AUTHORITIES", default=None)),
        mtls_base_url=env.str("MTLS_BASE_URL", default=None),
        metrics_bind=env.str("METRICS_BIND", default=None),
        max_body_bytes=env.int("MAX_BODY_BYTES", default=2 * 1024 * 1024),
        shed_wait_ms=env.int("SHED_WAIT_MS", default=200),
        throttle_policy=env.str("THROTTLE_POLICY", default=mode.value),
        services=frozenset(env.list("SERVICES", default=[])),
        require_par=env.bool("REQUIRE_PAR", default=False),
        require_dpop_nonce=env.bool("REQUIRE_DPOP_NONCE", default=True),
        smtp_url=env.str("SMTP_URL", default=None),
        smtp_from=env.str("SMTP_FROM", default=None),
        sms_url=env.str("SMS_URL", default=None),
        sign_up=env.str("SIGN_UP", default="open" if mode is Mode.DEMO else "closed"),
    )
    _check(settings)
    _check_smtp(settings)
    _check_certificates(settings)
    _check_self_service(settings)
    return settings


def _networks(given: list[str]) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(one.strip()) for one in given)
    except ValueError:
        raise ValueError(
            "CITIZEN_CLIENT_CERTIFICATE_PROXIES: give addresses or networks, like 10.0.0.7 or 10.0.0.0/28, "
            "separated by commas"
        ) from None


def _authorities(given: str | None) -> Path | None:
    path = None if given is None else Path(given).absolute()
    if path is not None and not path.is_file():
        raise ValueError("CITIZEN_CLIENT_CERTIFICATE_AUTHORITIES: there is no such file")
    return path


def _log_level(env: Env) -> str:
    level = env.str("LOG_LEVEL", default="INFO")
    if level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise ValueError("CITIZEN_LOG_LEVEL: give DEBUG, INFO, WARNING or ERROR")
    return level


def _bind_of(base_url: str) -> str:
    parts = urlsplit(base_url)
    return f"127.0.0.1:{parts.port or 8000}" if parts.scheme == "http" else "127.0.0.1:8000"


def _check(settings: Settings) -> None:
    parts = urlsplit(settings.base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        raise ValueError("CITIZEN_BASE_URL: give scheme and host only, like https://citizen.example")
    loopback = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if parts.scheme == "http" and not loopback:
        raise ValueError("CITIZEN_BASE_URL: plain http is for localhost only; use https")
    host, _, port = settings.bind.rpartition(":")
    if not host or not port.isdigit():
        raise ValueError("CITIZEN_BIND: give address:port, like 127.0.0.1:8000")
    for name in ("database_url", "database_owner_url"):
        url = getattr(settings, name)
        if url and not url.startswith(("postgresql://", "postgres://", "postgresql+psycopg://")):
            raise ValueError(f"CITIZEN_{name.upper()}: only postgresql:// addresses are understood")
    for name in ("workers", "threads"):
        if getattr(settings, name) < 1:
            raise ValueError(f"CITIZEN_{name.upper()}: give a whole number from 1")
    if settings.throttle_policy not in {"demo", "production"}:
        raise ValueError("CITIZEN_THROTTLE_POLICY: give demo or production")


def _check_certificates(settings: Settings) -> None:
    if settings.client_certificate_header and not settings.client_certificate_proxies:
        # Anybody could send the header; only the proxy that ended the TLS connection is believed.
        raise ValueError(
            "CITIZEN_CLIENT_CERTIFICATE_PROXIES: name the proxies whose certificate header counts"
        )
    if settings.mtls_base_url and not settings.mtls_base_url.startswith("https://"):
        raise ValueError(
            "CITIZEN_MTLS_BASE_URL: give scheme and host only, like https://mtls.citizen.example"
        )


def _check_smtp(settings: Settings) -> None:
    if settings.smtp_url is None:
        return
    if not settings.smtp_url.startswith(("smtp://", "smtps://")):
        raise ValueError(
            "CITIZEN_SMTP_URL: give smtp://user:password@host:587 or smtps://user:password@host:465"
        )
    if "@" not in (settings.smtp_from or ""):
        raise ValueError("CITIZEN_SMTP_FROM: name the sender's address, like no-reply@citizen.example")


def _check_self_service(settings: Settings) -> None:
    if settings.sign_up not in {"open", "closed"}:
        raise ValueError("CITIZEN_SIGN_UP: give open or closed")
    if settings.sms_url is not None and not settings.sms_url.startswith("https://") and not settings.is_demo:
        raise ValueError("CITIZEN_SMS_URL: give an https:// address")
