"""The health file's commands: `citizen health import`, `citizen health reindex`."""

from health_file.commands.health import health

COMMANDS = (health,)
