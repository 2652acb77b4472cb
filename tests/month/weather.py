"""What goes wrong, from when until when: each spell is a fault or a lost permission."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from connections import credentials
from imports import ended
from simulator.contract import DEFAULT_PERMISSIONS
from tests.imports.leaving import EMPTY

if TYPE_CHECKING:
    from random import Random

    from tests.month.ground import Ground

GRAPH, PEOPLE = "/v1.0/", "/v1.0/users([?]|/delta)"
NO_GROUPS = ("User.Read.All", "Organization.Read.All")
LONG = 900
"""Seconds: as long as Microsoft ever asks to wait."""


@dataclass(frozen=True, slots=True)
class Spell:
    """One thing that goes wrong for a while, in half hours."""

    name: str
    begins: int
    lasts: int
    rules: tuple[dict[str, Any], ...] = ()
    application: dict[str, Any] = field(default_factory=dict)
    is_silent: bool = False
    """Nothing ticks: beat is down."""
    kills: float | None = None
    """The next run's worker is killed at this share of the run."""

    @property
    def ends(self) -> int:
        """The half hour in which all is well again."""
        return self.begins + self.lasts


def draw(random: Random, begins: int) -> Spell:
    """Return something that goes wrong from this half hour on."""
    name = random.choice(list(HOURS))
    shortest, longest = HOURS[name]
    lasts = random.randint(2 * shortest, 2 * longest)
    spell = Spell(name, begins, lasts, tuple(_rules(name, random)))
    match name:
        case "secret expired":
            return _with(spell, application={"secret_expired": True})
        case "consent revoked":
            return _with(spell, application={"permissions": []})
        case "no permission for groups":
            return _with(spell, application={"permissions": list(NO_GROUPS)})
        case "beat silent":
            return _with(spell, is_silent=True)
        case "worker killed":
            return _with(spell, kills=random.random())
        case _:
            return spell


HOURS: dict[str, tuple[int, int]] = {
    "throttled": (2, 6),
    "throttled for hours": (3, 6),
    "Graph down": (3, 12),
    "connections drop": (4, 12),
    "answers cut off": (4, 12),
    "token expires": (4, 8),
    "token refused": (4, 8),
    "410": (6, 12),
    "secret expired": (6, 30),
    "consent revoked": (4, 12),
    "no permission for groups": (4, 12),
    "a group unreadable": (6, 24),
    "a group reads as empty": (6, 24),
    "broken pages": (4, 8),
    "look-ups fail": (6, 24),
    "beat silent": (8, 14),
    "worker killed": (4, 5),
}
"""What may go wrong, and for how many hours at least and at most."""


def _rules(name: str, random: Random) -> list[dict[str, Any]]:
    skip = random.choice((0, 1, 2, 4))
    group = random.choice(("Group-1", "York", "Team", "Agents", "Board"))
    members = f"{{{group}}}/members"
    found: dict[str, list[dict[str, Any]]] = {
        **WIRE,
        "throttled": [
            {"path": GRAPH, "retry_after": random.choice((5, 60, LONG)), "times": 4}
        ],
        "connections drop": [{"path": GRAPH, "drop": True, "times": 6, "skip": skip}],
        "answers cut off": [
            {"path": GRAPH, "truncate": True, "times": 3, "skip": skip}
        ],
        "token refused": [{"path": GRAPH, "status": 401, "times": 1, "skip": skip}],
        "a group unreadable": [{"path": members, "status": 403}],
        "a group reads as empty": [{"path": members, **EMPTY}],
        "broken pages": [{"path": PEOPLE, "malformed": random.choice(BROKEN)}],
    }
    return found.get(name, [])


BROKEN = ("value_not_list", "broken_json")
WIRE: dict[str, list[dict[str, Any]]] = {
    "throttled for hours": [{"path": GRAPH, "throttle": True, "retry_after": LONG}],
    "Graph down": [{"path": GRAPH, "status": 503}],
    # Waits of nearly an hour: no token outlives two of them.
    "token expires": [
        {"path": PEOPLE, "retry_after": 3500, "times": 1},
        {"path": "/v1.0/groups", "retry_after": 3500, "times": 2, "skip": 1},
    ],
    "410": [{"path": r"\$deltatoken=(?!latest)", "status": 410}],
    "look-ups fail": [
        {"path": r"/v1.0/users/[0-9a-f-]{36}[?]|/deletedItems/", "status": 403}
    ],
}
"""What goes wrong always in the same way."""


def _with(spell: Spell, **columns: Any) -> Spell:
    return Spell(spell.name, spell.begins, spell.lasts, spell.rules, **columns)


@dataclass(slots=True)
class Sky:
    """The spells that are in force."""

    ground: Ground
    spells: list[Spell] = field(default_factory=list)
    secrets: int = 0

    @property
    def is_silent(self) -> bool:
        """Whether nothing ticks."""
        return any(spell.is_silent for spell in self.spells)

    def killed(self) -> float | None:
        """Return at which share the next run is to be killed, and kill no other."""
        for spell in self.spells:
            if spell.kills is not None:
                self.spells.remove(spell)
                return spell.kills
        return None

    def begin(self, spell: Spell) -> None:
        """Let something go wrong, unless it does already."""
        if spell.name not in {one.name for one in self.spells}:
            self.spells.append(spell)
            self.resume()

    def pass_on(self, slot: int) -> None:
        """End what has lasted; somebody mends what only people can mend."""
        over = [spell for spell in self.spells if spell.ends <= slot]
        if not over:
            return
        self.spells = [spell for spell in self.spells if spell.ends > slot]
        self.resume()
        for spell in over:
            self._mended(spell)

    def clear(self) -> None:
        """End everything."""
        self.pass_on(1 << 30)

    def pause(self) -> None:
        """Let nothing go wrong for a moment."""
        self.ground.admin.clear_faults()
        self._permit({})

    def resume(self) -> None:
        """Put in force what is to go wrong."""
        self.pause()
        application: dict[str, Any] = {}
        for spell in self.spells:
            application |= spell.application
            for rule in spell.rules:
                named = {"tenant_id": self.ground.tenant, **rule}
                named["path"] = self._path(rule["path"])
                self.ground.admin.fault(**named)
        self._permit(application)

    def _path(self, path: str) -> str:
        """Return a path with groups by their ids."""
        for name, group in self.ground.ids.items():
            path = path.replace(f"{{{name}}}", str(group))
        return path

    def _permit(self, changed: dict[str, Any]) -> None:
        tenant = self.ground.desk.tenant
        well = {"secret_expired": False, "permissions": list(DEFAULT_PERMISSIONS)}
        self.ground.admin.set_application(
            tenant.tenant_id, tenant.application_id, **{**well, **changed}
        )

    def _mended(self, spell: Spell) -> None:
        """Do what somebody does who mends it, as the pages do."""
        connection = self.ground.desk.connection
        if spell.name == "secret expired":
            self.secrets += 1
            secret = f"renewed-{self.secrets}-{self.ground.desk.tenant.secret}"
            tenant = self.ground.desk.tenant
            self.ground.admin.set_application(
                tenant.tenant_id, tenant.application_id, secret=secret
            )
            credentials.add(connection.registration, secret)
            ended.retry_now(connection.pk)
        if spell.name == "consent revoked":
            ended.retry_now(connection.pk)
