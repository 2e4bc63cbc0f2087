"""Search: of one type, of several, of one file; by address or by form (http.html#search)."""

import json
import zlib
from base64 import b85decode, b85encode
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from flask import Response, request
from werkzeug.exceptions import UnsupportedMediaType

from health_file import access, actions
from health_file.errors import ParameterInvalid, TypeNotSupported
from health_file.fhir import negotiation, outcomes, query
from health_file.fhir.bodies import is_encoded
from health_file.fhir.query.values import id_of
from health_file.fhir.routes.addresses import base_url
from health_file.fhir.routes.blueprint import blueprint
from health_file.fhir.routes.searchset import searchset
from health_file.rules import COMPARTMENT_TYPES, HELD_TYPES
from services.errors import Denied
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.pagination import CursorInvalid, decode_cursor, encode_cursor

LIST = "health_file.search"
# Of a form's search the sealed cursor carries the parameters: what a form keeps out of addresses stays out of them.
FORM = f"{LIST}.form"
NOT_FILTERS = negotiation.GENERAL | {"_cursor"}
Pairs = list[tuple[str, str]]


@blueprint.route("/<string:resource_type>", methods=["GET"])
@scopes(access.READ)
def search(resource_type: str) -> Response:
    """Resources of a type that match and that the reader may see, as a searchset Bundle."""
    return _searched([_held(resource_type)], _of_one_type(_asked()))


@blueprint.route("/<string:resource_type>/_search", methods=["POST"])
@scopes(access.READ)
def search_by_form(resource_type: str) -> Response:
    """The same, with parameters in a form, where no log of addresses sees them."""
    return _searched([_held(resource_type)], _of_one_type(_asked(in_form=True)))


@blueprint.route("/", methods=["GET"], strict_slashes=False)
@scopes(access.READ)
def search_all() -> Response:
    """Resources of several types (`_type`), by parameters that all of them have."""
    asked = _asked()
    return _searched(_types(asked, HELD_TYPES), asked)


@blueprint.route("/_search", methods=["POST"])
@scopes(access.READ)
def search_all_by_form() -> Response:
    """The same, with parameters in a form."""
    asked = _asked(in_form=True)
    return _searched(_types(asked, HELD_TYPES), asked)


@blueprint.route("/Patient/<string:patient_id>/<string:resource_type>", methods=["GET"])
@scopes(access.READ)
def search_file(patient_id: str, resource_type: str) -> Response:
    """Resources of a type, or of every type (`*`), in the file of one Patient."""
    asked = _asked()
    return _searched(_in_file(resource_type, asked), asked, patient_id)


@blueprint.route("/Patient/<string:patient_id>/<string:resource_type>/_search", methods=["POST"])
@scopes(access.READ)
def search_file_by_form(patient_id: str, resource_type: str) -> Response:
    """The same, with parameters in a form."""
    asked = _asked(in_form=True)
    return _searched(_in_file(resource_type, asked), asked, patient_id)


class _Asked:
    """The parameters of a search, where they came from, and where a page goes on."""

    def __init__(self, pairs: Pairs, cursor: str | None, *, in_form: bool) -> None:
        self.pairs, self.in_form = pairs, in_form
        self.place: list[str] | None = None
        session, actor = current_session(), current_actor()
        if cursor is None:
            return
        if not pairs:
            try:
                packed, *self.place = decode_cursor(session, actor, _place_name(FORM), cursor)
            except CursorInvalid:
                pass
            else:
                self.pairs = [(name, value) for name, value in json.loads(_unpacked(packed))]
                self.in_form = True
                return
        self.place = decode_cursor(session, actor, _list_name(pairs), cursor)

    def following(self, place: Sequence[str]) -> str:
        """The address of the next page, with every parameter."""
        session, actor = current_session(), current_actor()
        path = request.path.removeprefix("/health-file/fhir").removesuffix("/_search")
        if self.in_form:
            values = [_packed(self.pairs), *place]
            cursor = encode_cursor(session, actor, _place_name(FORM), values)
            return f"{base_url()}{path}?{urlencode({'_cursor': cursor})}"
        cursor = encode_cursor(session, actor, _list_name(self.pairs), place)
        return f"{base_url()}{path}?{urlencode([*self.pairs, ('_cursor', cursor)])}"


