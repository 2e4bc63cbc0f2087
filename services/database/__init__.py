"""PostgreSQL: engine, one transaction per request, row-level security, the embedded server, migrations."""
