from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import coverage_table

if TYPE_CHECKING:
    from pathlib import Path

MARKED = """
import pytest

@pytest.mark.django_db
@pytest.mark.rule("R118", "R120")
@pytest.mark.rule("R149a")
def test_one(): ...

def test_unmarked(): ...

class TestGroup:
    @pytest.mark.rule("R118")
    def test_two(self): ...

@pytest.mark.rule("R001")
def helper(): ...
"""


def test_the_guide_has_171_rules() -> None:
    assert len(set(coverage_table.RULES)) == len(coverage_table.RULES) == 171
    assert {"R001", "R148", "R149a", "R149f", "R150", "R166"} < set(
        coverage_table.RULES
    )
    assert not {"R000", "R149", "R167"} & set(coverage_table.RULES)


def test_marks_are_read_from_tests_and_from_nothing_else() -> None:
    assert sorted(coverage_table.marks(MARKED)) == [
        ("test_one", "R118"),
        ("test_one", "R120"),
        ("test_one", "R149a"),
        ("test_two", "R118"),
    ]


def test_every_rule_has_a_row_with_its_tests_or_a_dash(tmp_path: Path) -> None:
    (tmp_path / "tests" / "sso").mkdir(parents=True)
    (tmp_path / "tests" / "sso" / "test_x.py").write_text(MARKED)

    page = coverage_table.page(coverage_table.held(tmp_path))

    assert "3 of 171 rules are held by 2 tests." in page
    assert (
        "| R118 | `tests/sso/test_x.py::test_one`<br>`tests/sso/test_x.py::test_two` |"
    ) in page
    assert page.count("| — |") == 168


def test_a_mark_that_is_no_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="No such rule: R999"):
        coverage_table.page({"R999": ["tests/test_x.py::test_one"]})


def test_the_check_tells_a_stale_page_from_a_fresh_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(coverage_table, "PAGE", tmp_path / "page.md")
    monkeypatch.setattr("sys.argv", ["coverage_table", "--check"])
    with pytest.raises(SystemExit, match="is stale"):
        coverage_table.main()

    monkeypatch.setattr("sys.argv", ["coverage_table"])
    coverage_table.main()
    monkeypatch.setattr("sys.argv", ["coverage_table", "--check"])
    coverage_table.main()


def test_every_mark_in_our_tests_is_a_rule() -> None:
    assert set(coverage_table.held()) <= set(coverage_table.RULES)
