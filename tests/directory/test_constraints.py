from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from tests.factories.accounts import AccountFactory
from tests.factories.directory import (
    AgentFactory,
    AgentRoleFactory,
    AgentRoleGrantFactory,
    AssetFactory,
    BoardSeatFactory,
    ChangeAdvisoryBoardFactory,
    CustomFieldFactory,
    EndUserFactory,
    LicenceFactory,
    OrganisationFactory,
    SiteFactory,
    SoftwareAssignmentFactory,
    SoftwareFactory,
    TeamFactory,
    UserRoleFactory,
)
from tests.refusals import again, refused

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

TENANT, PERSON = uuid.UUID(int=1), uuid.UUID(int=2)

REFUSED: dict[str, Callable[[], object]] = {
    "directory.Organisation.name_key": lambda: again(OrganisationFactory, "name"),
    "organisation_named": lambda: OrganisationFactory.create(name=" "),
    "site_name_once": lambda: again(SiteFactory, "organisation", "name"),
    "site_source_once": lambda: again(
        SiteFactory, "organisation", source_value="London"
    ),
    "site_named": lambda: SiteFactory.create(name=""),
    "directory.UserRole.name_key": lambda: again(UserRoleFactory, "name"),
    "user_role_named": lambda: UserRoleFactory.create(name=" "),
    "agent_role_named": lambda: AgentRoleFactory.create(name=""),
    "team_named": lambda: TeamFactory.create(name=""),
    "board_named": lambda: ChangeAdvisoryBoardFactory.create(name=" "),
    "software_named": lambda: SoftwareFactory.create(name=""),
    "directory.AgentRole.name_key": lambda: again(AgentRoleFactory, "name"),
    "directory.Team.name_key": lambda: again(TeamFactory, "name"),
    "directory.ChangeAdvisoryBoard.name_key": lambda: again(
        ChangeAdvisoryBoardFactory, "name"
    ),
    "role_granted_once": lambda: again(AgentRoleGrantFactory, "agent", "role"),
    "seat_once": lambda: again(BoardSeatFactory, "board", "agent"),
    "directory.EndUser.account": lambda: again(
        EndUserFactory, account=AccountFactory.create()
    ),
    "enduser_entra_once": lambda: again(
        EndUserFactory, entra_tenant_id=TENANT, entra_object_id=PERSON
    ),
    "enduser_entra_ids_both": lambda: EndUserFactory.create(entra_object_id=PERSON),
    "enduser_entra_state": lambda: EndUserFactory.create(entra_state="asleep"),
    "enduser_named": lambda: EndUserFactory.create(name=" "),
    "directory.Agent.account": lambda: again(
        AgentFactory, account=AccountFactory.create()
    ),
    "directory.Agent.user": lambda: again(AgentFactory, user=EndUserFactory.create()),
    "agent_entra_once": lambda: again(
        AgentFactory, entra_tenant_id=TENANT, entra_object_id=PERSON
    ),
    "agent_entra_ids_both": lambda: AgentFactory.create(entra_tenant_id=TENANT),
    "agent_entra_state": lambda: AgentFactory.create(entra_state="asleep"),
    "agent_named": lambda: AgentFactory.create(name=" "),
    "directory.CustomField.name": lambda: again(CustomFieldFactory, "name"),
    "custom_field_kind": lambda: CustomFieldFactory.create(kind="colour"),
    "directory.Software.name_key": lambda: again(SoftwareFactory, "name"),
    "licence_sku_once": lambda: again(
        LicenceFactory, entra_tenant_id=TENANT, sku_id=PERSON
    ),
    "licence_sku_and_tenant": lambda: LicenceFactory.create(sku_id=PERSON),
    "licence_state_word": lambda: LicenceFactory.create(state="perhaps"),
    "licence_assigned_once": lambda: again(
        SoftwareAssignmentFactory, "user", licence=LicenceFactory.create()
    ),
    "asset_intune_once": lambda: again(
        AssetFactory, entra_tenant_id=TENANT, intune_id=PERSON
    ),
}


@pytest.mark.parametrize("limit", REFUSED)
def test_the_database_refuses(limit: str) -> None:
    with refused(limit):
        REFUSED[limit]()


def test_site_names_that_differ_by_case_and_spaces_are_the_same() -> None:
    site = SiteFactory.create(name="London  Bridge")

    with refused("site_name_once"):
        SiteFactory.create(organisation=site.organisation, name=" LONDON bridge")


def test_two_organisations_may_have_sites_of_one_name() -> None:
    again(SiteFactory, "name")


def test_sites_made_by_hand_have_no_source_to_share() -> None:
    again(SiteFactory, "organisation", source_value="")


def test_a_tenant_without_its_person_is_no_identity() -> None:
    with refused("enduser_entra_ids_both"):
        EndUserFactory.create(entra_tenant_id=TENANT)


def test_records_without_an_identity_do_not_collide() -> None:
    again(EndUserFactory, "site", "name")
    again(AgentFactory, "name")
    again(AssetFactory, "name", entra_tenant_id=TENANT)


def test_one_person_may_have_a_user_and_an_agent_record() -> None:
    identity = {"entra_tenant_id": TENANT, "entra_object_id": PERSON}
    account = AccountFactory.create()
    user = EndUserFactory.create(**identity, account=account)

    AgentFactory.create(**identity, account=account, user=user)
