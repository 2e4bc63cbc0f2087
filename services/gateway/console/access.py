"""Who works at the gateway's desk: administrators, and nobody by an access token (no route declares the scope)."""

from services.manifest import Desk, Scope
from services.words import msgid

ADMIN = "gateway:admin"
SCOPES = (Scope(ADMIN, msgid("管理应用、密钥和工作人员"), frozenset({"admin"})),)
DESKS = (Desk(ADMIN, "/console/gateway", msgid("门户")),)
