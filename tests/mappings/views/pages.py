"""Addresses of the tabs, and what their pages send."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from django.urls import reverse

if TYPE_CHECKING:
    from django.test import Client

    from connections.models import TenantConnection


def url(name: str, connection: TenantConnection, *args: Any) -> str:
    """Return an address of a tab of the connection."""
    return reverse(f"mappings:{name}", args=[connection.pk, *args])


def version(connection: TenantConnection) -> int:
    """Return the version of the connection's rules as it is saved."""
    connection.refresh_from_db()
    return connection.rules_version


class _Form(HTMLParser):
    """Collects what a form would send as it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self._select = self._area = ""
        self._options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        name = has.get("name") or ""
        if tag == "input" and name and "disabled" not in has:
            is_tick = has.get("type") in ("checkbox", "radio")
            if not is_tick or "checked" in has:
                self._send(name, has.get("value") or ("on" if is_tick else ""))
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "option":
            self._options.append((has.get("value") or "", "selected" in has))
        elif tag == "textarea":
            self._area = name
            self._send(name, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._options:
            chosen = [value for value, is_chosen in self._options if is_chosen]
            self._send(self._select, (chosen or [self._options[0][0]])[-1])
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.sent[self._area][-1] += data.removeprefix("\n")

    def _send(self, name: str, value: str) -> None:
        self.sent.setdefault(name, []).append(value)


def read(html: str, **changes: Any) -> dict[str, Any]:
    """Return what a page's forms would send, with some of it changed.

    None takes a field out, as an unticked box is.
    """
    form = _Form()
    form.feed(html)
    form.sent.pop("csrfmiddlewaretoken", None)
    sent = {**form.sent, **changes}
    return {name: value for name, value in sent.items() if value is not None}


def filled(client: Client, address: str, **changes: Any) -> dict[str, Any]:
    """Return what the page at the address would send, with some of it changed."""
    answer = client.get(address)
    assert answer.status_code == 200
    return read(answer.content.decode(), **changes)
