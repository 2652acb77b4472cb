"""What the sign-in host's refusals mean, in words that say what to mend.

Microsoft asks not to depend on AADSTS numbers, so they choose words only: whether a
refusal passes is decided by the HTTP status, and an unknown number is reason `other`.
https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes
"""

from __future__ import annotations

from collections.abc import Mapping

from connections.graph.errors import SignInReason, SignInRefused, tidy_code, trace

R = SignInReason

REASONS: Mapping[int, SignInReason] = {
    7000215: R.WRONG_SECRET,
    7000222: R.SECRET_EXPIRED,
    7000218: R.NO_CREDENTIAL,
    7000216: R.NO_CREDENTIAL,
    700021: R.WRONG_CERTIFICATE,
    700023: R.WRONG_CERTIFICATE,
    700024: R.WRONG_CERTIFICATE,
    700027: R.WRONG_CERTIFICATE,
    7000217: R.WRONG_CERTIFICATE,
    50012: R.WRONG_CERTIFICATE,
    90002: R.UNKNOWN_TENANT,
    900021: R.UNKNOWN_TENANT,
    900023: R.UNKNOWN_TENANT,
    700016: R.UNKNOWN_APPLICATION,
    70001: R.UNKNOWN_APPLICATION,
    7000112: R.APPLICATION_DISABLED,
    7000229: R.NO_CONSENT,
    65001: R.NO_CONSENT,
    90094: R.NO_CONSENT,
    500011: R.NO_CONSENT,
    650052: R.NO_CONSENT,
    650057: R.NO_CONSENT,
    900381: R.WRONG_CLOUD,
    900382: R.WRONG_CLOUD,
    900432: R.WRONG_CLOUD,
    900439: R.WRONG_CLOUD,
    53000: R.BLOCKED,
    53001: R.BLOCKED,
    53003: R.BLOCKED,
    **dict.fromkeys(
        (50057, 50074, 50076, 50078, 50079, 50089, 50132, 50158, 50173),
        R.AUTHORISE_AGAIN,
    ),
    **dict.fromkeys((54005, 70008, 70043, 700082, 700084), R.AUTHORISE_AGAIN),
}

WORDS: Mapping[SignInReason, str] = {
    R.WRONG_SECRET: (
        "Microsoft does not accept the client secret. Copy the secret's Value (not "
        "its Secret ID) from the app registration, or make a new secret, and enter it"
    ),
    R.SECRET_EXPIRED: (
        "The client secret has expired. Make a new one in the app registration and "
        "enter its Value"
    ),
    R.NO_CREDENTIAL: (
        "Microsoft asks for a client secret or a certificate and got none. Enter one"
    ),
    R.WRONG_CERTIFICATE: (
        "Microsoft does not accept the certificate. Upload this certificate to the "
        "app registration, check that it has not expired and that the private key "
        "belongs to it"
    ),
    R.UNKNOWN_TENANT: (
        "There is no tenant with this id in this cloud. Check the tenant id and the "
        "cloud of the connection"
    ),
    R.UNKNOWN_APPLICATION: (
        "This tenant has no application with this id. Check the application id and "
        "the tenant id, and let an administrator of the tenant consent to it"
    ),
    R.APPLICATION_DISABLED: (
        "The application is disabled in the tenant. Enable it under Enterprise "
        "applications in Entra"
    ),
    R.NO_CONSENT: (
        "Nobody has consented to the application in this tenant. Grant admin consent "
        "in Entra, then authorise again"
    ),
    R.WRONG_CLOUD: (
        "This tenant or application lives in another Microsoft cloud. Choose that "
        "cloud for the connection"
    ),
    R.BLOCKED: (
        "A conditional access policy of the tenant blocks the sign-in. Exempt the "
        "application from it, or allow this server's address"
    ),
    R.AUTHORISE_AGAIN: "The authorisation is no longer valid. Please authorise again",
    R.OTHER: (
        "Microsoft refused the sign-in. Look the code up in Microsoft's list of "
        "error codes, or authorise again"
    ),
}


def refused(reason: SignInReason, *, code: str = "", hint: str = "") -> SignInRefused:
    """Return the refusal for `reason` in our words; `hint` is one more sentence."""
    words = f"401 Unauthorized: {WORDS[reason]}{trace(code, '')}."
    return SignInRefused(f"{words} {hint}".strip(), reason=reason, code=code)


def read(content: Mapping[str, object]) -> SignInRefused:
    """Return the refusal for the sign-in host's error JSON."""
    listed = content.get("error_codes")
    numbers = listed if isinstance(listed, list) else []
    for number in numbers:
        if reason := REASONS.get(number if type(number) is int else 0):
            return refused(reason, code=f"AADSTS{number}")
    if numbers and type(numbers[0]) is int:
        return refused(_by_name(content), code=f"AADSTS{numbers[0]}")
    name = content.get("error")
    code = tidy_code(name) if isinstance(name, str) else ""
    return refused(_by_name(content), code=code)


def _by_name(content: Mapping[str, object]) -> SignInReason:
    """Tell the reason by the OAuth error, for numbers that we do not know."""
    match content.get("error"):
        case "invalid_tenant":
            return R.UNKNOWN_TENANT
        case "consent_required":
            return R.NO_CONSENT
        case "invalid_grant" | "interaction_required":
            return R.AUTHORISE_AGAIN
    return R.OTHER
