"""The electronic health file: FHIR R4 resources, sealed per resident, with a reader log."""
