"""Taking much at once: bulk exports and archives, gathered by a job with the sight of who asked.

Standard: FHIR Bulk Data Access 2.0.0 (http://hl7.org/fhir/uv/bulkdata).
"""

from health_file.actions.exporting.archive import list_archives, take_archive
from health_file.actions.exporting.ask import ask_for_export, cancel_export, read_export
from health_file.actions.exporting.gather import RUN_EXPORT, expire_export, fail_export, gather_export
from health_file.actions.exporting.take import ExportFile, list_files, take_file
from health_file.actions.exporting.wanted import Wanted

__all__ = [
    "RUN_EXPORT",
    "ExportFile",
    "Wanted",
    "ask_for_export",
    "cancel_export",
    "expire_export",
    "fail_export",
    "gather_export",
    "list_archives",
    "list_files",
    "read_export",
    "take_archive",
    "take_file",
]
