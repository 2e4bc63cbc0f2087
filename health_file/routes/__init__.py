"""The health file's JSON API at `/health-file/v1`."""

from health_file.routes import access_log, consents, emergencies, erasures, links, resources, treating
from health_file.routes.blueprint import blueprint

__all__ = ["access_log", "blueprint", "consents", "emergencies", "erasures", "links", "resources", "treating"]
