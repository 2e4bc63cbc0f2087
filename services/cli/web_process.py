"""What gunicorn does with a web process of ours; it reads this module as its configuration."""

from typing import Any

from services.web.metrics import serve_metrics


def post_worker_init(worker: Any) -> None:
    """A worker stands, and has its application: its numbers are served from now on."""
    serve_metrics(worker.wsgi.extensions["citizen_settings"])
