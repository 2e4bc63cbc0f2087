"""The words of a resource in one language: concepts, values, dates."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

ENGLISH = "en"


def concept_words(concept: Any, language: str) -> str:
    """A CodeableConcept: in Chinese its text, which is what was written; in English the display of its code."""
    if not isinstance(concept, Mapping):
        return ""
    displays = [str(one["display"]) for one in concept.get("coding", []) if "display" in one]
    codes = [str(one["code"]) for one in concept.get("coding", []) if "code" in one]
    written = [str(concept["text"])] if "text" in concept else []
    found = [*displays, *written, *codes] if language == ENGLISH else [*written, *displays, *codes]
    return found[0] if found else ""


def codes_of(concept: Any) -> set[str]:
    """Every code of a CodeableConcept."""
    codings: Sequence[Mapping[str, Any]] = concept.get("coding", []) if isinstance(concept, Mapping) else []
    return {str(one["code"]) for one in codings if "code" in one}


def codes_of_all(concepts: Iterable[Any]) -> set[str]:
    """Every code of several concepts."""
    return {code for concept in concepts for code in codes_of(concept)}


def when(resource: Mapping[str, Any], *names: str) -> str:
    """The first date among these elements, as a day at most; of a period, its beginning."""
    for name in names:
        found = resource.get(name)
        if isinstance(found, Mapping):
            found = found.get("start") or found.get("end")
        if isinstance(found, str):
            return found[:10] if found[:4].isdigit() else found
    return ""


def value_words(holder: Mapping[str, Any], language: str) -> str:
    """The value of an Observation or of one of its components, with those of its components after it."""
    own = _value(holder, language)
    parts = [
        f"{concept_words(one.get('code'), language)} {_value(one, language)}".strip()
        for one in holder.get("component", [])
    ]
    return "; ".join(part for part in (own, *parts) if part)


def _value(holder: Mapping[str, Any], language: str) -> str:
    if quantity := holder.get("valueQuantity"):
        return quantity_words(quantity)
    if concept := holder.get("valueCodeableConcept"):
        return concept_words(concept, language)
    for name in ("valueString", "valueInteger", "valueBoolean", "valueDateTime", "valueTime"):
        if name in holder:
            return str(holder[name])
    return concept_words(holder.get("dataAbsentReason"), language)


def quantity_words(quantity: Mapping[str, Any]) -> str:
    """Comparator, number and unit."""
    unit = quantity.get("unit") or quantity.get("code", "")
    return f"{quantity.get('comparator', '')}{quantity.get('value', '')} {unit}".strip()


def range_words(observation: Mapping[str, Any]) -> str:
    """The laboratory's own range."""
    for one in observation.get("referenceRange", []):
        low, high = one.get("low", {}).get("value"), one.get("high", {}).get("value")
        if low is not None and high is not None:
            return f"{low}–{high}"
        if low is not None:
            return f"≥ {low}"
        if high is not None:
            return f"≤ {high}"
        if "text" in one:
            return str(one["text"])
    return ""


def name_words(names: Sequence[Mapping[str, Any]]) -> str:
    """A person's name as it is written: its text, else its parts."""
    for one in names:
        if "text" in one:
            return str(one["text"])
        parts = [*one.get("given", []), one.get("family", "")]
        if joined := " ".join(str(part) for part in parts if part):
            return joined
    return ""
