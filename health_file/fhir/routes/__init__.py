"""The FHIR base at `/health-file/fhir`: one file per interaction."""

from health_file.fhir.routes import history, instance, metadata, search, summary
from health_file.fhir.routes.blueprint import blueprint

__all__ = ["blueprint", "history", "instance", "metadata", "search", "summary"]
