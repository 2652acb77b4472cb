"""Deltas: the one that takes the links, a quiet one, and one with 1 % changed."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from benchmarks.imports import IMPORTED
from simulator.admin_client import Admin

if TYPE_CHECKING:
    from benchmarks.bench import Bench
    from benchmarks.processes import Measures
    from benchmarks.tenant import Tenant

SHARE = 100
"""One in so many people is changed."""


def measure(bench: Bench, word: str) -> dict[str, Measures]:
    """Go on from the database IMPORTED; `word` is what nobody has as a city yet."""
    found = {
        "delta_first": bench.imported(IMPORTED, "--delta", ends="nothing_changed"),
        "delta_quiet": bench.imported(IMPORTED, "--delta", ends="nothing_changed"),
    }
    change(bench.tenant, word)
    changed = bench.imported(IMPORTED, "--delta", ends="succeeded")
    return found | {"delta_changed": changed}


def change(tenant: Tenant, city: str) -> int:
    """Move one in a hundred to a city; return how many."""
    with closing(Admin(tenant.origin, tenant.ca)) as admin:
        users = admin.oracle(tenant.tenant_id, "people")
        chosen = [user["id"] for number, user in enumerate(users) if not number % SHARE]
        for object_id in chosen:
            admin.put_user(tenant.tenant_id, object_id, city=city)
    return len(chosen)
