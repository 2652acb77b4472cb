"""What the desk's pages cost: statements, time at the server and weight.

Statements do not depend on the machine: `tests/baselines/pages.json` holds them. Times
are those of Django's test client, so they are the whole way from the middleware to the
last byte, without a network.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, Final

from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks.page_table import Cost
from halo_entra.administrators import make_administrator

if TYPE_CHECKING:
    from benchmarks.filled import Full

LISTS: Final = (
    *("users", "agents", "organisations", "sites", "assets", "licences", "user-roles"),
    *("agent-roles", "teams", "boards", "custom-fields", "software"),
)


def addresses(full: Full) -> dict[str, str]:
    """Return every list, detail, preview and dashboard page by a name of its own."""
    users = reverse("directory:users")
    return {
        "dashboard": reverse("dashboard"),
        **{name: reverse(f"directory:{name}") for name in LISTS},
        "users by login, from the end": f"{users}?sort=-login",
        "users found by a word": f"{users}?q=norgaard",
        "users found by two words": f"{users}?q=norgaard+99",
        "users nobody is called": f"{users}?q=nobodyatall",
        "users of a site": f"{users}?place=site+77",
        "users inactive": f"{users}?active=false",
        "users disabled in Entra": f"{users}?state=disabled",
        "assets found": f"{reverse('directory:assets')}?q=sn-0000",
        "search": f"{reverse('directory:search')}?q=larkin",
        "search for nobody": f"{reverse('directory:search')}?q=nobodyatall",
        "sites to pick": f"{reverse('directory:pick-sites')}?site=site+7",
        **_people(full),
        **_settings(full),
        **_runs(full),
        "review": reverse("imports:review"),
        "review of a person": reverse("imports:review-item", args=[full.item]),
        "review, decided": f"{reverse('imports:review')}?show=decided",
        "coverage": reverse("imports:coverage"),
        "health": reverse("imports:health"),
        "explain": reverse("imports:explain"),
        "inbound requests": reverse("imports:inbound-all"),
        "inbound requests found": f"{reverse('imports:inbound-all')}?query=norgaard",
        "history": reverse("history"),
        "guide": reverse("guide"),
    }


def _runs(full: Full) -> dict[str, str]:
    """Return the pages of runs: results, previews, one that waits, an undo."""
    ended, delta, planned, held = (
        reverse("imports:run", args=[full.runs[each]])
        for each in ("succeeded", "delta", "planned", "waiting_for_approval")
    )
    undo = reverse("imports:undo", args=[full.runs["succeeded"]])
    return {
        "runs": reverse("imports:runs"),
        "runs that failed": f"{reverse('imports:runs')}?status=failed",
        "result": ended,
        "result found": f"{ended}?query=norgaard",
        "result nobody is found": f"{ended}?query=nobodyatall",
        "result by action": f"{ended}?action=deactivate",
        "result by mapping": f"{ended}?mapping=20",
        "result by site": f"{ended}?site={full.site}",
        "result of a delta": delta,
        "preview": planned,
        "preview not ticked": f"{planned}?ticked=no",
        "preview by action": f"{planned}?action=update",
        "waits for approval": held,
        "undo": undo,
    }


def _people(full: Full) -> dict[str, str]:
    """Return the pages of a user, an agent and a site."""
    return {
        "user": reverse("directory:user", args=[full.user]),
        "user to edit": reverse("directory:user-edit", args=[full.user]),
        "user's source": reverse("imports:user-source", args=[full.user]),
        "agent": reverse("directory:agent", args=[full.agent]),
        "agent to edit": reverse("directory:agent-edit", args=[full.agent]),
        "agent's source": reverse("imports:agent-source", args=[full.agent]),
        "site": reverse("directory:site", args=[full.site]),
    }


def _settings(full: Full) -> dict[str, str]:
    """Return the pages of a connection."""
    of_tenant = [full.connection]
    return {
        "integrations": reverse("connections:integrations"),
        "module": reverse("connections:module"),
        "tenants": reverse("connections:tenants"),
        "details": reverse("connections:details", args=of_tenant),
        "field mappings": reverse("mappings:fields", args=of_tenant),
        "mappings": reverse("mappings:mappings", args=of_tenant),
        "a mapping": reverse("mappings:mapping", args=[*of_tenant, full.mapping]),
        "people of a mapping": reverse(
            "imports:mapping-people", args=[*of_tenant, full.mapping]
        ),
        "matches": reverse("imports:matches", args=of_tenant),
        "advanced": reverse("mappings:advanced", args=of_tenant),
        "imports": reverse("imports:imports", args=of_tenant),
        "inbound requests of one": reverse("imports:inbound", args=of_tenant),
    }


def administrator() -> Client:
    """Return a client that is signed in and may see and do everything."""
    made = make_administrator("pages@desk.example")
    client = Client()
    client.force_login(made.account)
    session = client.session
    proof = {"method": "password", "at": time.time(), "reauthenticated": True}
    session["account_authentication_methods_user"] = str(made.account.pk)
    session["account_authentication_methods"] = [proof]
    session.save()
    return client


def measure(full: Full, *, times: int) -> dict[str, Cost]:
    """Return what each page costs, once it is warm; raises ValueError for a bad one."""
    client = administrator()
    return {
        name: _cost(client, address, times) for name, address in addresses(full).items()
    }


def _cost(client: Client, address: str, times: int) -> Cost:
    weight = _open(client, address)
    with CaptureQueriesContext(database) as asked:
        _open(client, address)
    statements = len(asked)  # now: the next request empties the log
    taken, busy = [], []
    for _ in range(times):
        begun, worked = time.perf_counter(), time.process_time()
        _open(client, address)
        taken.append((time.perf_counter() - begun) * 1000)
        busy.append((time.process_time() - worked) * 1000)
    slowest = sorted(taken)[max(0, round(0.95 * times) - 1)]
    return Cost(
        statements=statements,
        median=round(statistics.median(taken), 1),
        slowest=round(slowest, 1),
        processor=round(statistics.median(busy), 1),
        kilobytes=round(weight / 1000, 1),
    )


def _open(client: Client, address: str) -> int:
    """Open a page and return its weight in bytes."""
    answer = client.get(address, headers={"host": "localhost"})
    if answer.status_code != 200:
        raise ValueError(f"{address} answered {answer.status_code}.")
    return len(answer.content)
