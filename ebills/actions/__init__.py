"""The use cases of e-bills."""

from ebills.actions.bills import (
    BillRow,
    BillView,
    DueBill,
    Overview,
    count_due,
    list_bills,
    read_bill,
    read_next_due,
    read_overview,
)
from ebills.actions.claiming import AccountView, claim_account, list_accounts
from ebills.actions.importing import ImportResult, create_import, list_billers, list_imports, read_import
from ebills.actions.notifying import create_notice

__all__ = [
    "AccountView",
    "BillRow",
    "BillView",
    "DueBill",
    "ImportResult",
    "Overview",
    "claim_account",
    "count_due",
    "create_import",
    "create_notice",
    "list_accounts",
    "list_billers",
    "list_bills",
    "list_imports",
    "read_bill",
    "read_import",
    "read_next_due",
    "read_overview",
]
