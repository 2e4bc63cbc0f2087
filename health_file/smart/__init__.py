"""SMART App Launch 2.2: the health file's scopes, and who is who in it."""
