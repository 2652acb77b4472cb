"""What is wrong with a configuration file, and where.

Problems are collected, so that an administrator reads all of them at once. Their
texts name keys and words of the file's language, never a value that might be secret.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from common.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True)
class Place:
    """A spot of the file: its line, from 1, and the keys that lead to it."""

    line: int
    path: str = ""

    def key(self, name: str) -> str:
        """Return the path of a key below this place."""
        return f"{self.path}.{name}" if self.path else name


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong at one place."""

    line: int
    path: str
    text: str

    def told(self, file: str) -> str:
        """Return the problem as a line of output."""
        return f"{file}:{self.line}: {self.path + ': ' if self.path else ''}{self.text}"


class Wrong(Exception):
    """A value that cannot be used; whoever reads its surroundings collects it."""

    def __init__(self, place: Place, text: str) -> None:
        """Keep the place and what is wrong there."""
        super().__init__(text)
        self.place = place
        self.text = text


class Unusable(Wrong):
    """Something whose fault was already noted: nothing to add."""

    def __init__(self, place: Place) -> None:
        """Say nothing further."""
        super().__init__(place, "")


class ConfigurationInvalid(InvalidInput):
    """The file cannot be applied; the text has a line for each problem."""


@dataclass(slots=True)
class Problems:
    """Everything found wrong, and what is merely worth a warning."""

    file: str
    found: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def add(self, place: Place, text: str) -> None:
        """Note that `place` is wrong."""
        self.found.append(Problem(place.line, place.path, text))

    def warn(self, place: Place, text: str) -> None:
        """Note something at `place` that looks like a mistake but can be applied."""
        self.warnings.append(Problem(place.line, place.path, f"warning: {text}"))

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Collect what is Wrong inside the block, and go on after it."""
        try:
            yield
        except Unusable:
            return
        except Wrong as wrong:
            self.add(wrong.place, wrong.text)

    def touch(self, path: str) -> bool:
        """Return whether something at this path or below it is wrong already.

        What depends on it is then not judged: one mistake is one line.
        """
        return any(one.path.startswith(path) for one in self.found)

    def check(self) -> None:
        """Raise ConfigurationInvalid if anything is wrong."""
        if self.found:
            raise self.error()

    def error(self) -> ConfigurationInvalid:
        """Return what was found as the error that ends the command."""
        return ConfigurationInvalid(self.told(self.found))

    def told(self, problems: Iterable[Problem]) -> str:
        """Return problems in the order of the file, a line each, none twice."""
        return "\n".join(one.told(self.file) for one in sorted(set(problems)))
