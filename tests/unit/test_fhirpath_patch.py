"""FHIRPath Patch: every operation, as HL7's fhir-patch test cases ask for it, and whatever else is sent."""

import contextlib
import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from health_file.errors import PatchFailed, PatchInvalid
from health_file.fhir.fhirpath_patch import apply
from health_file.fhir.fhirpath_patch.paths import PathInvalid, read_path
from services.errors import CitizenError

NAMED = {"resourceType": "Patient", "contact": [{"name": {"text": "a name"}, "gender": "male"}]}
LISTED = {"resourceType": "Patient", "identifier": [{"value": str(one)} for one in range(4)]}
GIVEN = {
    "resourceType": "Patient",
    "name": [{"use": "usual", "given": ["a", "b"], "_given": [None, {"id": "x"}]}, {"use": "official"}],
}
OBSERVED = {"resourceType": "Observation", "status": "final", "valueString": "x"}
PREFIX = {"url": "urn:prefix", "valueString": "VV"}


def operation(kind, path, **parts):
    shown = [{"name": "type", "valueCode": kind}, {"name": "path", "valueString": path}]
    for name, value in parts.items():
        if name in {"index", "source", "destination"}:
            shown.append({"name": name, "valueInteger": value})
        elif name == "name":
            shown.append({"name": name, "valueString": value})
        else:
            shown.append({"name": "value", **value})
    return {"name": "operation", "part": shown}


def patch(*operations):
    return {"resourceType": "Parameters", "parameter": list(operations)}


def changed(document, **elements):
    found = {**copy.deepcopy(document), **elements}
    return {name: value for name, value in found.items() if value is not None}


