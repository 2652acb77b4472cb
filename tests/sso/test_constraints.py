from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sso.words import TenantType
from tests.factories.connections import AppRegistrationFactory
from tests.factories.directory import SiteFactory
from tests.factories.sso import AllowedTenantFactory, SsoConnectionFactory
from tests.refusals import again, refused

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

REFUSED: dict[str, Callable[[], object]] = {
    "sso.SsoConnection.name_key": lambda: again(SsoConnectionFactory, "name"),
    "sso.SsoConnection.slug": lambda: again(SsoConnectionFactory, "slug"),
    "sso_connection_named": lambda: SsoConnectionFactory.create(name=" "),
    "sso_connection_words": lambda: SsoConnectionFactory.create(allow="everybody"),
    "sso_published_is_complete": lambda: SsoConnectionFactory.create(published=True),
    "sso_link_in_single_tenant": lambda: SsoConnectionFactory.create(
        link_by_address=True, tenant_type=TenantType.MULTI
    ),
    "sso_create_needs_site": lambda: SsoConnectionFactory.create(create_users=True),
    "allowed_tenant_once": lambda: again(
        AllowedTenantFactory, "connection", "tenant_id"
    ),
}


@pytest.mark.parametrize("limit", REFUSED)
def test_the_database_refuses(limit: str) -> None:
    with refused(limit):
        REFUSED[limit]()


@pytest.mark.parametrize("column", ["tenant_type", "second_factor"])
def test_every_word_of_a_connection_is_known(column: str) -> None:
    with refused("sso_connection_words"):
        SsoConnectionFactory.create(**{column: "perhaps"})


@pytest.mark.rule("R046")
def test_a_connection_is_not_published_until_somebody_does_it() -> None:
    assert not SsoConnectionFactory.create().published


def test_a_complete_connection_may_be_published() -> None:
    SsoConnectionFactory.create(
        published=True,
        registration=AppRegistrationFactory.create(),
        link_by_address=True,
        create_users=True,
        create_site=SiteFactory.create(),
    )


def test_a_tenant_may_be_allowed_by_two_connections() -> None:
    again(AllowedTenantFactory, "tenant_id")
