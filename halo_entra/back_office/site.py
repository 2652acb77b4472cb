"""The site at `/admin/`, and who may open it.

It has no sign-in, sign-out or password page of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from django.conf import settings
from django.contrib.admin import AdminSite
from django.urls import URLResolver

from accounts.doors import needs
from accounts.recent import needs_recent_sign_in
from accounts.second_factor import needs_second_factor
from common.rights import Permission

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from django.http import HttpRequest
    from django.urls import URLPattern

    from accounts.doors import AgentRequest

NOT_HERE: Final = {
    *("login", "logout", "password_change", "password_change_done"),
    "view_on_site",
}
"""Pages of Django's admin that the product has elsewhere, or nowhere."""


class BackOffice(AdminSite):
    """Open to agents who administer, with a second factor, and lately proven."""

    site_header = site_title = "Back office"
    index_title = "Tables"
    final_catch_all_view = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Return whether the session's agent may administer."""
        return cast("AgentRequest", request).rights.may(Permission.ADMINISTER)

    def admin_view(
        self,
        view: Callable[..., Any],
        cacheable: bool = False,  # noqa: FBT001, FBT002 - Django's signature
    ) -> Any:
        """Return the view behind the three questions that each page asks."""
        inside = super().admin_view(view, cacheable)
        return needs(Permission.ADMINISTER)(
            needs_second_factor(needs_recent_sign_in(inside))
        )

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Return the pages; strangers are sent to the product's sign-in."""
        pages = [
            one
            for one in super().get_urls()
            if getattr(one, "name", "") not in NOT_HERE
        ]
        for view in _views(pages):
            view.login_url = settings.LOGIN_URL  # type: ignore[attr-defined]  # a function's own
        return pages


def _views(pages: Iterable[URLResolver | URLPattern]) -> Iterator[Callable[..., Any]]:
    for page in pages:
        if isinstance(page, URLResolver):
            yield from _views(page.url_patterns)
        else:
            yield page.callback


site: Final = BackOffice(name="admin")
