"""OAuth clients: registering, changing, listing and withdrawing them."""

from services.gateway.clients.changing import cancel_client, change_client
from services.gateway.clients.client import Client
from services.gateway.clients.finding import find_client, list_clients
from services.gateway.clients.registering import NewClient, create_client, replace_client
from services.gateway.clients.registration import Registration, checked_columns

__all__ = [
    "Client",
    "NewClient",
    "Registration",
    "cancel_client",
    "change_client",
    "checked_columns",
    "create_client",
    "find_client",
    "list_clients",
    "replace_client",
]
