"""The FHIR base at `/health-file/fhir`: one file per interaction."""

from health_file.fhir.routes import everything, history, instance, lastn, metadata, search
from health_file.fhir.routes.blueprint import blueprint

__all__ = ["blueprint", "everything", "history", "instance", "lastn", "metadata", "search"]
