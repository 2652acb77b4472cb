"""What `/admin/` shows, without any secret value. Records are changed on their pages.

Only an account's activity can be set here. Its password, its break-glass flag and who
is a superuser cannot; sessions, and a second factor's secret, are not even shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages

from accounts.models import Account
from connections.models import AppRegistration, Credential, Module, TenantConnection
from directory import break_glass
from directory.models import (
    Agent,
    AgentRole,
    Asset,
    ChangeAdvisoryBoard,
    CustomField,
    EndUser,
    Licence,
    Organisation,
    Site,
    Software,
    Team,
    UserRole,
)
from directory.rights import visible
from halo_entra.back_office.site import site as site
from imports.models import Run, SyncSchedule

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet
    from django.http import HttpRequest

    from accounts.doors import AgentRequest


class AccountForm(forms.ModelForm[Account]):
    """An account whose activity is set."""

    def clean_is_active(self) -> bool:
        """Refuse to leave nobody who can sign in without Microsoft."""
        is_active: bool = self.cleaned_data["is_active"]
        if not is_active and (wrong := break_glass.refusal(self.instance)):
            raise forms.ValidationError(wrong)
        return is_active


class ReadOnly(admin.ModelAdmin[Any]):
    """Rows to look at, those that the agent's roles let them see."""

    list_per_page = 50
    show_full_result_count = False
    list_select_related = True
    # The column of check boxes stays: without it the page brings a style of its own,
    # which the content security policy refuses.
    actions_on_top = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the visible rows."""
        rights = cast("AgentRequest", request).rights
        return visible(super().get_queryset(request), rights)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the table in the list; the site asks who opens it."""
        return True

    def has_view_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        """Show the rows; the site asks who opens it."""
        return True

    def has_add_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        """Add nothing."""
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        """Change nothing."""
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        """Delete nothing."""
        return False


@admin.register(Account, site=site)
class AccountTable(ReadOnly):
    """Accounts: activated and deactivated here, and freed of a lost second factor."""

    form = AccountForm
    fields = (
        *("username", "email", "is_active", "may_sign_in_locally"),
        *("created_at", "last_login"),
    )
    readonly_fields = tuple(name for name in fields if name != "is_active")
    list_display = ("username", "email", "is_active", "may_sign_in_locally")
    search_fields = ("^username", "^email")
    actions = ("remove_second_factors",)

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        """Let an administrator set the activity of every account but their own."""
        return obj is None or obj.pk != request.user.pk

    @admin.action(description="Remove all second factors of the ticked accounts")
    def remove_second_factors(
        self, request: HttpRequest, queryset: QuerySet[Account]
    ) -> None:
        """Let people whose phone is lost sign in by password and start again."""
        own = cast("AgentRequest", request).user
        for account in queryset.exclude(pk=own.pk):
            Authenticator.objects.filter(user=account).delete()
            self.log_change(request, account, "Second factors removed.")
            messages.success(request, f"{account}: all second factors are removed.")


@admin.register(Authenticator, site=site)
class AuthenticatorTable(ReadOnly):
    """Who has which second factor."""

    fields = list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)


@admin.register(Credential, site=site)
class CredentialTable(ReadOnly):
    """Secrets and certificates: that they are there, and until when."""

    fields = list_display = ("registration", "kind", "set_at", "expires_on")


@admin.register(TenantConnection, site=site)
class ConnectionTable(ReadOnly):
    """Connections, without their tokens."""

    fields = (
        *("name", "registration", "tenant_id", "authorisation", "own_tenant"),
        *("authorised_at", "granted_scopes", "verified_domains", "paused_at"),
        *("first_fetched_at", "rules_version"),
    )
    list_display = ("name", "tenant_id", "authorisation", "authorised_at", "paused_at")


@admin.register(Run, site=site)
class RunTable(ReadOnly):
    """Runs, without the rules they were decided by."""

    fields = (
        *("connection", "kind", "status", "reason", "kinds", "counts"),
        *("created_at", "started_at", "finished_at"),
    )
    list_display = ("id", "connection", "kind", "status", "created_at", "finished_at")
    list_filter = ("status", "kind")


class Named(ReadOnly):
    """Records with a name."""

    list_display = ("name",)


class Person(ReadOnly):
    """Users and agents."""

    list_display = ("name", "email", "is_active", "entra_state")
    list_filter = ("is_active", "entra_state")
    search_fields = ("^name_key", "^email_key", "=entra_object_id")


site.register((Agent, EndUser), Person)
site.register((Organisation, Site, UserRole, AgentRole, Team), Named)
site.register((ChangeAdvisoryBoard, CustomField, Software, Licence, Asset), Named)
site.register((AppRegistration, Module, SyncSchedule), ReadOnly)
