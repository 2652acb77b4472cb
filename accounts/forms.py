"""Forms in front of the door: sign in, set a password, prove a second factor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm
from allauth.core import context
from allauth.mfa import adapter as factors
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.utils import decrypt, encrypt
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm
from django.contrib.auth import forms as passwords

from common import keys

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest, HttpResponse

    from accounts.models import Account

AT_LOCAL = "at_local"
"""Where a session keeps who gave the right password at `/auth/local`."""
RULES = (
    "At least 12 characters. Not a common password, not only digits, "
    "and not much like your address."
)


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no stubs
    """Address and password; any spelling of the address is the same account."""

    is_break_glass = False

    def __init__(self, *args: Any, **options: Any) -> None:
        """Say what is asked for in our words."""
        super().__init__(*args, **options)
        self.fields["login"].label = "E-mail address"
        _without_placeholders(self)

    def clean_login(self) -> str:
        """Return the address as accounts are named."""
        return keys.key(self.cleaned_data["login"])

    def login(
        self, request: HttpRequest, redirect_url: str | None = None
    ) -> HttpResponse:
        """Go on to the second factor, or in, and note at which page that was."""
        account: Account = self.user
        request.session[AT_LOCAL] = account.pk if self.is_break_glass else None
        response: HttpResponse = super().login(request, redirect_url=redirect_url)
        return response


class BreakGlassForm(SignInForm):
    """Lets in only accounts that may sign in although Microsoft is required."""

    is_break_glass = True

    def clean(self) -> Any:
        """Answer for every other account as for a wrong password."""
        cleaned = super().clean()
        if self.user and not self.user.may_sign_in_locally:
            raise get_adapter().validation_error("username_password_mismatch")
        return cleaned


class NewPasswordForm(passwords.SetPasswordForm):  # type: ignore[type-arg]  # not at run time
    """A new password, twice."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Say the rules in one sentence."""
        super().__init__(*args, **options)
        _in_our_words(self)


class ChangePasswordForm(passwords.PasswordChangeForm):
    """The password so far, and the new one twice."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Say the rules in one sentence."""
        super().__init__(*args, **options)
        self.fields["old_password"].label = "Password so far"
        _in_our_words(self)


class PasskeyForm(AuthenticateWebAuthnForm):  # type: ignore[misc]  # allauth has no stubs
    """A passkey at sign-in; a wrong one is told of, as a wrong code is."""

    def clean_credential(self) -> Authenticator:
        """Refuse what no browser sends, where django-allauth fails on it."""
        try:
            return super().clean_credential()
        except (KeyError, AttributeError, TypeError) as exc:
            raise factors.get_adapter().validation_error("incorrect_code") from exc

    def clean(self) -> Any:
        """Send the signal where the passkey was not accepted."""
        cleaned = super().clean()
        if self.errors:
            authentication_failed.send(
                sender=Authenticator,
                request=context.request,
                user=self.user,
                authenticator=None,
                reauthentication=False,
            )
        return cleaned


class ActivateAppForm(ActivateTOTPForm):  # type: ignore[misc]  # allauth has no stubs
    """Sets up an authenticator app; the session keeps its secret encrypted."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Open the session's secret for the moment in which the form reads it."""
        session = context.request.session
        if stored := session.get(SECRET_SESSION_KEY):
            session[SECRET_SESSION_KEY] = decrypt(stored)
        super().__init__(*args, **options)
        session[SECRET_SESSION_KEY] = encrypt(self.secret)
        _without_placeholders(self)


def _in_our_words(form: forms.Form) -> None:
    form.fields["new_password1"].help_text = RULES
    form.fields["new_password2"].label = "New password again"
    form.fields["new_password2"].help_text = ""


def _without_placeholders(form: forms.Form) -> None:
    """Take away words that vanish when one types; the label says it already."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
