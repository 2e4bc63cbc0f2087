"""The health file at a city's size: reads, searches, transactions, whole files, validation, beside their floor."""
