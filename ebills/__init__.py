"""Utility e-bills: billers import, residents see what is due and why."""
