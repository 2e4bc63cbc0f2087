"""docs/conformance.md says of every module which test it is; neither may drift from the other."""

from tests.support.fapi2 import table

MODULES = [module for modules in table.all_modules().values() for module in modules]


def test_every_module_is_a_test_or_says_why_not():
    tests = table.written_tests()
    assert len(table.FAPI_MODULES) == len(set(table.FAPI_MODULES)) == 56
    assert len(table.blocks()) == 32
    for module in MODULES:
        assert (table.test_of(module) in tests) != (module in table.NOT_APPLICABLE), module


def test_no_test_carries_the_name_of_no_module():
    known = {table.test_of(module) for module in MODULES}
    named = {name for name in table.written_tests() if name.startswith(("test_fapi2_", "test_oidcc_"))}
    assert named <= known, named - known


def test_the_page_is_what_the_tests_give():
    assert table.DOCUMENT.read_text() == table.document(), "run: python -m tests.support.fapi2.table"
