"""The FHIR base at `/health-file/fhir`: one file per interaction."""

from health_file.fhir.routes import bundle, conditional, history, instance, metadata, search, summary
from health_file.fhir.routes.blueprint import blueprint

__all__ = ["blueprint", "bundle", "conditional", "history", "instance", "metadata", "search", "summary"]
