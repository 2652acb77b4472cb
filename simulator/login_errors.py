"""What the identity platform refuses, by its AADSTS number."""

from __future__ import annotations


class LoginError(Exception):
    """A request that the identity platform refuses, with its AADSTS number."""

    def __init__(
        self,
        number: int,
        error: str,
        message: str,
        *,
        status: int = 400,
        **more: str,
    ) -> None:
        """Keep what the answer will say; `more`: its further fields."""
        super().__init__(message)
        self.number = number
        self.error = error
        self.status = status
        self.more = more
