"""People come from the tenant into the directory, and a second run changes nothing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from directory.models import EndUser, Site
from imports import decide, due
from imports.words import MirrorState, Status
from mappings.models import FieldMapping
from mappings.words import Kind
from tests import bench

if TYPE_CHECKING:
    from tests.bench import Desk


def sites() -> dict[str, str]:
    """Return each user's site by login, without the domain."""
    rows = EndUser.objects.values_list("network_login", "site__name")
    return {login.partition("@")[0]: site for login, site in rows}


@pytest.mark.rule("R001")
@pytest.mark.rule("R089")
@pytest.mark.rule("R002")
def test_people_come_to_the_site_of_their_group(desk: Desk) -> None:
    ann, bob = desk.person("ann"), desk.person("bob")
    desk.map_site(10, "London", group_id=desk.group("L", [ann]))
    desk.map_site(20, "Leeds", group_id=desk.group("R", [bob]))
    run = desk.run()
    assert run.status == Status.SUCCEEDED, run.reason
    assert sites() == {"ann": "London", "bob": "Leeds"}


@pytest.mark.rule("R133")
def test_a_second_import_changes_nothing(desk: Desk) -> None:
    desk.person("ann", mail="ann@acme.example")
    desk.map_site(10, "London")
    desk.run()
    before = list(EndUser.objects.values())
    run = desk.run()
    assert run.status == Status.NOTHING_CHANGED
    assert list(EndUser.objects.values()) == before
    assert run.counts["users"]["none"] == 1


@pytest.mark.rule("R124")
def test_a_record_follows_its_person_by_object_id(desk: Desk) -> None:
    ann = desk.person("ann", department="Sales")
    desk.map_site(10, "London")
    desk.run()
    desk.change(ann, displayName="Ann Married", userPrincipalName="new@acme.example")
    run = desk.run()
    user = EndUser.objects.get()
    assert (user.name, user.network_login) == ("Ann Married", "new@acme.example")
    assert run.counts["users"]["update"] == 1


@pytest.mark.rule("R085")
def test_unmapped_fields_are_never_touched(desk: Desk) -> None:
    ann = desk.person("ann")
    desk.map_site(10, "London")
    desk.run()
    EndUser.objects.update(job_title="By hand", phone="1", revision=5)
    desk.change(ann, displayName="Ann B", jobTitle="From Entra")
    desk.run()
    user = EndUser.objects.get()
    assert (user.name, user.job_title, user.phone) == ("Ann B", "By hand", "1")


@pytest.mark.rule("R105")
@pytest.mark.rule("R103")
def test_a_field_makes_sites_and_spelling_makes_no_twin(desk: Desk) -> None:
    desk.person("ann", officeLocation="Bristol")
    desk.person("bob", officeLocation="  BRISTOL ")
    desk.person("eve", officeLocation=None)
    desk.map_field(10, "officeLocation")
    run = desk.run()
    assert sites() == {"ann": "Bristol", "bob": "Bristol"}
    assert run.counts["sites"] == {"create": 1}
    assert Site.objects.get().source_value == "Bristol"


def test_a_renamed_site_is_found_by_the_value_that_made_it(desk: Desk) -> None:
    desk.person("ann", officeLocation="Bristol")
    desk.map_field(10, "officeLocation")
    desk.run()
    site = Site.objects.get()
    site.name = "Bristol Harbour"
    site.save()
    desk.person("bob", officeLocation="bristol")
    desk.run()
    assert sites() == {"ann": "Bristol Harbour", "bob": "Bristol Harbour"}


@pytest.mark.rule("R108")
def test_the_first_mapping_wins(desk: Desk) -> None:
    ann = desk.person("ann")
    both = desk.group("Both", [ann])
    desk.map_site(20, "Leeds", group_id=both)
    desk.map_site(10, "London", group_id=both)
    desk.run()
    assert sites() == {"ann": "London"}


@pytest.mark.rule("R098")
def test_externals_stay_out_unless_included(desk: Desk) -> None:
    guest = desk.person("guest")
    desk.change(guest, userType="Guest")
    mapping = desk.map_site(10, "London")
    desk.run()
    assert sites() == {}
    mapping.include_external = True
    mapping.save()
    desk.rules_changed()
    desk.run()
    assert sites() == {"guest": "London"}


def test_members_of_nested_groups_count_where_the_mapping_says_so(desk: Desk) -> None:
    ann, bob = desk.person("ann"), desk.person("bob")
    inner = desk.group("Inner", [bob])
    outer = desk.group("Outer", [ann, inner])
    mapping = desk.map_site(10, "London", group_id=outer, nested=True)
    desk.run()
    assert sites() == {"ann": "London", "bob": "London"}
    mapping.nested = False
    mapping.save()
    desk.rules_changed()
    assert desk.preview().counts["users"]["flag"] == 1


@pytest.mark.rule("R084")
def test_managers_are_linked_in_a_second_pass(desk: Desk) -> None:
    ann, boss = desk.person("ann"), desk.person("boss")
    desk.admin.set_manager(desk.tenant.tenant_id, str(ann), str(boss))
    manage(desk)
    desk.map_site(10, "London")
    run = desk.run()
    manager = EndUser.objects.get(entra_object_id=ann).manager
    assert manager is not None
    assert manager.entra_object_id == boss
    assert run.counts["users"]["update"] == 0
    assert desk.run().status == Status.NOTHING_CHANGED


@pytest.mark.rule("R084")
def test_a_manager_who_is_not_here_is_no_failure(desk: Desk) -> None:
    ann, boss = desk.person("ann"), desk.person("boss")
    desk.admin.set_manager(desk.tenant.tenant_id, str(ann), str(boss))
    manage(desk)
    desk.map_site(10, "London", group_id=desk.group("L", [ann]))
    assert desk.run().status == Status.SUCCEEDED
    assert EndUser.objects.get().manager is None


