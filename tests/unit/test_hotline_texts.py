"""What people type is made safe; what is taken out is counted."""

import pytest

from hotline.rules.questions import answers_of
from hotline.rules.texts import district_in, likeness, one_line, tidy
from services.errors import Invalid


@pytest.mark.parametrize(
    ("given", "kept", "removed"),
    [
        ("路灯\x00坏了", "路灯坏了", 1),
        ("\u202eabc\u2066", "abc", 2),
        ("一\r\n二\r三", "一\n二\n三", 0),
        ("\ufeff１２３４５", "12345", 1),
        ("a\x1b[31mb\ufffe", "a[31mb", 2),
        ("好👨‍👩‍👧 🇨🇳", "好👨‍👩‍👧 🇨🇳", 0),
    ],
)
def test_tidy_takes_out_what_nobody_sees_and_counts_it(given: str, kept: str, removed: int) -> None:
    found = tidy(given)
    assert (found.text, found.removed) == (kept, removed)


def test_one_line_has_no_breaks() -> None:
    assert one_line("和平路\n１２ 号").text == "和平路 12 号"


def test_likeness_looks_past_case_width_and_spaces() -> None:
    assert likeness("路灯 ＡＢ１２\n") == likeness("路灯ab12")


@pytest.mark.parametrize(
    ("address", "district"),
    [("上海市东岸区和平路", "东岸区"), ("和平路12号, 东岸区", "东岸区"), ("阳光小区3号楼", ""), ("", "")],
)
def test_district_is_what_the_address_names(address: str, district: str) -> None:
    assert district_in(address) == district


def test_answers_are_typed() -> None:
    found = answers_of("street_light", {"POLE_NUMBER": "ＨＰ－０１", "FAULT": "dark", "LIGHTS": "３"})
    assert found == {"POLE_NUMBER": "ＨＰ-01", "FAULT": "dark", "LIGHTS": "3"}
    assert answers_of("road", {"DANGER": ["walkers", "cars", "walkers"]}) == {"DANGER": ["walkers", "cars"]}
    assert answers_of("noise", {"HEARD_AT": "2026-11-26T22:00"}) == {"HEARD_AT": "2026-11-26T22:00:00+08:00"}
    assert answers_of("street_light", {"FAULT": " "}) == {}


@pytest.mark.parametrize(
    ("category", "given", "field"),
    [
        ("parking", {}, "/attributes/BLOCKED"),
        ("street_light", {"FAULT": "purple"}, "/attributes/FAULT"),
        ("street_light", {"LIGHTS": "many"}, "/attributes/LIGHTS"),
        ("street_light", {"LIGHTS": "nan"}, "/attributes/LIGHTS"),
        ("street_light", {"FAULT": ["dark", "leaning"]}, "/attributes/FAULT"),
        ("noise", {"HEARD_AT": "yesterday"}, "/attributes/HEARD_AT"),
        ("other", {"张三": "x"}, "/attributes"),
        ("road", {"EMERGENCY_NOTE": "x"}, "/attributes/EMERGENCY_NOTE"),
    ],
)
def test_wrong_answer_names_its_question(category: str, given: dict, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        answers_of(category, given)
    assert caught.value.field == field
