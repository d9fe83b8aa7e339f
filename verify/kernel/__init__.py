"""Certificates and their checker: what has to be trusted, as small as it gets."""
