"""The practitioners' desk from which an application is opened on one patient (SMART EHR launch)."""

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from health_file import access, actions
from health_file.errors import ApplicationNotLaunchable
from health_file.fhir.routes.addresses import base_url
from health_file.pages.blueprint import blueprint
from services.errors import NotFound
from services.gateway.oauth.server import origin_of
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.headers import allow_form_target
from services.web.language import current_language
from services.web.language import gettext as _

PLACE = "/console/health/apps"


@blueprint.get(PLACE)
@scopes(access.WRITE)
def show_applications() -> str:
    """Which application, and on whose file."""
    return _page({}, {})


@blueprint.post(PLACE)
@scopes(access.WRITE)
def launch_application() -> Response | tuple[str, int]:
    """Open it: the browser goes on to the application, which then asks to be let in."""
    form = {name: request.form.get(name, "").strip() for name in ("client_id", "patient")}
    session, actor = current_session(), current_actor()
    try:
        launch = actions.launch_application(
            session,
            actor,
            base_url=base_url(),
            client_id=form["client_id"],
            patient_id=actions.find_patient_by(session, form["patient"]),
        )
    except NotFound:
        return _page(form, {"patient": _("没有找到这位病人，或者您看不到他的档案。请核对编号")}), 422
    except ApplicationNotLaunchable as error:
        return _page(form, {"client_id": _(error.title)}), 422
    return redirect(launch.url, 303)


def _page(form: dict[str, str], errors: dict[str, str]) -> str:
    found = actions.list_applications(current_session(), current_actor())
    in_english = current_language() == "en"
    # The form ends at the application: the browser checks the redirect against the policy of this page.
    targets = sorted({origin_of(one.initiate_login_uri) for one in found if one.initiate_login_uri})
    if targets:
        allow_form_target(" ".join(targets))
    applications = {one.client_id: one.name_en if in_english else one.name for one in found}
    return render_template(
        "health_file/applications.html", applications=applications, form=form, errors=errors
    )
