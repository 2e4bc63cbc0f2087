"""Pages that stand by themselves: help, accessibility, privacy, the console's front."""

from flask import render_template

from services.web.blueprints import PageBlueprint
from services.web.declare import public, signed_in

blueprint = PageBlueprint("standing", __name__, service="web")


@blueprint.route("/help")
@public("help is for everybody")
def show_help() -> str:
    """Where to get help; the phone number first."""
    return render_template("web/help.html")


@blueprint.route("/accessibility")
@public("the accessibility statement is for everybody")
def show_accessibility() -> str:
    """What these pages do for every reader."""
    return render_template("web/accessibility.html")


@blueprint.route("/privacy")
@public("the privacy statement is for everybody")
def show_privacy() -> str:
    """What is kept, sealed, logged and shown."""
    return render_template("web/privacy.html")


@blueprint.route("/console")
@signed_in()
def show_console() -> str:
    """The console's front: where the reader's work is."""
    return render_template("web/console.html")
