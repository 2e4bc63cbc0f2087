"""The International Patient Summary, from the resources of a file. Pure: no I/O, no clock, no SQL.

Standard: HL7 FHIR IPS Implementation Guide 2.0.0 on FHIR R4 (http://hl7.org/fhir/uv/ips).
"""
