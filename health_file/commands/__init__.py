"""The health file's commands: `citizen health import`."""

from health_file.commands.health import health

COMMANDS = (health,)
