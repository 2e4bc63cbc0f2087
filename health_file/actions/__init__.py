"""The use cases of the health file."""

from health_file.actions.access_log import (
    Reader,
    Reading,
    Visit,
    list_readers,
    list_readings,
    patient_of_log,
    read_reading,
)
from health_file.actions.change import (
    change_found,
    change_resource,
    delete_found,
    delete_resource,
    patch_found,
    patch_resource,
)
from health_file.actions.check import MODES as CHECK_MODES
from health_file.actions.check import check_resource
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
from health_file.actions.emergencies import (
    Emergency,
    EmergencyView,
    close_due,
    close_emergency,
    confirm_emergency,
    escalate,
    list_emergencies,
    open_emergency,
    review_emergency,
    tell_guardians,
)
from health_file.actions.everything import FilePage, Period, read_everything
from health_file.actions.exporting import (
    ExportFile,
    ask_for_export,
    cancel_export,
    expire_export,
    fail_export,
    gather_export,
    list_archives,
    list_files,
    read_export,
    take_archive,
    take_file,
)
from health_file.actions.lastn import read_last_observations
from health_file.actions.launch import Launch, find_patient_by, launch_application, list_applications
from health_file.actions.match import match_patient
from health_file.actions.own_file import read_own_file, read_own_record
from health_file.actions.read import list_resources, list_versions, read_resource
from health_file.actions.search import Matches, search_resources
from health_file.actions.summarise import print_summary, summarise
from health_file.actions.transaction import Faults, Step, apply_transaction
from health_file.actions.views import ResourceView

__all__ = [
    "CHECK_MODES",
    "ConsentView",
    "Emergency",
    "EmergencyView",
    "ExportFile",
    "Faults",
    "FilePage",
    "Launch",
    "Matches",
    "Period",
    "Provision",
    "Reader",
    "Reading",
    "ResourceView",
    "Step",
    "Visit",
    "apply_transaction",
    "ask_for_export",
    "block_reader",
    "cancel_export",
    "change_found",
    "change_resource",
    "check_resource",
    "close_due",
    "close_emergency",
    "confirm_emergency",
    "create_resource",
    "create_unless_found",
    "delete_found",
    "delete_resource",
    "escalate",
    "expire_export",
    "fail_export",
    "find_patient_by",
    "gather_export",
    "give_consent",
    "launch_application",
    "list_applications",
    "list_archives",
    "list_consents",
    "list_emergencies",
    "list_files",
    "list_readers",
    "list_readings",
    "list_resources",
    "list_versions",
    "match_patient",
    "open_emergency",
    "patch_found",
    "patch_resource",
    "patient_of_log",
    "print_summary",
    "read_everything",
    "read_export",
    "read_last_observations",
    "read_own_file",
    "read_own_record",
    "read_reading",
    "read_resource",
    "review_emergency",
    "search_resources",
    "summarise",
    "take_archive",
    "take_file",
    "tell_guardians",
    "unblock_reader",
    "view_of_consent",
    "withdraw_consent",
]
