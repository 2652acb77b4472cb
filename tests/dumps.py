"""Every table of the directory and of the mappings, so that two moments compare.

Left out are keys, timestamps and counters: what is written and taken back again may
differ in these. References are told by the key of what they refer to, which lives on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models

if TYPE_CHECKING:
    from collections.abc import Iterator

APPS = ("directory", "mappings")
COUNTERS = ("revision", "rules_version")

Dump = dict[str, list[tuple[str, ...]]]


def dump() -> Dump:
    """Return the rows of every table, sorted."""
    return {
        model._meta.db_table: sorted(
            tuple(repr(value) for value in row)
            for row in model._default_manager.values_list(*_columns(model))
        )
        for model in _models()
    }


def by_value() -> Dump:
    """Return the same with references told by the values of what they refer to.

    So dumps compare where records were made twice and have other keys.
    """
    told = {model: _told(model) for model in _models()}
    return {
        model._meta.db_table: sorted(
            (plain, *(told.get(target, {}).get(key, repr(key)) for target, key in refs))
            for plain, refs in _rows(model)
        )
        for model in told
    }


def _told(model: type[models.Model]) -> dict[Any, str]:
    rows = model._default_manager.values_list("pk", *_plain(model))
    return {pk: repr(row) for pk, *row in rows}


def _rows(
    model: type[models.Model],
) -> Iterator[tuple[str, list[tuple[type[models.Model], Any]]]]:
    """Yield of each row its plain columns, and the references with their models."""
    plain = _plain(model)
    names = [name for name in _columns(model) if name not in plain]
    fields = {field.attname: field for field in model._meta.concrete_fields}
    targets: list[Any] = [fields[name].related_model for name in names]
    for row in model._default_manager.values_list(*plain, *names):
        keys = row[len(plain) :]
        yield repr(list(row[: len(plain)])), list(zip(targets, keys, strict=True))


def _plain(model: type[models.Model]) -> list[str]:
    references = {
        field.attname for field in model._meta.concrete_fields if field.is_relation
    }
    return [name for name in _columns(model) if name not in references]


def _models() -> Iterator[type[models.Model]]:
    for label in APPS:
        yield from apps.get_app_config(label).get_models(include_auto_created=True)


def _columns(model: type[models.Model]) -> list[str]:
    return [
        field.attname
        for field in model._meta.concrete_fields
        if not field.primary_key and not _is_left_out(field)
    ]


def _is_left_out(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, models.DateTimeField) or field.name in COUNTERS
