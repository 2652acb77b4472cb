"""What is saved, compiled into what decides."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from common.rights import Permission
from connections.models import TenantConnection
from directory.states import CustomKind
from mappings import rules
from mappings.compile import compile_rules
from mappings.rules import Filter, GrantRule, Group, Ref, SiteRef
from mappings.words import Combine, Kind, MappingType, Operator, Policy
from tests.factories.connections import TenantConnectionFactory
from tests.factories.directory import (
    AgentRoleFactory,
    ChangeAdvisoryBoardFactory,
    CustomFieldFactory,
    OrganisationFactory,
    SiteFactory,
    TeamFactory,
    UserRoleFactory,
)
from tests.factories.mappings import (
    AgentRoleMappingFactory,
    AgentSettingsFactory,
    BoardMappingFactory,
    CriterionFactory,
    FieldMappingFactory,
    GuardLimitsFactory,
    LeaverPolicyFactory,
    MatchingFieldFactory,
    SiteMappingFactory,
)

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection(db: None) -> TenantConnection:
    """A connection without rules."""
    return TenantConnectionFactory.create(rules_version=7)


def test_a_connection_without_rows_has_the_defaults(
    connection: TenantConnection,
) -> None:
    compiled = compile_rules(connection)

    assert compiled == rules.RuleSet(
        connection.pk, connection.tenant_id, 7, own_tenant=connection.own_tenant
    )


def test_a_site_mapping_becomes_a_rule(connection: TenantConnection) -> None:
    site = SiteFactory.create(name="London", organisation__name="Contoso")
    role = UserRoleFactory.create(name="Standard User")
    mapping = SiteMappingFactory.create(
        connection=connection,
        sequence=10,
        site=site,
        user_role=role,
        group_name="SG-London",
        match=Combine.ANY,
    )
    CriterionFactory.create(
        mapping=mapping, field="city", operator=Operator.IN, value=["a", 5]
    )
    [rule] = compile_rules(connection).site_rules

    assert rule.site == SiteRef(site.pk, "Contoso / London", site.organisation_id)
    assert rule.role == Ref(role.pk, "Standard User")
    assert rule.filter == Filter(
        Group(None, "SG-London"),
        match=Combine.ANY,
        criteria=(rules.Criterion("city", Operator.IN, ("a", "5")),),
    )


def test_rules_come_in_the_order_of_their_sequence(
    connection: TenantConnection,
) -> None:
    for sequence in (30, 10, 20):
        SiteMappingFactory.create(connection=connection, sequence=sequence)

    assert [one.sequence for one in compile_rules(connection).site_rules] == [
        10,
        20,
        30,
    ]


def test_a_mapping_that_is_off_decides_nothing(connection: TenantConnection) -> None:
    SiteMappingFactory.create(connection=connection, enabled=False)
    compiled = compile_rules(connection)

    assert (compiled.site_rules, compiled.organisations) == ((), frozenset())


def test_the_second_type_names_its_organisation(connection: TenantConnection) -> None:
    organisation = OrganisationFactory.create(name="Contoso")
    default = SiteFactory.create(organisation=organisation, name="Home")
    SiteMappingFactory.create(
        connection=connection,
        type=MappingType.ORGANISATION_BY_FIELD,
        site=None,
        organisation=organisation,
        field="officeLocation",
        default_site=default,
    )
    [rule] = compile_rules(connection).site_rules

    assert (rule.organisation, rule.field) == (
        Ref(organisation.pk, "Contoso"),
        "officeLocation",
    )
    assert rule.default_site == SiteRef(default.pk, "Contoso / Home", organisation.pk)


@pytest.mark.rule("R100")
def test_an_agent_mapping_is_a_rule_of_its_own(connection: TenantConnection) -> None:
    role = AgentRoleFactory.create(name="Analyst")
    group_id = uuid.uuid4()
    SiteMappingFactory.create(
        connection=connection,
        is_agent=True,
        site=None,
        agent_role=role,
        group_id=group_id,
        group_name="SG-Desk",
        nested=False,
    )
    compiled = compile_rules(connection)
    [rule] = compiled.agent_rules

    assert rule.role == Ref(role.pk, "Analyst")
    assert rule.filter.group == Group(group_id, "SG-Desk")
    assert compiled.site_rules == ()


@pytest.mark.rule("R094")
@pytest.mark.parametrize("inactive", ["is_active", "organisation__is_active"])
def test_a_closed_site_takes_nobody_in(
    connection: TenantConnection, inactive: str
) -> None:
    site = SiteFactory.create(**{inactive: False})
    SiteMappingFactory.create(connection=connection, site=site)
    [rule] = compile_rules(connection).site_rules

    assert rule.site is not None
    assert not rule.site.is_active


def test_people_may_be_matched_where_a_rule_puts_them(
    connection: TenantConnection,
) -> None:
    site, default, agents = SiteFactory.create_batch(3)
    SiteFactory.create()
    SiteMappingFactory.create(connection=connection, site=site)
    SiteMappingFactory.create(
        connection=connection,
        type=MappingType.ORGANISATION_BY_FIELD,
        site=None,
        organisation=default.organisation,
        field="city",
    )
    AgentSettingsFactory.create(connection=connection, user_site=agents)

    assert compile_rules(connection).organisations == {
        site.organisation_id,
        default.organisation_id,
        agents.organisation_id,
    }


@pytest.mark.rule("R075")
def test_a_field_carries_the_kind_of_its_custom_field(
    connection: TenantConnection,
) -> None:
    CustomFieldFactory.create(name="size", kind=CustomKind.CHOICE, choices=["S", "M"])
    FieldMappingFactory.create(
        connection=connection, source="city", target="custom.size"
    )
    [field] = compile_rules(connection).user_fields

    assert (field.kind, field.choices) == (CustomKind.CHOICE, ("S", "M"))


def test_fields_and_matching_are_parted_by_kind(connection: TenantConnection) -> None:
    FieldMappingFactory.create(connection=connection)
    FieldMappingFactory.create(connection=connection, kind=Kind.AGENTS, source="mail")
    for position, target in ((1, "email"), (0, "network_login")):
        MatchingFieldFactory.create(
            connection=connection, position=position, target=target
        )
    compiled = compile_rules(connection)

    assert [one.source for one in compiled.fields(Kind.AGENTS)] == ["mail"]
    assert [one.source for one in compiled.fields(Kind.USERS)] == ["displayName"]
    assert compiled.matching(Kind.USERS) == ("network_login", "email")
    assert compiled.matching(Kind.AGENTS) == ()


@pytest.mark.rule("R110")
@pytest.mark.rule("R116")
def test_groups_give_roles_and_seats(connection: TenantConnection) -> None:
    role, board = AgentRoleFactory.create(), ChangeAdvisoryBoardFactory.create()
    first = AgentRoleMappingFactory.create(connection=connection, role=role)
    second = BoardMappingFactory.create(connection=connection, board=board, nested=True)
    compiled = compile_rules(connection)

    assert compiled.role_rules == (
        GrantRule(Group(first.group_id, ""), False, Ref(role.pk, role.name)),
    )
    assert compiled.board_rules == (
        GrantRule(Group(second.group_id, ""), True, Ref(board.pk, board.name)),
    )


def test_settings_are_compiled_too(connection: TenantConnection) -> None:
    team, role = TeamFactory.create(), UserRoleFactory.create()
    AgentSettingsFactory.create(
        connection=connection, default_team=team, user_role=role, remove_roles=False
    )
    LeaverPolicyFactory.create(connection=connection, disabled=Policy.LEAVE)
    GuardLimitsFactory.create(connection=connection, percent=50)
    compiled = compile_rules(connection)

    assert compiled.defaults == rules.AgentDefaults(
        Ref(team.pk, team.name), None, Ref(role.pk, role.name), remove_roles=False
    )
    assert compiled.leavers == rules.Leavers(disabled=Policy.LEAVE)
    assert compiled.guard == rules.Guard(percent=50)


def test_the_roles_that_administer_are_known(connection: TenantConnection) -> None:
    AgentRoleFactory.create(permissions=[Permission.VIEW])
    administrator = AgentRoleFactory.create(permissions=[Permission.ADMINISTER])

    assert compile_rules(connection).administrator_roles == {administrator.pk}


def test_another_connections_rows_stay_out(connection: TenantConnection) -> None:
    for factory in (SiteMappingFactory, AgentRoleMappingFactory, FieldMappingFactory):
        factory.create()
    compiled = compile_rules(connection)

    assert (compiled.site_rules, compiled.role_rules, compiled.user_fields) == (
        (),
        (),
        (),
    )


def test_a_stored_rule_set_is_read_back_the_same(connection: TenantConnection) -> None:
    mapping = SiteMappingFactory.create(connection=connection, group_id=uuid.uuid4())
    CriterionFactory.create(mapping=mapping, operator=Operator.IN, value=["a", "b"])
    CriterionFactory.create(mapping=mapping, field="accountEnabled", value=True)
    AgentRoleMappingFactory.create(connection=connection)
    compiled = compile_rules(connection)

    assert rules.from_json(rules.to_json(compiled)) == compiled


@pytest.mark.parametrize("rows", [1, 20])
def test_the_number_of_queries_is_fixed(
    connection: TenantConnection,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for mapping in SiteMappingFactory.create_batch(rows, connection=connection):
        CriterionFactory.create(mapping=mapping)
    AgentRoleMappingFactory.create_batch(rows, connection=connection)
    BoardMappingFactory.create_batch(rows, connection=connection)

    with django_assert_num_queries(9):
        compile_rules(connection)
