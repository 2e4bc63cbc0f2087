"""A sign-in leads to our own pages only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.people.next_page import authorization_of, safe_next


@pytest.mark.parametrize(
    "path", ["/my/bills", "/my/bills?for=1&x=%2F", "/oauth/authorize?client_id=c&state=a%20b"]
)
def test_safe_next_own_path_is_kept(path: str) -> None:
    assert safe_next(path) == path


@pytest.mark.parametrize(
    "wanted",
    [
        None, "", "my", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
        "https://evil.example", "javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", " /my",
        "/my\r\nSet-Cookie: a=b", "/" + "a" * 5000, "http:/my", "/\x00",
    ],
)  # fmt: skip
def test_safe_next_foreign_address_leads_home(wanted: str | None) -> None:
    assert safe_next(wanted) == "/"


@given(st.text(max_size=60))
def test_safe_next_never_leaves_the_origin(text: str) -> None:
    found = safe_next(text)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))


def test_authorization_of_pending_authorization_is_read_and_of_others_not() -> None:
    path = "/oauth/authorize?client_id=c&redirect_uri=https%3A%2F%2Fa.example%2Fcb"
    assert authorization_of(path) == [("client_id", "c"), ("redirect_uri", "https://a.example/cb")]
    assert authorization_of("/my?client_id=c&redirect_uri=x") is None
