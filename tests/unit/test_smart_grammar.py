"""The grammar of SMART scopes: what is read, what is refused, what covers what."""

import pytest

from health_file.smart.grammar import TYPES, read_scope
from health_file.smart.scopes import find_scope
from services.manifest import Interaction
from tests.support.smart import LABORATORY

READ, WRITE = "health_file:read", "health_file:write"


@pytest.mark.parametrize(
    ("name", "context", "kind", "letters"),
    [
        ("patient/*.rs", "patient", "*", "rs"),
        ("patient/Observation.rs", "patient", "Observation", "rs"),
        ("user/*.cruds", "user", "*", "cruds"),
        ("system/Patient.r", "system", "Patient", "r"),
        ("patient/Observation.c", "patient", "Observation", "c"),
        ("patient/*.read", "patient", "*", "rs"),
        ("patient/*.write", "patient", "*", "cud"),
        ("user/Encounter.*", "user", "Encounter", "cruds"),
        (f"patient/Observation.rs{LABORATORY}", "patient", "Observation", "rs"),
    ],
)
def test_scopes_of_the_grammar_are_read(name, context, kind, letters) -> None:
    reach = read_scope(name)
    assert (reach.context, reach.type, reach.letters) == (context, kind, letters)


@pytest.mark.parametrize(
    "name",
    [
        "patient/Observation.",
        "patient/Observation.sr",
        "patient/Observation.rr",
        "patient/Observation.rsd",
        "patient/Observation.dus",
        "patient/Observation.RS",
        "patient/Observation.reads",
        "patient/Observation",
        "patient/observation.rs",
        "patient/Device.rs",
        "patient/.rs",
        "patient/**.rs",
        "patients/Observation.rs",
        "Patient/Observation.rs",
        "launch/Observation.rs",
        "/Observation.rs",
        " patient/Observation.rs",
        "patient/Observation.rs ",
        "patient/Observation.rs\n",
        "patient/Observation.rs?",
        "patient/Observation.rs?category",
        "patient/Observation.rs?category=",
        "patient/Observation.rs?category=|",
        "patient/Observation.rs?category=a|b|c",
        "patient/Observation.rs?category=a,",
        "patient/Observation.rs?category=%zz",
        "patient/Observation.rs?category=%ff",
        "patient/Observation.rs?category:not=laboratory",
        "patient/Observation.rs?category:in=laboratory",
        "patient/Observation.rs?category=laboratory&",
        "patient/Observation.rs?date=2020",
        "patient/Observation.rs?subject=Patient/1",
        "patient/Observation.rs?_id=1",
        "patient/Observation.rs?unknown=x",
        "patient/Patient.rs?category=laboratory",
        "patient/Observation.read?category=laboratory",
        "patient/*.rs?nowhere=laboratory",
        f"patient/Observation.rs?category={'x' * 600}",
    ],
)
def test_what_cannot_be_read_to_the_end_is_no_scope(name) -> None:
    assert read_scope(name) is None
    assert find_scope(name) is None


def test_a_wildcard_with_a_parameter_reaches_the_types_that_have_it() -> None:
    reach = read_scope("patient/*.rs?category=laboratory")
    assert "Observation" in reach.types
    assert "Patient" not in reach.types
    assert set(read_scope("patient/*.rs").types) == set(TYPES)


@pytest.mark.parametrize(
    ("wide", "narrow", "is_covered"),
    [
        ("patient/*.rs", "patient/Observation.rs", True),
        ("patient/*.cruds", "patient/Observation.r", True),
        ("patient/*.rs", f"patient/Observation.rs{LABORATORY}", True),
        ("patient/*.read", "patient/Observation.rs", True),
        ("patient/Observation.rs", "patient/*.rs", False),
        ("patient/*.r", "patient/*.rs", False),
        ("patient/*.rs", "user/*.rs", False),
        ("user/*.rs", "patient/*.rs", False),
        ("user/*.cruds", "system/*.rs", False),
        (f"patient/Observation.rs{LABORATORY}", "patient/Observation.rs", False),
        ("patient/Observation.rs?category=a,b", "patient/Observation.rs?category=a", True),
        ("patient/Observation.rs?category=a", "patient/Observation.rs?category=a,b", False),
        ("patient/Observation.rs?category=a", "patient/Observation.rs?category=a&code=c", True),
        ("patient/Observation.rs?category=a&code=c", "patient/Observation.rs?category=a", False),
        ("patient/*.rs?category=a", "patient/Observation.rs?category=a", True),
        ("patient/*.rs?category=a", "patient/Observation.rs", False),
    ],
)
def test_scope_beside_another_covers_it_or_not(wide, narrow, is_covered) -> None:
    assert find_scope(wide).covers(find_scope(narrow)) is is_covered


def test_a_scope_has_one_piece_for_each_letter_and_a_wildcard_one_part_for_each_type() -> None:
    scope = find_scope(f"user/Observation.cru{LABORATORY}")
    assert [piece.name for piece in scope.pieces] == [
        f"user/Observation.{letter}{LABORATORY}" for letter in "cru"
    ]
    assert scope.parts == ()
    parts = find_scope("patient/*.rs").parts
    assert [part.name for part in parts] == [f"patient/{name}.rs" for name in TYPES]
    for part in parts:
        assert find_scope(part.name) == part


def test_a_made_name_reads_back_as_the_same_scope() -> None:
    odd = find_scope("patient/*.rs?category=urn:a|b%2Cc%26d%20e")
    for part in odd.parts:
        assert find_scope(part.name) == part
        assert part.reach.filters == odd.reach.filters


@pytest.mark.parametrize(
    ("name", "letters", "kind", "stands_for"),
    [
        ("patient/*.rs", "r", "Observation", {READ}),
        ("patient/*.r", "s", "Observation", set()),
        ("patient/Observation.rs", "r", "Condition", set()),
        ("user/*.cruds", "u", "Condition", {WRITE}),
        ("user/*.rs", "c", "Condition", set()),
        ("user/*.cruds", "cruds", None, {READ, WRITE}),
        ("patient/*.read", "s", "Patient", {READ}),
        ("patient/*.rs", "r", "Device", set()),
        ("patient/*.rs", "r", "*", {READ}),
        ("patient/Observation.rs", "r", "*", set()),
        ("patient/*.rs?category=laboratory", "r", "*", set()),
    ],
)
def test_what_a_scope_stands_for_on_a_route(name, letters, kind, stands_for) -> None:
    assert find_scope(name).stands_for(Interaction(letters, kind)) == stands_for


@pytest.mark.parametrize(
    ("name", "holders"),
    [
        ("patient/*.rs", {"resident", "practitioner"}),
        ("patient/*.cruds", {"practitioner"}),
        ("user/*.rs", {"resident", "practitioner"}),
        ("user/*.c", {"practitioner"}),
        ("system/*.cruds", {"client"}),
    ],
)
def test_who_may_hold_a_scope(name, holders) -> None:
    assert find_scope(name).holders == holders


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("patient/*.rs", "看：健康档案里的全部记录"),
        (f"patient/Observation.rs{LABORATORY}", "看：检验、测量和观察（只限化验）"),
        ("user/Encounter.cru", "看、新增、修改：就诊记录（您自己能看到的）"),
        (
            "patient/Observation.rs?code=http://loinc.org|1-8",
            "看：检验、测量和观察（只限http://loinc.org|1-8）",
        ),
    ],
)
def test_the_sentence_of_the_consent_page(name, sentence) -> None:
    assert find_scope(name).shown(lambda text: text) == sentence
