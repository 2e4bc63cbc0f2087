"""Logs: one JSON object a line, only allowed fields, nothing that looks like a person's number or a token."""

import logging
import logging.config
import re
import sys
import time
from collections.abc import MutableMapping
from typing import Any

import structlog
from flask import Flask, Response, g, request

from services.settings import Settings

ALLOWED = frozenset(
    {
        "event", "level", "timestamp", "logger", "request_id", "method", "route", "status", "milliseconds",
        "job", "job_id", "attempt", "error", "count", "kind", "channel", "state", "version", "exception",
        "ticket",
    }
)  # fmt: skip
# The net below the allow-list: ID numbers, mobile numbers, e-mail addresses, bearer tokens and JWTs.
PRIVATE = re.compile(
    r"(?<!\d)\d{17}[\dXx](?!\d)|(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)|[\w.+-]+@[\w-]+\.[\w.-]+"
    r"|(?i:bearer)\s+\S+|eyJ[\w-]+\.[\w-]+\.[\w-]*"
)
SILENT = ("authlib", "werkzeug", "procrastinate", "psycopg", "urllib3")


def clean(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop fields that are not allowed and mask what looks private in those that are."""
    return {
        name: PRIVATE.sub("***", value) if isinstance(value, str) else value
        for name, value in event.items()
        if name in ALLOWED or name.startswith("_")
    }


def name_exception(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep where an exception came from and its class; its message may hold a person's data."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, tuple) and info[1] is not None:
        places = []
        trace = info[1].__traceback__
        while trace is not None:
            places.append(f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}")
            trace = trace.tb_next
        event["exception"] = f"{type(info[1]).__name__} at {' > '.join(places[-6:])}"
    return event


def configure_logging(settings: Settings) -> None:
    """Send everything through one formatter to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        name_exception,
        clean,
    ]
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
        "foreign_pre_chain": shared,
    }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": formatter},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
            "root": {"handlers": ["stderr"], "level": settings.log_level},
            "loggers": {name: {"level": "WARNING"} for name in SILENT},
        }
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def register(app: Flask) -> None:
    """Log one line per request, by route template: the path itself may name a person's things."""
    log = structlog.get_logger("citizen.access")

    @app.before_request
    def start() -> None:
        g.citizen_started = time.monotonic()

    @app.after_request
    def write(response: Response) -> Response:
        milliseconds = round((time.monotonic() - g.get("citizen_started", time.monotonic())) * 1000, 1)
        route = request.url_rule.rule if request.url_rule else "(none)"
        if route not in {"/livez", "/readyz"}:
            log.info(
                "request",
                method=request.method,
                route=route,
                status=response.status_code,
                milliseconds=milliseconds,
            )
        return response
