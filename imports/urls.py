"""Addresses of imports: a connection's tab, and its runs."""

from __future__ import annotations

from django.urls import path

from imports.views import (
    choosing_views,
    coverage_views,
    deciding_views,
    explain_view,
    health_view,
    inbound_views,
    matching_views,
    review_views,
    run_views,
    runs_view,
    source_views,
    starting_views,
    tab_views,
)
from mappings.words import Kind

app_name = "imports"
TENANT = "configuration/integrations/microsoft-entra-id/tenants/<int:pk>/"
TAB = f"{TENANT}imports/"
MAPPINGS = f"{TENANT}mappings/"
RUN = "runs/<int:pk>/"
PEOPLE = {
    "user": ("people/users/<int:pk>/", {"kind": Kind.USERS}),
    "agent": ("people/agents/<int:pk>/", {"kind": Kind.AGENTS}),
}
"""Where the directory shows a record of each kind."""

urlpatterns = [
    path(TAB, tab_views.imports, name="imports"),
    path(f"{TAB}matching", tab_views.matching, name="matching"),
    path(f"{TAB}integrator", tab_views.integrator, name="integrator"),
    path(
        f"{TAB}preview/users",
        starting_views.preview,
        {"kind": "users"},
        name="preview-users",
    ),
    path(f"{TAB}licences", starting_views.licences, name="import-licences"),
    path(
        f"{TAB}preview/agents",
        starting_views.preview,
        {"kind": "agents"},
        name="preview-agents",
    ),
    path(f"{TAB}sync", starting_views.sync, name="sync"),
    path(f"{TAB}pause", starting_views.pause, name="pause"),
    path(f"{TAB}resume", starting_views.resume, name="resume"),
    path(f"{TAB}reset-deltas", starting_views.reset_deltas, name="reset-deltas"),
    path(f"{MAPPINGS}matches/", matching_views.matches, name="matches"),
    path(f"{MAPPINGS}matches/count", matching_views.count, name="count"),
    path(
        f"{MAPPINGS}<int:mapping>/people/",
        matching_views.people,
        name="mapping-people",
    ),
    path("health/", health_view.show, name="health"),
    path("runs/", runs_view.runs, name="runs"),
    path(RUN, run_views.run, name="run"),
    path(f"{RUN}progress", run_views.progress, name="progress"),
    path(f"{RUN}cancel", run_views.cancel, name="cancel"),
    path(f"{RUN}ticks", choosing_views.ticks, name="ticks"),
    path(f"{RUN}leave-out", choosing_views.leave_out, name="leave-out"),
    path(f"{RUN}import", deciding_views.apply, name="apply"),
    path(f"{RUN}approve", deciding_views.approve, name="approve"),
    path(f"{RUN}reject", deciding_views.reject, name="reject"),
    path(f"{RUN}undo", deciding_views.take_back, name="undo"),
    path("review/", review_views.review, name="review"),
    path("review/<int:pk>/", review_views.person, name="review-item"),
    path("review/<int:pk>/decide", review_views.decide, name="review-decide"),
    path("decisions/<int:pk>/take-back", review_views.take_back, name="take-back"),
    path("explain/", explain_view.explain, name="explain"),
    path("coverage/", coverage_views.show, name="coverage"),
    path("coverage/<int:pk>/count", coverage_views.count, name="coverage-count"),
    path(f"{TENANT}inbound-requests/", inbound_views.of_connection, name="inbound"),
    path("inbound-requests/", inbound_views.of_all, name="inbound-all"),
    path("inbound-requests/<int:pk>/", inbound_views.entry, name="inbound-entry"),
    path(
        f"{TENANT}people/<uuid:object_id>/import",
        starting_views.import_person,
        name="import-person",
    ),
    *(
        path(f"{base}{word}", view, with_kind, name=f"{record}-{word.rstrip('/')}")
        for record, (base, with_kind) in PEOPLE.items()
        for word, view in (
            ("source/", source_views.source),
            ("link/", source_views.link),
            ("unlink/", source_views.unlink),
        )
    ),
]
