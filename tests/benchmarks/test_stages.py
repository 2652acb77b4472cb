"""The first and the last tenth of a stage are timed between its batches."""

from __future__ import annotations

from benchmarks.growth import evenness
from benchmarks.stages import tenths


def test_tenths_lie_on_the_lines_between_the_marks() -> None:
    marks = [(1000, 10.0), (2000, 11.0), (10_000, 19.0), (11_000, 23.0)]

    assert tenths(marks) == (1.0, 4.0)


def test_a_batch_larger_than_a_tenth_is_cut() -> None:
    assert tenths([(0, 0.0), (50, 5.0), (100, 15.0)]) == (1.0, 2.0)


def test_evenness_is_the_last_tenths_speed_in_parts_of_the_first() -> None:
    assert evenness({"plan": (1.0, 1.5), "apply": (2.0, 2.5)}) == 0.75
