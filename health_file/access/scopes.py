"""The names of what a token may carry."""

READ = "health_file:read"
WRITE = "health_file:write"