CASES = [
    ("nothing", NAMED, [], NAMED),
    (
        "replace a primitive",
        {"resourceType": "Patient", "birthDate": "1920-01-01"},
        [operation("replace", "Patient.birthDate", value={"valueDate": "1930-01-01"})],
        {"resourceType": "Patient", "birthDate": "1930-01-01"},
    ),
    (
        "delete a primitive with what stands beside it",
        {"resourceType": "Patient", "birthDate": "1920-01-01", "_birthDate": {"id": "b"}},
        [operation("delete", "Patient.birthDate")],
        {"resourceType": "Patient"},
    ),
    (
        "add a primitive",
        {"resourceType": "Patient"},
        [operation("add", "Patient", name="birthDate", value={"valueDate": "1930-01-01"})],
        {"resourceType": "Patient", "birthDate": "1930-01-01"},
    ),
    (
        "replace below a list",
        NAMED,
        [operation("replace", "Patient.contact[0].name.text", value={"valueString": "the name"})],
        changed(NAMED, contact=[{"name": {"text": "the name"}, "gender": "male"}]),
    ),
    (
        "what is emptied goes with it",
        NAMED,
        [operation("delete", "Patient.contact[0].name.text")],
        changed(NAMED, contact=[{"gender": "male"}]),
    ),
    (
        "delete an element of a list, and the list with the last",
        {"resourceType": "Patient", "contact": [{"name": {"text": "a"}}]},
        [operation("delete", "Patient.contact[0]")],
        {"resourceType": "Patient"},
    ),
    (
        "add a complex value",
        {"resourceType": "Patient"},
        [
            operation(
                "add", "Patient", name="maritalStatus", value={"valueCodeableConcept": {"text": "married"}}
            )
        ],
        {"resourceType": "Patient", "maritalStatus": {"text": "married"}},
    ),
    (
        "add an element without a type",
        {"resourceType": "Patient"},
        [
            operation(
                "add",
                "Patient",
                name="contact",
                value={
                    "part": [
                        {"name": "name", "valueHumanName": {"text": "a name"}},
                        {"name": "gender", "valueCode": "male"},
                        {"name": "telecom", "valueContactPoint": {"value": "1"}},
                        {"name": "telecom", "valueContactPoint": {"value": "2"}},
                    ]
                },
            )
        ],
        {
            "resourceType": "Patient",
            "contact": [
                {"name": {"text": "a name"}, "gender": "male", "telecom": [{"value": "1"}, {"value": "2"}]}
            ],
        },
    ),
    (
        "insert at the end, in the middle, in a list that is not there",
        LISTED,
        [
            operation("insert", "Patient.identifier", index=4, value={"valueIdentifier": {"value": "e"}}),
            operation("insert", "Patient.identifier", index=1, value={"valueIdentifier": {"value": "m"}}),
            operation("insert", "Patient.photo", index=0, value={"valueAttachment": {"title": "p"}}),
        ],
        changed(LISTED, identifier=[{"value": one} for one in "0m123e"], photo=[{"title": "p"}]),
    ),
    (
        "moves, one after the other",
        LISTED,
        [
            operation("move", "Patient.identifier", source=3, destination=0),
            operation("move", "Patient.identifier", source=3, destination=1),
            operation("move", "Patient.identifier", source=3, destination=2),
        ],
        changed(LISTED, identifier=[{"value": one} for one in "3210"]),
    ),
    (
        "move to the end",
        LISTED,
        [operation("move", "Patient.identifier", source=0, destination=3)],
        changed(LISTED, identifier=[{"value": one} for one in "1230"]),
    ),
    (
        "delete what is not there",
        LISTED,
        [operation("delete", "Patient.birthDate"), operation("delete", "Patient.identifier[9]")],
        LISTED,
    ),
    (
        "one of many by a condition",
        GIVEN,
        [
            operation(
                "add", "Patient.name.where(use = 'official')", name="family", value={"valueString": "王"}
            ),
            operation("delete", "Patient.name.where(use = 'usual' and given.exists()).given.last()"),
        ],
        changed(GIVEN, name=[{"use": "usual", "given": ["a"]}, {"use": "official", "family": "王"}]),
    ),
    (
        "lists of primitives keep step with what stands beside",
        GIVEN,
        [
            operation("insert", "Patient.name[0].given", index=0, value={"valueString": "c"}),
            operation("move", "Patient.name[0].given", source=2, destination=0),
            operation("replace", "Patient.name[0].given.where($this = 'c')", value={"valueString": "d"}),
        ],
        changed(
            GIVEN,
            name=[
                {"use": "usual", "given": ["b", "d", "a"], "_given": [{"id": "x"}, None, None]},
                {"use": "official"},
            ],
        ),
    ),
    (
        "a choice changes its type",
        OBSERVED,
        [
            operation("replace", "Observation.value", value={"valueQuantity": {"value": 3}}),
            operation("add", "Observation.value.ofType(Quantity)", name="unit", value={"valueString": "mg"}),
        ],
        {"resourceType": "Observation", "status": "final", "valueQuantity": {"value": 3, "unit": "mg"}},
    ),
    (
        "a choice is added by its name",
        {"resourceType": "Patient"},
        [operation("add", "Patient", name="deceased", value={"valueBoolean": False})],
        {"resourceType": "Patient", "deceasedBoolean": False},
    ),
    (
        "extensions of a primitive",
        {"resourceType": "Patient", "birthDate": "1974-12-25"},
        [
            operation("add", "Patient.birthDate", name="extension", value={"valueExtension": PREFIX}),
            operation(
                "replace",
                "Patient.birthDate.extension('urn:prefix').value",
                value={"valueString": "WW"},
            ),
        ],
        {
            "resourceType": "Patient",
            "birthDate": "1974-12-25",
            "_birthDate": {"extension": [{"url": "urn:prefix", "valueString": "WW"}]},
        },
    ),
    (
        "an extension of a primitive goes, the value stays",
        {
            "resourceType": "Patient",
            "name": [{"given": ["a", "b"], "_given": [{"extension": [PREFIX]}, None]}],
        },
        [operation("delete", "Patient.name.given[0].extension('urn:prefix')")],
        {"resourceType": "Patient", "name": [{"given": ["a", "b"]}]},
    ),
    (
        "a contained resource",
        {"resourceType": "Observation", "contained": [{"resourceType": "Patient", "id": "p"}]},
        [operation("add", "Observation.contained[0]", name="gender", value={"valueCode": "male"})],
        {
            "resourceType": "Observation",
            "contained": [{"resourceType": "Patient", "id": "p", "gender": "male"}],
        },
    ),
]
MISFITS = [
    operation(
        "add", "Patient.identifier.where(use = 'official').period", name="end", value={"valueDate": "2021"}
    ),
    operation("add", "Patient.contact[7]", name="gender", value={"valueCode": "male"}),
    operation("add", "Patient", name="nothing", value={"valueCode": "male"}),
    operation("add", "Patient", name="identifier", value={"part": [{"name": "nothing", "valueString": "x"}]}),
    operation("add", "Patient", name="deceased", value={"valueString": "x"}),
    operation("add", "Patient.contact", name="nothing", value={"valueString": "x"}),
    operation("replace", "Patient.identifier.value", value={"valueString": "x"}),
    operation("replace", "Patient.birthDate", value={"valueDate": "2021"}),
    operation("replace", "Patient", value={"valueString": "x"}),
    operation("delete", "Patient"),
    operation("delete", "Patient.identifier"),
    operation("delete", "Patient.identifier.single()"),
    operation("insert", "Patient.identifier", index=9, value={"valueIdentifier": {"value": "x"}}),
    operation("insert", "Patient.identifier[0]", index=0, value={"valueIdentifier": {"value": "x"}}),
    operation("insert", "Patient.birthDate", index=0, value={"valueDate": "2021"}),
    operation("move", "Patient.identifier", source=0, destination=9),
]
NO_PATCHES = [
    {"resourceType": "Patient"},
    [],
    {"resourceType": "Parameters", "parameter": {}},
    {"resourceType": "Parameters", "parameter": [{"name": "x"}]},
    patch(operation("swap", "Patient")),
    patch(operation("delete", "Patient.identifier.all(true)")),
    patch(operation("delete", "Patient.identifier.where(value.matches('.*'))")),
    patch(operation("delete", "Patient.descendants().first()")),
    patch(operation("delete", "Patient.name.given | Patient.identifier")),
    patch(operation("delete", "Patient.identifier[-1]")),
    patch(operation("delete", "")),
    patch(operation("delete", "Patient." + "a" * 600)),
    patch(operation("add", "Patient", name="birthDate")),
    patch(operation("add", "Patient", name="birthDate", value={"valueDate": "2021", "valueString": "x"})),
    patch(operation("insert", "Patient.identifier", value={"valueIdentifier": {"value": "x"}})),
    patch(operation("delete", "Patient.birthDate"), operation("delete", "Patient.", index=1)),
    patch({"name": "operation", "part": [{"name": "type", "valueCode": "delete"}] * 2}),
    patch(*[operation("delete", "Patient.birthDate")] * 201),
]


