"""Residents, staff and their accounts: numbers, passwords, second factors, sessions, relations, pages."""
