"""The gateway beside npm oidc-provider: per CPU-second of the server process, on one PostgreSQL, by turns."""
