"""Which tests hold which rule of the guide: writes docs/requirements-coverage.md.

`python -m tests.coverage_table` writes the file, `--check` fails if it is stale. The
tests say it themselves, by `@pytest.mark.rule("R118")`; they are read, not run.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "requirements-coverage.md"
RULES = (
    *(f"R{number:03}" for number in range(1, 149)),
    *(f"R149{letter}" for letter in "abcdef"),
    *(f"R{number:03}" for number in range(150, 167)),
)
HEAD = """# What the tests hold

Each rule of the guide with the tests that hold it. Written by
`python -m tests.coverage_table` from the marks in the tests; not edited by hand.

{held} of {all} rules are held by {tests} tests.

| rule | tests |
|---|---|
"""


def marks(source: str) -> Iterator[tuple[str, str]]:
    """Yield each test of a file with each rule that it is marked with."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            for decorator in node.decorator_list:
                for rule in _rules(decorator):
                    yield node.name, rule


def _rules(decorator: ast.expr) -> list[str]:
    """Return the numbers in `@pytest.mark.rule("…", "…")`, else nothing."""
    if not isinstance(decorator, ast.Call):
        return []
    if ast.unparse(decorator.func) != "pytest.mark.rule":
        return []
    return [str(ast.literal_eval(number)) for number in decorator.args]


def held(root: Path = ROOT) -> dict[str, list[str]]:
    """Return the tests under `root` by rule, ordered by their names."""
    found: dict[str, list[str]] = {}
    for file in sorted((root / "tests").rglob("test_*.py")):
        for test, rule in marks(file.read_text(encoding="utf-8")):
            name = f"{file.relative_to(root).as_posix()}::{test}"
            found.setdefault(rule, []).append(name)
    return {rule: sorted(tests) for rule, tests in found.items()}


def page(found: dict[str, list[str]]) -> str:
    """Return the page; raises ValueError for a mark that is no rule."""
    unknown = sorted(set(found) - set(RULES))
    if unknown:
        raise ValueError(f"No such rule: {', '.join(unknown)}")
    tests = {test for names in found.values() for test in names}
    head = HEAD.format(held=len(found), all=len(RULES), tests=len(tests))
    return head + "".join(_row(rule, found.get(rule, ())) for rule in RULES)


def _row(rule: str, tests: Iterable[str]) -> str:
    return f"| {rule} | {'<br>'.join(f'`{test}`' for test in tests) or '—'} |\n"


def main() -> None:
    """Write the page, or with `--check` say that it is stale."""
    fresh = page(held())
    if sys.argv[1:] != ["--check"]:
        PAGE.write_text(fresh, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != fresh:
        sys.exit(f"{PAGE.name} is stale: run python -m tests.coverage_table")


if __name__ == "__main__":
    main()
