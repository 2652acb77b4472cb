"""/groups and their members, direct, transitive, cast and hidden."""

from __future__ import annotations

import pytest

from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.simulator.graph_caller import EVENTUAL, GraphCaller


@pytest.fixture
def nest(simulator: Simulator, tenant: TenantInfo) -> dict[str, str]:
    """Outer holds Ada and Inner; Inner holds Bram and, in a circle, Outer."""
    admin, tenant_id = simulator.admin, tenant.tenant_id
    ids = {
        "Outer": admin.put_group(tenant_id, displayName="Outer")["id"],
        "Inner": admin.put_group(tenant_id, displayName="Inner")["id"],
        "Ada": admin.put_user(tenant_id, displayName="Ada")["id"],
        "Bram": admin.put_user(tenant_id, displayName="Bram")["id"],
    }
    for group, member in (
        ("Outer", "Ada"), ("Outer", "Inner"), ("Inner", "Bram"), ("Inner", "Outer"),
    ):  # fmt: skip
        admin.add_member(tenant_id, ids[group], ids[member])
    return ids


def test_direct_members_are_typed(nest: dict[str, str], graph: GraphCaller) -> None:
    members = graph.walk(f"/groups/{nest['Outer']}/members?$select=id")
    assert members == [
        {"@odata.type": "#microsoft.graph.user", "id": nest["Ada"]},
        {"@odata.type": "#microsoft.graph.group", "id": nest["Inner"]},
    ]


def test_cast_leaves_only_people(nest: dict[str, str], graph: GraphCaller) -> None:
    path = f"/groups/{nest['Outer']}/members/microsoft.graph.user"
    assert graph.walk(f"{path}?$select=id") == [{"id": nest["Ada"]}]


def test_transitive_members_hold_people_and_groups_once(
    nest: dict[str, str], graph: GraphCaller
) -> None:
    members = graph.walk(f"/groups/{nest['Outer']}/transitiveMembers?$select=id")
    found = [member["id"] for member in members]
    assert found == [nest["Ada"], nest["Bram"], nest["Inner"]]


def test_transitive_cast_is_an_advanced_query(
    nest: dict[str, str], graph: GraphCaller
) -> None:
    path = f"/groups/{nest['Outer']}/transitiveMembers/microsoft.graph.user"
    refused = graph.get(path)
    allowed = graph.get(f"{path}?$count=true", **EVENTUAL).json()
    assert refused.json()["error"]["code"] == "Request_UnsupportedQuery"
    assert allowed["@odata.count"] == 2


def test_unknown_cast_is_refused(nest: dict[str, str], graph: GraphCaller) -> None:
    answer = graph.get(f"/groups/{nest['Outer']}/members/microsoft.graph.toaster")
    assert answer.status_code == 400


def test_deleted_person_is_no_member_until_restored(
    simulator: Simulator,
    tenant: TenantInfo,
    nest: dict[str, str],
    graph: GraphCaller,
) -> None:
    path = f"/groups/{nest['Inner']}/members/microsoft.graph.user?$select=id"
    simulator.admin.delete_user(tenant.tenant_id, nest["Bram"])
    assert graph.walk(path) == []
    simulator.admin.restore_user(tenant.tenant_id, nest["Bram"])
    assert graph.walk(path) == [{"id": nest["Bram"]}]


def test_hidden_membership_reads_empty_without_its_permission(
    simulator: Simulator, tenant: TenantInfo, nest: dict[str, str]
) -> None:
    simulator.admin.put_group(
        tenant.tenant_id, nest["Inner"], visibility="HiddenMembership"
    )
    path = f"/groups/{nest['Inner']}/members"
    hidden = GraphCaller(simulator, tenant).walk(path)
    simulator.admin.set_application(
        tenant.tenant_id,
        tenant.application_id,
        permissions=["User.Read.All", "Group.Read.All", "Member.Read.Hidden"],
    )
    shown = GraphCaller(simulator, tenant).walk(path)
    assert (len(hidden), len(shown)) == (0, 2)


def test_people_one_may_not_read_are_but_their_id(
    simulator: Simulator, tenant: TenantInfo, nest: dict[str, str]
) -> None:
    simulator.admin.set_application(
        tenant.tenant_id, tenant.application_id, permissions=["GroupMember.Read.All"]
    )
    graph = GraphCaller(simulator, tenant)
    ada = graph.walk(f"/groups/{nest['Outer']}/members")[0]
    assert ada["id"] == nest["Ada"]
    assert ada["displayName"] is None


