"""The authenticated list of 12 bills: our stack beside a bare Flask route and a raw psycopg loop."""
