"""`/my/account/contact`: how a resident is reached, and changing it with a code to the new address."""

from uuid import UUID

from flask import Response, abort, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from services.database.roles import Role
from services.errors import CitizenError
from services.gateway.people import own_contacts, texts
from services.gateway.people.errors import StepExpired
from services.gateway.people.own_contacts import mask_email
from services.gateway.people.pages.notes import drop_note, keep_note, read_note
from services.gateway.people.pages.own_blueprint import blueprint, leave_no_record, page, redraw, restart
from services.gateway.people.phone import mask_phone
from services.web.current import current_actor, current_session, current_settings
from services.web.declare import signed_in
from services.web.language import gettext

NOTE = "citizen_contact"
CHANNELS = {"phone": texts.SMS, "email": texts.EMAIL}

leave_no_record("ask_contact_code", "verify_contact_code")


@blueprint.get("/my/account/contact")
@signed_in()
def show_contacts() -> Response:
    """Phone and mailbox, masked."""
    contacts = own_contacts.read_contacts(current_session(), current_actor())
    return page("gateway/contacts.html", contacts=contacts, is_done="done" in request.args)


@blueprint.get("/my/account/contact/<any(phone, email):kind>")
@signed_in()
def show_new_contact(kind: str) -> Response:
    """The new address and the present password."""
    return page("gateway/new_contact.html", kind=kind)


@blueprint.post("/my/account/contact/<any(phone, email):kind>")
@signed_in(role=Role.GATEWAY)
def ask_contact_code(kind: str) -> AnyResponse:
    """Send a code to the new address."""
    channel = CHANNELS[kind]
    if channel not in texts.carriers_of(current_settings()):
        abort(404)
    address = own_contacts.parse_address(channel, request.form.get(kind, ""))
    actor = current_actor()
    request_id = own_contacts.ask_new_contact(
        current_session(),
        actor,
        channel=channel,
        address=address,
        password=request.form.get("current", ""),
        sentence=gettext(own_contacts.CODE_SENTENCE),
        taken=gettext(own_contacts.TAKEN_SENTENCE),
        policy=current_settings().throttle_policy,
    )
    response = redirect("/my/account/contact/code", 303)
    keep_note(response, NOTE, [str(actor.account), kind, address, str(request_id)])
    return response


@blueprint.get("/my/account/contact/code")
@signed_in()
def show_contact_code() -> Response:
    """The field for the code."""
    return _code_page(None)


@blueprint.post("/my/account/contact/code")
@signed_in(role=Role.GATEWAY)
def verify_contact_code() -> AnyResponse:
    """Check the code and change the address."""
    kind, address, request_id = _note()
    own_contacts.change_contact(
        current_session(),
        current_actor(),
        channel=CHANNELS[kind],
        address=address,
        request_id=request_id,
        code=request.form.get("otp", ""),
        sentence=gettext(own_contacts.MOVED_SENTENCE),
        policy=current_settings().throttle_policy,
    )
    response = redirect("/my/account/contact?done=1", 303)
    drop_note(response, NOTE)
    return response


@redraw("ask_contact_code")
def show_new_contact_again(error: CitizenError) -> Response:
    """The address as typed, the password empty."""
    kind = str((request.view_args or {}).get("kind", "phone"))
    return page("gateway/new_contact.html", error, field="current", kind=kind)


@redraw("verify_contact_code")
def show_contact_code_again(error: CitizenError) -> Response:
    """The field, empty."""
    return _code_page(error)


@restart("/my/account/contact", StepExpired)
def restart_contact(error: CitizenError) -> Response:
    """From the address again."""
    return page("gateway/new_contact.html", error, field="current", kind="phone")


def _code_page(error: CitizenError | None) -> Response:
    kind, address, _ = _note()
    shown = mask_phone(address) if kind == "phone" else mask_email(address)
    return page("gateway/contact_code.html", error, field="otp", address=shown, kind=kind)


def _note() -> tuple[str, str, UUID]:
    account, kind, address, request_id = read_note(NOTE)
    if account != str(current_actor().account):
        raise StepExpired
    return kind, address, UUID(request_id)
