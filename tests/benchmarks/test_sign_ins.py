"""The figures of signing in: what is ours, and what it is held to."""

from __future__ import annotations

from benchmarks import sign_in_table, sign_ins
from benchmarks.sign_ins import Cost


def test_the_wait_for_microsoft_is_not_ours() -> None:
    costs = [Cost(wall=0.050, waited=0.020, processor=0.010, statements=9)] * 100

    found = sign_ins._summary(costs, seconds=2.0)

    assert found["per_second"] == 50
    assert (found["own_ms"], found["own_p95_ms"]) == (30, 30)
    assert (found["waited_ms"], found["processor_ms"]) == (20, 10)


def test_the_table_says_what_is_missed() -> None:
    costs = [Cost(wall=0.150, waited=0.0, processor=0.010, statements=9)] * 100
    found = sign_ins._summary(costs, seconds=1.0) | {"requests_for_keys": 0}

    told = sign_in_table.table("sqlite", sign_in_table.report(found))

    assert "P11: 150.00, at most 120: missed" in " ".join(told.split())
    assert "100 sign-ins in 1.0 s, 9 statements each" in told
    assert told.count("met") == 2
