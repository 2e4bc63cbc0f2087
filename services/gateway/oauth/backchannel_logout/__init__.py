"""Telling clients behind the scenes that somebody signed out (OpenID Connect Back-Channel Logout 1.0)."""
