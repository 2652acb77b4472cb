"""The floor: the least that reading and storing a tenant can cost here.

    python -m benchmarks.floor write|compare DATABASE < tenant.json

`write` fetches all pages over one kept-alive connection, parses them, builds rows and
stores them. `compare` fetches, parses and compares one hash a person. No framework, no
retries, no decisions. Prints one JSON object; `waited` is the part of the seconds that
went by until the tenant had answered, in which the practice tenant renders its people.
"""

from __future__ import annotations

import argparse
import http.client
import json
import ssl
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson

from benchmarks import floor_rows, floor_stores
from benchmarks.memory import peak_megabytes
from benchmarks.tenant import PAGE, PROPERTIES, Tenant

Person = dict[str, Any]


@dataclass(slots=True)
class Reader:
    """Reads all people of a tenant, and counts."""

    tenant: Tenant
    people: int = 0
    requests: int = 0
    waited: float = 0.0

    def pages(self) -> Iterator[list[Person]]:
        """Yield everybody, page by page, over one connection."""
        host = urlsplit(self.tenant.origin).netloc
        trust = ssl.create_default_context(cafile=self.tenant.ca)
        connection = http.client.HTTPSConnection(host, context=trust)
        headers = {"Authorization": f"Bearer {self._token(connection)}"}
        link = f"/v1.0/users?$select={','.join(PROPERTIES)}&$top={PAGE}"
        while link:
            content = orjson.loads(self._asked(connection, "GET", link, headers))
            self.requests += 1
            self.people += len(content["value"])
            yield content["value"]
            following = urlsplit(content.get("@odata.nextLink", ""))
            link = f"{following.path}?{following.query}" if following.path else ""
        connection.close()

    def _token(self, connection: http.client.HTTPSConnection) -> str:
        form = {
            "client_id": self.tenant.application_id,
            "client_secret": self.tenant.secret,
            "grant_type": "client_credentials",
            "scope": f"{self.tenant.origin}/.default",
        }
        path = f"/{self.tenant.tenant_id}/oauth2/v2.0/token"
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self._asked(connection, "POST", path, kind, urlencode(form))
        return str(orjson.loads(answer)["access_token"])

    def _asked(
        self,
        connection: http.client.HTTPSConnection,
        method: str,
        path: str,
        headers: dict[str, str],
        body: str | None = None,
    ) -> bytes:
        start = time.perf_counter()
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        self.waited += time.perf_counter() - start
        if answer.status != 200:
            raise RuntimeError(f"{method} {path} answered {answer.status}: {content!r}")
        return content


def write(reader: Reader, store: floor_stores.Store) -> None:
    """Fetch everybody into a new table."""
    read_at = datetime.now(UTC).isoformat()
    store.write(
        [floor_rows.row(person, read_at) for person in page] for page in reader.pages()
    )


def compare(reader: Reader, store: floor_stores.Store) -> None:
    """Fetch everybody and compare; raises RuntimeError if anybody has changed."""
    known = dict(store.hashes())
    changed = sum(
        known.get(person["id"]) != floor_rows.digest(person)
        for page in reader.pages()
        for person in page
    )
    if changed:
        raise RuntimeError(f"{changed} people differ, though nothing has changed.")


def main() -> None:
    """Do one of the two and print what it took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.floor")
    parser.add_argument("work", choices=["write", "compare"])
    parser.add_argument("database", help="A URL of PostgreSQL, or a file of SQLite.")
    arguments = parser.parse_args()
    reader = Reader(Tenant(**json.load(sys.stdin)))
    store = floor_stores.opened(arguments.database)
    (write if arguments.work == "write" else compare)(reader, store)
    measures = {
        "people": reader.people,
        "requests": reader.requests,
        "waited": reader.waited,
        "peak_megabytes": peak_megabytes(),
    }
    print(json.dumps(measures))


if __name__ == "__main__":
    main()
