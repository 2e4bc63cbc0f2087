"""What was typed into the desk's forms, and what to mend in it."""

from collections.abc import Mapping

from flask import request

from services.errors import CitizenError
from services.web.language import gettext

# The rules name the fields of a registration; these are the fields of the form.
FIELDS = {"redirect_uri": "redirect_uris", "grant": "grants", "scope": "scopes", "auth": "auth_method"}


def typed(*names: str) -> dict[str, str]:
    """One text for each field, without spaces at its ends."""
    return {name: request.form.get(name, "").strip() for name in names}


def mistakes(error: CitizenError, default: str) -> Mapping[str, str]:
    """The sentence to show, at the field it is about."""
    field = FIELDS.get(error.field or "", error.field or default)
    return {field: gettext(error.title) % error.facts}
