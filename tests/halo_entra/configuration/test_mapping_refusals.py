"""Which mappings a file must not have."""

from __future__ import annotations

import pytest

from mappings.models import SiteMapping
from tests.halo_entra.configuration.files import Files, tenant


def fields(*pairs: str, kind: str = "users") -> str:
    """Return a file with field mappings, each "source target"."""
    rows = [f"{{source: {a}, target: {b}}}" for a, b in (p.split() for p in pairs)]
    return tenant(f"field_mappings: {{{kind}: [{', '.join(rows)}]}}")


def mapping(rest: str) -> str:
    """Return a file with one site mapping."""
    return tenant(f"site_mappings: [{{sequence: 10, {rest}}}]")


def criterion(rest: str) -> str:
    """Return a file with one criterion."""
    return mapping(
        f"type: existing_site, site: Contoso / London, criteria: [{{{rest}}}]"
    )


@pytest.mark.rule("R081")
@pytest.mark.parametrize(
    "pairs", [("mail email", "displayName email"), ("mail email", "mail name")]
)
def test_a_field_is_used_once(files: Files, pairs: tuple[str, ...]) -> None:
    assert "stands twice in this list" in files.refusal(fields(*pairs))


@pytest.mark.parametrize(
    ("pair", "told"),
    [
        ("displayname name", "no Azure field 'displayname'"),
        ("photo name", "no Azure field 'photo'"),
        ("mail emial", "Did you mean 'email'?"),
        ("mail ad_login", "no field 'ad_login' of users"),
        ("mail custom.bagde", "Did you mean 'badge'?"),
        ("manager name", "goes with the target manager"),
        ("mail manager", "goes with the target manager"),
    ],
)
def test_a_field_mapping_refuses(files: Files, pair: str, told: str) -> None:
    assert told in files.refusal(fields(pair))


@pytest.mark.rule("R076")
def test_agents_have_no_custom_fields(files: Files) -> None:
    told = files.refusal(fields("mail custom.badge", kind="agents"))

    assert "Only users have custom fields" in told


@pytest.mark.rule("R082")
def test_a_custom_field_is_created_in_advance(files: Files) -> None:
    assert "created in advance" in files.refusal(fields("mail custom.shoe_size"))


def test_a_matching_field_must_be_mapped(files: Files) -> None:
    told = files.refusal(tenant("matching_fields: {agents: [network_login]}"))

    assert "a matching field must be a mapped field of agents" in told


def test_a_field_that_matches_cannot_be_unmapped(files: Files) -> None:
    files.apply(tenant("matching_fields: {users: [email]}"))

    assert "'email' cannot match users" in files.refusal(fields("displayName name"))


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        ("type: existing_site", "needs a site"),
        ("type: existing_site, site: Contoso / Rome", "no site 'Contoso / Rome'"),
        (
            "type: existing_site, site: Contoso / London, role: Analyst",
            "no user role 'Analyst'",
        ),
        (
            "type: existing_site, site: Contoso / London, field: city",
            "goes with type: organisation_by_field",
        ),
        ("type: organisation_by_field, field: city", "needs organisation"),
        (
            "type: organisation_by_field, organisation: Contoso, field: manager",
            "no site",
        ),
        (
            "type: organisation_by_field, organisation: Contoso, field: city, "
            "default_site: Fabrikam / Oslo",
            "no site of 'Contoso'",
        ),
        ("type: by_field", "existing_site, organisation_by_field"),
        ("type: existing_site, site: '*Agent*', group: {}", "the group's name"),
        (
            "type: existing_site, site: '*Agent*', group: A, role: Standard User",
            "no agent role",
        ),
    ],
)
def test_a_site_mapping_refuses(files: Files, rest: str, told: str) -> None:
    line = files.refusal(mapping(rest))

    assert line.startswith("16: connections[0].site_mappings[0]")
    assert told in line


def test_agent_licensing_needs_a_licensed_role(files: Files) -> None:
    told = files.refusal(tenant("agent_licensing: {enabled: true}"))

    assert "Name at least one licensed role" in told


def test_the_licensed_roles_of_before_still_count(files: Files) -> None:
    files.apply(tenant("agent_licensing: {licensed_roles: [Analyst]}"))

    assert files.apply(tenant("agent_licensing: {enabled: true}")) is not None
    told = files.refusal(tenant("agent_licensing: {licensed_roles: []}"))
    assert "every agent of this connection" in told


def test_agents_are_never_everybody(files: Files) -> None:
    told = files.refusal(mapping("type: existing_site, site: '*agent*', role: Analyst"))

    assert "needs a group or criteria" in told


@pytest.mark.rule("R107")
def test_the_second_type_makes_no_agents(files: Files) -> None:
    told = files.refusal(
        mapping(
            "type: organisation_by_field, site: '*Agent*', organisation: Contoso, "
            "field: city"
        )
    )

    assert "*Agent* goes with type: existing_site" in told


@pytest.mark.rule("R095")
def test_a_sequence_is_used_once(files: Files) -> None:
    row = "{sequence: 1, type: existing_site, site: Contoso / London}"

    assert "sequence 1 stands twice: also on line 16" in files.refusal(
        tenant(f"site_mappings: [{row}, {row}]")
    )


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        ("field: nickname, operator: equals, value: x", "no Azure field 'nickname'"),
        ("field: city, operator: equal, value: x", "Did you mean 'equals'?"),
        ("field: city, operator: equals", "takes one value"),
        ("field: city, operator: equals, value: [x]", "takes one value"),
        ("field: city, operator: equals, value: ''", "Empty equals nothing"),
        ("field: city, operator: in, value: x", "in takes a list"),
        ("field: city, operator: not_in, value: []", "not_in takes a list"),
        ("field: city, operator: is_empty, value: x", "is_empty takes no value"),
        ("field: city, operator: equals, value: {a: b}", "Compare with text"),
    ],
)
def test_a_criterion_refuses(files: Files, rest: str, told: str) -> None:
    assert told in files.refusal(criterion(rest))


@pytest.mark.rule("R114")
def test_a_group_gives_a_role_once(files: Files) -> None:
    rows = "[{group: SG-A, role: Analyst}, {group: ' sg-a ', role: analyst}]"

    assert "The same group and agent role stand twice" in files.refusal(
        tenant(f"agent_role_mappings: {rows}")
    )


@pytest.mark.rule("R114")
def test_a_group_may_give_two_roles(files: Files) -> None:
    rows = "[{group: SG-A, role: Analyst}, {group: SG-A, role: Administrator}]"
    report = files.apply(tenant(f"agent_role_mappings: {rows}")).report

    assert report.created.count("Contoso: agent role mapping of group SG-A") == 2


@pytest.mark.rule("R100")
def test_the_site_agent_is_kept_as_a_mark(files: Files) -> None:
    files.apply(
        mapping("type: existing_site, site: '*AGENT*', group: A, role: Analyst")
    )
    row = SiteMapping.objects.get()

    assert (row.is_agent, row.site, row.nested) == (True, None, False)
    assert row.agent_role is not None


def test_a_site_whose_name_reads_two_ways_is_asked_for_by_parts(files: Files) -> None:
    desk = "organisations: [{name: A, sites: [B / C]}, {name: A / B, sites: [C]}]"
    text = mapping("type: existing_site, site: A / B / C").replace(
        "organisations:", f"{desk}\nold:", 1
    )
    text = text.replace(
        "old:\n  - {name: Contoso, sites: [London, Leeds]}\n", ""
    ).replace("  - {name: Fabrikam, sites: [Oslo]}\n", "")

    assert "more than one way" in files.refusal(text)
