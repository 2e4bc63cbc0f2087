"""Every form on which people help themselves is refused without its token, and gives no secret back."""

from uuid import uuid4

import pytest
from flask import Flask

from services.database.transaction import Database
from tests.support.app import app_over
from tests.support.people import PASSWORD, Browser, enrol_resident

pytestmark = pytest.mark.usefixtures("private_people")

VALUES = {"token": "x", "kind": "phone", "relation_id": str(uuid4())}


def own_forms(application: Flask) -> list[str]:
    """The addresses that take a form of these pages."""
    return sorted(
        rule.build(VALUES, append_unknown=False)[1]  # type: ignore[index]
        for rule in application.url_map.iter_rules()
        if rule.endpoint.startswith("own_account_pages.") and "POST" in (rule.methods or ())
    )


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_form_without_its_token_changes_nothing_and_repeats_no_secret(
    database: Database, *, is_signed_in: bool
) -> None:
    application = app_over(database)
    browser = Browser(application)
    if is_signed_in:
        browser.sign_in(enrol_resident(database))
    forms = own_forms(application)
    assert len(forms) >= 14
    for address in forms:
        answer = browser.post(address, current=PASSWORD, password=PASSWORD, otp="123456")
        # Signed out, a page that needs a person leads to the sign-in; nothing answers as if it had been done.
        assert answer.status_code in {401, 403, 404} or answer.location == "/", address
        assert PASSWORD not in answer.text
        assert "123456" not in answer.text


def test_form_sent_from_another_site_is_refused_with_its_own_token_too(database: Database) -> None:
    application = app_over(database)
    browser = Browser(application)
    page = browser.get("/recover")
    token = page.text.split('name="form_token" value="')[1].split('"')[0]
    answer = browser.http.post(
        "/recover",
        data={"form_token": token, "id_number": "1", "phone": "2"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
