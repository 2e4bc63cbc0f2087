"""Records in plain words for the people they are about. Pure: FHIR in, text out, and never an exception."""

from health_file.display.days import Day, age_on, day_of, months_on
from health_file.display.plain import at, concept, every, plain
from health_file.display.reader import Reader
from health_file.display.records import Record, newest_first, record_of
from health_file.display.results import Result, Series, Value, newest_of_each, result_of, series_of

__all__ = [
    "Day", "Reader", "Record", "Result", "Series", "Value", "age_on", "at", "concept", "day_of", "every", "months_on",
    "newest_first", "newest_of_each", "plain", "record_of", "result_of", "series_of",
]  # fmt: skip
