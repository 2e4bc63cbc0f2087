"""The use cases of the health file."""

from health_file.actions.change import (
    change_found,
    change_resource,
    delete_found,
    delete_resource,
    patch_found,
    patch_resource,
from health_file.actions.access_log import (
    Reader,
    Reading,
    Visit,
    list_readers,
    list_readings,
    read_reading,
)
from health_file.actions.change import change_resource, delete_resource
from health_file.actions.consents import (
    ConsentView,
    Provision,
    block_reader,
    give_consent,
    list_consents,
    unblock_reader,
    view_of_consent,
    withdraw_consent,
)
from health_file.actions.create import create_resource, create_unless_found
from health_file.actions.own_file import read_own_file, read_own_record
from health_file.actions.read import list_resources, list_versions, read_resource
from health_file.actions.search import Matches, search_resources
from health_file.actions.summarise import print_summary, summarise
from health_file.actions.transaction import Faults, Step, apply_transaction
from health_file.actions.views import ResourceView

__all__ = [
    "ConsentView",
    "Faults",
    "Matches",
    "Provision",
    "Reader",
    "Reading",
    "ResourceView",
    "Step",
    "Visit",
    "apply_transaction",
    "block_reader",
    "change_found",
    "change_resource",
    "create_resource",
    "create_unless_found",
    "delete_found",
    "delete_resource",
    "give_consent",
    "list_consents",
    "list_readers",
    "list_readings",
    "list_resources",
    "list_versions",
    "patch_found",
    "patch_resource",
    "print_summary",
    "read_own_file",
    "read_own_record",
    "read_reading",
    "read_resource",
    "search_resources",
    "summarise",
    "unblock_reader",
    "view_of_consent",
    "withdraw_consent",
]
