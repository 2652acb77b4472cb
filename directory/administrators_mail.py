"""Mail to all administrators; sent by workers, or from a shell."""

from __future__ import annotations

import logging

from django.core.mail import EmailMessage

from directory.rights import administrators

logger = logging.getLogger(__name__)


def tell(subject: str, text: str) -> None:
    """Mail it to every administrator with an address.

    A mail server that does not answer is logged: whoever waits need not know.
    """
    named = administrators().exclude(email="").values_list("email", flat=True)
    try:
        EmailMessage(subject, text, to=sorted(set(named))).send()
    except OSError:  # SMTPException is one
        logger.exception("Administrators were not told: %s", subject)
