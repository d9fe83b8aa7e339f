"""Classics of optimization and analysis, some true and some not: what the toolkit is calibrated on."""

from claims.textbook import (
    descent,
    function_classes,
    inequalities,
    iterations,
    momentum,
    proximal,
    transcendental,
)

CLAIMS = [
    *inequalities.CLAIMS,
    *transcendental.CLAIMS,
    *function_classes.CLAIMS,
    *descent.CLAIMS,
    *proximal.CLAIMS,
    *momentum.CLAIMS,
    *iterations.CLAIMS,
]
