"""The Graph properties of a seeded person, one small function each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from simulator import names, schema
from simulator.clock import graph_time
from simulator.people import Kind, Oddity, Person

Reader = Callable[[Person], Any]

_FOUNDED = 1_577_836_800  # 2020-01-01
_OUTSIDE = (Kind.GUEST, Kind.EXTERNAL_MEMBER)
_NO_HUMAN = (Kind.ROOM, Kind.SERVICE)


def _is_human(person: Person) -> bool:
    return person.kind not in _NO_HUMAN


def _given(person: Person) -> str | None:
    return person.given if _is_human(person) else None


def _surname(person: Person) -> str | None:
    return person.surname if _is_human(person) else None


def _display_name(person: Person) -> str:
    if person.kind is Kind.ROOM:
        return f"Room {person.surname} {person.number}"
    if person.kind is Kind.SERVICE:
        return f"svc-{person.slug}"
    match person.oddity:
        case Oddity.LONG_NAME:
            return f"{person.given} {'von und zu ' * 24}{person.surname}"[:256]
        case Oddity.MARKUP:
            return f"<script>alert({person.number})</script> & {person.surname}"
        case Oddity.SAME_NAME:
            return "Alex Morgan"
        case Oddity.RIGHT_TO_LEFT:
            return f"\u202eمحمد\u202c {person.surname}"
        case Oddity.BARE:
            return "Alex Morgan"
    return f"{person.given} {person.surname}"


def _home(person: Person) -> str:
    return names.HOME_DOMAIN[person.bits >> 20 & 3]


def _nickname(person: Person) -> str:
    if person.kind in _OUTSIDE:
        return f"{person.slug}_{_home(person)}#EXT#"
    prefix = {Kind.ROOM: "room-", Kind.SERVICE: "svc-"}.get(person.kind, "")
    return prefix + person.slug


def _upn(person: Person) -> str:
    return f"{_nickname(person)}@{person.domain}"


def _mail(person: Person) -> str | None:
    if person.oddity in (Oddity.NO_MAIL, Oddity.BARE) or person.kind is Kind.SERVICE:
        return None
    if person.kind in _OUTSIDE:
        return f"{person.slug}@{_home(person)}"
    return _upn(person)


def _proxies(person: Person) -> list[str]:
    mail = _mail(person)
    if mail is None:
        return []
    if person.kind in _OUTSIDE:
        return [f"SMTP:{mail}"]
    return [f"SMTP:{mail}", f"smtp:{person.slug}.old@{person.domain}"]


def _user_type(person: Person) -> str | None:
    if person.oddity is Oddity.NO_TYPE:
        return None
    return "Guest" if person.kind is Kind.GUEST else "Member"


def _enabled(person: Person) -> bool:
    return person.kind in (Kind.STAFF, *_OUTSIDE)


def _works_here(person: Person) -> bool:
    return person.kind not in (*_OUTSIDE, *_NO_HUMAN) and (
        person.oddity is not Oddity.BARE
    )


def department(person: Person) -> str | None:
    """Return the department; outsiders and rooms have none."""
    return names.DEPARTMENT[person.bits >> 8 & 7] if _works_here(person) else None


def office(person: Person) -> str | None:
    """Return the office location; blank for some."""
    if person.kind in _OUTSIDE or person.oddity is Oddity.BARE:
        return None
    return names.OFFICE[person.bits >> 12 & 7][0]


def _city(person: Person) -> str | None:
    return names.OFFICE[person.bits >> 12 & 7][1] if _works_here(person) else None


def _job(person: Person) -> str | None:
    return names.JOB[person.bits >> 16 & 7] if _works_here(person) else None


def _phones(person: Person) -> list[str]:
    if not _works_here(person) or person.bits >> 24 & 3 == 0:
        return []
    return [f"+44 20 7946 {person.bits >> 26 & 0x1FFF:04d}"]


def _mobile(person: Person) -> str | None:
    if not _works_here(person) or person.bits >> 40 & 1:
        return None
    return f"+44 7700 {900000 + (person.bits >> 41 & 0xFFFF)}"


def _created(person: Person) -> str:
    return graph_time(_FOUNDED + (person.bits >> 32 & 0x7FFFFFF))


def _staff_number(person: Person) -> str | None:
    return f"E{person.number:07d}" if _works_here(person) else None


def _extension_attributes(person: Person) -> dict[str, str | None]:
    attributes: dict[str, str | None] = {
        f"extensionAttribute{place}": None for place in range(1, 16)
    }
    if _works_here(person):
        attributes["extensionAttribute1"] = f"B-{person.bits >> 44 & 0xFFFF:05d}"
        attributes["extensionAttribute2"] = f"CC-{100 + (person.bits >> 48 & 63)}"
    return attributes


def _organisation_data(person: Person) -> dict[str, str] | None:
    if not _works_here(person):
        return None
    cost_centre = f"CC-{100 + (person.bits >> 48 & 63)}"
    return {"costCenter": cost_centre, "division": "Services"}


def _identities(person: Person) -> list[dict[str, str]]:
    kind = "federated" if person.kind in _OUTSIDE else "userPrincipalName"
    issued = _mail(person) if person.kind in _OUTSIDE else _upn(person)
    return [
        {
            "signInType": kind,
            "issuer": "ExternalAzureAD" if kind == "federated" else person.domain,
            "issuerAssignedId": issued or "",
        }
    ]


def _when(condition: Callable[[Person], bool], value: Any) -> Reader:
    return lambda person: value if condition(person) else None


def _is_invited(person: Person) -> bool:
    return person.kind is Kind.GUEST


READERS: Mapping[str, Reader] = {
    "accountEnabled": _enabled,
    "displayName": _display_name,
    "givenName": _given,
    "surname": _surname,
    "userPrincipalName": _upn,
    "mailNickname": _nickname,
    "mail": _mail,
    "proxyAddresses": _proxies,
    "businessPhones": _phones,
    "mobilePhone": _mobile,
    "jobTitle": _job,
    "department": department,
    "companyName": _when(_works_here, "Invented Holdings"),
    "officeLocation": office,
    "employeeId": _staff_number,
    "employeeType": _when(_works_here, "Employee"),
    "employeeHireDate": _when(_works_here, "2021-04-01T00:00:00Z"),
    "employeeOrgData": _organisation_data,
    "city": _city,
    "country": _when(_works_here, "United Kingdom"),
    "usageLocation": _when(_is_human, "GB"),
    "preferredLanguage": _when(_works_here, "en-GB"),
    "userType": _user_type,
    "creationType": _when(_is_invited, "Invitation"),
    "externalUserState": _when(_is_invited, "Accepted"),
    "externalUserStateChangeDateTime": _when(_is_invited, "2024-02-05T09:00:00Z"),
    "identities": _identities,
    "onPremisesExtensionAttributes": _extension_attributes,
    "createdDateTime": _created,
    "lastPasswordChangeDateTime": _created,
    "signInSessionsValidFromDateTime": _created,
}


def reader(name: str) -> Reader:
    """Return how to read a property of a seeded person; never-set ones are empty."""
    known = READERS.get(name)
    if known is not None:
        return known
    value = schema.empty("user", name)
    return lambda _person: value


def readers(select: Sequence[str]) -> list[tuple[str, Reader]]:
    """Return the readers of these properties, for reading many people; not the id."""
    return [(name, reader(name)) for name in select if name != "id"]
