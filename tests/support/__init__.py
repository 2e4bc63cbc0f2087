"""What the tests stand on: real servers, real databases, factories, alarms."""
