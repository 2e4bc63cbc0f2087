"""The use cases of e-bills, one file each."""

from ebills.actions.bills import AccountView, BillRow, list_accounts, list_bills, list_history, read_bill
from ebills.actions.importing import ImportResult, import_bills, list_billers, list_imports
from ebills.actions.linking import link_account

__all__ = [
    "AccountView",
    "BillRow",
    "ImportResult",
    "import_bills",
    "link_account",
    "list_accounts",
    "list_billers",
    "list_bills",
    "list_history",
    "list_imports",
    "read_bill",
]
