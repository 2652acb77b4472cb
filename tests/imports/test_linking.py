"""A record linked to a person in Entra by hand, and unlinked again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from common.errors import InvalidInput
from directory.models import Agent, EndUser
from directory.states import EntraState
from imports import linking
from imports.models import Decision, MirrorUser
from imports.words import Verdict
from tests import bench
from tests.factories.accounts import AccountFactory
from tests.factories.directory import AgentFactory, EndUserFactory

if TYPE_CHECKING:
    from accounts.models import Account
    from tests.bench import Desk


@pytest.fixture
def me(db: None) -> Account:
    """Who links."""
    return AccountFactory.create()


def ann(desk: Desk) -> MirrorUser:
    """Return ann as a preview read her; a mapping brings her to London."""
    desk.person("ann", department="Sales")
    desk.map_site(10, "London")
    desk.preview()
    return MirrorUser.objects.get()


def linked(desk: Desk) -> EndUser:
    """Return ann's record, which an import made."""
    ann(desk)
    desk.run()
    return EndUser.objects.get()


def test_a_linked_record_follows_its_person_from_the_next_run_on(
    desk: Desk, me: Account
) -> None:
    person = ann(desk)
    record = EndUserFactory.create(site=desk.site("Hand"), name="Old Ann")
    linking.link(record, person, by=me)
    kept = EndUser.objects.get()
    assert kept.revision == record.revision + 1
    assert kept.source == desk.connection
    assert kept.entra_state == EntraState.PRESENT
    decision = Decision.objects.get()
    assert (decision.verdict, decision.record_id, decision.by) == (
        Verdict.LINK,
        record.pk,
        me,
    )
    desk.run()
    kept = EndUser.objects.get()
    assert kept.entra_object_id == person.object_id
    assert kept.department == "Sales"
    assert kept.site == desk.site("Hand")


def test_a_record_is_linked_once_and_a_person_has_one(desk: Desk, me: Account) -> None:
    record = linked(desk)
    person = MirrorUser.objects.get()
    other = EndUserFactory.create()
    with pytest.raises(InvalidInput, match="linked already"):
        linking.link(record, person, by=me)
    with pytest.raises(InvalidInput, match="has a record already"):
        linking.link(other, person, by=me)
    other.refresh_from_db()
    assert other.entra_object_id is None
    assert not Decision.objects.exists()


def test_nobody_is_linked_who_is_gone(desk: Desk, me: Account) -> None:
    person = ann(desk)
    person.state = "deleted"
    with pytest.raises(InvalidInput, match="not in the tenant any more"):
        linking.link(EndUserFactory.create(), person, by=me)


def test_a_break_glass_agent_is_never_linked(desk: Desk, me: Account) -> None:
    account = AccountFactory.create()
    account.may_sign_in_locally = True
    account.save()
    agent = AgentFactory.create(account=account)
    with pytest.raises(InvalidInput, match="break-glass"):
        linking.link(agent, ann(desk), by=me)


def test_a_record_that_moved_meanwhile_is_left_alone(desk: Desk, me: Account) -> None:
    person, record = ann(desk), EndUserFactory.create()
    EndUser.objects.update(revision=9)
    with pytest.raises(InvalidInput, match="changed this record meanwhile"):
        linking.link(record, person, by=me)
    with pytest.raises(InvalidInput, match="changed this record meanwhile"):
        linking.unlink(record, then=None, by=me)


def test_an_unlinked_record_keeps_its_values_and_loses_its_identity(
    desk: Desk, me: Account
) -> None:
    record = linked(desk)
    linking.unlink(record, then=Verdict.LEAVE_OUT, by=me)
    kept = EndUser.objects.get()
    assert (kept.entra_object_id, kept.entra_tenant_id, kept.source) == (None,) * 3
    assert kept.entra_state == ""
    assert kept.revision == record.revision + 1
    assert (kept.name, kept.site, kept.is_active) == ("Ann", desk.site("London"), True)
    desk.run()
    assert EndUser.objects.count() == 1
    assert EndUser.objects.get().entra_object_id is None


def test_whose_record_was_unlinked_may_get_another(desk: Desk, me: Account) -> None:
    bench.match_by(desk, "users", "network_login")  # type: ignore[arg-type]
    record = linked(desk)
    linking.unlink(record, then=Verdict.CREATE, by=me)
    desk.run()
    assert EndUser.objects.exclude(pk=record.pk).get().name == "Ann"


def test_without_a_decision_the_matching_fields_decide(desk: Desk, me: Account) -> None:
    bench.match_by(desk, "users", "network_login")  # type: ignore[arg-type]
    record = linked(desk)
    linking.unlink(record, then=None, by=me)
    assert not Decision.objects.exists()
    desk.run()
    assert EndUser.objects.get().entra_object_id is not None


def test_only_the_account_of_the_identity_goes(desk: Desk, me: Account) -> None:
    record = linked(desk)
    theirs = AccountFactory.create(
        username=f"{record.entra_tenant_id}.{record.entra_object_id}"
    )
    EndUser.objects.update(account=theirs)
    linking.unlink(record, then=None, by=me)
    assert EndUser.objects.get().account is None
    agent = AgentFactory.create(
        account=AccountFactory.create(),
        entra_tenant_id=desk.connection.tenant_id,
        entra_object_id=MirrorUser.objects.get().object_id,
    )
    linking.unlink(agent, then=None, by=me)
    assert Agent.objects.get().account is not None


def test_the_last_administrator_stays_linked(desk: Desk, me: Account) -> None:
    role = bench.agent_role("Administrator", "administer")
    agent = AgentFactory.create(
        entra_tenant_id=desk.connection.tenant_id, entra_object_id=desk.person("ann")
    )
    agent.role_grants.create(role=role)
    with pytest.raises(InvalidInput, match="last active administrator"):
        linking.unlink(agent, then=None, by=me)
    AgentFactory.create().role_grants.create(role=role)
    linking.unlink(agent, then=None, by=me)
    agent.refresh_from_db()
    assert agent.entra_object_id is None


def test_who_is_linked_to_nobody_cannot_be_unlinked(me: Account) -> None:
    with pytest.raises(InvalidInput, match="linked to nobody"):
        linking.unlink(EndUserFactory.create(), then=None, by=me)