@pytest.mark.rule("R084")
def test_a_manager_who_comes_later_is_linked_then(desk: Desk) -> None:
    ann, boss = desk.person("ann"), desk.person("boss")
    desk.admin.set_manager(desk.tenant.tenant_id, str(ann), str(boss))
    manage(desk)
    group = desk.group("L", [ann])
    desk.map_site(10, "London", group_id=group)
    desk.run()
    desk.join(group, boss)
    run = desk.run()
    manager = EndUser.objects.get(entra_object_id=ann).manager
    assert manager is not None
    assert (run.counts["users"]["create"], run.counts["users"]["update"]) == (1, 1)


def test_two_who_manage_each_other_are_tolerated(desk: Desk) -> None:
    ann, bob = desk.person("ann"), desk.person("bob")
    desk.admin.set_manager(desk.tenant.tenant_id, str(ann), str(bob))
    desk.admin.set_manager(desk.tenant.tenant_id, str(bob), str(ann))
    manage(desk)
    desk.map_site(10, "London")
    assert desk.run().status == Status.SUCCEEDED
    assert EndUser.objects.exclude(manager=None).count() == 2


def test_a_cleared_manager_is_cleared_where_the_import_set_it(desk: Desk) -> None:
    ann, boss = desk.person("ann"), desk.person("boss")
    desk.admin.set_manager(desk.tenant.tenant_id, str(ann), str(boss))
    manage(desk)
    desk.map_site(10, "London")
    desk.run()
    desk.admin.set_manager(desk.tenant.tenant_id, str(ann), None)
    desk.run()
    assert EndUser.objects.get(entra_object_id=ann).manager is None


def test_people_whom_no_mapping_selects_keep_only_what_decides(desk: Desk) -> None:
    desk.person("ann", department="Secret", mail="ann@acme.example")
    desk.map_site(10, "London", group_id=desk.group("Empty"))
    desk.run()
    row = desk.connection.mirror_users.get()
    assert set(row.properties) == {"accountEnabled", "userPrincipalName", "userType"}
    assert row.mail_key == ""


def test_somebody_selected_later_is_read_in_full_then(desk: Desk) -> None:
    ann = desk.person("ann", department="Sales")
    group = desk.group("L")
    desk.map_site(10, "London", group_id=group)
    desk.run()
    desk.join(group, ann)
    desk.run()
    assert EndUser.objects.get().department == "Sales"


def test_who_is_no_longer_listed_is_absent_and_keeps_everything(desk: Desk) -> None:
    ann = desk.person("ann")
    desk.map_site(10, "London")
    desk.run()
    before = EndUser.objects.values().get()
    desk.admin.delete_user(desk.tenant.tenant_id, str(ann))
    desk.run()
    assert desk.connection.mirror_users.get().state == MirrorState.ABSENT
    assert EndUser.objects.values().get() == before


@pytest.mark.rule("R126")
def test_a_match_by_field_links_the_old_record_and_keeps_its_site(desk: Desk) -> None:
    ann = desk.person("ann", mail=f"ann@{desk.tenant.domain}")
    old = EndUser.objects.create(
        site=desk.site("Hand-made"), name="Old", email=f"ANN@{desk.tenant.domain}"
    )
    bench.match_by(desk, Kind.USERS, "email")
    desk.map_site(10, "London")
    run = desk.run()
    user = EndUser.objects.get()
    assert (user.pk, user.entra_object_id, user.site.name) == (
        *(old.pk, ann, "Hand-made"),
    )
    assert run.counts["users"]["link"] == 1


@pytest.mark.rule("R127")
def test_two_candidates_go_to_review_and_nothing_is_written(desk: Desk) -> None:
    address = f"ann@{desk.tenant.domain}"
    desk.person("ann", mail=address)
    for name in ("One", "Two"):
        EndUser.objects.create(site=desk.site("London"), name=name, email=address)
    bench.match_by(desk, Kind.USERS, "email")
    desk.map_site(10, "London")
    run = desk.run()
    assert run.counts["users"]["review"] == 1
    assert not EndUser.objects.exclude(entra_object_id=None).exists()


def manage(desk: Desk) -> None:
    """Map the manager."""
    FieldMapping.objects.create(
        connection=desk.connection, kind=Kind.USERS, source="manager", target="manager"
    )


def test_two_people_who_fit_one_record_both_go_to_review(desk: Desk) -> None:
    address = f"office@{desk.tenant.domain}"
    desk.person("ann", mail=address)
    bob = desk.person("bob", mail=address)
    desk.change(bob, accountEnabled=False)
    EndUser.objects.create(site=desk.site("London"), name="Office", email=address)
    bench.match_by(desk, Kind.USERS, "email")
    desk.map_site(10, "London")
    run = desk.run()
    assert run.counts["users"]["review"] == 2
    assert EndUser.objects.get().entra_object_id is None


def test_a_hand_edit_while_a_run_plans_costs_nobody_a_place(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [desk.person(f"person{at}", department="Sales") for at in range(5)]
    desk.map_site(10, "London")
    desk.run()
    for person in people[:2] + people[3:]:
        desk.change(person, department="Legal")
    decided = decide.decide

    def edited(*args: Any, **options: Any) -> list[decide.Decided]:
        EndUser.objects.filter(department="Sales", name="Person2").update(revision=9)
        return decided(*args, **options)

    monkeypatch.setattr(due, "page", partial(due.page, limit=2))
    monkeypatch.setattr(decide, "decide", edited)
    desk.run()

    assert EndUser.objects.filter(department="Legal").count() == 4
