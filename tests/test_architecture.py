from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command

from halo_entra import env

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
MADE = {
    *(".git", ".venv", ".env", "var", ".demo", "staticfiles", "htmlcov", ".coverage"),
    *("__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"),
    *(".import_linter_cache", "node_modules"),
}
"""What tools and installations leave in a checkout."""
LONGEST = 300
"""How many lines a module may have, of the product or of its tests."""
EXCUSE = "# Long because"
REGISTRY = re.compile(
    r"pypi\.(org|python)|pythonhosted\.org|npmjs\.(org|com)"
    r"|--(extra-)?index-url|--find-link[s]"
)
HOME = re.compile(r"(?<![\w.])/(home|root|Users)/\w")


def walk(folder: Path) -> Iterator[Path]:
    """Yield the files of the project below the folder."""
    for entry in sorted(folder.iterdir()):
        if entry.name in MADE:
            continue
        if entry.is_dir():
            yield from walk(entry)
        else:
            yield entry


@cache
def modules() -> tuple[Path, ...]:
    """Every module, but for migrations: Django writes those."""
    found = [file for file in walk(ROOT) if file.suffix == ".py"]
    return tuple(file for file in found if "migrations" not in file.parts)


def name(file: Path) -> str:
    """Return the file as a reader of the report knows it."""
    return file.relative_to(ROOT).as_posix()


def is_test(file: Path) -> bool:
    """Return whether pytest collects the file."""
    return file.name.startswith("test_") or file.name == "conftest.py"


def test_no_module_is_long() -> None:
    lengths = {name(file): len(file.read_text().splitlines()) for file in modules()}

    assert {file: length for file, length in lengths.items() if length > LONGEST} == {}


def test_no_function_is_long_without_a_reason() -> None:
    long = []
    for file in modules():
        lines = file.read_text().splitlines()
        for node in ast.walk(ast.parse("\n".join(lines))):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            length = (node.end_lineno or 0) - node.lineno + 1
            if length > 40 and not lines[first - 2].strip().startswith(EXCUSE):
                long.append(f"{name(file)}:{node.lineno} {node.name} {length}")

    assert long == []


def test_every_module_says_what_it_is() -> None:
    silent = [
        name(file)
        for file in modules()
        if (text := file.read_text().strip())
        and not is_test(file)
        and not ast.get_docstring(ast.parse(text))
    ]

    assert silent == []


def test_nothing_is_printed() -> None:
    printing = [
        f"{name(file)}:{node.lineno}"
        for file in modules()
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
        and "benchmarks" not in file.parts
    ]

    assert printing == []


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {file.parent for file in modules() if "tests" in file.parts}

    assert [
        name(one) for one in sorted(folders) if not (one / "__init__.py").exists()
    ] == []


def test_the_example_lists_exactly_the_variables_that_are_read() -> None:
    example = (ROOT / ".env.example").read_text()

    assert set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)) == env.ASKED


def test_the_readme_names_every_command_and_no_other() -> None:
    readme = (ROOT / "README.md").read_text()
    rows = [line for line in readme.splitlines() if line.startswith("| `")]
    named = {found for row in rows for found in re.findall(r"`([a-z]+\w*)", row)}
    commands = walk(ROOT / "halo_entra" / "management" / "commands")

    assert named == {file.stem for file in commands} - {"__init__"}


def test_every_link_of_our_pages_leads_somewhere() -> None:
    broken = [
        f"{name(page)}: {link}"
        for page in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"))
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
        if not (page.parent / link).exists()
    ]

    assert broken == []


def test_no_file_names_a_registry_or_somebodys_folder() -> None:
    named = []
    for file in walk(ROOT):
        text = file.read_text(encoding="utf-8", errors="ignore")
        if REGISTRY.search(text) or HOME.search(text) or str(ROOT) in text:
            named.append(name(file))

    assert named == []


@pytest.mark.django_db
def test_no_change_of_a_model_lacks_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
