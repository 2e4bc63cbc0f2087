"""Every setting is on the settings page, and nothing else is."""

import re

from services.settings import CHECKOUT

READ = re.compile(r'env\.\w+\(\s*"([A-Z_]+)"')
NAMED = re.compile(r"`CITIZEN_([A-Z_]+)`")


def test_settings_page_names_every_setting_that_is_read() -> None:
    read = set(READ.findall((CHECKOUT / "services" / "settings.py").read_text()))
    rows = (CHECKOUT / "docs" / "how-to" / "settings.md").read_text().split("|---|---|---|")[1]
    named = {name for row in rows.splitlines() for name in NAMED.findall(row.split("|")[1] if row else "")}
    assert named == read
