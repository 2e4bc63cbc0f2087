"""HL7's definitions of R4 4.0.1, generated, and what reads them."""
