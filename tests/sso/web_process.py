"""One request to the product in a process of its own: JSON in, JSON out."""

from __future__ import annotations

import json
import sys
from typing import Any

import django
from django.test import Client


def ask(wish: dict[str, Any]) -> dict[str, Any]:
    """Send one request as the browser with these cookies; return what came."""
    client = Client(headers={"host": "localhost:8000"})
    client.cookies.load(wish["cookies"])
    send = getattr(client, wish["method"])
    answer = send(wish["path"], wish["data"])
    return {
        "status": answer.status_code,
        "location": answer.headers.get("Location", ""),
        "cookies": {name: one.value for name, one in client.cookies.items()},
        "page": answer.content.decode(),
    }


if __name__ == "__main__":
    django.setup()
    json.dump(ask(json.load(sys.stdin)), sys.stdout)
