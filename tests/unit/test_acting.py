"""The chain of actors as RFC 8693 prints it."""

from services.gateway.oauth.acting import act_claim


def test_chain_nests_as_in_the_standards_figure_6() -> None:
    names = ["https://service16.example.com", "https://service77.example.com"]
    assert act_claim(names) == {
        "sub": "https://service16.example.com",
        "act": {"sub": "https://service77.example.com"},
    }


def test_nobody_acts_where_the_chain_is_empty() -> None:
    assert act_claim([]) is None
