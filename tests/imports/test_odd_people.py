"""People whose data is strange come in whole, once, and harm nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from common import keys
from directory.models import EndUser, Site
from imports.words import Status
from tests import bench
from tests.imports.test_import import manage

if TYPE_CHECKING:
    from simulator.contract import TenantInfo
    from simulator.process import Simulator
    from tests.bench import Desk

LONG = "Ann " * 100
NAMES = {
    "long": LONG,
    "long and growing under casefold": "ΐ" * 256,
    "long ligatures": "ﷺ" * 256,
    "right to left": "فاطمة \u202eAbernathy\u202c",
    "combining": "E\u0301loi\u0308se",
    "outside the basic plane": "𝔄𝔫𝔫 👩‍👩‍👧‍👦",
    "markup": '<script>alert(1)</script> & "O\'Brien"',
    "NUL": "An\x00n",
    "formula": "=cmd|' /C calc'!A0",
    "tabs and lines": "Ann\tB\r\nLovelace",
}


@pytest.fixture
def desk(db: None, entra: Simulator, tenant: TenantInfo) -> Desk:
    """A desk whose only mapping takes everybody to London."""
    found = bench.connect(entra.admin, tenant)
    found.map_site(10, "London")
    return found


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_strange_name_comes_in_as_far_as_it_fits(desk: Desk, name: str) -> None:
    desk.person("ann", displayName=name, department=name)
    desk.person("bob")
    run = desk.run()
    assert (run.status, EndUser.objects.count()) == (Status.SUCCEEDED, 2)
    user = EndUser.objects.get(login_key__startswith="ann@")
    assert user.name == keys.cut(keys.tidy(name)).strip()
    assert user.name_key == keys.key(user.name)
    assert desk.run().status == Status.NOTHING_CHANGED


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_strange_office_makes_one_site(desk: Desk, name: str) -> None:
    desk.connection.site_mappings.all().delete()
    desk.map_field(20, "officeLocation")
    for person in ("ann", "bob"):
        desk.person(person, officeLocation=name)
    assert desk.run().status == Status.SUCCEEDED
    assert Site.objects.filter(users__isnull=False).distinct().count() == 1
    assert desk.run().status == Status.NOTHING_CHANGED


def test_somebody_without_name_and_mail_is_called_by_the_upn(desk: Desk) -> None:
    desk.person("ann", displayName=None, mail=None)
    assert desk.run().status == Status.SUCCEEDED
    user = EndUser.objects.get()
    assert (user.name, user.email) == (f"ann@{desk.tenant.domain}", "")


def test_two_people_of_one_name_are_two_users(desk: Desk) -> None:
    for person in ("ann", "ann2"):
        desk.person(person, displayName="Ann Lovelace", mail="shared@acme.example")
    desk.run()
    assert EndUser.objects.filter(name="Ann Lovelace").count() == 2


def test_a_circle_of_managers_is_kept_as_it_is(desk: Desk) -> None:
    people = [desk.person(name) for name in ("ann", "bob", "eve")]
    around = zip(people, [*people[1:], people[0]], strict=True)
    for person, boss in [*around, (desk.person("own"), None)]:
        if boss is not None:
            desk.admin.set_manager(desk.tenant.tenant_id, str(person), str(boss))
    manage(desk)
    assert desk.run().status == Status.SUCCEEDED
    assert EndUser.objects.exclude(manager=None).count() == 3
    assert desk.run().status == Status.NOTHING_CHANGED


def test_people_who_change_between_pages_end_as_the_tenant_last_said(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [desk.person(f"p{number}") for number in range(9)]
    desk.admin.settings(desk.tenant.tenant_id, page_size=3)
    desk.admin.fault(path="skiptoken", times=1, status=503)

    def meanwhile(_seconds: float) -> None:
        desk.change(people[0], displayName="Seen Already")
        desk.change(people[8], displayName="Not Yet Seen")
        desk.admin.delete_user(desk.tenant.tenant_id, str(people[7]))

    monkeypatch.setattr("imports.attempt.sleep", meanwhile)
    assert desk.run().status == Status.SUCCEEDED
    desk.run()
    names = set(EndUser.objects.values_list("name", flat=True))
    assert names == {f"P{n}" for n in range(1, 7)} | {"Seen Already", "Not Yet Seen"}


def test_who_was_never_wanted_and_is_gone_is_not_made_later(desk: Desk) -> None:
    mapping = desk.connection.site_mappings.get()
    ann, bob = desk.person("ann"), desk.person("bob")
    mapping.group_id = desk.group("L", [bob])
    mapping.save()
    desk.run()
    desk.admin.delete_user(desk.tenant.tenant_id, str(ann))
    mapping.group_id = None
    mapping.save()
    desk.rules_changed()
    desk.run()
    assert list(EndUser.objects.values_list("entra_object_id", flat=True)) == [bob]


def test_an_address_that_is_too_long_is_cut(desk: Desk) -> None:
    desk.person("ann", mail="x" * 500)
    assert desk.run().status == Status.SUCCEEDED
    assert EndUser.objects.get().email == "x" * 256
