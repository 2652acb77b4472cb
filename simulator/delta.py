"""Delta queries: what users and groups share: the round, its tokens and its pages.

A round is either initial (everything there is) or holds the changes between two
sequence numbers. All options of the first request are baked into its tokens.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import takewhile
from typing import Any

from simulator import errors, paging, query
from simulator.ask import Ask
from simulator.errors import GraphError
from simulator.exchange import Answer, json_answer

TOKEN_LIFE = 7 * 86_400
PAGE = 200
# Members count against a page of groups, so a large group fills pages alone.
MEMBERS_ON_A_PAGE = 1000
MAX_IDS = 50

_IDS = re.compile(r"\s*id eq '[^']*'(\s+or\s+id eq '[^']*')*\s*", re.IGNORECASE)

Entry = dict[str, Any]
Walk = Callable[[int], Iterator[tuple[int, Entry]]]


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a delta query and the place in it."""

    kind: str
    tenant: str
    # The text of $select and $filter, as first given.
    select: str
    filter: str
    # Changes from `since` (None: everything there is) up to `until`.
    since: int | None
    until: int
    at: float
    # How many objects there were when the round began, for a stable shuffled order.
    size: int
    key: int = 0
    before: int = 0

    @property
    def is_initial(self) -> bool:
        """Say whether this round returns everything there is."""
        return self.since is None

    def names(self, relation: str) -> tuple[str, ...]:
        """Return the selected properties, relations left out."""
        chosen = [part.strip() for part in self.select.split(",") if part.strip()]
        rest = [part for part in chosen if part.lower() != relation]
        if chosen and not rest:
            return ("id",)
        return query.select(",".join(rest), self.kind)

    def selects(self, relation: str) -> bool:
        """Say whether a relation was selected by name."""
        return relation in [part.strip().lower() for part in self.select.split(",")]

    def ids(self) -> list[str] | None:
        """Return the ids that the filter narrows the round to."""
        if not self.filter:
            return None
        return re.findall(r"'([^']*)'", self.filter)


def open_round(ask: Ask, *, kind: str, size: int) -> Round:
    """Return the round that a request starts or goes on with."""
    token = ask.parameters.get("$skiptoken") or ask.parameters.get("$deltatoken")
    lag = ask.tenant.settings.get("lag", 0.0)
    newest = ask.tenant.log.newest(lag=lag)
    if token and token != "latest":
        return _resumed(ask, token, kind=kind, newest=newest)
    for option in ("$expand", "$orderby"):
        if option in ask.parameters:
            raise errors.unsupported(f"{option} is not supported by a delta query.")
    text = ask.parameters.get("$filter", "")
    if text and not _IDS.fullmatch(text):
        raise errors.unsupported("A delta query can be filtered by ids only.")
    if text.lower().count("id eq") > MAX_IDS:
        raise errors.unsupported(f"A filter may name at most {MAX_IDS} ids.")
    select = ask.parameters.get("$select", "")
    return Round(kind, ask.tenant.id, select, text, None, newest, ask.now, size)


def _resumed(ask: Ask, token: str, *, kind: str, newest: int) -> Round:
    try:
        found = Round(**paging.unseal(token))
    except (GraphError, TypeError) as error:
        raise errors.bad_request("Badly formed token.") from error
    if found.kind != kind or found.tenant != ask.tenant.id:
        raise errors.bad_request("Badly formed token.")
    if ask.now - found.at > TOKEN_LIFE:
        options = {"$select": found.select, "$filter": found.filter}
        kept = {name: text for name, text in options.items() if text}
        location = paging.link(ask.address, {"$deltatoken": "", **kept})
        raise errors.expired_delta(location)
    if "$skiptoken" in ask.parameters:
        return found
    return replace(found, since=found.until, until=newest, key=0, before=0)


def answer(ask: Ask, here: Round, walk: Walk) -> Answer:
    """Return one page of a round, or the empty one of `latest`."""
    context = f"{here.kind}s"
    if here.select and here.key == 0:
        context += f"({here.select})"
    body: dict[str, Any] = {"@odata.context": ask.context(context)}
    if ask.parameters.get("$deltatoken") == "latest":
        entries, next_key = list[Entry](), None
    else:
        entries, next_key = _page(ask, walk(here.key))
        entries = _repeated(ask, here, walk) + entries
    if next_key is None:
        closed = replace(here, since=None, at=ask.now, key=0, before=0)
        token = paging.seal(asdict(closed))
        link = paging.link(ask.address, {"$deltatoken": token})
        body["@odata.deltaLink"] = link
    else:
        going_on = replace(here, key=next_key, before=here.key)
        token = paging.seal(asdict(going_on))
        body["@odata.nextLink"] = paging.link(ask.address, {"$skiptoken": token})
    body["value"] = entries
    return json_answer(body)


def _page(
    ask: Ask, walk: Iterator[tuple[int, Entry]]
) -> tuple[list[Entry], int | None]:
    size = min(ask.tenant.settings.get("page_size") or PAGE, PAGE)
    entries: list[Entry] = []
    members = 0
    for key, entry in walk:
        weight = len(entry.get("members@delta", ()))
        is_full = len(entries) >= size or members + weight > MEMBERS_ON_A_PAGE
        if entries and is_full:
            return entries, key
        entries.append(entry)
        members += weight
    return entries, None


def _repeated(ask: Ask, here: Round, walk: Walk) -> list[Entry]:
    share = ask.tenant.settings.get("duplicates", 0.0)
    if not share or here.key == 0:
        return []
    page_before = takewhile(lambda pair: pair[0] < here.key, walk(here.before))
    return [entry for key, entry in page_before if paging.is_repeated(key, share)]


def removed(object_id: str, *, is_soft: bool) -> Entry:
    """Return the entry of an object that is gone."""
    reason = "changed" if is_soft else "deleted"
    return {"id": object_id, "@removed": {"reason": reason}}


def without_unset(card: Entry, cleared: set[str]) -> Entry:
    """Return a card without what was never set; what was emptied stays as null."""
    return {
        name: value
        for name, value in card.items()
        if value is not None or name in cleared
    }


def is_minimal(ask: Ask, here: Round) -> bool:
    """Say whether only changed properties are wanted."""
    prefer = ask.call.headers.get("prefer", "").replace(" ", "").lower()
    return "return=minimal" in prefer and not here.is_initial
