"""Sites that an organisation-by-field mapping names: found, planned, made.

A value finds its site by name or by the value that once made it, active or not, so
that neither spelling nor a local rename breeds a twin (AM-28).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from common import keys
from directory.models import Organisation, Site
from imports import referrers
from imports.engine.types import Place
from imports.models import PlannedSite

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imports.models import Run
    from mappings.rules import RuleSet


class Places:
    """The sites of the organisations that a rule set names, looked up once a run."""

    def __init__(self, rules: RuleSet) -> None:
        """Read the sites of every organisation whose sites come from a field."""
        named = {r.organisation.id for r in rules.site_rules if r.organisation}
        self._names = dict(
            Organisation.objects.filter(pk__in=named).values_list("pk", "name")
        )
        self._places: dict[tuple[int, str], Place] = {}
        rows = Site.objects.filter(organisation__in=named).values_list(
            "pk", "organisation_id", "name", "name_key", "source_key", "is_active"
        )
        for pk, organisation_id, name, name_key, source_key, is_active in rows:
            place = Place(
                pk, organisation_id, self._label(organisation_id, name), "", is_active
            )
            self._places[organisation_id, name_key] = place
            if source_key:
                self._places.setdefault((organisation_id, source_key), place)

    def find(self, organisation_id: int, value: str) -> Place:
        """Return the site for a value of the mapped field; one to be made has no id."""
        name = keys.cut(keys.tidy(value))
        where = (organisation_id, keys.key(name))
        if where not in self._places:
            label = self._label(organisation_id, name)
            self._places[where] = Place(None, organisation_id, label, name)
        return self._places[where]

    def _label(self, organisation_id: int, name: str) -> str:
        return f"{self._names[organisation_id]} / {name}"


def plan(run: Run, place: Place, planned: dict[tuple[int, str], int]) -> int:
    """Return the id of the run's PlannedSite for a place; one row a run and key."""
    where = (place.organisation_id, keys.key(place.source_value))
    if where not in planned:
        row, _ = PlannedSite.objects.get_or_create(
            run=run,
            organisation_id=place.organisation_id,
            name_key=where[1],
            defaults={"name": place.source_value},
        )
        planned[where] = row.pk
    return planned[where]


def make(planned_ids: set[int]) -> Mapping[int, int]:
    """Return the site of each PlannedSite, made now where there is none yet."""
    made: dict[int, int] = {}
    for row in PlannedSite.objects.filter(pk__in=planned_ids).select_for_update():
        if row.site_id is None:
            row.site, row.was_created = Site.objects.get_or_create(
                organisation_id=row.organisation_id,
                name_key=row.name_key,
                defaults={"name": row.name, "source_value": row.name},
            )
            row.save(update_fields=["site", "was_created"])
        if row.site_id is not None:
            made[row.pk] = row.site_id
    return made


def unmake(run: Run) -> list[str]:
    """Delete the sites that a run made, where they are empty, unchanged and not mapped.

    Return the names of those that went; the caller holds the transaction.
    """
    made = PlannedSite.objects.filter(run=run, was_created=True).exclude(site=None)
    found = {
        planned.site_id: planned.name for planned in made if planned.site_id is not None
    }
    in_use = set(referrers.of(Site, found))
    sites = Site.objects.select_for_update().filter(pk__in=found, is_active=True)
    gone = {
        site.pk: site.name
        for site in sites.exclude(pk__in=in_use)
        if site.name == site.source_value == found[site.pk]
    }
    PlannedSite.objects.filter(site__in=gone).update(site=None)
    Site.objects.filter(pk__in=gone).delete()
    return sorted(gone.values())
