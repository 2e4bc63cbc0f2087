"""Which views draw a page: read from their source, so that no page can be forgotten in a list."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from types import FunctionType, ModuleType
from typing import Any

from flask import Flask, render_template
from werkzeug.routing import Rule

from services.web.blueprints import PageBlueprint

ROOMS = ("services", "health_file", "ebills", "social_card", "legal_id", "hotline")


def drawn_by(app: Flask, method: str) -> dict[str, Rule]:
    """The rules, by their text, under which this method may answer with a page of a template."""
    return {
        rule.rule: rule
        for rule in app.url_map.iter_rules()
        if method in (rule.methods or ())
        and isinstance(app.blueprints.get(rule.endpoint.rpartition(".")[0]), PageBlueprint)
        and draws(app.view_functions[rule.endpoint])
    }


def draws(view: Callable[..., Any]) -> bool:
    """Whether a function, or any of ours that it names, renders a template."""
    return any(named is render_template for named in _reached(inspect.unwrap(view), set()))


def _reached(function: Any, seen: set[Any]) -> Iterator[Any]:
    if function in seen:
        return
    seen.add(function)
    yield function
    if not isinstance(function, FunctionType) or function.__module__.split(".")[0] not in ROOMS:
        return
    known = function.__globals__ | inspect.getclosurevars(function).nonlocals
    for named in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        found = _object_of(named, known)
        if isinstance(found, FunctionType):
            yield from _reached(inspect.unwrap(found), seen)


def _object_of(named: ast.AST, known: dict[str, Any]) -> Any:
    if isinstance(named, ast.Name):
        return known.get(named.id)
    if isinstance(named, ast.Attribute) and isinstance(named.value, ast.Name):
        owner = known.get(named.value.id)
        return getattr(owner, named.attr, None) if isinstance(owner, ModuleType) else None
    return None
