"""Importing: first every entry is checked and named, then whose each is settles, then they are kept batch by batch."""

from health_file.actions.importing.check import check_entries
from health_file.actions.importing.job import Import, Refusal, Result
from health_file.actions.importing.load import load_entries
from health_file.store.imports import forget_names, settle_owners

__all__ = ["Import", "Refusal", "Result", "check_entries", "forget_names", "load_entries", "settle_owners"]
