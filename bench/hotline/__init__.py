"""The hotline beside bare Flask, raw PostgreSQL and django-helpdesk, on one server and by turns."""
