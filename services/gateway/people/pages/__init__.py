"""The pages: signing in and out, home, and what people do with their accounts."""

from services.gateway.people.pages import account, sign_in
from services.gateway.people.pages.blueprint import blueprint

__all__ = ["account", "blueprint", "sign_in"]
