"""The demo city: invented people, firms and departments, the same from the same seed."""
