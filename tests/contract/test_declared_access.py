"""No route can be born without saying who may call it."""

import pytest
from flask import Flask

from services.app import UndeclaredRoute, enclose_views
from services.web.blueprints import ApiBlueprint, PageBlueprint
from services.web.declare import declared, public, scopes


def test_app_as_built_declares_access_on_every_route(app: Flask) -> None:
    missing = [endpoint for endpoint, view in app.view_functions.items() if declared(view) is None]
    assert missing == []


def test_app_as_built_declares_only_known_scopes(app: Flask) -> None:
    known = set(app.extensions["citizen_catalogue"].scopes)
    used = {scope for view in app.view_functions.values() for scope in declared(view).scopes}
    assert used <= known


def test_app_as_built_gives_a_reason_for_every_public_route(app: Flask) -> None:
    for endpoint, view in app.view_functions.items():
        declaration = declared(view)
        if declaration.is_public:
            assert len(declaration.reason) > 10, endpoint


def test_boot_with_an_undeclared_route_is_refused(app: Flask) -> None:
    fresh = Flask("planted")
    pages = PageBlueprint("planted", __name__, service="ebills")
    pages.add_url_rule("/planted", view_func=lambda: "open to all")
    fresh.register_blueprint(pages)
    fresh.view_functions.pop("static", None)
    with pytest.raises(UndeclaredRoute, match="planted"):
        enclose_views(fresh, app.extensions["citizen_database"], app.extensions["citizen_guard"])


def test_boot_with_a_declared_route_succeeds(app: Flask) -> None:
    fresh = Flask("planted", static_folder=None)
    pages = PageBlueprint("planted", __name__, service="ebills")
    pages.add_url_rule("/planted", view_func=scopes("ebills:read")(lambda: "for some"))
    fresh.register_blueprint(pages)
    enclose_views(fresh, app.extensions["citizen_database"], app.extensions["citizen_guard"])
    assert declared(fresh.view_functions["planted.<lambda>"]).scopes == {"ebills:read"}


def test_public_without_a_reason_is_not_public() -> None:
    assert not declared(public("")(lambda: "")).is_public
    assert isinstance(ApiBlueprint("x", __name__, service="ebills").service, str)
