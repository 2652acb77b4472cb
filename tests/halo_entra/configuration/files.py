"""Configuration files for tests: the sample, and small ones around one connection."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from halo_entra.configuration.apply import Applied, apply
from halo_entra.configuration.problems import ConfigurationInvalid

if TYPE_CHECKING:
    from simulator.contract import TenantInfo

SAMPLE = Path(__file__).parents[2] / "samples" / "example.yaml"
DESK = """\
version: 1
organisations:
  - {name: Contoso, sites: [London, Leeds]}
  - {name: Fabrikam, sites: [Oslo]}
user_roles: [Standard User]
agent_roles: [{name: Administrator, administrator: true}, Analyst]
teams: [Service Desk]
change_advisory_boards: [Infrastructure CAB]
custom_fields: [{name: badge, kind: choice, choices: [Red, Blue]}]
"""
TENANT = """\
connections:
  - name: Contoso
    tenant_id: 11111111-1111-1111-1111-111111111111
    application_id: 22222222-2222-2222-2222-222222222222
    client_secret: {env: CONTOSO_SECRET}
    authorisation: delegated
"""
SIGN_IN = """\
sso_connections:
  - name: Default
    tenant_id: 11111111-1111-1111-1111-111111111111
    application_id: 44444444-4444-4444-4444-444444444444
    client_secret: {env: SSO_SECRET}
"""


def tenant(rows: str) -> str:
    """Return a file with the desk and one connection that has these rows."""
    return DESK + TENANT + textwrap.indent(rows, "    ")


def asking(info: TenantInfo, rows: str) -> str:
    """Return such a file for a tenant that can be asked."""
    connection = textwrap.dedent(f"""\
        connections:
          - name: Contoso
            cloud: custom
            tenant_id: {info.tenant_id}
            application_id: {info.application_id}
            client_secret: {{env: CONTOSO_SECRET}}
    """)
    return DESK + connection + textwrap.indent(rows, "    ")


def sign_in(rows: str) -> str:
    """Return a file with the desk and one sign-in connection that has these rows."""
    return DESK + SIGN_IN + textwrap.indent(rows, "    ")


@dataclass(frozen=True, slots=True)
class Files:
    """A folder whose files are applied."""

    folder: Path

    def write(self, text: str) -> Path:
        """Return a file with this text."""
        path = self.folder / "desk.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    def apply(self, text: str) -> Applied:
        """Apply a file with this text."""
        return apply(self.write(text), keep=True)

    def refused(self, text: str) -> list[str]:
        """Return the lines with which a file is refused, without its name."""
        path = self.write(text)
        with pytest.raises(ConfigurationInvalid) as caught:
            apply(path, keep=True)
        return str(caught.value).replace(f"{path}:", "").splitlines()

    def refusal(self, text: str) -> str:
        """Return the one line with which a file is refused."""
        [line] = self.refused(text)
        return line

    def refusal_of(self, path: Path) -> str:
        """Return the text with which a file is refused."""
        with pytest.raises(ConfigurationInvalid) as caught:
            apply(path, keep=True)
        return str(caught.value)
