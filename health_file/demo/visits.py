"""Who has looked into the whole files: the doctor whose patients they are, and one of another clinic who may."""

from collections.abc import Sequence

from health_file import actions
from health_file.demo.chart import Chart
from health_file.fhir.query import Results, parse
from services.actor import Actor

# What a doctor opens before a patient comes in.
BEFORE_A_VISIT = ("AllergyIntolerance", "Condition", "MedicationRequest")
MOST = 20


def look(chart: Chart, reader: Actor, types: Sequence[str] = BEFORE_A_VISIT) -> None:
    """Search the file as the practitioner's program does. Effects: the reader log's rows; what is hidden stays so."""
    patient = chart.patient["reference"].partition("/")[2]
    for resource_type in types:
        query = parse(resource_type, [("patient", patient)], base_url="")
        actions.search_resources(chart.session, reader, [query], Results(count=MOST, total="none"))
