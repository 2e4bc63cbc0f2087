"""The second-generation social security card: applying for it, and the state it is in."""
