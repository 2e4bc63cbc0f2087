"""What stops a search."""

from services.errors import CitizenError
from services.words import msgid


class ParameterInvalid(CitizenError):
    """A parameter that this server does not know, or whose value it cannot read; never repeated back."""

    code = "health_file.parameter_invalid"
    status = 400
    title = msgid("网址里的参数不认识或写错了，可用的参数见 metadata")

    def __init__(self, name: str, expected: str, code: str = "value") -> None:
        super().__init__()
        self.errors = [{"field": "", "expected": f"{name}: {expected}", "code": code}]


class SearchTooCostly(CitizenError):
    """A search would have to open more resources than one search may."""

    code = "health_file.search_too_costly"
    status = 400
    title = msgid("这样搜索要打开的记录太多了，请加上居民、日期等条件再搜")


class IndexBehind(CitizenError):
    """A parameter is not yet in the index of every resource; an answer would be silently incomplete."""

    code = "health_file.index_behind"
    status = 503
    title = msgid("这个搜索条件正在建立索引，请稍后再试")
    headers = {"Retry-After": "60"}  # noqa: RUF012  # read by the edge, never changed


class SeveralMatches(CitizenError):
    """A condition that should name one resource matches more than one."""

    code = "health_file.several_matches"
    status = 412
    title = msgid("有不止一条记录符合条件，请写得更准确")
