"""SMART App Launch 2.2: OAuth for applications that work on FHIR."""
