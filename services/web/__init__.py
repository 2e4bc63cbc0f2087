"""The web edge: problems, pagination, idempotency, limits, languages, the page layout and its parts."""
