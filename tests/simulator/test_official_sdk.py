"""Microsoft's own Python SDK and msal read the simulator without complaint.

So it is no toy that only our own client understands.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx
import msal
import pytest
from kiota_abstractions.authentication import (
    AccessTokenProvider,
    AllowedHostsValidator,
    BaseBearerTokenAuthenticationProvider,
)
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.serialization import ParseNodeFactoryRegistry
from msgraph.generated.models.group import Group
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.user import User
from msgraph.generated.models.user_collection_response import UserCollectionResponse
from msgraph.graph_request_adapter import GraphRequestAdapter
from msgraph.graph_service_client import GraphServiceClient
from msgraph_core import GraphClientFactory  # type: ignore[import-untyped]  # ships no types
from msgraph_core.requests.batch_request_builder import BatchRequestBuilder  # type: ignore[import-untyped]  # ships no types
from msgraph_core.requests.batch_request_content import BatchRequestContent  # type: ignore[import-untyped]  # ships no types
from msgraph_core.tasks.page_iterator import PageIterator  # type: ignore[import-untyped]  # ships no types

from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.simulator.graph_caller import SCOPE, session

# The SDK's generated code warns about classes of its own as soon as it is imported.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

T = TypeVar("T")


class MsalTokens(AccessTokenProvider):
    """Gives the SDK the tokens that msal gets from the simulator."""

    def __init__(self, simulator: Simulator, tenant: TenantInfo) -> None:
        self._application = msal.ConfidentialClientApplication(
            tenant.application_id,
            client_credential=tenant.secret,
            authority=f"{simulator.origin}/{tenant.tenant_id}",
            instance_discovery=False,
            http_client=session(simulator),
        )

    async def get_authorization_token(
        self, uri: str, additional_authentication_context: dict[str, Any] | None = None
    ) -> str:
        answer = self._application.acquire_token_for_client([SCOPE])
        return str(answer["access_token"])

    def get_allowed_hosts_validator(self) -> AllowedHostsValidator:
        return AllowedHostsValidator([])


# Any: the SDK's own types make every answer and every property optional.
Work = Callable[[Any], Awaitable[T]]


def with_sdk(simulator: Simulator, tenant: TenantInfo, work: Work[T]) -> T:
    """Run some work with the SDK as it comes, only the address being ours."""

    async def run() -> T:
        trust = ssl.create_default_context(cafile=simulator.ca)
        # Closed by us: the SDK's client wraps the transport and forgets to close it.
        async with httpx.AsyncHTTPTransport(verify=trust) as transport:
            bare = httpx.AsyncClient(transport=transport, trust_env=False)
            client = GraphClientFactory.create_with_default_middleware(client=bare)
            tokens = MsalTokens(simulator, tenant)
            provider = BaseBearerTokenAuthenticationProvider(tokens)
            adapter = GraphRequestAdapter(provider, client)
            adapter.base_url = f"{simulator.origin}/v1.0"
            return await work(GraphServiceClient(request_adapter=adapter))

    return asyncio.run(run())


def test_sdk_reads_all_users_with_their_managers(
    simulator: Simulator, staffed: TenantInfo
) -> None:
    people: list[User] = []

    def collect(user: User) -> bool:
        people.append(user)
        return True

    async def read(client: Any) -> None:
        query = client.users.UsersRequestBuilderGetQueryParameters(
            select=["id", "displayName", "accountEnabled", "createdDateTime"],
            expand=["manager($select=id)"],
        )
        page = await client.users.get(RequestConfiguration(query_parameters=query))
        await PageIterator(page, client.request_adapter).iterate(collect)

    with_sdk(simulator, staffed, read)
    truth = {
        row["id"]: (row["properties"]["displayName"], row["manager"])
        for row in simulator.admin.oracle(staffed.tenant_id, "people")
    }
    assert truth == {
        str(user.id): (user.display_name, user.manager.id if user.manager else None)
        for user in people
    }


def test_sdk_follows_a_user_delta_to_its_end_and_on(
    simulator: Simulator, staffed: TenantInfo
) -> None:
    async def read(client: Any) -> tuple[int, list[User]]:
        delta = client.users.delta
        query = delta.DeltaRequestBuilderGetQueryParameters(select=["displayName"])
        page = await delta.get(RequestConfiguration(query_parameters=query))
        count = len(page.value)
        while page.odata_next_link:
            page = await delta.with_url(page.odata_next_link).get()
            count += len(page.value)
        simulator.admin.put_user(staffed.tenant_id, displayName="New")
        page = await delta.with_url(page.odata_delta_link).get()
        return count, page.value

    count, changed = with_sdk(simulator, staffed, read)
    assert count == 250
    assert [user.display_name for user in changed] == ["New"]


def test_sdk_reads_group_members_and_the_group_delta(
    simulator: Simulator, staffed: TenantInfo
) -> None:
    async def read(client: Any) -> tuple[list[Group], list[Any], int]:
        groups = (await client.groups.get()).value
        members = await client.groups.by_group_id(groups[1].id).members.get()
        links = 0
        page = await client.groups.delta.get()
        for group in page.value:
            links += len(group.additional_data.get("members@delta", []))
        return groups, members.value, links

    groups, members, links = with_sdk(simulator, staffed, read)
    assert groups[0].display_name == "All-Staff"
    assert all(isinstance(member, User) for member in members)
    assert (len(members), links) == (84, 500)


def batch_of(*requests: Any) -> BatchRequestContent:
    content = BatchRequestContent()
    for request in requests:
        content.add_request_information(request.to_get_request_information())
    return content


def test_sdk_sends_a_batch_and_reads_its_statuses(
    simulator: Simulator, staffed: TenantInfo
) -> None:
    async def read(client: Any) -> tuple[list[str], dict[str, int]]:
        nobody = client.users.by_user_id("nobody")
        content = batch_of(client.users, client.organization, nobody)
        answer = await BatchRequestBuilder(client.request_adapter).post(content)
        return list(content.requests), answer.get_response_status_codes()

    ids, statuses = with_sdk(simulator, staffed, read)
    assert [statuses[key] for key in ids] == [200, 200, 404]


def test_sdk_turns_the_body_of_a_part_into_its_models(
    simulator: Simulator, staffed: TenantInfo
) -> None:
    async def read(client: Any) -> tuple[str, bytes]:
        adapter = client.request_adapter
        content = batch_of(client.users)
        request = await BatchRequestBuilder(adapter).to_post_request_information(
            content
        )
        raw = await adapter.send_primitive_async(request, "bytes", {})
        part = json.loads(raw)["responses"][0]
        # The SDK's own reader of bodies knows base64 only, where Graph sends JSON.
        return part["headers"]["Content-Type"], json.dumps(part["body"]).encode()

    kind, body = with_sdk(simulator, staffed, read)
    node = ParseNodeFactoryRegistry().get_root_parse_node(kind, body)
    page = node.get_object_value(UserCollectionResponse)
    assert page.value is not None
    assert len(page.value) == 100


def test_sdk_waits_as_retry_after_says_and_reads_on(
    simulator: Simulator, staffed: TenantInfo
) -> None:
    simulator.admin.fault(path="/users", throttle=True, retry_after=1, times=1)

    async def read(client: Any) -> int:
        return len((await client.users.get()).value)

    assert with_sdk(simulator, staffed, read) == 100


def test_sdk_understands_our_errors(simulator: Simulator, staffed: TenantInfo) -> None:
    async def read(client: Any) -> None:
        await client.users.by_user_id("nobody").get()

    with pytest.raises(ODataError) as refused:
        with_sdk(simulator, staffed, read)
    assert refused.value.error is not None
    assert refused.value.error.code == "Request_ResourceNotFound"
