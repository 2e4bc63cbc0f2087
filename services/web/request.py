"""The request class: strict JSON bodies, one value per query parameter, no method override."""

from typing import Any, NoReturn

from flask import Request, current_app
from werkzeug.exceptions import UnsupportedMediaType

from services.errors import CitizenError
from services.web import json_reader
from services.words import msgid

# RFC 8707 section 2: an authorization request may name several resources.
REPEATABLE = frozenset({"resource"})


class RepeatedParameter(CitizenError):
    """A query parameter stands twice; which one counts would depend on who reads."""

    code = "web.repeated_parameter"
    status = 400
    title = msgid("网址里有一个参数写了两次，只留一个再试")


class UnreadableRequest(CitizenError):
    """Query or form hold NUL or bytes that are not UTF-8."""

    code = "web.unreadable_request"
    status = 400
    title = msgid("请求里有不能识别的字符，请重新输入")


class CitizenRequest(Request):
    """A Flask request with strict reading."""

    max_form_parts = 200
    max_form_memory_size = 1024 * 1024

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:  # noqa: FBT001, FBT002
        """Parse the body strictly, whoever asks; the flags of Flask's own method change nothing."""
        del force, silent, cache
        if not self.is_json:
            self.on_json_loading_failure(None)
        return json_reader.read(self.get_data())

    def on_json_loading_failure(self, e: ValueError | None) -> NoReturn:
        """Refuse a body that does not say it is JSON."""
        del e
        raise UnsupportedMediaType

    def check(self) -> None:
        """Refuse what would be read differently by different readers.

        Raises: RepeatedParameter, UnreadableRequest, both 400.
        """
        blueprint = current_app.blueprints.get(self.blueprint or "")
        is_repeated = any(len(values) > 1 for name, values in self.args.lists() if name not in REPEATABLE)
        if is_repeated and not getattr(blueprint, "takes_repeats", False):
            raise RepeatedParameter
        texts = [
            self.path,
            *self.args.keys(),
            *(value for values in self.args.listvalues() for value in values),
        ]
        if any("\x00" in text or "\ufffd" in text for text in texts):
            raise UnreadableRequest
