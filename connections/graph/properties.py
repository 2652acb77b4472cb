"""The properties of Graph's `user` that we may ask for, and what each of them holds.

From the v1.0 metadata of August 2026. `id` is not among them: it is read always.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum


class Kind(StrEnum):
    """What a property holds; any of them may be empty."""

    TEXT = "text"
    BOOLEAN = "boolean"
    NUMBER = "number"
    DATE = "date"
    TEXTS = "texts"
    """A list of text."""
    OBJECT = "object"
    OBJECTS = "objects"
    """A list of objects."""
    EXTENSION = "extension"
    """A directory extension: text, boolean, number or a list of text."""


_NAMES = {
    Kind.TEXT: """
        ageGroup city companyName consentProvidedForMinor country creationType
        department displayName employeeId employeeType externalUserState faxNumber
        givenName identityParentId jobTitle legalAgeGroupClassification mail
        mailNickname mobilePhone officeLocation onPremisesDistinguishedName
        onPremisesDomainName onPremisesImmutableId onPremisesSamAccountName
        onPremisesSecurityIdentifier onPremisesUserPrincipalName passwordPolicies
        postalCode preferredDataLocation preferredLanguage securityIdentifier state
        streetAddress surname usageLocation userPrincipalName userType
    """,
    Kind.BOOLEAN: """
        accountEnabled isManagementRestricted isResourceAccount onPremisesSyncEnabled
        showInAddressList
    """,
    Kind.NUMBER: "deviceEnrollmentLimit",
    Kind.DATE: """
        createdDateTime deletedDateTime employeeHireDate employeeLeaveDateTime
        externalUserStateChangeDateTime lastPasswordChangeDateTime
        onPremisesLastSyncDateTime signInSessionsValidFromDateTime
    """,
    Kind.TEXTS: "businessPhones imAddresses otherMails proxyAddresses",
}

SOURCES: Mapping[str, Kind] = {
    name: held for held, names in _NAMES.items() for name in names.split()
}
"""What a field mapping or a criterion may name, as it stands."""

STRUCTURES: Mapping[str, Kind] = {
    "onPremisesExtensionAttributes": Kind.OBJECT,
    "employeeOrgData": Kind.OBJECT,
    "assignedLicenses": Kind.OBJECTS,
    "licenseAssignmentStates": Kind.OBJECTS,
    "identities": Kind.OBJECTS,
}
"""What we read for what is inside it; `extensionAttribute1` is in the first."""

NOT_IN_LISTS = frozenset(
    {
        "aboutMe",
        "birthday",
        "hireDate",
        "interests",
        "mailboxSettings",
        "mySite",
        "pastProjects",
        "preferredName",
        "responsibilities",
        "schools",
        "skills",
    }
)
"""User properties outside the directory: Graph answers a list that asks with 501."""

EXTENSION = re.compile(r"extension_[0-9a-fA-F]{32}_[A-Za-z0-9_]{1,200}")


def kind(name: str) -> Kind | None:
    """Return what the property holds; None if there is none that we may ask for."""
    if EXTENSION.fullmatch(name):
        return Kind.EXTENSION
    return SOURCES.get(name) or STRUCTURES.get(name)
