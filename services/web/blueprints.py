"""The two kinds of blueprint: JSON APIs, which take access tokens, and pages, which take the page session."""

from typing import Any

from flask import Blueprint
from flask_smorest import Blueprint as SmorestBlueprint


class ApiBlueprint(SmorestBlueprint):
    """JSON routes of one service under `/<slug>/v1`, documented in OpenAPI.

    `service` is the package whose rows the route's transaction reaches. A standard's own base
    (`/health-file/fhir`, `/hotline/open311/v2`) is a further ApiBlueprint with its own `url_prefix`.
    """

    def __init__(self, name: str, import_name: str, *, service: str, **options: Any) -> None:
        super().__init__(name, import_name, **options)
        self.service = service


class PageBlueprint(Blueprint):
    """HTML pages of one service; its templates stand in `templates/<package>/`.

    `unrecorded` names endpoints whose forms are checked like all others but leave no idempotency record: what is
    typed into them, a password, may not even be digested, and doing them twice does no harm.
    """

    unrecorded: frozenset[str] = frozenset()

    def __init__(self, name: str, import_name: str, *, service: str, **options: Any) -> None:
        options.setdefault("template_folder", "templates")
        super().__init__(name, import_name, **options)
        self.service = service
