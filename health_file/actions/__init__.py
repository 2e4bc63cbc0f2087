"""The use cases of the health file."""

from health_file.actions.change import (
    change_found,
    change_resource,
    delete_found,
    delete_resource,
    patch_found,
    patch_resource,
)
from health_file.actions.create import create_resource, create_unless_found
from health_file.actions.own_file import read_own_file, read_own_record
from health_file.actions.read import list_resources, list_versions, read_resource
from health_file.actions.search import Matches, search_resources
from health_file.actions.summarise import print_summary, summarise
from health_file.actions.transaction import Faults, Step, apply_transaction
from health_file.actions.views import ResourceView

__all__ = [
    "Faults",
    "Matches",
    "ResourceView",
    "Step",
    "apply_transaction",
    "change_found",
    "change_resource",
    "create_resource",
    "create_unless_found",
    "delete_found",
    "delete_resource",
    "list_resources",
    "list_versions",
    "patch_found",
    "patch_resource",
    "print_summary",
    "read_own_file",
    "read_own_record",
    "read_resource",
    "search_resources",
    "summarise",
]
