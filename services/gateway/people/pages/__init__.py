"""The pages: signing in and out, home, and what people do with their accounts."""

from services.gateway.people.pages import account, security, sign_in, step_up
from services.gateway.people.pages.blueprint import blueprint

__all__ = ["account", "blueprint", "security", "sign_in", "step_up"]
