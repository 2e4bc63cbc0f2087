"""Every SQL statement of e-bills, one file per thing they are about."""
