"""Dai, Ahn, Sra, "The Crucial Role of Normalization in Sharpness-Aware Minimization": its statements as claims."""

from claims.sam_normalization import (
    factorization,
    factorization_sam,
    figures,
    neuron,
    neuron_assumptions,
    neuron_sam,
    neuron_usam,
    pl,
    stability,
)

CLAIMS = [
    *stability.CLAIMS,
    *factorization_sam.CLAIMS,
    *factorization.CLAIMS,
    *neuron.CLAIMS,
    *neuron_assumptions.CLAIMS,
    *neuron_sam.CLAIMS,
    *neuron_usam.CLAIMS,
    *pl.CLAIMS,
    *figures.CLAIMS,
]

EXPERIMENTS = figures.EXPERIMENTS
