"""Addresses of imports: a connection's tab, and its runs."""

from __future__ import annotations

from django.urls import path

from imports.views import (
    choosing_views,
    deciding_views,
    matching_views,
    run_views,
    runs_view,
    starting_views,
    tab_views,
)

app_name = "imports"
TENANT = "configuration/integrations/microsoft-entra-id/tenants/<int:pk>/"
TAB = f"{TENANT}imports/"
MAPPINGS = f"{TENANT}mappings/"
RUN = "runs/<int:pk>/"

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
]
