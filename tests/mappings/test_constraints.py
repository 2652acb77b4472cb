from __future__ import annotations

from typing import TYPE_CHECKING

import factory
import pytest

from mappings.words import Kind, MappingType
from tests.factories.directory import (
    AgentRoleFactory,
    OrganisationFactory,
    SiteFactory,
    UserRoleFactory,
)
from tests.factories.mappings import (
    AgentLicensingFactory,
    AgentRoleMappingFactory,
    AgentSettingsFactory,
    BoardMappingFactory,
    CriterionFactory,
    DeviceSettingsFactory,
    FieldMappingFactory,
    GuardLimitsFactory,
    LeaverPolicyFactory,
    LicenceSettingsFactory,
    MatchingFieldFactory,
    SiteMappingFactory,
)
from tests.refusals import again, refused

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


def by_field(**values: object) -> None:
    """Make a mapping of type 2, complete but for what `values` say."""
    SiteMappingFactory.create(
        **{
            "type": MappingType.ORGANISATION_BY_FIELD,
            "site": None,
            "organisation": OrganisationFactory.create(),
            "field": "officeLocation",
        }
        | values
    )


def to_agents(**values: object) -> None:
    """Make a mapping of the site `*Agent*`, complete but for what `values` say."""
    SiteMappingFactory.create(**{"is_agent": True, "site": None} | values)


REFUSED: dict[str, Callable[[], object]] = {
    "field_target_once": lambda: again(
        FieldMappingFactory, "connection", "target", source=factory.Iterator("ab")
    ),
    "field_source_once": lambda: again(
        FieldMappingFactory, "connection", "source", target=factory.Iterator("ab")
    ),
    "field_mapping_words": lambda: FieldMappingFactory.create(apply="sometimes"),
    "matching_target_once": lambda: again(
        MatchingFieldFactory, "connection", "target", position=factory.Sequence(int)
    ),
    "matching_position_once": lambda: again(
        MatchingFieldFactory, "connection", "position", target=factory.Iterator("ab")
    ),
    "matching_kind": lambda: MatchingFieldFactory.create(kind="robots"),
    "site_sequence_once": lambda: again(SiteMappingFactory, "connection", "sequence"),
    "site_mapping_target": lambda: SiteMappingFactory.create(site=None),
    "site_mapping_match": lambda: SiteMappingFactory.create(match="some"),
    "criterion_operator": lambda: CriterionFactory.create(operator="resembles"),
    "role_group_once": lambda: again(
        AgentRoleMappingFactory, "connection", "group_id", "role"
    ),
    "role_group_name_once": lambda: again(
        AgentRoleMappingFactory, "connection", "role", group_id=None, group_name="A"
    ),
    "role_group_named": lambda: AgentRoleMappingFactory.create(group_id=None),
    "board_group_once": lambda: again(
        BoardMappingFactory, "connection", "group_id", "board"
    ),
    "board_group_name_once": lambda: again(
        BoardMappingFactory, "connection", "board", group_id=None, group_name="A"
    ),
    "board_group_named": lambda: BoardMappingFactory.create(group_id=None),
    "leaver_policy_words": lambda: LeaverPolicyFactory.create(unmatched="delete"),
    "guard_percent": lambda: GuardLimitsFactory.create(percent=101),
    "mappings.AgentSettings.connection": lambda: again(
        AgentSettingsFactory, "connection"
    ),
    "mappings.AgentLicensing.connection": lambda: again(
        AgentLicensingFactory, "connection"
    ),
    "mappings.LeaverPolicy.connection": lambda: again(
        LeaverPolicyFactory, "connection"
    ),
    "mappings.GuardLimits.connection": lambda: again(GuardLimitsFactory, "connection"),
    "mappings.LicenceSettings.connection": lambda: again(
        LicenceSettingsFactory, "connection"
    ),
    "mappings.DeviceSettings.connection": lambda: again(
        DeviceSettingsFactory, "connection"
    ),
}

WRONG_TARGETS: dict[str, Callable[[], object]] = {
    "an unknown type": lambda: SiteMappingFactory.create(type="by_magic"),
    "a site and an organisation": lambda: SiteMappingFactory.create(
        organisation=OrganisationFactory.create()
    ),
    "a site and a field": lambda: SiteMappingFactory.create(field="city"),
    "a site and a default site": lambda: SiteMappingFactory.create(
        default_site=SiteFactory.create()
    ),
    "a site and a role of agents": lambda: SiteMappingFactory.create(
        agent_role=AgentRoleFactory.create()
    ),
    "agents and a site": lambda: to_agents(site=SiteFactory.create()),
    "agents and a role of users": lambda: to_agents(user_role=UserRoleFactory.create()),
    "agents by field": lambda: by_field(is_agent=True),
    "a field without an organisation": lambda: by_field(organisation=None),
    "an organisation without a field": lambda: by_field(field=""),
    "a field and a site": lambda: by_field(site=SiteFactory.create()),
    "a field and a role of agents": lambda: by_field(
        agent_role=AgentRoleFactory.create()
    ),
}


@pytest.mark.parametrize("limit", REFUSED)
def test_the_database_refuses(limit: str) -> None:
    with refused(limit):
        REFUSED[limit]()


@pytest.mark.parametrize("target", WRONG_TARGETS)
def test_a_mapping_cannot_name(target: str) -> None:
    with refused("site_mapping_target"):
        WRONG_TARGETS[target]()


def test_each_type_of_mapping_is_accepted_with_its_own_target() -> None:
    SiteMappingFactory.create(user_role=UserRoleFactory.create())
    to_agents(agent_role=AgentRoleFactory.create())
    by_field(default_site=SiteFactory.create(), user_role=UserRoleFactory.create())


@pytest.mark.rule("R081")
def test_users_and_agents_may_use_the_same_field_each_in_its_list() -> None:
    users = FieldMappingFactory.create(kind=Kind.USERS)

    FieldMappingFactory.create(connection=users.connection, kind=Kind.AGENTS)


@pytest.mark.rule("R114")
def test_a_group_may_give_two_roles() -> None:
    again(AgentRoleMappingFactory, "connection", "group_id")


def test_unresolved_groups_of_two_names_may_give_the_same_role() -> None:
    first = AgentRoleMappingFactory.create(group_id=None, group_name="SG-A")

    AgentRoleMappingFactory.create(
        connection=first.connection, role=first.role, group_id=None, group_name="SG-B"
    )


@pytest.mark.parametrize("column", ["disabled", "deleted", "agents_unmatched"])
def test_every_policy_is_one_of_the_three(column: str) -> None:
    with refused("leaver_policy_words"):
        LeaverPolicyFactory.create(**{column: "delete"})


@pytest.mark.parametrize("column", ["kind", "when_empty"])
def test_every_word_of_a_field_mapping_is_known(column: str) -> None:
    with refused("field_mapping_words"):
        FieldMappingFactory.create(**{column: "perhaps"})
