"""What a configuration file says, read and checked for its shape."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from common import keys

if TYPE_CHECKING:
    import datetime
    from uuid import UUID

    from common.types import Json
    from connections.models import CredentialKind
    from halo_entra.configuration.problems import Place
    from halo_entra.configuration.readers import Given, Name
    from mappings.words import Apply, Combine, MappingType, Operator, WhenEmpty


@dataclass(frozen=True, slots=True)
class Source:
    """Where a secret or certificate is read from; the value itself is not here."""

    kind: Literal["env", "file"]
    name: str
    place: Place = dataclasses.field(compare=False)

    @property
    def reference(self) -> dict[str, str]:
        """Return it as a credential remembers it and the export writes it."""
        return {self.kind: self.name}


@dataclass(frozen=True, slots=True)
class CredentialEntry:
    """One secret, or one certificate with its private key."""

    kind: CredentialKind
    value: Source
    certificate: Source | None
    expires_on: datetime.date | None
    place: Place = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """A group by name, by id, or by both."""

    id: UUID | None
    name: str
    place: Place = dataclasses.field(compare=False)

    @property
    def key(self) -> str:
        """Return what the group is told apart by: its id, else its name."""
        return str(self.id) if self.id else keys.key(self.name)


@dataclass(frozen=True, slots=True)
class SiteName:
    """A site as "Organisation / Site", or by its two names."""

    text: str
    parts: tuple[str, str] | None
    place: Place = dataclasses.field(compare=False)

    @property
    def keys(self) -> list[tuple[str, str]]:
        """Return the organisation and site it may mean, as keys."""
        if self.parts:
            return [(keys.key(self.parts[0]), keys.key(self.parts[1]))]
        words = self.text.split(" / ")
        return [
            (keys.key(" / ".join(words[:cut])), keys.key(" / ".join(words[cut:])))
            for cut in range(1, len(words))
        ]


@dataclass(frozen=True, slots=True)
class FieldEntry:
    """One field mapping."""

    source: Name
    target: Name
    when_empty: WhenEmpty
    apply: Apply


@dataclass(frozen=True, slots=True)
class CriterionEntry:
    """One comparison of a site mapping."""

    field: Name
    operator: Operator
    value: Json
    place: Place = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class SiteEntry:
    """One site mapping; `is_agent` is the site `*Agent*`."""

    place: Place = dataclasses.field(compare=False)
    sequence: int
    enabled: bool
    type: MappingType
    is_agent: bool
    site: SiteName | None
    organisation: Name | None
    source: Name | None
    default_site: SiteName | None
    role: Name | None
    group: GroupEntry | None
    nested: bool
    include_external: bool
    match: Combine
    criteria: tuple[CriterionEntry, ...]


@dataclass(frozen=True, slots=True)
class GrantEntry:
    """A group whose agents hold a role or sit on a board."""

    place: Place = dataclasses.field(compare=False)
    group: GroupEntry
    target: Name
    nested: bool


@dataclass(frozen=True, slots=True)
class Record:
    """A record by name and what the file gives it; other columns stay as they are."""

    name: Name
    given: Given

    @property
    def place(self) -> Place:
        """Return where the record is named."""
        return self.name.place

    def path(self, key: str) -> str:
        """Return the path of one of its keys."""
        return f"{self.place.path.removesuffix('name')}{key}"


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk's own records."""

    organisations: tuple[Record, ...] = ()
    user_roles: tuple[Record, ...] = ()
    agent_roles: tuple[Record, ...] = ()
    teams: tuple[Record, ...] = ()
    change_advisory_boards: tuple[Record, ...] = ()
    custom_fields: tuple[Record, ...] = ()


@dataclass(frozen=True, slots=True)
class Configuration:
    """A whole file."""

    desk: Desk
    modules: dict[str, bool]
    connections: tuple[Record, ...]
    sso_connections: tuple[Record, ...]
