"""What must hold of the mappings of one connection."""

from __future__ import annotations

from collections.abc import Sequence

from common import keys
from halo_entra.configuration import check_desk
from halo_entra.configuration.entries import (
    FieldEntry,
    GrantEntry,
    Record,
    SiteEntry,
    SiteName,
)
from halo_entra.configuration.known import Known, What
from halo_entra.configuration.problems import Place, Problems, Wrong
from halo_entra.configuration.readers import Name
from mappings import catalogue, checks
from mappings.models import FieldMapping, MatchingField
from mappings.words import Kind, MappingType


def check(record: Record, known: Known, problems: Problems) -> None:
    """Note every mapping of the connection that cannot be applied."""
    for kind in Kind:
        _check_fields(record, kind, known, problems)
        _check_matching(record, kind, problems)
    _check_site_mappings(record.given.get("site_mappings", ()), known, problems)
    for key, what in (
        ("agent_role_mappings", What.AGENT_ROLE),
        ("board_mappings", What.BOARD),
    ):
        _check_grants(record.given.get(key, ()), what, known, problems)


def _check_fields(record: Record, kind: Kind, known: Known, problems: Problems) -> None:
    rows: Sequence[FieldEntry] = record.given.get("field_mappings", {}).get(kind, ())
    check_desk.once((row.target for row in rows), problems)
    check_desk.once((row.source for row in rows), problems)
    for row in rows:
        source, target = row.source, row.target
        _note(problems, source.place, checks.source(source.text))
        found = checks.target(target.text, kind, known.custom_fields)
        _note(problems, target.place, found)
        _note(problems, source.place, checks.pair(source.text, target.text))


def _note(problems: Problems, place: Place, text: str) -> None:
    if text:
        problems.add(place, text)


def _check_matching(record: Record, kind: Kind, problems: Problems) -> None:
    """Note matching fields that are not mapped; R126: each must be."""
    given = record.given.get("matching_fields", {}).get(kind)
    replaced = kind in record.given.get("field_mappings", {})
    if given is None and not replaced:
        return
    if problems.touch(record.path("field_mappings")):
        return
    check_desk.once(given or (), problems)
    targets = mapped_targets(record, kind)
    for name in stored_matching(record, kind) if given is None else given:
        _note(problems, name.place, checks.matching(name.text, kind, targets))


def mapped_targets(record: Record, kind: Kind) -> set[str]:
    """Return the targets that the connection maps once the file is applied."""
    given = record.given.get("field_mappings", {})
    if kind in given:
        return {row.target.text for row in given[kind]}
    stored = FieldMapping.objects.filter(
        connection__name_key=record.name.key, kind=kind
    ).values_list("target", flat=True)
    return set(stored) or {row.target for row in catalogue.DEFAULTS[kind]}


def stored_matching(record: Record, kind: Kind) -> list[Name]:
    """Return the matching fields that stay as they are in the database."""
    rows = MatchingField.objects.filter(connection__name_key=record.name.key, kind=kind)
    return [Name(row.target, record.place) for row in rows]


def _check_site_mappings(
    rows: Sequence[SiteEntry], known: Known, problems: Problems
) -> None:
    lines: dict[int, int] = {}
    for row in rows:
        if row.sequence in lines:
            problems.add(
                row.place,
                f"The sequence {row.sequence} stands twice: also on line "
                f"{lines[row.sequence]}. Sequences are unique in a connection.",
            )
        lines.setdefault(row.sequence, row.place.line)
        _check_site_mapping(row, known, problems)


def _check_site_mapping(row: SiteEntry, known: Known, problems: Problems) -> None:
    if row.role:
        with problems.caught():
            known.find(What.AGENT_ROLE if row.is_agent else What.USER_ROLE, row.role)
    if row.site:
        with problems.caught():
            known.find_site(row.site)
    if row.type is MappingType.ORGANISATION_BY_FIELD:
        _check_by_field(row, known, problems)
    for criterion in row.criteria:
        field = criterion.field
        _note(problems, field.place, checks.criterion_field(field.text))


def _check_by_field(row: SiteEntry, known: Known, problems: Problems) -> None:
    if row.organisation:
        with problems.caught():
            known.find(What.ORGANISATION, row.organisation)
    if row.source:
        _note(problems, row.source.place, checks.naming_field(row.source.text))
    if row.default_site and row.organisation:
        with problems.caught():
            check_inside(row.default_site, row.organisation, known)


def check_inside(site: SiteName, organisation: Name, known: Known) -> None:
    """Raise Wrong unless the site is one of the organisation's."""
    known.find_site(site)
    if known.site_organisation(site) != organisation.key:
        raise Wrong(site.place, f"This is no site of {organisation.text!r}.")


def _check_grants(
    rows: Sequence[GrantEntry], what: What, known: Known, problems: Problems
) -> None:
    lines: dict[tuple[str, str], int] = {}
    for row in rows:
        with problems.caught():
            known.find(what, row.target)
        pair = (row.group.key, keys.key(row.target.text))
        if pair in lines:
            problems.add(
                row.place,
                f"The same group and {what} stand twice: also on line {lines[pair]}.",
            )
        lines.setdefault(pair, row.place.line)
