"""A searchset Bundle: matches, what stands beside them, and what the answer leaves out (bundle.html#searchset)."""

from collections.abc import Iterator, Sequence
from typing import Any

from health_file import actions
from health_file.fhir import summaries, text
from health_file.fhir.query import Results
from health_file.fhir.routes.addresses import address_of
from services.web.language import gettext as _


def searchset(found: actions.Matches, results: Results, links: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The Bundle of one page."""
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset"}
    if found.total is not None:
        bundle["total"] = found.total
    bundle["link"] = [{"relation": relation, "url": url} for relation, url in links]
    entries = list(_entries(found, results))
    if entries:
        bundle["entry"] = entries
    return bundle


def _entries(found: actions.Matches, results: Results) -> Iterator[dict[str, Any]]:
    for one in found.written:
        yield {
            "fullUrl": address_of(one),
            "resource": text.embedded(one.written),
            "search": {"mode": "match"},
        }
    for mode, views in (("match", found.views), ("include", found.included.views)):
        for view in views:
            resource = summaries.shown(view.as_fhir(), summary=results.summary, elements=results.elements)
            yield {"fullUrl": address_of(view), "resource": resource, "search": {"mode": mode}}
    if found.included.is_cut:
        yield {"resource": outcome_of_cut(), "search": {"mode": "outcome"}}


def outcome_of_cut() -> dict[str, Any]:
    """That more belongs beside this page than it holds."""
    issue = {
        "severity": "warning",
        "code": "too-costly",
        "details": {"text": _("附带的记录太多，这里没有列全")},
    }
    return {"resourceType": "OperationOutcome", "issue": [issue]}
