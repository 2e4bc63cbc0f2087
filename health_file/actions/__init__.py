"""The use cases of the health file."""

from health_file.actions.change import change_resource, delete_resource
from health_file.actions.create import create_resource
from health_file.actions.read import list_resources, list_versions, read_resource
from health_file.actions.views import ResourceView

__all__ = [
    "ResourceView",
    "change_resource",
    "create_resource",
    "delete_resource",
    "list_resources",
    "list_versions",
    "read_resource",
]
