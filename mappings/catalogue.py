"""Which properties of Entra may be mapped or compared, and into which fields.

`value` reads one source of a person; a property that was not read is UNKNOWN, which
is not empty. Free of Django.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Final, TypeAlias

from common.keys import tidy
from common.types import Json
from mappings.properties import PROPERTIES
from mappings.rules import FieldRule, RuleSet
from mappings.words import Kind

Properties: TypeAlias = Mapping[str, Json]


class Unknown(Enum):
    """The one value of a property that was not read."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN

MANAGER: Final = "manager"
"""A link to a person; managers come in a second pass (AM-18)."""

USER_TARGETS: Final[Mapping[str, str]] = {
    "name": "Name",
    "first_name": "First Name",
    "last_name": "Surname",
    "email": "Email Address",
    "network_login": "Network Login",
    "job_title": "Job Title",
    "department": "Department",
    "phone": "Phone",
    "mobile": "Mobile",
    MANAGER: "Manager",
}
AGENT_TARGETS: Final[Mapping[str, str]] = {
    "name": "Name",
    "first_name": "First Name",
    "last_name": "Surname",
    "email": "Email Address",
    "ad_login": "AD Login",
    "job_title": "Job Title",
    "mobile": "Mobile",
}
TARGETS: Final[Mapping[Kind, Mapping[str, str]]] = {
    Kind.USERS: USER_TARGETS,
    Kind.AGENTS: AGENT_TARGETS,
}
"""The fields that may be filled, with their labels; users have custom ones too."""
CUSTOM: Final = "custom."

DEFAULT_USER_FIELDS: Final = (
    FieldRule("displayName", "name"),
    FieldRule("givenName", "first_name"),
    FieldRule("surname", "last_name"),
    FieldRule("mail_or_upn", "email"),
    FieldRule("userPrincipalName", "network_login"),
    FieldRule("jobTitle", "job_title"),
    FieldRule("first_business_phone", "phone"),
    FieldRule("mobilePhone", "mobile"),
    FieldRule("department", "department"),
)
DEFAULT_AGENT_FIELDS: Final = (
    FieldRule("displayName", "name"),
    FieldRule("givenName", "first_name"),
    FieldRule("surname", "last_name"),
    FieldRule("mail", "email"),
    FieldRule("userPrincipalName", "ad_login"),
    FieldRule("jobTitle", "job_title"),
    FieldRule("mobilePhone", "mobile"),
)
DEFAULTS: Final[Mapping[Kind, tuple[FieldRule, ...]]] = {
    Kind.USERS: DEFAULT_USER_FIELDS,
    Kind.AGENTS: DEFAULT_AGENT_FIELDS,
}
"""What a new connection maps (R077)."""

_ALWAYS = ("accountEnabled", "userPrincipalName", "userType")
_LICENCES = ("assignedLicenses", "licenseAssignmentStates")
_EXTENSION_ATTRIBUTES = "onPremisesExtensionAttributes"
_ATTRIBUTE = {f"extensionAttribute{number}" for number in range(1, 16)}
_DIRECTORY_EXTENSION = re.compile(r"extension_[0-9a-fA-F]{32}_\w+")


def is_blank(found: Json) -> bool:
    """Return whether a value is empty: null, nothing but spaces, or a list of such."""
    if isinstance(found, str):
        return not found or found.isspace()
    if isinstance(found, list):
        return all(is_blank(one) for one in found)
    return found is None


def first(found: Json) -> Json:
    """Return the first value of a list that is not empty; what is no list, as it is."""
    if isinstance(found, list):
        return next((one for one in found if not is_blank(one)), None)
    return found


def as_text(found: Json) -> str:
    """Return a value as text is stored: trimmed; of a list, its first; empty: ""."""
    if isinstance(found, str):
        return tidy(found)
    if isinstance(found, list):
        return as_text(first(found))
    if isinstance(found, bool):
        return "true" if found else "false"
    return "" if found is None else tidy(str(found))


def single(source: str, properties: Properties) -> Json | Unknown:
    """Return what a field that holds one value gets from `source` (R087)."""
    found = value("primary_smtp" if source == "proxyAddresses" else source, properties)
    return first(found) if isinstance(found, list) else found


def value(source: str, properties: Properties) -> Json | Unknown:
    """Return what a person has in `source`; UNKNOWN if it was not read."""
    read = _READERS.get(source)
    return properties.get(source, UNKNOWN) if read is None else read(properties)


def is_source(name: str) -> bool:
    """Return whether `name` may be the source of a field mapping."""
    return name == MANAGER or (_is_readable(name) and name not in _CRITERIA_ONLY)


def is_criterion_field(name: str) -> bool:
    """Return whether a criterion may compare `name`."""
    return _is_readable(name)


