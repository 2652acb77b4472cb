"""The words a mapping is made of; models, rules and the configuration file share
them. Free of Django."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """The two kinds of records that people become."""

    USERS = "users"
    AGENTS = "agents"


class WhenEmpty(StrEnum):
    """What an empty source does to a filled field (AM-19)."""

    KEEP = "keep"
    CLEAR = "clear"


class Apply(StrEnum):
    """When a field mapping writes (AM-19)."""

    ALWAYS = "always"
    NEW_ONLY = "new_only"
    IF_EMPTY = "if_empty"


class MappingType(StrEnum):
    """The two types of site mapping (R093, R103)."""

    EXISTING_SITE = "existing_site"
    ORGANISATION_BY_FIELD = "organisation_by_field"


class Combine(StrEnum):
    """How the criteria of a mapping are joined (AM-20)."""

    ALL = "all"
    ANY = "any"


class Operator(StrEnum):
    """How a criterion compares (AM-25). Each negative one is the exact negation."""

    EQUALS = "equals"
    NOT_EQUALS = "not_equals"
    CONTAINS = "contains"
    NOT_CONTAINS = "not_contains"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    IN = "in"
    NOT_IN = "not_in"
    IS_EMPTY = "is_empty"
    IS_NOT_EMPTY = "is_not_empty"


class Policy(StrEnum):
    """What is done to the record of somebody who leaves (AM-29)."""

    LEAVE = "leave"
    FLAG = "flag"
    DEACTIVATE = "deactivate"
