"""JSON as types: what orjson reads and what a JSONField holds."""

from __future__ import annotations

from typing import Any, TypeAlias

# `Any` inside: JSON from outside is checked where it is read (connections.graph.wire)
# and where configuration is read (halo_entra.configuration), not by the type checker.
JsonObject: TypeAlias = dict[str, Any]
Json: TypeAlias = "str | int | float | bool | list[Any] | dict[str, Any] | None"
