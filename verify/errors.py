"""The errors that a user can meet, each with one clear sentence."""


class VerifyError(Exception):
    """Base of every error of the toolkit; its text is one sentence for the user."""


class ClaimError(VerifyError):
    """A claim, a formula or a loss class was written in a way that has no meaning."""


class InputError(VerifyError):
    """An argument of the user's is malformed, unknown or missing."""


class CertificateError(VerifyError):
    """A certificate was rejected; the text says why."""


class Contradiction(VerifyError):
    """A proof and a witness of the same thing were found: a bug of the toolkit, so nothing is recorded."""
