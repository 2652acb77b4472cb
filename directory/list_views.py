"""A list of the directory as a page, as the part that changes, or as CSV."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING, Any

from django.http import StreamingHttpResponse
from django.views.decorators.http import require_safe

from accounts.doors import needs
from common import paging
from common.pages import page_or_fragment
from common.rights import Permission
from directory import export
from directory.lists import LISTS
from directory.rights import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet
    from django.http import HttpResponseBase

    from accounts.doors import AgentRequest


@require_safe
@needs(Permission.VIEW)
def records(request: AgentRequest, name: str) -> HttpResponseBase:
    """Show the list of that name as the query filters and sorts it."""
    spec = LISTS[name]
    found = spec.filters(request.GET, visible(spec.rows(), request.rights))
    if request.GET.get("format") == "csv" and spec.exports:
        return _csv(export.ExportKind(spec.exports), found.qs)
    context = {
        "spec": spec,
        "name": name,
        "filter": found,
        "listing": paging.listing(found.qs, spec.columns, request.GET, sort=spec.sort),
        "is_filtered": any(found.form.data.get(key) for key in found.form.fields),
        "may_act": spec.bulk and request.rights.may(Permission.IMPORT),
    }
    return page_or_fragment(
        request, "directory/list.html", "directory/_list.html", context
    )


def _csv(kind: export.ExportKind, rows: QuerySet[Any]) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        _lines(kind, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{kind}.csv"'},
    )


def _lines(kind: export.ExportKind, rows: QuerySet[Any]) -> Iterator[str]:
    """Yield the file piece by piece; memory does not grow with the list."""
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(export.ORDER[kind])
    for row in export.rows(kind, rows):
        writer.writerow(export.csv_cells(kind, row))
        if buffer.tell() > 64_000:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()
