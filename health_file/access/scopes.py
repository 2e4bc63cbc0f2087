"""The names of what a token may carry."""

from dataclasses import dataclass

from services.manifest import Interaction, Scope

READ = "health_file:read"
WRITE = "health_file:write"
CONSENT = "health_file:consent"
REVIEW = "health_file:review"
ERASE = "health_file:erase"


@dataclass(frozen=True, slots=True)
class ConsentScope(Scope):
    """What residents write themselves: on the FHIR base it stands for writing, of Consents alone."""

    def stands_for(self, interaction: Interaction) -> frozenset[str]:
        """Creating and changing a Consent."""
        is_meant = interaction.type == "Consent" and {"c", "u"} & set(interaction.letters)
        return frozenset({WRITE}) if is_meant else frozenset()
