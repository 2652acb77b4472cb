from __future__ import annotations

from tests.accounts import test_constraints as accounts
from tests.connections import test_constraints as connections
from tests.directory import test_constraints as directory
from tests.imports import test_constraints as imports
from tests.licensing import test_constraints as licensing
from tests.mappings import test_constraints as mappings
from tests.refusals import limits
from tests.sso import test_constraints as sso


def test_every_limit_of_the_database_has_a_write_that_it_refuses() -> None:
    proved: set[str] = set()
    for part in (accounts, connections, directory, mappings, imports, licensing, sso):
        proved |= set(part.REFUSED)

    assert proved == set(limits())