def _asked(*, in_form: bool = False) -> _Asked:
    """Address and form together (http.html#search). Raises: UnsupportedMediaType 415."""
    negotiation.require_format()
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name not in NOT_FILTERS]
    if in_form:
        if request.mimetype != "application/x-www-form-urlencoded" or is_encoded():
            raise UnsupportedMediaType
        pairs += [pair for pair in request.form.items(multi=True) if pair[0] not in NOT_FILTERS]
    return _Asked(pairs, request.args.get("_cursor"), in_form=in_form)


def _searched(types: Sequence[str], asked: _Asked, patient_id: str | None = None) -> Response:
    results, filters = query.take_results(types, [pair for pair in asked.pairs if pair[0] != "_type"])
    if negotiation.is_lenient():
        filters = query.known_only(types, filters)
    queries = [query.parse(name, filters, base_url=base_url()) for name in types]
    if patient_id is not None:
        file = query.Owners("patient", (id_of(patient_id),))
        queries = [replace(one, conditions=(file, *one.conditions)) for one in queries]
    found = actions.search_resources(
        current_session(), current_actor(), queries, results, place=asked.place, are_whole=results.are_whole
    )
    links = [("self", _own_address(asked, filters))]
    if found.place is not None:
        links.append(("next", asked.following(found.place)))
    return outcomes.answer(searchset(found, results, links), 200)


def _own_address(asked: _Asked, filters: Pairs) -> str:
    """What was asked, as far as it was understood (search.html#conformance)."""
    path = request.path.removeprefix("/health-file/fhir").removesuffix("/_search")
    used = [pair for pair in asked.pairs if pair in filters or query.is_result(pair[0])]
    return f"{base_url()}{path}?{urlencode(used)}" if used else f"{base_url()}{path}"


def _held(resource_type: str) -> str:
    if resource_type not in HELD_TYPES:
        raise TypeNotSupported
    return resource_type


def _of_one_type(asked: _Asked) -> _Asked:
    """A search of one type may not name others: it would silently do nothing. Raises: ParameterInvalid 400."""
    kept = [pair for pair in asked.pairs if pair[0] != "_type"]
    if len(kept) < len(asked.pairs):
        if not negotiation.is_lenient():
            raise ParameterInvalid("_type", "in a search of several types alone", "not-supported")
        asked.pairs = kept
    return asked


def _types(asked: _Asked, among: Sequence[str]) -> list[str]:
    """The types that `_type` names, all where it names none."""
    named = [name for given, value in asked.pairs if given == "_type" for name in value.split(",")]
    if not set(named) <= set(among):
        raise ParameterInvalid("_type", " | ".join(among), "not-supported")
    searchable = [name for name in named or among if access.may_search(current_actor(), name)]
    if named and len(searchable) < len(named):
        raise Denied
    return list(dict.fromkeys(searchable))


def _in_file(resource_type: str, asked: _Asked) -> list[str]:
    if resource_type == "*":
        return _types(asked, COMPARTMENT_TYPES)
    if resource_type not in COMPARTMENT_TYPES:
        raise TypeNotSupported
    _of_one_type(asked)
    return [resource_type]


def _list_name(pairs: Pairs) -> str:
    """One list for one search: a cursor goes on in the search that gave it, in no other."""
    content = json.dumps([_place_name(LIST), sorted(pairs)]).encode()
    return f"{LIST}:{sha256(content).hexdigest()}"


def _place_name(name: str) -> str:
    return f"{name}:{request.path.removesuffix('/_search')}"


def _packed(pairs: Pairs) -> str:
    return b85encode(zlib.compress(json.dumps(pairs).encode())).decode()


def _unpacked(text: str) -> Any:
    return zlib.decompress(b85decode(text)).decode()
