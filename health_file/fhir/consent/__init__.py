"""What a resident's Consent says, as rules: every provision is one, and what cannot be one is refused."""

from health_file.fhir.consent.compiling import compile_consent
from health_file.fhir.consent.references import references_in
from health_file.fhir.consent.rule import Party, Rule
from health_file.fhir.consent.states import ConsentState, state_at
from health_file.fhir.consent.writing import BLOCK, block_of

__all__ = [
    "BLOCK",
    "ConsentState",
    "Party",
    "Rule",
    "block_of",
    "compile_consent",
    "references_in",
    "state_at",
]