def test_check_member_groups_is_transitive(
    nest: dict[str, str], graph: GraphCaller
) -> None:
    wanted = {"groupIds": [nest["Outer"], nest["Inner"]]}
    bram = graph.post(f"/users/{nest['Bram']}/checkMemberGroups", wanted).json()
    assert bram["value"] == [nest["Outer"], nest["Inner"]]


def test_check_member_groups_takes_at_most_20_ids(
    nest: dict[str, str], graph: GraphCaller
) -> None:
    wanted = {"groupIds": [nest["Outer"]] * 21}
    answer = graph.post(f"/users/{nest['Ada']}/checkMemberGroups", wanted)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("clause", "count"),
    [
        ("displayName eq 'SG-Twins'", 2),
        ("startswith(displayName,'SG-Leeds')", 2),
        ("groupTypes/any(c:c eq 'Unified')", 2),
        ("displayName eq 'SG-Nobody'", 0),
    ],
)
def test_groups_are_found_by_name(
    simulator: Simulator, clause: str, count: int
) -> None:
    contoso = simulator.admin.create_tenant(
        name="Contoso", people=1200, profile="contoso"
    )
    graph = GraphCaller(simulator, contoso)
    assert len(graph.walk(f"/groups?$filter={clause}&$select=id")) == count


def test_seeded_members_page_through_like_the_truth(
    simulator: Simulator, staffed: TenantInfo
) -> None:
    graph = GraphCaller(simulator, staffed)
    everybody = graph.walk("/groups?$filter=displayName eq 'Group-2'&$select=id")
    group_id = everybody[0]["id"]
    members = graph.walk(f"/groups/{group_id}/members?$select=id&$top=10")
    rows = simulator.admin.oracle(staffed.tenant_id, "memberships")
    truth = [row["member"] for row in rows if row["group"] == group_id]
    assert [member["id"] for member in members] == truth
    assert len(truth) == 83


def test_contoso_has_the_groups_of_the_demo(simulator: Simulator) -> None:
    contoso = simulator.admin.create_tenant(
        name="Contoso", people=1200, profile="contoso"
    )
    names = {
        row["id"]: row["properties"]["displayName"]
        for row in simulator.admin.oracle(contoso.tenant_id, "groups")
    }
    sizes = dict.fromkeys(names.values(), 0)
    for row in simulator.admin.oracle(contoso.tenant_id, "memberships"):
        sizes[names[row["group"]]] += 1
    assert 10 <= sizes["SG-Agents"] <= 14
    assert 2 <= sizes["SG-Admins"] <= 3
    assert 3 <= sizes["SG-CAB"] <= 5
    assert min(sizes.values()) > 1


@pytest.mark.parametrize(
    ("direction", "expected"), [("", ["a", "B", "c"]), (" desc", ["c", "B", "a"])]
)
def test_groups_are_sorted_by_name(
    simulator: Simulator,
    tenant: TenantInfo,
    graph: GraphCaller,
    direction: str,
    expected: list[str],
) -> None:
    for name in ("c", "a", "B"):
        simulator.admin.put_group(tenant.tenant_id, displayName=name)
    groups = graph.walk(f"/groups?$orderby=displayName{direction}")
    assert [group["displayName"] for group in groups] == expected
    assert graph.get("/groups?$orderby=mail").status_code == 400


def test_groups_and_members_are_counted(
    nest: dict[str, str], graph: GraphCaller
) -> None:
    assert graph.get("/groups/$count", **EVENTUAL).text == "2"
    path = f"/groups/{nest['Outer']}/members/$count"
    assert graph.get(path, **EVENTUAL).text == "2"
    assert graph.get(path).status_code == 400


def test_one_group_is_read_by_id(nest: dict[str, str], graph: GraphCaller) -> None:
    group = graph.get(f"/groups/{nest['Outer']}?$select=displayName").json()
    assert group["displayName"] == "Outer"
    assert graph.get("/groups/none").status_code == 404


def test_members_cannot_be_filtered(nest: dict[str, str], graph: GraphCaller) -> None:
    path = f"/groups/{nest['Outer']}/members?$filter=displayName eq 'x'"
    assert graph.get(path).json()["error"]["code"] == "Request_UnsupportedQuery"


def test_check_member_groups_of_nobody_is_404(graph: GraphCaller) -> None:
    answer = graph.post("/users/nobody/checkMemberGroups", {"groupIds": ["x"]})
    assert answer.status_code == 404


@pytest.mark.parametrize("body", [b"{", b"[]"])
def test_body_that_is_no_object_is_refused(
    nest: dict[str, str], graph: GraphCaller, body: bytes
) -> None:
    url = f"{graph.base}/users/{nest['Ada']}/checkMemberGroups"
    assert graph.session.post(url, data=body, timeout=10).status_code == 400
