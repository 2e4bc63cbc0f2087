"""From the provisions of a Consent to rules that SQL can ask. Pure.

A provision covers what fulfils all that it names; what stands within it is an exception to it, and covers no more than
it. Of one Consent the innermost provision that covers a row decides; between provisions side by side, and between
Consents, a denial wins. A permit that names no purpose is one for treatment; research takes a Consent of its own.

Standard: FHIR R4 consent.html. What cannot become a rule is refused and pointed at, never left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from health_file.errors import Issue, ResourceInvalid
from health_file.fhir.consent.rule import STAFF_SYSTEM, Party, Rule
from health_file.fhir.dates import span_of
from health_file.fhir.labels import CONFIDENTIALITY, LEVELS, SENSITIVITIES, SENSITIVITY
from health_file.rules import HELD_TYPES, UNIT_SYSTEM
from services.clock import SHANGHAI

RESOURCE_TYPES = "http://hl7.org/fhir/resource-types"
SCOPES = frozenset({"patient-privacy", "research"})
RESEARCH = "HRESCH"
PERMITTED_FOR = frozenset({"TREAT", "HOPERAT", RESEARCH})
DENIED_FOR = PERMITTED_FOR | {"BTG"}
# What a reader does; collecting and correcting are the writer's.
ACTIONS = frozenset({"access", "use", "disclose"})
RECIPIENTS = frozenset({"PRCP", "IRCP", "GRANTEE"})
BASES = {"OPTIN": False, "OPTOUT": True}
MOST_RULES = 64
MOST_DEEP = 5
UNDERSTOOD = frozenset(
    {
        "id", "type", "period", "actor", "action", "securityLabel", "purpose", "class", "dataPeriod", "data",
        "provision", "extension",
    }
)  # fmt: skip


def compile_consent(consent: Mapping[str, Any], parties: Mapping[str, Party]) -> list[Rule]:
    """The rules of a validated Consent; `parties` explains its literal references.

    Raises: ResourceInvalid 422, with every place that says what no rule can.
    """
    compiler = _Compiler(consent, parties)
    compiler.read()
    if compiler.issues:
        raise ResourceInvalid(compiler.issues)
    return compiler.rules


class _Compiler:
    def __init__(self, consent: Mapping[str, Any], parties: Mapping[str, Party]) -> None:
        self.consent = consent
        self.parties = parties
        self.rules: list[Rule] = []
        self.issues: list[Issue] = []
        self.is_research = False

    def read(self) -> None:
        scopes = _codes(self.consent.get("scope"))
        if not scopes & SCOPES:
            self.refuse("Consent.scope", "patient-privacy | research")
        self.is_research = "research" in scopes
        for name in ("modifierExtension", "implicitRules"):
            if name in self.consent:
                self.refuse(f"Consent.{name}", "none", "extension")
        provision = self.consent.get("provision")
        bases = {BASES[code] for code in _codes(self.consent.get("policyRule")) if code in BASES}
        base = bases.pop() if len(bases) == 1 else None
        if not isinstance(provision, Mapping):
            self.refuse("Consent.provision", "what is permitted or denied", "required")
            return
        if base is None and "type" not in provision and "provision" not in provision:
            self.refuse("Consent.provision.type", "permit | deny", "required")
        self.add(provision, "Consent.provision", Rule(), base=base, depth=1)

    def refuse(self, where: str, expected: str, code: str = "not-supported") -> None:
        self.issues.append(Issue(where, expected, code))

    def add(
        self, provision: Mapping[str, Any], where: str, above: Rule, *, base: bool | None, depth: int
    ) -> None:
        """One provision as rules: one for the organisations and one for the persons that it names."""
        for name in provision.keys() - UNDERSTOOD:
            if not name.startswith("_"):
                self.refuse(f"{where}.{name}", "nothing that a rule cannot say")
        self.check_modifiers(provision, where)
        kind = {"permit": False, "deny": True}.get(str(provision.get("type")), base)
        if depth > 1 and kind is None:
            self.refuse(f"{where}.type", "permit | deny", "required")
        if depth > MOST_DEEP or len(self.rules) > MOST_RULES:
            self.refuse(where, f"at most {MOST_DEEP} deep and {MOST_RULES} in all", "too-costly")
            return
        narrowed = self.narrowed(provision, where, above, is_denial=bool(kind))
        for units, persons in self.actors(provision, where):
            rule = replace(
                narrowed,
                units=self.both(f"{where}.actor", narrowed.units, units),
                persons=self.both(f"{where}.actor", narrowed.persons, persons),
            )
            if kind is not None:
                rule = replace(rule, number=len(self.rules) + 1, is_denial=kind)
                self.check_purposes(f"{where}.purpose", rule)
                self.rules.append(_with_purpose(rule))
            exceptions = replace(rule, within=rule.number or None)
            for index, one in enumerate(provision.get("provision", [])):
                self.add(one, f"{where}.provision[{index}]", exceptions, base=None, depth=depth + 1)

    def check_modifiers(self, provision: Mapping[str, Any], where: str) -> None:
        """A modifier may turn into its opposite what it stands at."""
        for name in ("actor", "data"):
            for index, one in enumerate(provision.get(name, [])):
                if "modifierExtension" in one:
                    self.refuse(f"{where}.{name}[{index}].modifierExtension", "none", "extension")

    def check_purposes(self, where: str, rule: Rule) -> None:
        purposes = rule.purposes or frozenset()
        if rule.is_denial:
            return
        if purposes - PERMITTED_FOR:
            self.refuse(where, " | ".join(sorted(PERMITTED_FOR)))
        if (RESEARCH in purposes or self.is_research) and (purposes != {RESEARCH} or not self.is_research):
            self.refuse(where, "research alone, in a Consent of the scope research", "business-rule")

    def narrowed(self, provision: Mapping[str, Any], where: str, above: Rule, *, is_denial: bool) -> Rule:
        """What stands above, and what this provision adds to it."""
        starts_at, ends_at = self.period(provision.get("period"), f"{where}.period")
        first, last = self.days(provision.get("dataPeriod"), f"{where}.dataPeriod")
        self.check_actions(provision, where)
        levels, labels = self.security(provision, where, is_denial=is_denial)
        kinds = above.labels if labels is None else labels
        if above.labels is not None and labels is not None and not labels <= above.labels:
            self.refuse(f"{where}.securityLabel", "kinds that the provision above names, too")
        return replace(
            above,
            purposes=self.both(f"{where}.purpose", above.purposes, self.purposes(provision, where)),
            types=self.both(f"{where}.class", above.types, self.types(provision, where)),
            levels=self.both(f"{where}.securityLabel", above.levels, levels),
            labels=kinds,
            instances=self.both(f"{where}.data", above.instances, self.instances(provision, where)),
            starts_at=_latest(above.starts_at, starts_at),
            ends_at=_earliest(above.ends_at, ends_at),
            data_from=_latest(above.data_from, first),
            data_until=_earliest(above.data_until, last),
        )

    def both(self, where: str, above: frozenset[Any] | None, own: frozenset[Any] | None) -> Any:
        if above is None or own is None:
            return above if own is None else own
        if not above & own:
            self.refuse(where, "something that the provision above names, too")
        return above & own

    def actors(
        self, provision: Mapping[str, Any], where: str
    ) -> list[tuple[frozenset[str] | None, frozenset[UUID] | None]]:
        found: list[Party] = []
        for index, actor in enumerate(provision.get("actor", [])):
            place = f"{where}.actor[{index}]"
            if not _codes(actor.get("role")) & RECIPIENTS:
                self.refuse(f"{place}.role", " | ".join(sorted(RECIPIENTS)))
            party = self.party(actor.get("reference", {}))
            if party is None:
                self.refuse(f"{place}.reference", "an organisation or a practitioner of the directory")
            else:
                found.append(party)
        units = frozenset(one.unit for one in found if one.unit is not None)
        persons = frozenset(one.person for one in found if one.person is not None)
        if not provision.get("actor"):
            return [(None, None)]
        return [(units, None)] * bool(units) + [(None, persons)] * bool(persons)

    def party(self, reference: Mapping[str, Any]) -> Party | None:
        literal = reference.get("reference")
        if isinstance(literal, str):
            return self.parties.get(literal.partition("/_history/")[0])
        identifier = reference.get("identifier", {})
        system, value = identifier.get("system"), identifier.get("value")
        if system == UNIT_SYSTEM and isinstance(value, str) and value:
            return Party(unit=value)
        if system == STAFF_SYSTEM:
            try:
                return Party(person=UUID(str(value)))
            except ValueError:
                return None
        return None

    def check_actions(self, provision: Mapping[str, Any], where: str) -> None:
        for index, action in enumerate(provision.get("action", [])):
            if not _codes(action) & ACTIONS:
                self.refuse(f"{where}.action[{index}]", " | ".join(sorted(ACTIONS)))

    def purposes(self, provision: Mapping[str, Any], where: str) -> frozenset[str] | None:
        return self.each(
            provision, "purpose", where, " | ".join(sorted(DENIED_FOR)), lambda one: _one_of(one, DENIED_FOR)
        )

    def types(self, provision: Mapping[str, Any], where: str) -> frozenset[str] | None:
        def read(coding: Mapping[str, Any]) -> str | None:
            known = frozenset(HELD_TYPES) if coding.get("system") == RESOURCE_TYPES else frozenset()
            return _one_of(coding, known)

        return self.each(provision, "class", where, f"{RESOURCE_TYPES}|a type kept here", read)

    def security(
        self, provision: Mapping[str, Any], where: str, *, is_denial: bool
    ) -> tuple[frozenset[str] | None, frozenset[str] | None]:
        """Levels reach down for permits and up for denials; kinds are what they are."""
        levels: set[str] = set()
        kinds: set[str] = set()
        for index, coding in enumerate(provision.get("securityLabel", [])):
            system, code = coding.get("system"), coding.get("code")
            if system == CONFIDENTIALITY and code in LEVELS:
                place = LEVELS.index(code)
                reached = LEVELS[place:] if is_denial else LEVELS[: place + 1]
                levels |= {f"security={level}" for level in reached}
            elif system == SENSITIVITY and code in SENSITIVITIES:
                kinds.add(SENSITIVITIES[code])
            else:
                self.refuse(
                    f"{where}.securityLabel[{index}]", "v3-Confidentiality or a sensitivity known here"
                )
        return frozenset(levels) or None, frozenset(kinds) or None

    def instances(self, provision: Mapping[str, Any], where: str) -> frozenset[UUID] | None:
        def read(data: Mapping[str, Any]) -> UUID | None:
            _, _, own = str(data.get("reference", {}).get("reference", "")).partition("/")
            try:
                return UUID(own) if data.get("meaning") == "instance" else None
            except ValueError:
                return None

        return self.each(
            provision, "data", where, "instance, and the reference of a resource kept here", read
        )

    def each(
        self,
        provision: Mapping[str, Any],
        name: str,
        where: str,
        expected: str,
        read: Callable[[Mapping[str, Any]], Any],
    ) -> frozenset[Any] | None:
        found = set()
        for index, one in enumerate(provision.get(name, [])):
            value = read(one)
            if value is None:
                self.refuse(f"{where}.{name}[{index}]", expected)
            else:
                found.add(value)
        return frozenset(found) or None

    def period(self, period: Any, where: str) -> tuple[datetime | None, datetime | None]:
        """From the first instant on until the end of the last day or second named."""
        if not isinstance(period, Mapping):
            return None, None
        try:
            start = _instants(period["start"])[0] if "start" in period else None
            end = _instants(period["end"])[1] if "end" in period else None
        except (ValueError, OverflowError):
            self.refuse(where, "dates of this age", "value")
            return None, None
        return start, end

    def days(self, period: Any, where: str) -> tuple[date | None, date | None]:
        if not isinstance(period, Mapping):
            return None, None
        try:
            first = span_of(period["start"])[0] if "start" in period else None
            last = span_of(period["end"])[1] if "end" in period else None
        except (ValueError, OverflowError):
            self.refuse(where, "dates of this age", "value")
            return None, None
        return first, last


def _with_purpose(rule: Rule) -> Rule:
    """Silence about purposes permits treatment; it denies everything but an emergency."""
    return rule if rule.is_denial or rule.purposes else replace(rule, purposes=frozenset({"TREAT"}))


def _codes(concept: Any) -> frozenset[str]:
    codings = concept.get("coding", []) if isinstance(concept, Mapping) else []
    return frozenset(str(coding.get("code")) for coding in codings)


def _one_of(coding: Mapping[str, Any], known: frozenset[str]) -> str | None:
    code = coding.get("code")
    return code if code in known else None


def _instants(text: str) -> tuple[datetime, datetime]:
    """The first instant of a dateTime, and the first one after it."""
    if "T" in text:
        found = datetime.fromisoformat(text.replace(":60", ":59"))
        return found.astimezone(UTC), found.astimezone(UTC) + timedelta(seconds=1)
    first, last = span_of(text)
    begins = datetime.combine(first, time.min, SHANGHAI)
    return begins.astimezone(UTC), datetime.combine(last + timedelta(days=1), time.min, SHANGHAI).astimezone(
        UTC
    )


def _latest(one: Any, other: Any) -> Any:
    return max((each for each in (one, other) if each is not None), default=None)


def _earliest(one: Any, other: Any) -> Any:
    return min((each for each in (one, other) if each is not None), default=None)
