"""Applying a file makes the database match it, once."""

from __future__ import annotations

import datetime

import pytest

from common.rights import Permission
from connections.models import AppRegistration, Module, TenantConnection
from directory.models import AgentRole, CustomField, Organisation, Site, UserRole
from halo_entra.configuration.apply import apply
from imports.models import SyncSchedule
from mappings import catalogue
from mappings.models import FieldMapping, LeaverPolicy, MatchingField, SiteMapping
from mappings.words import Kind
from sso.models import SsoConnection
from tests.halo_entra.configuration.files import DESK, SAMPLE, Files, tenant


def connection() -> TenantConnection:
    """Return the only connection."""
    return TenantConnection.objects.get()


def test_the_sample_makes_all_that_it_names(files: Files) -> None:
    report = apply(SAMPLE, keep=True).report

    assert len(report.created) == 33
    assert (report.updated, report.unchanged) == ([], 2)  # two sections of defaults
    assert Module.objects.get().enabled
    assert SsoConnection.objects.get().published


def test_applying_twice_changes_nothing(files: Files) -> None:
    apply(SAMPLE, keep=True)
    report = apply(SAMPLE, keep=True).report

    assert (report.created, report.updated, report.unchanged) == ([], [], 35)
    assert connection().rules_version == 1


def test_a_check_says_what_would_happen_and_writes_nothing(files: Files) -> None:
    report = apply(SAMPLE, keep=False).report

    assert "connection Contoso" in report.created
    assert not TenantConnection.objects.exists()
    assert not Organisation.objects.exists()


def test_what_a_file_leaves_out_stays(files: Files) -> None:
    files.apply(DESK)
    report = files.apply("version: 1\nuser_roles: [Guest]\n").report

    assert report.created == ["user role Guest"]
    assert UserRole.objects.count() == 2
    assert Site.objects.count() == 3


def test_a_key_left_out_of_a_section_stays(files: Files) -> None:
    files.apply(tenant("leavers: {disabled: flag, unmatched: leave}"))
    files.apply(tenant("leavers: {unmatched: deactivate}"))
    policy = LeaverPolicy.objects.get()

    assert (policy.disabled, policy.unmatched) == ("flag", "deactivate")


def test_null_clears_a_setting_that_may_be_empty(files: Files) -> None:
    files.apply(tenant("agents: {default_team: Service Desk, remove_roles: false}"))
    files.apply(tenant("agents: {default_team: null}"))
    settings = connection().agent_settings

    assert (settings.default_team, settings.remove_roles) == (None, False)


def test_a_list_of_a_connection_replaces_its_rows(files: Files) -> None:
    row = "{{sequence: {}, type: existing_site, site: Contoso / {}}}"
    first = [row.format(10, "London"), row.format(20, "London")]
    second = [row.format(10, "Leeds"), row.format(30, "London")]
    files.apply(tenant(f"site_mappings: [{', '.join(first)}]"))
    report = files.apply(tenant(f"site_mappings: [{', '.join(second)}]")).report

    assert report.created == ["Contoso: site mapping 30"]
    assert report.updated == [
        "Contoso: site mapping 20: removed",
        "Contoso: site mapping 10",
    ]
    assert list(SiteMapping.objects.values_list("sequence", "site__name")) == [
        (10, "Leeds"),
        (30, "London"),
    ]


def test_two_fields_may_change_their_sources_at_once(files: Files) -> None:
    rows = "field_mappings: {users: ["
    rows += "{source: A, target: name}, {source: B, target: email}]}"
    files.apply(tenant(rows.replace("A", "displayName").replace("B", "mail")))
    files.apply(tenant(rows.replace("A", "mail").replace("B", "displayName")))

    assert FieldMapping.objects.get(kind=Kind.USERS, target="name").source == "mail"


@pytest.mark.rule("R077")
def test_a_new_connection_gets_the_default_fields(files: Files) -> None:
    files.apply(tenant(""))
    users = FieldMapping.objects.filter(kind=Kind.USERS)

    assert list(users.values_list("source", "target")) == [
        (one.source, one.target) for one in catalogue.DEFAULT_USER_FIELDS
    ]


def test_defaults_do_not_come_back_once_they_were_replaced(files: Files) -> None:
    files.apply(tenant("field_mappings: {users: [], agents: []}"))
    files.apply(tenant(""))

    assert not FieldMapping.objects.exists()