@pytest.mark.parametrize(
    ("document", "operations", "expected"), [one[1:] for one in CASES], ids=[one[0] for one in CASES]
)
def test_patched_as_the_standard_says(document, operations, expected) -> None:
    before = json.dumps(document)
    assert apply(patch(*operations), document) == expected
    assert json.dumps(document) == before


@pytest.mark.parametrize(
    "one",
    MISFITS,
    ids=lambda one: " ".join(
        str(part.get("valueCode") or part.get("valueString")) for part in one["part"][:2]
    ),
)
def test_what_does_not_fit_changes_nothing(one) -> None:
    document = {**NAMED, **LISTED}
    before = json.dumps(document)
    with pytest.raises(PatchFailed) as refusal:
        apply(patch(operation("add", "Patient", name="active", value={"valueBoolean": True}), one), document)
    assert refusal.value.errors[0]["expected"].startswith("operation 1, ")
    assert json.dumps(document) == before


@pytest.mark.parametrize("content", NO_PATCHES, ids=range(len(NO_PATCHES)))
def test_what_is_no_patch_is_refused(content) -> None:
    with pytest.raises(PatchInvalid):
        apply(content, {**NAMED, **LISTED})


MARKS = ("Patient", "name", "identifier", "where(", "use", " = ", "'usual'", ")", "[", "0", "]", ".", "first()",
         "exists()", " and ", "extension('u')", "ofType(", "$this", "`given`", " ")  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(MARKS), max_size=14).map("".join) | st.text(max_size=40))
def test_any_path_is_read_or_refused(path) -> None:
    with contextlib.suppress(PathInvalid):
        read_path(path)
    for kind in ("delete", "replace"):
        with contextlib.suppress(CitizenError):
            apply(patch(operation(kind, path, value={"valueString": "x"})), {**GIVEN, **LISTED})


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_lists_change_as_lists_do(data) -> None:
    model = [str(one) for one in range(4)]
    document = copy.deepcopy(LISTED)
    for step in range(data.draw(st.integers(1, 6))):
        kind = data.draw(st.sampled_from(("insert", "delete", "move", "add") if model else ("insert", "add")))
        new = {"valueIdentifier": {"value": f"n{step}"}}
        at, to = (data.draw(st.integers(0, max(len(model) - 1, 0))) for _ in range(2))
        if kind == "insert":
            model.insert(at, f"n{step}")
            sent = operation(kind, "Patient.identifier", index=at, value=new)
        elif kind == "add":
            model.append(f"n{step}")
            sent = operation(kind, "Patient", name="identifier", value=new)
        elif kind == "delete":
            del model[at]
            sent = operation(kind, f"Patient.identifier[{at}]")
        else:
            model.insert(to, model.pop(at))
            sent = operation(kind, "Patient.identifier", source=at, destination=to)
        document = apply(patch(sent), document)
    assert [one["value"] for one in document.get("identifier", [])] == model
    assert ("identifier" in document) == bool(model)
