"""What residents decide about their files: Consents, and blocks, which are Consents too."""

from health_file.actions.consents.blocking import block_reader, unblock_reader
from health_file.actions.consents.listing import ConsentView, Provision, list_consents, view_of_consent
from health_file.actions.consents.writing import change_consent, give_consent, withdraw_consent

__all__ = [
    "ConsentView",
    "Provision",
    "block_reader",
    "change_consent",
    "give_consent",
    "list_consents",
    "unblock_reader",
    "view_of_consent",
    "withdraw_consent",
]
