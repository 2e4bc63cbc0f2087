"""Which views draw a page: read from their source, so that no page can be forgotten in a list."""

import ast
import inspect
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from flask import Flask, render_template
from werkzeug.routing import Rule

from services.gateway.people.pages.own_blueprint import redrawn
from services.web.blueprints import PageBlueprint

ROOMS = ("services", "health_file", "ebills", "social_card", "legal_id", "hotline")


def drawn_by(app: Flask, method: str) -> dict[str, Rule]:
    """The rules, by their text, under which this method may answer with a page of a template."""
    return {
        rule.rule: rule
        for rule in app.url_map.iter_rules()
        if method in (rule.methods or ())
        and isinstance(app.blueprints.get(rule.endpoint.rpartition(".")[0]), PageBlueprint)
        and (draws(app.view_functions[rule.endpoint]) or (method == "POST" and rule.endpoint in redrawn()))
    }


def draws(view: Callable[..., Any]) -> bool:
    """Whether a function, or any of ours that it names, renders a template."""
    waiting, seen = [inspect.unwrap(view)], set()
    while waiting:
        function = waiting.pop()
        if function is render_template:
            return True
        if function not in seen:
            seen.add(function)
            waiting += _named_in(function)
    return False


@cache
def _named_in(function: FunctionType) -> tuple[FunctionType, ...]:
    if function.__module__.split(".")[0] not in ROOMS:
        return ()
    known = function.__globals__ | inspect.getclosurevars(function).nonlocals
    found = [_object_of(part, known) for part in ast.walk(_source_of(function))]
    return tuple(inspect.unwrap(one) for one in found if isinstance(one, FunctionType))


def _source_of(function: FunctionType) -> ast.AST:
    code = function.__code__
    return next(
        (part for part in _functions(code.co_filename) if _first_line(part) == code.co_firstlineno),
        ast.Module(body=[], type_ignores=[]),
    )


@cache
def _functions(path: str) -> tuple[ast.FunctionDef, ...]:
    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    return tuple(part for part in ast.walk(tree) if isinstance(part, ast.FunctionDef))


def _first_line(function: ast.FunctionDef) -> int:
    return min([function.lineno, *(one.lineno for one in function.decorator_list)])


def _object_of(part: ast.AST, known: dict[str, Any]) -> Any:
    if isinstance(part, ast.Name):
        return known.get(part.id)
    if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
        owner = known.get(part.value.id)
        return getattr(owner, part.attr, None) if isinstance(owner, ModuleType) else None
    return None
