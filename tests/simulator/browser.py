"""Somebody at the simulated sign-in page: a browser without scripts."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from tests.simulator.graph_caller import session

if TYPE_CHECKING:
    import requests

    from simulator.process import Simulator


@dataclass(frozen=True, slots=True)
class Return:
    """Where the sign-in page sends the browser, by which method and with what."""

    method: str
    address: str
    parameters: dict[str, str]
    # As the request's response_mode names it: query, fragment or form_post.
    mode: str = "query"


@dataclass
class Form(HTMLParser):
    """The last form of a page, as it would be sent without its buttons."""

    action: str = ""
    fields: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action, self.fields = found.get("action", ""), {}
        elif tag == "input":
            self.fields[found["name"]] = found.get("value", "")


class Browser:
    """Follows an authorize address and answers its pages."""

    def __init__(self, simulator: Simulator) -> None:
        """Start without cookies."""
        self.simulator = simulator
        self.session = session(simulator)

    def open(self, address: str) -> requests.Response:
        """Return the page at an address; redirects are not followed."""
        return self.session.get(address, allow_redirects=False, timeout=30)

    def press(self, address: str, **fields: str) -> requests.Response:
        """Return what the form at an address answers."""
        return self.session.post(
            address, data=fields, allow_redirects=False, timeout=30
        )

    def sign_in(
        self,
        address: str,
        person: str,
        *,
        consent: str = "accept",
        code: str = "123456",
    ) -> Return:
        """Pick somebody (`tenant/object id`) and answer what is asked for.

        That is a second factor and consent, if they are; returns the way back.
        """
        answer = self.press(address, person=person)
        if "Enter code" in answer.text:
            answer = self.press(address, person=person, code=code)
        if "Permissions requested" in answer.text or "Need admin" in answer.text:
            answer = self.press(address, person=person, consent=consent)
        return returned(answer)

    def come_back(self, address: str) -> Return:
        """Return the way back of somebody who is signed in and is asked nothing."""
        return returned(self.open(address))

    def cancel(self, address: str) -> Return:
        """Press Cancel where the page asks who signs in; return the way back."""
        return returned(self.press(address, consent="decline"))


def returned(answer: requests.Response) -> Return:
    """Return where an answer of the sign-in host leads."""
    if answer.status_code == 302:
        location = urlsplit(answer.headers["location"])
        address = location._replace(query="", fragment="").geturl()
        mode = "fragment" if location.fragment else "query"
        parameters = dict(parse_qsl(location.fragment or location.query))
        return Return("GET", address, parameters, mode)
    assert answer.status_code == 200, answer.text
    form = Form()
    form.feed(answer.text)
    assert form.action, answer.text
    return Return("POST", form.action, form.fields, "form_post")
