"""YAML as a tree of nodes that know their line.

Plain YAML 1.2 only: no tags of Python, no merge keys. Of a file that is not YAML
nothing is quoted, for it may hold a secret.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from common.errors import NotFound
from halo_entra.configuration.problems import Place, Problems, Wrong

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MAX_BYTES = 8 * 1024 * 1024
MAX_NODES = 1_000_000
MAX_DEPTH = 20
TAG = "tag:yaml.org,2002:"

Scalar: TypeAlias = str | int | float | bool | datetime.date | None


@dataclass(frozen=True, slots=True)
class Node:
    """One value of the file, where it stands, and where its problems go."""

    value: Scalar | list[Node] | dict[str, Node] = field(repr=False)
    place: Place
    problems: Problems = field(repr=False)


def load(path: Path, problems: Problems) -> Node:
    """Return the document in `path`.

    Raises NotFound if it cannot be read, ConfigurationInvalid if it is not YAML.
    """
    try:
        content = path.read_bytes()
    except OSError as exc:
        reason = exc.strerror or "unknown cause"
        raise NotFound(f"{path} cannot be read: {reason}.") from exc
    try:
        return _Walk(problems).node(_composed(content), Place(1), 0)
    except Wrong as wrong:
        problems.add(wrong.place, wrong.text)
        raise problems.error() from None


def _composed(content: bytes) -> Any:
    if len(content) > MAX_BYTES:
        raise Wrong(Place(1), "The file is larger than 8 MB.")
    try:
        return YAML(typ="safe", pure=True).compose(content.decode("utf-8-sig"))
    except UnicodeDecodeError as exc:
        line = content[: exc.start].count(b"\n") + 1
        raise Wrong(Place(line), "The file must be UTF-8 text.") from None
    except MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        line = mark.line + 1 if mark else 1
    except (YAMLError, RecursionError):
        line = 1
    raise Wrong(
        Place(line),
        "This is not YAML. Look at indentation, colons, brackets and quotes here "
        "and in the lines above.",
    )


class _Walk:
    """Turns the nodes of ruamel.yaml into ours, within bounds."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._count = 0

    def node(self, raw: Any, place: Place, depth: int) -> Node:
        self._count += 1
        if depth > MAX_DEPTH or self._count > MAX_NODES:
            raise Wrong(place, "The file is nested too deep, or aliases repeat it.")
        if isinstance(raw, MappingNode):
            return Node(self._mapping(raw, place, depth + 1), place, self._problems)
        if isinstance(raw, SequenceNode):
            rows = [
                self.node(
                    row, Place(line_of(row), f"{place.path}[{number}]"), depth + 1
                )
                for number, row in enumerate(raw.value)
            ]
            return Node(rows, place, self._problems)
        return Node(None if raw is None else scalar(raw, place), place, self._problems)

    def _mapping(self, raw: Any, place: Place, depth: int) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for key_node, value in raw.value:
            where = Place(line_of(key_node), place.path)
            if not isinstance(key_node, ScalarNode):
                self._problems.add(where, "A key must be a word.")
                continue
            key = str(key_node.value)
            if key in found:
                self._problems.add(where, "The same key stands here twice.")
            with self._problems.caught():
                found[key] = self.node(value, Place(where.line, place.key(key)), depth)
        return found


def line_of(raw: Any) -> int:
    """Return the line on which a node of ruamel.yaml starts, from 1."""
    return int(raw.start_mark.line) + 1


def scalar(raw: Any, place: Place) -> Scalar:
    """Return the value of a scalar node; raises Wrong for one we do not take."""
    text = str(raw.value)
    kind = str(raw.tag).removeprefix(TAG)
    if kind not in SCALARS:
        raise Wrong(place, "Only text, numbers, true, false, dates and null are taken.")
    try:
        return SCALARS[kind](text)
    except ValueError:
        raise Wrong(place, "This looks like a number or date: quote it.") from None


def _date_or_text(text: str) -> Scalar:
    return datetime.date.fromisoformat(text) if len(text) == 10 else text


SCALARS: dict[str, Callable[[str], Scalar]] = {
    "str": str,
    "null": lambda _text: None,
    "bool": lambda text: text.lower() == "true",
    "int": int,
    "float": float,
    "timestamp": _date_or_text,
}
