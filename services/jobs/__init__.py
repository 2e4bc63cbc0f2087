"""The job queue behind one port, and the worker that runs it."""

from services.jobs.queue import enqueue

__all__ = ["enqueue"]
