"""What the long ill have decided: another clinic sees a part, one doctor does not."""

from datetime import timedelta

from health_file import access, actions
from health_file.demo.chart import Chart
from health_file.fhir.consent.permitting import permit_of
from services.actor import Actor, ActorKind
from services.demo.city import Organisation, StaffMember

SEEN = ("MedicationRequest", "MedicationStatement", "Observation")


def decide(chart: Chart, elsewhere: Organisation, unwanted: StaffMember) -> None:
    """Let another clinic see medicines and results for half a year, and keep one of its doctors out."""
    resident = Actor(
        kind=ActorKind.RESIDENT,
        account=chart.resident.subject_id,
        subject=chart.resident.subject_id,
        scopes=frozenset({access.READ, access.CONSENT}),
    )
    consent = permit_of(
        chart.patient["reference"].partition("/")[2],
        chart.session.at,
        unit=elsewhere.code,
        types=SEEN,
        purpose="TREAT",
        last_on=chart.today + timedelta(days=180),
        is_restricted_included=False,
    )
    actions.give_consent(chart.session, resident, resource=consent)
    actions.block_reader(chart.session, resident, person=unwanted.subject_id)
