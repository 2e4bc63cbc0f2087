"""What every audit event of something shown has in common."""

# What `actions.disclosure.record_disclosure` adds.
DISCLOSED = frozenset({"purpose", "consent", "unit", "grant", "resources", "count"})
