"""The pages of the sign-in host: plain HTML forms that need no script."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import parse_qsl

from simulator.exchange import Answer
from simulator.login_errors import LoginError

_STYLE = (
    "body{font:16px/1.5 sans-serif;margin:2rem auto;max-width:34rem;padding:0 1rem;"
    "color:#1b1b1b;background:#fff}"
    "button{font:inherit;padding:.6rem 1rem;margin:.2rem 0;min-height:44px}"
    "ul{list-style:none;padding:0}li button{width:100%;text-align:left}"
    "small{display:block}"
)


def page(title: str, body: str, *, status: int = 200, cookie: str = "") -> Answer:
    """Return a whole page; the title is text, the body is HTML."""
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<link rel="icon" href="data:,">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
    headers = {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store, no-cache",
        "pragma": "no-cache",
    }
    if cookie:
        headers["set-cookie"] = cookie
    return Answer(status, headers, html.encode())


def pick_person(
    people: Iterable[tuple[str, Mapping[str, Any]]], *, query: str, searched: str
) -> Answer:
    """Ask who is signing in: one button a person, and a search by name or address.

    `query` is the request's own, which the search form must repeat.
    """
    kept = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in parse_qsl(query, keep_blank_values=True)
        if name != "who"
    )
    rows = "".join(
        f'<li><button name="person" value="{escape(value)}">'
        f"{escape(str(card['displayName']))}"
        f"<small>{escape(str(card['userPrincipalName']))}</small></button></li>"
        for value, card in people
    )
    return page(
        "Pick an account",
        f'<form method="get">{kept}<label>Find <input name="who" '
        f'value="{escape(searched)}"></label> <button>Find</button></form>'
        f'<form method="post"><ul>{rows or "<li>Nobody found.</li>"}</ul>'
        '<button name="consent" value="decline">Cancel</button></form>',
    )


def ask_code(person: str, *, who: str, is_wrong: bool) -> Answer:
    """Ask somebody for a second factor."""
    wrong = "<p>You didn't enter the expected verification code.</p>"
    return page(
        "Enter code",
        f"<p>{escape(who)}: enter the code of your authenticator app.</p>"
        f"{wrong if is_wrong else ''}"
        f'<form method="post"><input type="hidden" name="person" '
        f'value="{escape(person)}"><label>Code <input name="code" '
        'inputmode="numeric" autocomplete="one-time-code"></label> '
        '<button>Verify</button> <button name="consent" value="decline">Cancel</button>'
        "</form>",
    )


def ask_consent(person: str, *, who: str, names: Iterable[str], note: str) -> Answer:
    """Ask somebody to accept or decline permissions."""
    rows = "".join(f"<li>{escape(name)}</li>" for name in names)
    return page(
        "Permissions requested",
        f"<p>{escape(who)}: {escape(note)}</p><ul>{rows}</ul>"
        f'<form method="post"><input type="hidden" name="person" '
        f'value="{escape(person)}">'
        '<button name="consent" value="accept">Accept</button> '
        '<button name="consent" value="decline">Cancel</button></form>',
    )


def need_approval(person: str) -> Answer:
    """Say that only an administrator may consent (AADSTS90094)."""
    return page(
        "Need admin approval",
        "<p>AADSTS90094: The app needs permission to access resources in your "
        "organization that only an admin can grant.</p>"
        f'<form method="post"><input type="hidden" name="person" '
        f'value="{escape(person)}"><button name="consent" value="decline">'
        "Return to the application without granting consent</button></form>",
    )


def error(refusal: LoginError) -> Answer:
    """Show a failure that never comes back to the application."""
    timestamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return page(
        "Sorry, but we’re having trouble signing you in.",
        f"<p>AADSTS{refusal.number}: {escape(str(refusal))}</p>"
        f"<dl><dt>Request Id</dt><dd>{uuid.uuid4()}</dd>"
        f"<dt>Correlation Id</dt><dd>{uuid.uuid4()}</dd>"
        f"<dt>Timestamp</dt><dd>{timestamp}</dd></dl>",
        status=400,
    )


def post_back(redirect_uri: str, parameters: Mapping[str, str]) -> Answer:
    """Post the answer to the application: by script, or by the button without one."""
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in parameters.items()
    )
    return page(
        "Working…",
        f'<form method="post" action="{escape(redirect_uri)}">{fields}'
        "<p>Script is disabled. Press Submit to continue.</p>"
        "<button>Submit</button></form>"
        "<script>document.forms[0].submit()</script>",
    )
