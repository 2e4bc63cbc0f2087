"""The health file's JSON API at `/health-file/v1`."""

from health_file.routes import access_log, consents, links, resources
from health_file.routes.blueprint import blueprint

__all__ = ["access_log", "blueprint", "consents", "links", "resources"]
from health_file.routes import emergencies

__all__ = ["access_log", "blueprint", "consents", "emergencies", "resources"]
