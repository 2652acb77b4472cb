"""The values behind `{env: …}` and `{file: …}`.

They are read once, before anything is written, and go nowhere but to the encrypted
column and the sign-in host.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509

from connections.models import CredentialKind
from halo_entra import env
from halo_entra.configuration.entries import CredentialEntry, Record, Source
from halo_entra.configuration.problems import Problems, Wrong
from halo_entra.configuration.readers import GUID

LARGEST = 64 * 1024
SECRET_ID = (
    "This looks like a Secret ID, not a secret: Entra shows the Value in the other "
    "column, once, when the secret is made."
)


@dataclass(frozen=True, slots=True)
class Value:
    """What a credential is made of."""

    text: str = field(repr=False)
    certificate: str = ""


@dataclass(slots=True)
class Secrets:
    """The values of the file's credentials; `folder` is where the file lies."""

    folder: Path
    _values: dict[CredentialEntry, Value] = field(default_factory=dict, repr=False)

    def value(self, entry: CredentialEntry) -> Value:
        """Return the value of a credential that `read` has read."""
        return self._values[entry]

    def read(self, records: tuple[Record, ...], problems: Problems) -> None:
        """Read the credentials of connections; what cannot be read is noted."""
        for record in records:
            for entry in record.given.get("credentials", ()):
                with problems.caught():
                    self._values[entry] = self._read(entry, problems)

    def _read(self, entry: CredentialEntry, problems: Problems) -> Value:
        text = self._text(entry.value)
        if entry.kind is CredentialKind.SECRET and GUID.fullmatch(text):
            problems.warn(entry.place, SECRET_ID)
        if entry.certificate is None:
            return Value(text)
        certificate = self._text(entry.certificate)
        try:
            x509.load_pem_x509_certificate(certificate.encode())
        except ValueError:
            raise Wrong(
                entry.certificate.place, "This is no PEM certificate."
            ) from None
        if "PRIVATE KEY" not in text:
            raise Wrong(entry.value.place, "This is no private key in PEM.")
        return Value(text, certificate)

    def _text(self, source: Source) -> str:
        text = self._file(source) if source.kind == "file" else env.named(source.name)
        if not text and source.kind == "env":
            shown = f" {source.name}" if source.name.isupper() else ""
            raise Wrong(source.place, f"The environment variable{shown} is not set.")
        if not text:
            raise Wrong(source.place, "The file named here is empty.")
        return text

    def _file(self, source: Source) -> str:
        """Return a file's text; its path may be relative to the configuration."""
        try:
            content = (self.folder / source.name).read_bytes()
            if len(content) > LARGEST:
                raise Wrong(source.place, "The file named here is larger than 64 kB.")
            return content.decode("utf-8-sig").strip()
        except UnicodeDecodeError:
            raise Wrong(source.place, "The file named here is no text.") from None
        except (OSError, ValueError) as exc:
            reason = exc.strerror if isinstance(exc, OSError) else "odd path"
            raise Wrong(
                source.place, f"The file named here cannot be read: {reason}."
            ) from None
