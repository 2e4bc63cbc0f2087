"""The one OAuth 2.1 / OpenID Connect door: accounts, sign-in, sessions, consent, clients, tokens, guard."""
