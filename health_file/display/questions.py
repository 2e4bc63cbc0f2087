"""The questions and answers of a QuestionnaireResponse, in the order in which they stand."""

from collections.abc import Iterator, Mapping
from typing import Any

from health_file.display.plain import at, every, joined, plain
from health_file.display.reader import Reader


def answers_of(body: Mapping[str, Any], reader: Reader) -> list[tuple[str, str]]:
    """(question, answer) of every item that has one."""
    if body.get("resourceType") != "QuestionnaireResponse":
        return []
    return list(_walk(body, reader))


def _walk(holder: Any, reader: Reader) -> Iterator[tuple[str, str]]:
    for item in every(holder, "item"):
        answers = every(item, "answer")
        told = joined((_answer(one, reader) for one in answers), reader)
        if told:
            yield str(at(item, "text") or at(item, "linkId") or ""), told
        yield from _walk(item, reader)
        for one in answers:
            yield from _walk(one, reader)


def _answer(one: Any, reader: Reader) -> str:
    values = (
        (value for name, value in one.items() if name.startswith("value")) if isinstance(one, Mapping) else ()
    )
    return joined((plain(value, reader) for value in values), reader)
