"""`citizen serve`: the web processes, under supervision together with the embedded database."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from urllib.request import urlopen

import click

from services.database.embedded import running
from services.settings import CHECKOUT, Settings, SettingsError

GRACE_SECONDS = 20
READY_SECONDS = 60


@click.command("serve")
@click.option("--services", default="", help="Mount only these, comma-separated: hotline,ebills,gateway")
@click.pass_obj
def serve_command(settings: Settings, services: str) -> None:
    """Serve the suite until interrupted (production: the database is migrated beforehand)."""
    check_bind(settings.bind)
    with running(settings, supervise=True):
        environment = {"CITIZEN_SERVICES": services} if services else {}
        with children({"web": web_command(settings)}, settings, environment) as family:
            family.wait()


def web_command(settings: Settings) -> list[str]:
    """The gunicorn command line; preloaded, so that a worker is back within a fraction of a second."""
    return [
        sys.executable, "-m", "gunicorn", "wsgi:make_app()",
        "--config", "python:services.cli.web_process",
        "--bind", settings.bind,
        "--worker-class", "gthread",
        "--workers", str(settings.workers),
        "--threads", str(settings.threads),
        "--preload",
        "--no-control-socket",
        "--keep-alive", "30",
        "--timeout", "30",
        "--graceful-timeout", "10",
        "--limit-request-line", "8190",
        "--limit-request-fields", "60",
        "--log-level", "warning",
    ]  # fmt: skip


def worker_command(settings: Settings) -> list[str]:
    """The job worker's command line."""
    return [
        sys.executable,
        "-c",
        "from wsgi import cli; cli()",
        "worker",
        "--concurrency",
        str(settings.workers),
    ]


def check_bind(bind: str) -> None:
    """Refuse a taken port with a sentence, before anything else is started."""
    host, _, port = bind.rpartition(":")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), int(port)))
        except OSError as error:
            raise SettingsError(
                f"{bind} cannot be listened on ({error.strerror}). Stop what uses it, or give another address"
            ) from None


def serve_suite(settings: Settings, when_ready: Callable[[], None]) -> None:
    """Run web and worker until interrupted, over a database that is already running."""
    commands = {"web": web_command(settings), "worker": worker_command(settings)}
    with children(commands, settings, logs=settings.log_dir) as family:
        family.await_ready(settings)
        when_ready()
        family.wait()


class Family:
    """Child processes that live and end together."""

    def __init__(self, processes: dict[str, subprocess.Popen[bytes]], logs: Path | None) -> None:
        self._processes = processes
        self._where = f"; see {logs}/{{name}}.log" if logs else ""
        self._stop = threading.Event()

    def stop(self, *_: object) -> None:
        """Ask for a clean end."""
        self._stop.set()

    def await_ready(self, settings: Settings) -> None:
        """Return when `/readyz` answers 200, or when we are asked to stop.

        Raises: SettingsError when a child ends, or nothing answers within a minute.
        """
        url = f"http://{settings.bind}/readyz"
        deadline = time.monotonic() + READY_SECONDS
        while not self._stop.wait(0.1):
            self._check()
            with suppress(OSError), urlopen(url, timeout=2) as answer:  # our own address
                if answer.status == 200:
                    return
            if time.monotonic() > deadline:
                raise SettingsError(f"nothing answered at {url} within {READY_SECONDS} seconds; see the log")

    def wait(self) -> None:
        """Return at an interrupt, or when a child ends by itself; then everything ends.

        Raises: SettingsError naming the child that ended.
        """
        while not self._stop.wait(0.3):
            self._check()

    def _check(self) -> None:
        for name, process in self._processes.items():
            if process.poll() is not None:
                where = self._where.format(name=name)
                raise SettingsError(
                    f"the {name} process ended by itself (status {process.returncode}){where}"
                )


@contextmanager
def children(
    commands: dict[str, list[str]],
    settings: Settings,
    extra: dict[str, str] | None = None,
    logs: Path | None = None,
) -> Iterator[Family]:
    """Run child processes until the block ends or a signal comes; then end them cleanly.

    With `logs` each writes to a file of its name there, so that a person's terminal stays readable.
    Each child is its own session, so that Ctrl-C reaches only us and the order of the end is ours.
    """
    environment = {**os.environ, **environment_of(settings), **(extra or {})}
    processes: dict[str, subprocess.Popen[bytes]] = {}
    family = Family(processes, logs)
    previous = {number: signal.signal(number, family.stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        for name, command in commands.items():
            with _log_of(name, logs) as log:
                processes[name] = subprocess.Popen(  # noqa: S603
                    command, env=environment, start_new_session=True, stdout=log, stderr=log
                )
        yield family
    finally:
        _end(processes.values())
        for number, handler in previous.items():
            signal.signal(number, handler)


@contextmanager
def _log_of(name: str, logs: Path | None) -> Iterator[IO[bytes] | None]:
    if logs is None:
        yield None
        return
    with (logs / f"{name}.log").open("ab") as log:
        yield log


def environment_of(settings: Settings) -> dict[str, str]:
    """The settings that a child must share, as it reads them."""
    return {
        "CITIZEN_MODE": settings.mode.value,
        "CITIZEN_DATA_DIR": str(settings.data_dir),
        "CITIZEN_KEYS_DIR": str(settings.keys_dir),
        "CITIZEN_BASE_URL": settings.base_url,
        "CITIZEN_BIND": settings.bind,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(CHECKOUT), os.environ.get("PYTHONPATH")])),
    }


def _end(processes: Iterable[subprocess.Popen[bytes]]) -> None:
    alive = [process for process in processes if process.poll() is None]
    for process in alive:
        with suppress(ProcessLookupError):
            process.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for process in alive:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
