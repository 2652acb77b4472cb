"""What the admin API and its client say to each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypedDict

DEFAULT_PERMISSIONS = (
    "User.Read.All",
    "GroupMember.Read.All",
    "Group.Read.All",
    "Organization.Read.All",
)

DEFAULT_SCOPES = ("User.Read.All", "Group.Read.All")

Profile = Literal["plain", "contoso", "fabrikam"]


@dataclass(frozen=True, slots=True)
class TenantInfo:
    """A tenant that was made, with the application that may read it."""

    tenant_id: str
    application_id: str
    secret: str
    domain: str
    name: str


class NewTenant(TypedDict, total=False):
    """How to make a tenant; only the name is needed."""

    name: str
    # None: as many as the profile has.
    people: int | None
    seed: int
    tenant_id: str | None
    application_id: str | None
    secret: str | None
    profile: Profile
    permissions: list[str] | None


class SkuSpec(TypedDict, total=False):
    """What a tenant has bought of a product; what is not given is none."""

    part_number: str
    enabled: int
    warning: int
    suspended: int
    locked_out: int
    # Enabled, Warning, Suspended, Deleted or LockedOut.
    status: str
    applies_to: Literal["User", "Company"]
    # Seats in use whatever people hold; None: counted from them.
    consumed: int | None
    # Its id in capitals, as Graph sends some.
    upper_case: bool


class ApplicationSpec(TypedDict, total=False):
    """An application's registration and consent in a tenant; what is given is set."""

    secret: str | None
    secret_expired: bool
    certificate_pem: str | None
    permissions: list[str]
    # The registration's lists, and the delegated permissions consented to so far.
    registered: list[str]
    scopes: list[str]
    consented: list[str]
    redirect_uris: list[str] | None
    # Registered for the people of any tenant; so is what several tenants know.
    multi_tenant: bool
    enabled: bool


class Forgery(TypedDict, total=False):
    """How an ID token is to be wrong; a claim or header of None is left out."""

    claims: dict[str, Any]
    header: dict[str, Any]
    # Signed with a key that nobody publishes, under the kid of one that is.
    foreign_key: bool
    # Sent instead of any token.
    raw: str


class SignIn(TypedDict, total=False):
    """How signing in goes for somebody."""

    # ask: the page wants a code (any six digits); deny: the token endpoint refuses
    # (AADSTS50076) until the application passes the `claims` of that answer on.
    mfa: Literal["ask", "deny"] | None
    # Where conditional access blocks (AADSTS53003).
    conditional_access: Literal["page", "token"] | None
    # Not assigned to an application that demands it (AADSTS50105).
    unassigned: bool


class AuthorizeError(TypedDict):
    """What the sign-in page sends back instead of a code."""

    error: str
    number: int
    message: str


class TenantSettings(TypedDict, total=False):
    """How a tenant behaves."""

    # No page is longer than this.
    page_size: int | None
    # Lists come in an order shuffled by this seed.
    order_seed: int | None
    # The share of a page's items that come again on the next page.
    duplicates: float
    # Seconds until a change shows in a delta query.
    lag: float
    # Resource units the application may use in 10 seconds; None: no throttling.
    resource_units: int | None
    # Object ids of those who may consent for the tenant; None: everybody may.
    administrators: list[str] | None
    # entra: a used refresh token stays good; strict: using it again ends its family.
    rotation: Literal["entra", "strict"]
    forge: Forgery | None
    # By object id; "*" is for everybody, and what somebody's own says goes before it.
    sign_in: dict[str, SignIn]
    # At a tenant's own address at once, at a shared one when somebody is picked.
    authorize_error: AuthorizeError | None


Malformed = Literal["value_not_list", "id_missing", "wrong_type", "broken_json"]


class FaultRule(TypedDict, total=False):
    """When to go wrong, and how. `path` is a regular expression, searched for in the
    readable path and query; also the inner requests of a $batch are looked at."""

    tenant_id: str | None
    method: str | None
    path: str
    # The first matches that pass unharmed, then how many are hit (None: all).
    skip: int
    times: int | None
    # Answer with a status of choice.
    status: int | None
    headers: dict[str, str]
    body: Any
    html: bool
    # Adds Retry-After; alone it makes a 429.
    retry_after: int | None
    # A 429 as Graph sends it, with its headers.
    throttle: bool
    # Reset the connection before the answer, or in the middle of its body.
    drop: bool
    truncate: bool
    # Wait so many seconds first; combines with any other action.
    delay: float
    # Spoil a page that would have been right.
    malformed: Malformed | None
    loop: bool
    foreign: bool
    empty: bool
