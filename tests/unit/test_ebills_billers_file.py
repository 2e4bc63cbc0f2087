"""The biller's file: every fault by its line and column, and nothing lost between writing and reading."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebills.errors import FileRefused
from ebills.rules.amounts import fen_of
from ebills.rules.billers_file import COLUMNS, MOST_LINE_LENGTH, parse_file, write_file
from ebills.rules.bills import BillLine, explain_change
from ebills.rules.faults import FAULT_TITLES, FaultCode
from tests.support.ebills import BILL, BILLER, bill

TODAY = date(2026, 11, 24)
SOUND = write_file(BILLER, [BILL]).decode()
CONTROL, HEADER, LINE = SOUND.splitlines()


def faults(content: str | bytes) -> list[tuple[int, str, str]]:
    raw = content if isinstance(content, bytes) else content.encode()
    with pytest.raises(FileRefused) as refused:
        parse_file(raw, today=TODAY)
    return [(fault.line, fault.field, fault.code) for fault in refused.value.faults]


def with_cell(name: str, text: str) -> str:
    """The sound file with one cell changed, as a spreadsheet would have written it."""
    cells = LINE.split(",")
    cells[COLUMNS.index(name)] = text
    return "\n".join((CONTROL, HEADER, ",".join(cells), ""))


def test_file_written_is_read_back_the_same() -> None:
    assert parse_file(SOUND.encode(), today=TODAY).bills == (replace(BILL, line=3),)


def test_file_with_crlf_is_read_the_same() -> None:
    assert parse_file(SOUND.replace("\n", "\r\n").encode(), today=TODAY).bills == (BILL,)


CELLS = [
    ("number", "", "not_a_code"),
    ("number", "a-1", "not_a_code"),
    ("number", "２", "not_a_code"),
    ("number", "=1+1", "not_a_code"),
    ("account_number", "A" * 41, "not_a_code"),
    ("service_address", "", "not_text"),
    ("service_address", " 和平路", "not_text"),
    ("service_address", "和平\u202e路", "not_text"),
    ("service_address", "和\x00平", "not_text"),
    ("period_from", "2026-2-1", "not_a_date"),
    ("period_from", "2026-02-30", "not_a_date"),
    ("period_from", "１999-01-01", "not_a_date"),
    ("period_from", "1999-12-31", "not_a_date"),
    ("period_from", "2026-11-01", "dates_out_of_order"),
    ("due_on", "2026-11-04", "dates_out_of_order"),
    ("usage", "-1", "not_a_whole_number"),
    ("usage", "1.5", "not_a_whole_number"),
    ("usage", "1e3", "not_a_whole_number"),
    ("unit", "千瓦时" * 4, "not_text"),
    ("lines", "", "lines_malformed"),
    ("lines", "峰时=1=2", "lines_malformed"),
    ("lines", "|".join(f"a{n}=1" for n in range(51)), "lines_malformed"),
    ("amount_minor", "186.44", "not_a_whole_number"),
    ("amount_minor", "0", "not_a_whole_number"),
    ("amount_minor", "+18644", "not_a_whole_number"),
    ("amount_minor", "018644", "not_a_whole_number"),
    ("amount_minor", "100000001", "not_a_whole_number"),
    ("amount_minor", "9" * 400, "not_a_whole_number"),
    ("amount_minor", "18645", "sum_wrong"),
    ("currency", "USD", "currency_wrong"),
    ("paid_minor", "18645", "paid_too_much"),
    ("paid_minor", "1", "paid_date_mismatch"),
    ("paid_on", "2026-11-10", "paid_date_mismatch"),
]


@pytest.mark.parametrize(("name", "text", "code"), CELLS)
def test_cell_that_is_wrong_is_named_by_line_and_column(name: str, text: str, code: str) -> None:
    assert (3, code) in [(line, found) for line, _, found in faults(with_cell(name, text))]


def test_payment_of_tomorrow_is_refused() -> None:
    content = write_file(BILLER, [bill(paid_minor=1, paid_on=date(2026, 11, 25))])
    assert faults(content) == [(3, "paid_on", "date_in_future")]


FILES = [
    ("", 1, "control_malformed"),
    ("citizen-bills,2,SEPC,1,18644\n" + HEADER, 1, "control_malformed"),
    (CONTROL + "\n" + HEADER.upper() + "\n" + LINE, 2, "header_wrong"),
    (CONTROL + "\n" + HEADER + "\n" + LINE + ",x", 3, "columns_wrong"),
    (CONTROL + "\n" + HEADER + "\n" + LINE + "\n\n", 4, "columns_wrong"),
    (CONTROL + "\n" + HEADER + '\n"' + LINE, 3, "not_csv"),
    (CONTROL + "\n" + HEADER + "\n" + "x" * (MOST_LINE_LENGTH + 1), 3, "line_too_long"),
    (SOUND.replace("SEPC,1,", "SEPC,2,"), 1, "count_wrong"),
    (SOUND.replace(",18644\n", ",18645\n", 1), 1, "total_wrong"),
    (
        CONTROL.replace(",1,18644", ",2,37288") + "\n" + HEADER + "\n" + LINE + "\n" + LINE,
        4,
        "number_repeated",
    ),
    (b"\xef\xbb\xbf" + SOUND.encode(), 1, "byte_order_mark"),
    (SOUND.encode("gb18030"), 3, "not_utf8"),
    (SOUND.encode("utf-16"), 1, "not_utf8"),
]


@pytest.mark.parametrize(("content", "line", "code"), FILES)
def test_file_that_is_wrong_as_a_whole_says_where(content: str | bytes, line: int, code: str) -> None:
    assert (line, code) in [(at, found) for at, _, found in faults(content)]


def test_faults_are_all_told_at_once_in_the_order_of_the_lines() -> None:
    bad = [bill(number=f"N-{n}", usage=-1) for n in range(5)]
    assert [line for line, _, _ in faults(write_file(BILLER, bad))] == [3, 4, 5, 6, 7]


def test_faults_never_repeat_what_stood_in_the_cell() -> None:
    with pytest.raises(FileRefused) as refused:
        parse_file(with_cell("account_number", "secret-number").encode(), today=TODAY)
    assert "secret-number" not in str(refused.value.errors)


def test_every_fault_has_its_sentence() -> None:
    assert set(FAULT_TITLES) == set(FaultCode)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_and_never_anything_else(content: bytes) -> None:
    try:
        parse_file(content, today=TODAY)
    except FileRefused as refused:
        assert refused.faults


TITLES = st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=10)
LINES = st.lists(st.tuples(TITLES, st.integers(-999, 9_999)), min_size=1, max_size=6)


@given(LINES, LINES)
def test_explained_changes_sum_to_the_difference_of_the_totals(now: list, before: list) -> None:
    new, old = [BillLine(*one) for one in now], [BillLine(*one) for one in before]
    told = sum(change.difference_minor for change in explain_change(new, old))
    assert told == sum(line.amount_minor for line in new) - sum(line.amount_minor for line in old)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("186.44", 18644),
        ("186.4", 18640),
        ("186", 18600),
        ("¥1,186.44", 118644),
        ("１８６．４４元", 18644),
        ("0", None),
        ("", None),
        ("-1", None),
        ("1.234", None),
        ("1e3", None),
        ("²", None),
        ("99999999999", None),
    ],
)
def test_amount_typed_by_a_person_is_fen_or_nothing(text: str, fen: int | None) -> None:
    assert fen_of(text) == fen