def label(source: str) -> str:
    """Return the name under which people find a source: the "Azure field"."""
    if source == MANAGER:
        return "Manager"
    if source in _ATTRIBUTE:
        return f"Extension Attribute {source.removeprefix('extensionAttribute')}"
    return PROPERTIES.get(source) or _DERIVED_LABELS.get(source) or source


def needed(rules: RuleSet) -> tuple[str, ...]:
    """Return the Graph properties to select for those whom a mapping selects."""
    fields = [*rules.user_fields, *rules.agent_fields]
    sources = (one.source for one in fields)
    return _graph_names([*deciding(rules), "displayName", *sources])


def deciding(rules: RuleSet) -> tuple[str, ...]:
    """Return the Graph properties that selection itself reads, and what people hold
    where licences are imported: whoever is no longer selected may hold less."""
    filters = [one.filter for one in rules.site_rules]
    filters += [one.filter for one in rules.agent_rules]
    criteria = (one.field for filter_ in filters for one in filter_.criteria)
    fields = (one.field for one in rules.site_rules if one.organisation)
    licences = _LICENCES if rules.licences_into is not None else ()
    return _graph_names([*_ALWAYS, *criteria, *fields, *licences])


def needs_manager(rules: RuleSet) -> bool:
    """Return whether a mapping asks for people's managers."""
    return any(one.source == MANAGER for one in rules.user_fields)


def _is_readable(name: str) -> bool:
    return (
        name in PROPERTIES
        or name in _READERS
        or _DIRECTORY_EXTENSION.fullmatch(name) is not None
    )


def _graph_names(sources: Iterable[str]) -> tuple[str, ...]:
    names: set[str] = set()
    for source in sources:
        names.update(_READ_FROM.get(source, (source,)))
    return tuple(sorted(names))


def _enabled(properties: Properties) -> Json | Unknown:
    # Entra leaves it null on some old objects, which can sign in.
    found = properties.get("accountEnabled", UNKNOWN)
    return True if found is None else found


def _mail_or_upn(properties: Properties) -> Json | Unknown:
    mail = properties.get("mail", UNKNOWN)
    if mail is UNKNOWN or not is_blank(mail):
        return mail
    return properties.get("userPrincipalName", UNKNOWN)


def _first_business_phone(properties: Properties) -> Json | Unknown:
    phones = properties.get("businessPhones", UNKNOWN)
    return phones if phones is UNKNOWN else first(phones)


def _primary_smtp(properties: Properties) -> Json | Unknown:
    addresses = properties.get("proxyAddresses", UNKNOWN)
    if not isinstance(addresses, list):
        return addresses
    # The primary address has its scheme in capitals, the others in small letters.
    primary = (one[5:] for one in addresses if str(one).startswith("SMTP:"))
    return next(primary, None)


def _upn_prefix(properties: Properties) -> Json | Unknown:
    upn = properties.get("userPrincipalName", UNKNOWN)
    return upn.partition("@")[0] if isinstance(upn, str) else upn


def _has(name: str) -> Callable[[Properties], Json | Unknown]:
    def read(properties: Properties) -> Json | Unknown:
        found = properties.get(name, UNKNOWN)
        return found if found is UNKNOWN else not is_blank(found)

    return read


def _extension_attribute(name: str) -> Callable[[Properties], Json | Unknown]:
    def read(properties: Properties) -> Json | Unknown:
        found = properties.get(_EXTENSION_ATTRIBUTES, UNKNOWN)
        return found.get(name) if isinstance(found, dict) else found

    return read


_READERS: Final[Mapping[str, Callable[[Properties], Json | Unknown]]] = {
    "accountEnabled": _enabled,
    "mail_or_upn": _mail_or_upn,
    "first_business_phone": _first_business_phone,
    "primary_smtp": _primary_smtp,
    "upn_prefix": _upn_prefix,
    "has_licence": _has("assignedLicenses"),
    "has_mail": _has("mail"),
    **{name: _extension_attribute(name) for name in sorted(_ATTRIBUTE)},
}
_DERIVED_LABELS: Final[Mapping[str, str]] = {
    "mail_or_upn": "Mail, else User Principal Name",
    "first_business_phone": "First Business Phone",
    "primary_smtp": "Primary SMTP Address",
    "upn_prefix": "User Principal Name before the @",
    "has_licence": "Has a Licence",
    "has_mail": "Has Mail",
}
_CRITERIA_ONLY = frozenset({"has_licence", "has_mail"})
_READ_FROM: Final[Mapping[str, tuple[str, ...]]] = {
    MANAGER: (),
    "mail_or_upn": ("mail", "userPrincipalName"),
    "first_business_phone": ("businessPhones",),
    "primary_smtp": ("proxyAddresses",),
    "upn_prefix": ("userPrincipalName",),
    "has_licence": ("assignedLicenses",),
    "has_mail": ("mail",),
    **dict.fromkeys(_ATTRIBUTE, (_EXTENSION_ATTRIBUTES,)),
}
