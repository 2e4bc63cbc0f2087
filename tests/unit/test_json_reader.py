"""JSON is read strictly: what two parsers could read differently is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.web.json_reader import MalformedJson, read

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), inner, max_size=4
        )
    ),
    max_leaves=20,
)

REFUSED = {
    "duplicate member": b'{"a": 1, "a": 2}',
    "duplicate member deep inside": b'{"a": [{"b": 1, "b": 1}]}',
    "NaN": b'{"a": NaN}',
    "infinity": b"[Infinity]",
    "negative infinity": b"[-Infinity]",
    "overflow": b"[1e999]",
    "NUL in a text": b'["a\\u0000b"]',
    "NUL in a name": b'{"a\\u0000": 1}',
    "lone surrogate": b'["\\ud800"]',
    "lone surrogate as the whole": b'"\\udfff"',
    "65-bit integer": b"[9223372036854775808]",
    "thousand digits": b"[" + b"9" * 1000 + b"]",
    "ten thousand deep": b"[" * 10_000 + b"]" * 10_000,
    "byte order mark": b"\xef\xbb\xbf{}",
    "not UTF-8": b'["\xff"]',
    "empty": b"",
    "trailing comma": b"[1,]",
    "two values": b"1 2",
}


@pytest.mark.parametrize("raw", REFUSED.values(), ids=REFUSED)
def test_read_of_ambiguous_json_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedJson) as caught:
        read(raw)
    assert caught.value.status == 400


@given(PLAIN)
def test_read_of_sound_json_gives_the_same_value(value: object) -> None:
    assert read(json.dumps(value).encode()) == value


@given(st.binary(max_size=200))
def test_read_of_arbitrary_bytes_either_parses_or_refuses(raw: bytes) -> None:
    try:
        read(raw)
    except MalformedJson as refused:
        assert refused.status == 400