@pytest.mark.rule("R127")
def test_matching_fields_keep_their_order(files: Files) -> None:
    files.apply(tenant("matching_fields: {users: [network_login, email, name]}"))

    assert list(MatchingField.objects.values_list("target", flat=True)) == [
        "network_login",
        "email",
        "name",
    ]


def test_only_the_first_tenant_is_taken_for_our_own(files: Files) -> None:
    files.apply(tenant(""))
    files.apply(
        "version: 1\nconnections: [{name: Fabrikam, "
        "tenant_id: 55555555-5555-5555-5555-555555555555, "
        "application_id: 66666666-6666-6666-6666-666666666666}]\n"
    )

    assert dict(TenantConnection.objects.values_list("name", "own_tenant")) == {
        "Contoso": True,
        "Fabrikam": False,
    }


def test_a_first_schedule_with_delta_reads_in_full_once_a_week(files: Files) -> None:
    files.apply(
        tenant("integrator: {enabled: true, import: [agents, users], delta: true}")
    )
    schedule = SyncSchedule.objects.get()

    assert schedule.full_every == datetime.timedelta(days=7)
    assert schedule.kinds == ["users", "agents"]


def test_an_administrator_role_holds_every_permission(files: Files) -> None:
    files.apply(DESK)

    assert AgentRole.objects.get(name="Administrator").permissions == list(Permission)
    assert AgentRole.objects.get(name="Analyst").permissions == ["view"]


def test_a_custom_field_is_named_by_itself_unless_labelled(files: Files) -> None:
    files.apply(DESK)
    field = CustomField.objects.get()

    assert (field.label, field.choices) == ("badge", ["Red", "Blue"])


@pytest.mark.rule("R010")
def test_one_application_serves_import_and_sign_in(files: Files) -> None:
    files.apply(
        tenant("")
        + "sso_connections:\n"
        + "  - {name: Default, tenant_id: 11111111-1111-1111-1111-111111111111,\n"
        + "     application_id: 22222222-2222-2222-2222-222222222222}\n"
    )
    registration = AppRegistration.objects.get()

    assert registration == connection().registration
    assert registration == SsoConnection.objects.get().registration


def test_another_application_takes_secrets_and_authorisation_along(
    files: Files,
) -> None:
    files.apply(tenant(""))
    TenantConnection.objects.update(
        authorised_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
        authorised_as="admin@contoso.example",
        token_cache="ciphertext",
    )
    files.apply(tenant("").replace("22222222-2222", "77777777-2222"))
    row = connection()

    assert (row.authorised_at, row.authorised_as, row.token_cache) == (None, "", "")
    assert AppRegistration.objects.count() == 1


ONE_SITE = "site_mappings: [{sequence: 1, type: existing_site, site: Contoso / Leeds}]"
CHANGES = [
    "leavers: {disabled: flag}",
    "guard: {people: 11}",
    "own_tenant: false",
    "agent_licensing: {enabled: true, licensed_roles: [Analyst]}",
    ONE_SITE,
    "agent_role_mappings: [{group: SG-Admins, role: Analyst}]",
    "field_mappings: {agents: []}",
    "leavers: {disabled: flag}\nguard: {percent: 50}\nown_tenant: false",
]


@pytest.mark.parametrize("rows", CHANGES)
def test_changed_rules_get_exactly_one_new_version(files: Files, rows: str) -> None:
    files.apply(tenant(""))
    files.apply(tenant(rows))

    assert connection().rules_version == 2


@pytest.mark.parametrize(
    "rows",
    [
        "notify: [desk@contoso.example]",
        "integrator: {enabled: true, import: [users]}",
        "licences: {managed_here: false}",
        "leavers: {disabled: deactivate}",
    ],
)
def test_what_decides_about_nobody_is_no_new_version(files: Files, rows: str) -> None:
    files.apply(tenant(""))
    files.apply(tenant(rows))

    assert connection().rules_version == 1


def test_a_site_that_a_rule_names_makes_a_new_version(files: Files) -> None:
    files.apply(tenant(ONE_SITE))
    closed = "version: 1\norganisations: [{name: Contoso, sites: ["
    closed += "{name: Leeds, is_active: false}]}]\n"
    files.apply(closed)
    files.apply(closed)

    assert connection().rules_version == 2


def test_a_new_organisation_is_no_new_version(files: Files) -> None:
    files.apply(tenant(""))
    files.apply("version: 1\norganisations: [Northwind]\nagent_roles: [Trainee]\n")

    assert connection().rules_version == 1
