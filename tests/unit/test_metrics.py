"""Numbers of each web process, on addresses of their own."""

from dataclasses import replace
from urllib.request import urlopen

from services.settings import Settings, load
from services.web.metrics import serve_metrics
from tests.support.serving import reserved_port

PLAIN = load({"CITIZEN_MODE": "demo", "CITIZEN_DATABASE_URL": "postgresql://unused"})


def asking(port: int) -> Settings:
    return replace(PLAIN, metrics_bind=f"127.0.0.1:{port}", workers=2)


def test_metrics_of_two_workers_are_served_at_two_ports() -> None:
    with reserved_port() as first:
        ports = [serve_metrics(asking(first)) for _ in range(2)]
        assert len({*ports}) == 2
        for port in ports:
            with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
                assert b"citizen_requests_total" in answer.read()


def test_metrics_that_nobody_asked_for_are_not_served() -> None:
    assert serve_metrics(PLAIN) is None
