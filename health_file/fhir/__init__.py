"""FHIR R4 (4.0.1): what resources must look like, errors in its own shape, the REST base."""
